"""Storing a batch of posts in PostgreSQL: COPY into a temporary table, then a few set-wise statements."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from models.rows import AUTHOR_UPSERT, Batch, PostRow, StoreCounts, author_values, portable_json

_COPY = """
COPY post_staging (position, candidate, key, source_id, kind, guid, url, title, text, language, tags, extra,
  content_hash, published_at, updated_at, first_seen_at, author_key, author_platform, author_name, author_handle,
  author_url, author_email) FROM STDIN"""
# One staging table a connection, emptied at every commit: making it anew each time would bloat the catalogue.
_MAKE_STAGING = """
CREATE TEMPORARY TABLE IF NOT EXISTS post_staging (
  position integer, candidate boolean, key text, source_id bigint, kind text, guid text, url text, title text,
  text text, language text, tags jsonb, extra jsonb, content_hash text, published_at timestamptz,
  updated_at timestamptz, first_seen_at timestamptz, author_key text, author_platform text, author_name text,
  author_handle text, author_url text, author_email text
) ON COMMIT DELETE ROWS"""
_STORE_AUTHORS = AUTHOR_UPSERT.replace(
    "/* rows */",
    """
SELECT DISTINCT ON (author_key) author_key, author_platform, author_name, author_handle, author_url, author_email,
  source_id
FROM post_staging WHERE author_key <> '' ORDER BY author_key, position DESC""",
)
_INSERT_POSTS = """
INSERT INTO post (key, source_id, author_id, kind, guid, url, title, text, language, tags, extra, content_hash,
  revision, published_at, updated_at, first_seen_at)
SELECT s.key, s.source_id, a.id, s.kind, s.guid, s.url, s.title, s.text, s.language, s.tags, s.extra,
  s.content_hash, 1, s.published_at, s.updated_at, s.first_seen_at
FROM post_staging s LEFT JOIN author a ON a.key = s.author_key
WHERE s.candidate ORDER BY s.position
ON CONFLICT (key) DO NOTHING"""
# The rows are locked first, so that the statements after it, each with a snapshot of its own, see the same.
_LOCK_CHANGED = """
SELECT p.id FROM post p JOIN post_staging s ON s.key = p.key AND s.source_id = p.source_id
WHERE s.content_hash <> p.content_hash ORDER BY p.key FOR UPDATE OF p"""
_KEEP_REVISIONS = """
INSERT INTO post_revision (post_id, revision, title, text, content_hash, replaced_at)
SELECT p.id, p.revision, p.title, p.text, p.content_hash, s.first_seen_at
FROM post p JOIN post_staging s ON s.key = p.key AND s.source_id = p.source_id
WHERE s.content_hash <> p.content_hash ORDER BY p.key"""
_CHANGE_POSTS = """
UPDATE post p SET
  author_id = (SELECT a.id FROM author a WHERE a.key = s.author_key), kind = s.kind, guid = s.guid, url = s.url,
  title = s.title, text = s.text, language = s.language, tags = s.tags, extra = s.extra,
  content_hash = s.content_hash, published_at = s.published_at, updated_at = s.updated_at,
  revision = p.revision + 1, processed_with = NULL, deleted_at = NULL
FROM post_staging s
WHERE s.key = p.key AND s.source_id = p.source_id AND s.content_hash <> p.content_hash"""
_INSERT_SIGHTINGS = """
INSERT INTO sighting (post_id, source_id, first_seen_at)
SELECT p.id, s.source_id, s.first_seen_at
FROM post_staging s JOIN post p ON p.key = s.key AND p.source_id <> s.source_id ORDER BY s.key, s.source_id
ON CONFLICT (post_id, source_id) DO NOTHING"""


def store(connection: Connection, batch: Batch, seen: int) -> StoreCounts:
    """Store a batch; two processes that store the same posts at once wait for each other and agree."""
    _stage(connection, batch)
    if any(row.author_key for row in batch.rows):
        connection.exec_driver_sql(_STORE_AUTHORS)
    new = connection.exec_driver_sql(_INSERT_POSTS).rowcount
    if new == seen:
        return StoreCounts(new=new, seen=seen)
    changed = len(connection.exec_driver_sql(_LOCK_CHANGED).all())
    if changed:
        connection.exec_driver_sql(_KEEP_REVISIONS)
        connection.exec_driver_sql(_CHANGE_POSTS)
    return StoreCounts(new, changed, connection.exec_driver_sql(_INSERT_SIGHTINGS).rowcount, seen)


def _stage(connection: Connection, batch: Batch) -> None:
    """Put a batch into the staging table, without what an earlier batch of this transaction left there."""
    connection.exec_driver_sql(_MAKE_STAGING)
    connection.exec_driver_sql("DELETE FROM post_staging")
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        for position, row in enumerate(batch.candidates):
            copy.write_row(_values(position, True, row))
        for position, row in enumerate(batch.others, len(batch.candidates)):
            copy.write_row(_values(position, False, row))


def _values(position: int, candidate: bool, row: PostRow) -> tuple[Any, ...]:
    """Return a row's values in the order of _COPY."""
    return (
        position,
        candidate,
        row.key,
        row.source_id,
        row.kind[:16],
        row.guid,
        row.url,
        row.title,
        row.text,
        row.language and row.language[:16],
        portable_json(row.tags) if row.tags else "[]",
        portable_json(row.extra) if row.extra else "{}",
        row.content_hash,
        _aware(row.published_at),
        _aware(row.updated_at),
        _aware(row.first_seen_at),
        *author_values(row),
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
