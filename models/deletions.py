"""Posts that their source takes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from models.portable import among
from models.posts import Post, PostRevision

# Without a content hash the post counts as changed, should its source ever bring it again.
_BLANK: dict[str, Any] = {"title": "", "text": "", "tags": [], "extra": {}, "content_hash": ""}


def take_back(connection: Connection, source_id: int, keys: Sequence[str], now: datetime) -> int:
    """Mark posts of this source as deleted, and forget what they said; return how many there were.

    They are due for processing again, so that the signals and leads that rest on them go too. What the source does
    not own is left alone, as with edits.
    """
    wanted = among(connection, Post.key, keys), Post.source_id == source_id, Post.deleted_at.is_(None)
    query = select(Post.id).where(*wanted).order_by(Post.key).with_for_update()
    ids = list(connection.scalars(query)) if keys else []
    if ids:
        connection.execute(delete(PostRevision).where(PostRevision.post_id.in_(ids)))
        changes = update(Post).where(Post.id.in_(ids)).values(**_BLANK, deleted_at=now, processed_with=None)
        connection.execute(changes)
    return len(ids)
