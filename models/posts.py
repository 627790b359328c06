"""Posts, stored once however often they are seen, with every earlier revision of their text."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Instant, LongText, RowId


class Post(Base):
    """One public item: its identity, its clean text, and where it is in processing."""

    __tablename__ = "post"
    __table_args__ = (
        # Posts that a version has not seen are taken in this order: new and revised ones (NULL) first.
        Index(None, "processed_with", "id"),
        Index(None, "source_id", "published_at"),
    )

    id: Mapped[Id]
    # 32 hex digits: a hash of the identity (see crawler.identity), never of the text alone.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    # The source that the post was first seen in; only this source may change its text.
    source_id: Mapped[int] = mapped_column(RowId, ForeignKey("source.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("author.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(16), default="post")
    guid: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(Text, default="")
    title: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[LongText]
    language: Mapped[str | None] = mapped_column(String(16))
    tags: Mapped[list[str]] = mapped_column(default=list)
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)
    content_hash: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int] = mapped_column(default=1)
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime | None]
    first_seen_at: Mapped[Instant]
    deleted_at: Mapped[datetime | None]
    # Version of the rules and contacts that last looked at this revision; NULL: not looked at yet.
    processed_with: Mapped[str | None] = mapped_column(String(64))


class PostRevision(Base):
    """An earlier text of a post, kept when its source changed it."""

    __tablename__ = "post_revision"
    __table_args__ = (UniqueConstraint("post_id", "revision"),)

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(RowId, ForeignKey("post.id", ondelete="CASCADE"))
    revision: Mapped[int]
    title: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[LongText]
    content_hash: Mapped[str] = mapped_column(String(64))
    replaced_at: Mapped[Instant]


class Sighting(Base):
    """A further source that carried a post which another source had brought first."""

    __tablename__ = "sighting"
    __table_args__ = (UniqueConstraint("post_id", "source_id"),)

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(RowId, ForeignKey("post.id", ondelete="CASCADE"))
    source_id: Mapped[int] = mapped_column(RowId, ForeignKey("source.id", ondelete="CASCADE"))
    first_seen_at: Mapped[Instant]
