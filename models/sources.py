"""Where posts come from: sources, their health and their schedule, and the runs that read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Instant, LongText, Name, RowId

# gone: the server said so for good. removed: no longer wanted, kept for the posts it brought.
SOURCE_STATES = ("active", "paused", "gone", "removed")
SOURCE_ORIGINS = ("file", "database")
PEOPLE_POLICIES = ("known", "any")


class Source(Base):
    """Something to read on a schedule, with what the schedule and its health need to survive a restart."""

    __tablename__ = "source"
    __table_args__ = (
        CheckConstraint("state in ('active', 'paused', 'gone', 'removed')", name="state"),
        CheckConstraint("origin in ('file', 'database')", name="origin"),
        CheckConstraint("people in ('known', 'any')", name="people"),
        Index(None, "state", "next_fetch_at"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(255), unique=True)
    kind: Mapped[str] = mapped_column(String(32), default="feed")
    url: Mapped[LongText]
    origin: Mapped[str] = mapped_column(String(16), default="database")
    state: Mapped[str] = mapped_column(String(16), default="active")
    title: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str | None] = mapped_column(String(16))
    tags: Mapped[list[str]] = mapped_column(default=list)
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)

    # Whom signals may be about: contacts only, or any person when a lawful basis is recorded.
    people: Mapped[str] = mapped_column(String(16), default="known")
    basis: Mapped[str | None] = mapped_column(Text)
    retention_days: Mapped[int | None]

    # Schedule. Seconds; None means the configured default.
    interval_seconds: Mapped[int | None]
    next_fetch_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    leased_by: Mapped[str | None] = mapped_column(String(64))

    # What conditional requests and moved addresses need to survive a restart.
    fetch_url: Mapped[str | None] = mapped_column(Text)
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    body_hash: Mapped[str | None] = mapped_column(String(64))
    moved_to: Mapped[str | None] = mapped_column(Text)
    moved_count: Mapped[int] = mapped_column(default=0)
    # Where `url` is a web page: all feeds that it names, of which the first is the one that is read.
    page_feeds: Mapped[list[str] | None]
    # What feed and server last asked for, kept for answers that say nothing (304): interval_seconds, skip_hours,
    # skip_days, max_age.
    rhythm: Mapped[dict[str, Any] | None]

    # Health: a sick source is a value, shown and never swallowed.
    last_fetch_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    last_post_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    last_error_at: Mapped[datetime | None]
    ill_since: Mapped[datetime | None]
    error_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Instant]


class RobotsFile(Base):
    """One origin's robots.txt as it was last had, good until `expires_at` (RFC 9309, 2.4: a day at most)."""

    __tablename__ = "robots_file"

    id: Mapped[Id]
    # scheme://host:port
    origin: Mapped[str] = mapped_column(Text, unique=True)
    status: Mapped[int]
    body: Mapped[LongText]
    fetched_at: Mapped[Instant]
    expires_at: Mapped[Instant]


class CrawlRun(Base):
    """One pass over the sources that were due."""

    __tablename__ = "crawl_run"

    id: Mapped[Id]
    started_at: Mapped[Instant]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(16), default="running")
    sources_read: Mapped[int] = mapped_column(default=0)
    sources_unchanged: Mapped[int] = mapped_column(default=0)
    sources_failed: Mapped[int] = mapped_column(default=0)
    posts_new: Mapped[int] = mapped_column(default=0)
    posts_changed: Mapped[int] = mapped_column(default=0)
    posts_seen: Mapped[int] = mapped_column(default=0)


class Author(Base):
    """The account or person that posts are by, on its platform."""

    __tablename__ = "author"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    platform: Mapped[str] = mapped_column(String(64), default="")
    name: Mapped[Name] = mapped_column(default="")
    handle: Mapped[Name] = mapped_column(default="")
    url: Mapped[str] = mapped_column(Text, default="")
    email: Mapped[Name] = mapped_column(default="")
    source_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("source.id", ondelete="SET NULL"))
