"""Inserting new posts into PostgreSQL: one binary COPY straight into the table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from models.rows import Overtaken, PostRow, portable_json, tags_json

_COPY = """
COPY post (key, source_id, author_id, kind, guid, url, title, text, language, tags, extra, content_hash, revision,
  published_at, updated_at, first_seen_at) FROM STDIN (FORMAT BINARY)"""
# How the driver is to write the columns of _COPY. JSON goes as raw bytes, since it is already written.
_TYPES = ("text", "int8", "int8", *["text"] * 6, "bytea", "bytea", "text", "int4", *["timestamptz"] * 3)
_JSONB_VERSION = b"\x01"  # What the binary form of jsonb begins with (jsonb_recv in PostgreSQL's source).
_UNIQUE_VIOLATION = "23505"


def insert_posts(connection: Connection, rows: Sequence[PostRow], authors: dict[str, int]) -> None:
    """Insert posts that are not there yet.

    Rows come in the order of their keys, so that of two such writers one waits for the other and neither for both.
    Raises `Overtaken` if another writer was faster with one: the caller goes back to a savepoint of its own.
    """
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.set_types(_TYPES)
            for row in rows:
                copy.write_row(_values(row, authors))
    except Exception as error:
        if getattr(error, "sqlstate", None) == _UNIQUE_VIOLATION:
            raise Overtaken from error
        raise


def _values(row: PostRow, authors: dict[str, int]) -> tuple[Any, ...]:
    """Return a row's values in the order of _COPY."""
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
        _JSONB_VERSION + (tags_json(tuple(row.tags)) if row.tags else "[]").encode(),
        _JSONB_VERSION + (portable_json(row.extra) if row.extra else "{}").encode(),
        row.content_hash,
        1,
        _aware(row.published_at),
        _aware(row.updated_at),
        _aware(row.first_seen_at),
    )


def _aware(moment: datetime | None) -> datetime | None:
    """Return a time in UTC; without a zone the server would take its own.

    Raises:
        ValueError: the time has no zone.
    """
    if moment is None or moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise ValueError(f"a time without time zone cannot be stored: {moment!r}")
    return moment.astimezone(UTC)
