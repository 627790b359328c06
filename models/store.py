"""Storing posts in bulk: one batch, one upsert, and the same batch again changes nothing.

The source that brought a post first owns it. Its text changes only when the owner brings another one, and the
earlier text is kept as a revision; any other source that carries the post is noted as a sighting.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from models import store_postgresql, store_sqlite
from models.rows import Batch, PostRow, StoreCounts, storable

__all__ = ["PostRow", "StoreCounts", "store_posts"]


def store_posts(connection: Connection, rows: Sequence[PostRow]) -> StoreCounts:
    """Store a batch in the caller's transaction; with an ORM session, pass `session.connection()`.

    A new post is inserted. A known one whose `content_hash` differs gets a revision, if its owning source
    brings it: the earlier text goes to `post_revision`, and `processed_with` becomes NULL. A further source
    becomes a sighting. Everything else is left untouched. Within a batch the last row of a source counts.

    A thousand rows a batch are near the best speed. Raises what the driver raises: wrap the transaction in
    `models.faults.database_faults`.
    """
    if not rows:
        return StoreCounts()
    batch = Batch.of(storable(rows))
    if connection.dialect.name == "sqlite":
        return store_sqlite.store(connection, batch, len(rows))
    return store_postgresql.store(connection, batch, len(rows))
