"""Storing a batch of posts in SQLite: plain tuples through the driver, since the ORM would double the time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from models.rows import AUTHOR_UPSERT, Batch, PostRow, StoreCounts, author_values, portable_json

_INSERT_POST = """
INSERT INTO post (key, source_id, author_id, kind, guid, url, title, text, language, tags, extra, content_hash,
  revision, published_at, updated_at, first_seen_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)
ON CONFLICT (key) DO NOTHING"""
_KNOWN_POSTS = (
    "SELECT key, id, source_id, content_hash FROM post WHERE key IN (SELECT value FROM json_each(?))"
)
_KEEP_REVISION = (
    "INSERT INTO post_revision (post_id, revision, title, text, content_hash, replaced_at) "
    "SELECT id, revision, title, text, content_hash, ? FROM post WHERE id = ?"
)
_CHANGE_POST = (
    "UPDATE post SET author_id = ?, kind = ?, guid = ?, url = ?, title = ?, text = ?, language = ?, tags = ?, "
    "extra = ?, content_hash = ?, published_at = ?, updated_at = ?, revision = revision + 1, "
    "processed_with = NULL, deleted_at = NULL WHERE id = ?"
)
_INSERT_SIGHTING = (
    "INSERT INTO sighting (post_id, source_id, first_seen_at) VALUES (?, ?, ?) "
    "ON CONFLICT (post_id, source_id) DO NOTHING"
)
_KNOWN_AUTHORS = "SELECT key, id FROM author WHERE key IN (SELECT value FROM json_each(?))"


_UPSERT_AUTHOR = AUTHOR_UPSERT.replace("/* rows */", "VALUES (?, ?, ?, ?, ?, ?, ?)")


def store(connection: Connection, batch: Batch, seen: int) -> StoreCounts:
    """Store a batch; the transaction must have begun as a writer's, as `open_database` sees to."""
    authors = _store_authors(connection, batch.rows)
    new = _execute_many(connection, _INSERT_POST, [_values(row, authors) for row in batch.candidates])
    if new == seen:
        return StoreCounts(new=new, seen=seen)
    keys = json.dumps([row.key for row in batch.candidates])
    known = {key: rest for key, *rest in connection.exec_driver_sql(_KNOWN_POSTS, (keys,))}
    changed, sightings = [], []
    for row in batch.rows:
        post_id, owner, content_hash = known[row.key]
        if owner != row.source_id:
            sightings.append((post_id, row.source_id, _time(row.first_seen_at)))
        elif content_hash != row.content_hash:
            changed.append((post_id, row))
    _change(connection, changed, authors)
    return StoreCounts(new, len(changed), _execute_many(connection, _INSERT_SIGHTING, sightings), seen)


def _store_authors(connection: Connection, rows: Sequence[PostRow]) -> dict[str, int]:
    """Upsert the authors of a batch; return their ids by key."""
    named = {row.author_key: row for row in rows if row.author_key}
    if not named:
        return {}
    values = [(*author_values(named[key]), named[key].source_id) for key in sorted(named)]
    _execute_many(connection, _UPSERT_AUTHOR, values)
    known = connection.exec_driver_sql(_KNOWN_AUTHORS, (json.dumps(list(named)),))
    return {row.key: row.id for row in known}


def _change(connection: Connection, changed: Sequence[tuple[int, PostRow]], authors: dict[str, int]) -> None:
    _execute_many(
        connection, _KEEP_REVISION, [(_time(row.first_seen_at), post_id) for post_id, row in changed]
    )
    # Of a row's insert values, all but key, source, revision and first_seen_at.
    values = []
    for post_id, row in changed:
        given = _values(row, authors)
        values.append((*given[2:14], post_id))
    _execute_many(connection, _CHANGE_POST, values)


def _values(row: PostRow, authors: dict[str, int]) -> tuple[Any, ...]:
    """Return a row's values in the order of _INSERT_POST."""
    return (
        row.key,
        row.source_id,
        authors.get(row.author_key),
        row.kind[:16],
        row.guid,
        row.url,
        row.title,
        row.text,
        row.language and row.language[:16],
        portable_json(row.tags) if row.tags else "[]",
        portable_json(row.extra) if row.extra else "{}",
        row.content_hash,
        _time(row.published_at),
        _time(row.updated_at),
        _time(row.first_seen_at),
    )


def _time(moment: datetime | None) -> str | None:
    """Write a time as SQLAlchemy's DateTime does, so that both compare as text.

    Raises:
        ValueError: the time has no zone.
    """
    if moment is None:
        return None
    if moment.tzinfo is not UTC:
        if moment.tzinfo is None:
            raise ValueError(f"a time without time zone cannot be stored: {moment!r}")
        moment = moment.astimezone(UTC)
    return moment.isoformat(" ", "microseconds")[:26]


def _execute_many(connection: Connection, statement: str, values: list[tuple[Any, ...]]) -> int:
    """Run a statement once for each tuple; return how many rows it changed in all."""
    if not values:
        return 0
    return connection.exec_driver_sql(statement, values).rowcount
