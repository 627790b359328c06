"""Which sources a crawl asks: those that are due, all of them, or the ones that were named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine, or_, select, update

from crawler.feeds.urls import origin
from crawler.frontier import Task
from models import CrawlRun, Source
from models.session import read_only

# A run that has not ended after this long was killed.
LOST_AFTER = timedelta(hours=6)


class UnknownSources(LookupError):
    """Names that no source has; the message is for the user."""


def due_tasks(
    engine: Engine, now: datetime, *, names: Sequence[str] | None = None, everything: bool = False
) -> list[Task]:
    """The sources to ask now, those that have waited longest first.

    Named sources are asked whatever their state, unless they were removed; otherwise only active ones are.
    Raises `UnknownSources`.
    """
    query = select(Source).order_by(Source.next_fetch_at.is_not(None), Source.next_fetch_at, Source.id)
    if names is not None:
        query = query.where(Source.name.in_(names), Source.state != "removed")
    else:
        query = query.where(Source.state == "active", Source.kind == "feed")
        if not everything:
            query = query.where(or_(Source.next_fetch_at.is_(None), Source.next_fetch_at <= now))
    with read_only(engine).connect() as connection:
        tasks = [_task(row) for row in connection.execute(query.with_only_columns(*_COLUMNS))]
    if names is not None:
        unknown = sorted(set(names) - {task.name for task in tasks})
        if unknown:
            raise UnknownSources(f"no source is called {', '.join(map(repr, unknown))}")
    return tasks


def begin_run(engine: Engine, now: datetime) -> int:
    """Note that a crawl begins; runs that were killed are marked as such."""
    with engine.begin() as connection:
        lost = CrawlRun.outcome == "running", CrawlRun.started_at < now - LOST_AFTER
        connection.execute(update(CrawlRun).where(*lost).values(outcome="killed"))
        run = CrawlRun.__table__.insert().values(started_at=now, outcome="running")  # type: ignore[attr-defined]
        return int(connection.execute(run).inserted_primary_key[0])


_COLUMNS = (
    Source.id,
    Source.name,
    Source.url,
    Source.fetch_url,
    Source.etag,
    Source.last_modified,
    Source.body_hash,
    Source.moved_to,
    Source.language,
    Source.error_count,
)


def _task(row: object) -> Task:
    source_id, name, url, fetch_url, etag, modified, body_hash, moved_to, language, errors = row  # type: ignore[misc]
    address = fetch_url or url
    return Task(
        source_id, name, url, address, origin(address), etag, modified, body_hash, moved_to, language, errors
    )
