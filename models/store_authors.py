"""Storing the authors of a batch of posts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, text

from models.portable import among, upsert
from models.rows import PostRow
from models.sources import Author

_DETAILS = ("name", "handle", "url", "email")
_COLUMNS = ("key", "platform", "source_id", *_DETAILS)
_UPSERT = text(
    f"INSERT INTO author ({', '.join(_COLUMNS)}) SELECT * FROM unnest("  # noqa: S608  names of our own
    + ", ".join(f"CAST(:{name} AS {'bigint' if name == 'source_id' else 'text'}[])" for name in _COLUMNS)
    + ") ON CONFLICT (key) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _DETAILS)
    + " RETURNING key, id"
)


def store_authors(connection: Connection, rows: Sequence[PostRow]) -> dict[str, int]:
    """Store what the rows say of their authors; return the authors' ids by key.

    The source that brought an author first may change what is known; others only fill what is empty. Authors
    of whom nothing new is said are not written to.
    """
    given = {row.author_key: row for row in rows if row.author_key}
    if not given:
        return {}
    known = _known(connection, list(given))
    merged = [_merged(given[key], known.get(key)) for key in sorted(given)]
    writes = [values for values in merged if values]
    ids = {key: author.id for key, author in known.items()}
    if not writes:
        return ids
    if connection.dialect.name == "postgresql":
        return ids | _write_at_once(connection, writes)
    _write(connection, writes)
    missing = [key for key in given if key not in known]
    return ids | {key: author.id for key, author in _known(connection, missing).items()}


def _write(connection: Connection, writes: list[dict[str, Any]]) -> None:
    statement = upsert(connection, Author)
    changes = {name: statement.excluded[name] for name in _DETAILS}
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=changes), writes)


def _write_at_once(connection: Connection, writes: list[dict[str, Any]]) -> dict[str, int]:
    """Write with one statement, a list for each column; return the ids of those written, by key."""
    columns = {name: [values[name] for values in writes] for name in _COLUMNS}
    return {author.key: author.id for author in connection.execute(_UPSERT, columns)}


def _known(connection: Connection, keys: list[str]) -> dict[str, Row[Any]]:
    columns = (Author.key, Author.id, Author.source_id, *(getattr(Author, name) for name in _DETAILS))
    found = connection.execute(select(*columns).where(among(connection, Author.key, keys)))
    return {author.key: author for author in found}


def _merged(row: PostRow, known: Row[Any] | None) -> dict[str, Any] | None:
    """Return the author as it is to be stored, or None if it is so already."""
    given = {
        "name": row.author_name[:255],
        "handle": row.author_handle[:255],
        "url": row.author_url,
        "email": row.author_email[:255],
    }
    if known is not None:
        before = {name: getattr(known, name) for name in _DETAILS}
        owned = known.source_id == row.source_id
        given = {
            name: given[name] if given[name] and (owned or not old) else old for name, old in before.items()
        }
        if given == before:
            return None
    return {"key": row.author_key, "platform": row.author_platform[:64], "source_id": row.source_id, **given}
