"""Inserting new posts into SQLite: plain tuples through the driver."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from models.rows import PostRow, portable_json, tags_json

_INSERT = """
INSERT INTO post (key, source_id, author_id, kind, guid, url, title, text, language, tags, extra, content_hash,
  revision, published_at, updated_at, first_seen_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)"""


def insert_posts(connection: Connection, rows: Sequence[PostRow], authors: dict[str, int]) -> None:
    """Insert posts that are not there yet; the transaction keeps other writers out."""
    connection.exec_driver_sql(_INSERT, [_values(row, authors) for row in rows])


def _values(row: PostRow, authors: dict[str, int]) -> tuple[Any, ...]:
    """Return a row's values in the order of _INSERT."""
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
        tags_json(tuple(row.tags)) if row.tags else "[]",
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
