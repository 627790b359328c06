"""How everything is doing: what is due, ill or silent, what waits, and how long a post takes to become a lead.

All of it is worked out from the database when asked for; nothing here writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Date, cast, func, select
from sqlalchemy.orm import Session

from leads.outbox import Refusal, outbox_counts, refusals
from models import CrawlRun, Lead, Post, Signal, Source
from models.base import UtcDateTime
from models.leases import due_sources, unleased_sources

# -- The silence alarm, a table of its own so that it can be argued with.
# Posts this close together are one occasion: a feed that publishes once a day in a heap has a daily rhythm.
ONE_OCCASION = timedelta(hours=1)
# The latest occasions that tell a source's rhythm; with fewer than the least, nothing is said of it.
MOST_OCCASIONS, LEAST_OCCASIONS = 50, 10
# Silent is who has been quiet for twice as long as all but one in twenty of its own gaps, and for five usual ones.
# A source that posted at random would be called silent by mistake after one gap in 400 (twice the 95th percentile
# of an exponential is six times its mean); one with a steady rhythm after missing five times.
LONG_GAPS, USUAL_GAPS = 2, 5
LEAST_SILENCE = timedelta(days=1)

# Posts of so many days tell the median a day; leads of so many days the time from post to lead.
RATE_DAYS = 28
LEAD_DAYS = 30
LISTED = 50

_TOLD_AT = func.coalesce(Post.published_at, Post.first_seen_at, type_=UtcDateTime())


@dataclass(frozen=True, slots=True)
class Ill:
    """A source that could not be read the last time."""

    name: str
    since: datetime | None
    count: int
    error: str
    next_try: datetime | None


@dataclass(frozen=True, slots=True)
class Silent:
    """A source that can be read and has stopped to publish; `usual` and `limit` are seconds between occasions."""

    name: str
    since: datetime
    usual: float
    limit: float


@dataclass(frozen=True, slots=True)
class Delay:
    """How long something took, in seconds, over `count` leads; None where there are none."""

    count: int = 0
    p50: float | None = None
    p95: float | None = None

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Delay:
        """Sum up a number of times."""
        return cls(len(seconds), quantile(seconds, 0.5), quantile(seconds, 0.95)) if seconds else cls()


@dataclass(slots=True)
class Health:
    """The state of the whole job at one moment."""

    at: datetime
    sources: dict[str, int] = field(default_factory=dict)
    due: list[str] = field(default_factory=list)
    due_count: int = 0
    being_read: int = 0
    ill: list[Ill] = field(default_factory=list)
    silent: list[Silent] = field(default_factory=list)
    posts_a_day: dict[str, float] = field(default_factory=dict)
    posts: int = 0
    posts_waiting: int = 0
    posts_of_other_versions: int = 0
    leads: dict[str, int] = field(default_factory=dict)
    deliveries: dict[str, dict[str, int]] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    post_to_lead: Delay = field(default_factory=Delay)
    stored_to_lead: Delay = field(default_factory=Delay)
    last_crawl: dict[str, Any] | None = None

    @property
    def alarms(self) -> int:
        """How many things want somebody to look at them."""
        dead = sum(states.get("dead", 0) for states in self.deliveries.values())
        return len(self.ill) + len(self.silent) + (dead > 0)

    def facts(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return asdict(self) | {"alarms": self.alarms}


def examine(session: Session, now: datetime) -> Health:
    """Work out how everything is at `now`. Three passes over recent posts; no text is read."""
    health = Health(now)
    health.sources = _counted(session, Source.state)
    _due(session, health)
    health.ill = ill_sources(session)
    health.silent = silent_sources(session)
    health.posts_a_day = posts_a_day(session, now)
    _backlog(session, health)
    health.leads = _counted(session, Lead.status)
    health.deliveries = outbox_counts(session)
    health.refusals = refusals(session)
    health.post_to_lead, health.stored_to_lead = lead_delays(session, now)
    health.last_crawl = _last_crawl(session)
    return health


# -- Sources


def _due(session: Session, health: Health) -> None:
    due = due_sources(health.at)
    health.due_count = session.scalar(select(func.count()).where(due)) or 0
    names = select(Source.name).where(due).order_by(Source.next_fetch_at.asc().nulls_first(), Source.id)
    health.due = list(session.scalars(names.limit(LISTED)))
    health.being_read = session.scalar(select(func.count()).where(~unleased_sources(health.at))) or 0


def ill_sources(session: Session) -> list[Ill]:
    """Return the sources whose last reading failed, those that have been ill longest first."""
    ill = Source.error_count > 0, Source.state.in_(("active", "gone"))
    query = select(Source).where(*ill).order_by(Source.ill_since, Source.name)
    return [
        Ill(row.name, row.ill_since, row.error_count, row.last_error or "", row.next_fetch_at)
        for row in session.scalars(query)
    ]


def silent_sources(session: Session) -> list[Silent]:
    """Return the sources that have gone silent against their own history, the longest silence first.

    Only what was read counts: the silence lasts from the last post to the last successful reading. A source that
    cannot be read is ill, and nothing is known of what it publishes.
    """
    times = _latest_times(session)
    active = select(Source).where(Source.state == "active", Source.error_count == 0)
    found = []
    for source in session.scalars(active):
        limit = silence_limit(times.get(source.id, ()))
        if limit is None or source.last_success_at is None:
            continue
        last = times[source.id][-1]
        if source.last_success_at - last > limit:
            usual = median(gaps(times[source.id]))
            found.append(Silent(source.name, last, usual, limit.total_seconds()))
    return sorted(found, key=lambda one: (one.since, one.name))


def silence_limit(times: Sequence[datetime]) -> timedelta | None:
    """How long a source may be quiet that posted at these times (oldest first); None if too little is known."""
    between = gaps(times)
    if len(between) + 1 < LEAST_OCCASIONS:
        return None
    long = quantile(between, 0.95)
    return max(timedelta(seconds=max(LONG_GAPS * long, USUAL_GAPS * median(between))), LEAST_SILENCE)


def gaps(times: Sequence[datetime]) -> list[float]:
    """The seconds between occasions. `times` come oldest first."""
    between = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    return [gap for gap in between if gap >= ONE_OCCASION.total_seconds()]


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(ceil(share * len(ordered)), 1) - 1]


def _latest_times(session: Session) -> dict[int, list[datetime]]:
    """When each source's latest posts were told, oldest first. Twice as many as occasions: some come in heaps."""
    rank = func.row_number().over(partition_by=Post.source_id, order_by=(_TOLD_AT.desc(), Post.id))
    ranked = select(Post.source_id, _TOLD_AT.label("told_at"), rank.label("rank")).subquery()
    query = select(ranked.c.source_id, ranked.c.told_at).where(ranked.c.rank <= 2 * MOST_OCCASIONS)
    times: dict[int, list[datetime]] = defaultdict(list)
    for source_id, told_at in session.execute(query.order_by(ranked.c.told_at)):
        times[source_id].append(told_at)
    return {source_id: _latest_occasions(told) for source_id, told in times.items()}


def _latest_occasions(times: list[datetime]) -> list[datetime]:
    """The last post of each of the latest occasions."""
    ends = [earlier for earlier, later in pairwise(times) if later - earlier >= ONE_OCCASION]
    return [*ends, times[-1]][-MOST_OCCASIONS:]


def posts_a_day(session: Session, now: datetime) -> dict[str, float]:
    """The median number of posts a day of each source, by name.

    Over the last four weeks of whole days (UTC), or since its first post if that is not so long ago; a source whose
    posts all lie further back has 0, one without any post is left out.
    """
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    begin = today - timedelta(days=RATE_DAYS)
    days = _posts_by_day(session, begin, today)
    first = select(Source.name, func.min(_TOLD_AT, type_=UtcDateTime())).join(
        Post, Post.source_id == Source.id
    )
    rates = {}
    for name, earliest in session.execute(first.group_by(Source.name)):
        span = min(max((today.date() - earliest.date()).days, 1), RATE_DAYS)
        counts = sorted(days.get(name, ()))
        rates[name] = float(median([0] * max(span - len(counts), 0) + counts))
    return rates


def _posts_by_day(session: Session, begin: datetime, end: datetime) -> dict[str, list[int]]:
    day: ColumnElement[Any] = func.date(_TOLD_AT)
    if session.get_bind().dialect.name == "postgresql":
        day = cast(func.timezone("UTC", _TOLD_AT), Date)
    query = select(Source.name, func.count()).join(Post, Post.source_id == Source.id)
    query = query.where(_TOLD_AT.between(begin, end - timedelta(microseconds=1))).group_by(Source.name, day)
    counts: dict[str, list[int]] = defaultdict(list)
    for name, count in session.execute(query):
        counts[name].append(count)
    return counts


# -- What waits, and what came of it


def _backlog(session: Session, health: Health) -> None:
    """New and edited posts wait for certain; those that another version has seen wait if it was an earlier one."""
    seen_by = _counted(session, func.coalesce(Post.processed_with, ""))
    health.posts = sum(seen_by.values())
    health.posts_waiting = seen_by.pop("", 0)
    health.posts_of_other_versions = sum(seen_by.values()) - max(seen_by.values(), default=0)


def lead_delays(session: Session, now: datetime) -> tuple[Delay, Delay]:
    """How long it took from a post to its lead: since it was told, and since it was stored.

    Leads of the last 30 days, each by the earliest post it rests on. What a source had published before it was
    added is history, and left out.
    """
    since = now - timedelta(days=LEAD_DAYS)
    told, stored = func.min(_TOLD_AT, type_=UtcDateTime()), func.min(Post.first_seen_at, type_=UtcDateTime())
    query = (
        select(Lead.created_at, told, stored)
        .join(Signal, Signal.story_id == Lead.story_id)
        .join(Post, Signal.post_id == Post.id)
        .join(Source, Post.source_id == Source.id)
        .where(Lead.created_at >= since)
        .group_by(Lead.id, Lead.created_at)
        .having(told >= func.min(Source.created_at))
    )
    rows = session.execute(query).all()
    return (
        Delay.of([max((made - told_at).total_seconds(), 0.0) for made, told_at, _ in rows]),
        Delay.of([max((made - stored_at).total_seconds(), 0.0) for made, _, stored_at in rows]),
    )


def _last_crawl(session: Session) -> dict[str, Any] | None:
    run = session.scalar(select(CrawlRun).order_by(CrawlRun.id.desc()).limit(1))
    if run is None:
        return None
    names = ("started_at", "finished_at", "outcome", "sources_read", "sources_unchanged", "sources_failed")
    return {name: getattr(run, name) for name in names}


def _counted(session: Session, column: Any) -> dict[str, int]:
    counts = select(column, func.count()).group_by(column).order_by(column)
    return {row[0]: row[1] for row in session.execute(counts)}
