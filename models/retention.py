"""Takes out what has been kept long enough: the words of old posts, and what was found in them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from models.faults import database_faults
from models.leads import Lead
from models.posts import Post, PostRevision, Sighting
from models.session import session_factory
from models.signals import DroppedMatch, Signal
from models.sources import Author, Source

BATCH = 1_000


def purge(engine: Engine, now: datetime, *, batch: int = BATCH) -> int:
    """Blank posts that were stored longer ago than their source's retention, unless a lead rests on them; return how many.

    A blanked post keeps its key and the hash of its content, and nothing else: without them it would come back
    as new as long as its feed carries it. Safe to repeat and to kill: one transaction per batch.

    Raises:
        DatabaseFault: the database cannot be read or written.
    """
    factory = session_factory(engine)
    done = 0
    with database_faults(engine):
        while True:
            with factory.begin() as session:
                ids = list(
                    session.scalars(
                        select(Post.id).where(_expired(session, now)).order_by(Post.id).limit(batch)
                    )
                )
                _blank(session, ids, now)
                if not ids:
                    _forget_authors_without_posts(session)
            done += len(ids)
            if not ids:
                return done


def _expired(session: Session, now: datetime) -> ColumnElement[bool]:
    """Say which posts are too old, source by source: a handful of retention times, whatever the number of sources."""
    spans = session.scalars(
        select(Source.retention_days).where(Source.retention_days.is_not(None)).distinct()
    )
    # Counted from when povod stored it: what a source publishes with an old date is not thereby old to its reader.
    too_old = [
        Post.source_id.in_(select(Source.id).where(Source.retention_days == days))
        & (Post.first_seen_at < now - timedelta(days=days))
        for days in spans
        if days is not None
    ]
    rests = exists().where(Signal.post_id == Post.id, Lead.story_id == Signal.story_id)
    return or_(*too_old) & Post.deleted_at.is_(None) & ~rests if too_old else Post.id.is_(None)


def _blank(session: Session, ids: list[int], now: datetime) -> None:
    for table in (Signal, DroppedMatch, PostRevision, Sighting):
        session.execute(delete(table).where(table.post_id.in_(ids)))
    blank: dict[str, Any] = {
        "title": "",
        "text": "",
        "url": "",
        "guid": "",
        "tags": [],
        "extra": {},
        "author_id": None,
    }
    session.execute(update(Post).where(Post.id.in_(ids)).values(**blank, deleted_at=now))


def _forget_authors_without_posts(session: Session) -> None:
    session.execute(delete(Author).where(~exists().where(Post.author_id == Author.id)))
