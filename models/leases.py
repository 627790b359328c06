"""Sharing sources among crawlers: a source that is due is leased to one of them for a while.

A lease ends by being released, by running out, or when its holder is seen to be dead (`free_dead_leases`), so
that whatever a killed crawler held is read by another. The clock is the caller's throughout.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import psutil
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from models.sources import Source

# More than the clocks of several machines differ by. What was noted by a clock that is further ahead was noted before
# that clock was put right, and what it says of the time to come means nothing.
PUT_RIGHT = timedelta(days=1)


def worker_name() -> str:
    """Return a name for this process that no other one has, now or later: host, process id, start time."""
    return _name(psutil.Process())


def due_sources(now: datetime) -> ColumnElement[bool]:
    """Return the condition under which a source is to be read: active, its time has come, leased to nobody."""
    come = or_(Source.next_fetch_at.is_(None), Source.next_fetch_at <= now, read_in_the_future(now))
    return (Source.state == "active") & come & unleased_sources(now)


def read_in_the_future(now: datetime) -> ColumnElement[bool]:
    """Return the condition under which a source was last read by a clock that was wrong."""
    return Source.last_fetch_at > now + PUT_RIGHT


def unleased_sources(now: datetime) -> ColumnElement[bool]:
    """Return the condition under which nobody holds a source."""
    return or_(
        Source.leased_until.is_(None), Source.leased_until <= now, Source.leased_until > now + PUT_RIGHT
    )


def lease_sources(
    session: Session,
    worker: str,
    limit: int,
    now: datetime,
    duration: timedelta,
    *,
    among: ColumnElement[bool] | None = None,
) -> list[Source]:
    """Lease up to `limit` sources that are due, those waiting longest first; they are the worker's on commit.

    `among` takes the place of "active and due" where something else is to be read, such as one source by name;
    a source leased to somebody is never taken. On PostgreSQL rows that another worker is leasing at this moment
    are passed over; on SQLite the transaction has kept other writers out since its beginning.
    """
    wanted = due_sources(now) if among is None else among & unleased_sources(now)
    query = select(Source).where(wanted).order_by(Source.next_fetch_at.asc().nulls_first(), Source.id)
    sources = list(session.scalars(query.limit(limit).with_for_update(skip_locked=True)))
    for source in sources:
        source.leased_by = worker
        source.leased_until = now + duration
    session.flush()
    return sources


def extend_lease(
    session: Session, worker: str, source_ids: Sequence[int], now: datetime, duration: timedelta
) -> set[int]:
    """Hold sources for longer; return those that are still the worker's. The others must be left alone."""
    mine = select(Source.id).where(Source.id.in_(source_ids), Source.leased_by == worker)
    kept = set(session.scalars(mine.order_by(Source.id).with_for_update()))
    session.execute(update(Source).where(Source.id.in_(kept)).values(leased_until=now + duration))
    return kept


def release_source(
    session: Session, worker: str, source_id: int, next_fetch_at: datetime | None = None
) -> bool:
    """Give a source back, with the time at which it is due again if it was read; false if it is no longer held."""
    values: dict[str, datetime | None] = {"leased_by": None, "leased_until": None}
    if next_fetch_at is not None:
        values["next_fetch_at"] = next_fetch_at
    held = (Source.id == source_id) & (Source.leased_by == worker)
    mine = session.scalar(select(Source.id).where(held).with_for_update())
    if mine is None:
        return False
    session.execute(update(Source).where(Source.id == source_id).values(**values))
    return True


def free_dead_leases(session: Session) -> int:
    """Free what processes of this machine held that are no longer there; return how many sources that were.

    Without this, what a killed crawler held would wait until its lease runs out.
    """
    holders = session.scalars(select(Source.leased_by).where(Source.leased_by.is_not(None)).distinct())
    dead = _dead(holder for holder in holders if holder)
    if not dead:
        return 0
    freed = list(session.scalars(select(Source.id).where(Source.leased_by.in_(dead)).with_for_update()))
    session.execute(update(Source).where(Source.id.in_(freed)).values(leased_by=None, leased_until=None))
    return len(freed)


def _dead(holders: Iterable[str]) -> list[str]:
    """Return the holders that are processes of this machine and not running; of others nothing is known."""
    here = _host()
    return [name for name in holders if name.rsplit(":", 2)[0] == here and not _alive(name)]


def _alive(name: str) -> bool:
    pid = name.split(":")[-2]
    if not pid.isdigit():
        return True  # Not a name of ours, so nothing can be said of it.
    try:
        return _name(psutil.Process(int(pid))) == name
    except psutil.NoSuchProcess:
        return False


def _name(process: psutil.Process) -> str:
    return f"{_host()}:{process.pid}:{int(process.create_time())}"


def _host() -> str:
    """Return the machine's name, short enough for `leased_by`; containers differ by it too."""
    return socket.gethostname()[:40] or os.uname().nodename[:40]
