"""Which sources a crawl asks, and that no other crawl asks them at the same time."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, Engine, insert, or_, select, update
from sqlalchemy.orm import Session

from crawler.feeds.urls import origin
from crawler.frontier import Task
from guards.failpoints import failpoint
from models import CrawlRun, Source
from models.leases import (
    due_sources,
    extend_lease,
    free_dead_leases,
    lease_sources,
    read_in_the_future,
    worker_name,
)
from models.session import read_only

# A run that has not ended after this long was killed.
LOST_AFTER = timedelta(hours=6)
# Sources are leased this many at a time, for this long; leases in use are extended well before they run out.
AT_A_TIME = 500
LEASE = timedelta(minutes=10)


class UnknownSources(LookupError):
    """Names that no source has; the message is for the user."""


class Due:
    """The sources of one crawl: those that are due, all active ones, or the named ones.

    They are leased some at a time, so that crawlers on one database share the work. Named sources are asked
    whatever their state, unless they were removed. `share` (which, of how many) leaves all but one part of the hosts
    to crawls that run beside this one, so that still only one request at a time goes to a host. Raises
    `UnknownSources` when made.
    """

    def __init__(
        self,
        engine: Engine,
        now: datetime,
        *,
        names: Sequence[str] | None = None,
        everything: bool = False,
        share: tuple[int, int] = (0, 1),
    ) -> None:
        self.engine = engine
        self._share = share
        self.worker = worker_name()
        self._condition = _wanted(now, names, everything)
        with Session(engine) as session, session.begin():
            free_dead_leases(session)
        self._ids = self._find(names)
        self.total = len(self._ids)
        self._held: set[int] = set()

    def lease(self, now: datetime) -> list[Task]:
        """The next tasks, now leased to this crawl; empty when there are no more."""
        while self._ids:
            chunk, self._ids = self._ids[:AT_A_TIME], self._ids[AT_A_TIME:]
            among = self._condition & Source.id.in_(chunk)
            with Session(self.engine) as session, session.begin():
                tasks = [
                    _task(source)
                    for source in lease_sources(session, self.worker, len(chunk), now, LEASE, among=among)
                ]
            self.total -= len(chunk) - len(tasks)
            failpoint("crawl.leased")
            if tasks:
                self._held |= {task.id for task in tasks}
                return tasks
        return []

    def finished(self, source_id: int) -> None:
        """This source's lease ended with its harvest."""
        self._held.discard(source_id)

    def extend(self, now: datetime) -> set[int]:
        """Hold what is still to be done for longer; return the sources that were lost to another crawler.

        That happens to a crawl that stood still (a machine put to sleep) for longer than its leases lasted.
        """
        held = sorted(self._held)
        if not held:
            return set()
        with Session(self.engine) as session, session.begin():
            kept = extend_lease(session, self.worker, held, now, LEASE)
        return set(held) - kept

    def lost(self, source_ids: Collection[int]) -> None:
        """These are another crawler's now."""
        self._held.difference_update(source_ids)
        self.total -= len(source_ids)

    def release(self) -> None:
        """Give back what was not done; it stays due."""
        with self.engine.begin() as connection:
            mine = update(Source).where(Source.leased_by == self.worker)
            connection.execute(mine.values(leased_by=None, leased_until=None))
        self._held.clear()

    def _find(self, names: Sequence[str] | None) -> list[int]:
        query = select(Source.id, Source.name, Source.url, Source.fetch_url).where(self._condition)
        query = query.order_by(Source.next_fetch_at.asc().nulls_first(), Source.id)
        with read_only(self.engine).connect() as connection:
            rows = connection.execute(query).all()
            unknown = sorted(set(names or ()) - {row.name for row in rows})
            if unknown:
                known = connection.scalars(select(Source.name).where(Source.state != "removed"))
                raise UnknownSources(_unknown_in_words(unknown, list(known)))
        return [row.id for row in rows if self._is_mine(row.fetch_url or row.url)]

    def _is_mine(self, address: str) -> bool:
        which, parts = self._share
        # Not `hash`: it differs from process to process.
        number = int.from_bytes(blake2b(origin(address).encode(), digest_size=8).digest())
        return number % parts == which


def _unknown_in_words(unknown: Sequence[str], known: Sequence[str]) -> str:
    by_case = {name.lower(): name for name in known}
    words = []
    for name in unknown:
        near = difflib.get_close_matches(name.lower(), by_case, n=1, cutoff=0.6)
        words.append(repr(name) + (f" (did you mean {by_case[near[0]]!r}?)" if near else ""))
    return f"no source is called {', '.join(words)}"


def _wanted(now: datetime, names: Sequence[str] | None, everything: bool) -> ColumnElement[bool]:
    # What this crawl has finished must not match again: its last_fetch_at is not before `now`.
    not_yet = or_(Source.last_fetch_at.is_(None), Source.last_fetch_at < now, read_in_the_future(now))
    if names is not None:
        return Source.name.in_(names) & (Source.state != "removed") & not_yet
    feeds = Source.kind == "feed"
    return feeds & ((Source.state == "active") & not_yet if everything else due_sources(now))


def begin_run(engine: Engine, now: datetime) -> int:
    """Note that a crawl begins; runs that were killed are marked as such."""
    with engine.begin() as connection:
        lost = CrawlRun.outcome == "running", CrawlRun.started_at < now - LOST_AFTER
        connection.execute(update(CrawlRun).where(*lost).values(outcome="killed"))
        made = connection.execute(insert(CrawlRun).values(started_at=now, outcome="running"))
        key: Any = made.inserted_primary_key
        return int(key[0])


def _task(source: Source) -> Task:
    address = source.fetch_url or source.url
    return Task(
        id=source.id,
        name=source.name,
        url=source.url,
        fetch_url=address,
        origin=origin(address),
        etag=source.etag,
        last_modified=source.last_modified,
        body_hash=source.body_hash,
        moved_to=source.moved_to,
        language=source.language,
        error_count=source.error_count,
    )
