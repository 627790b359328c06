"""When a source is read next. Pure: times and wishes in, a time out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import pairwise
from statistics import median
from typing import Any

from crawler.feeds import Rhythm
from crawler.policy import FetchPolicy

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_NOT_KEPT = re.compile(r"no-cache|no-store", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wishes:
    """Who wants what: the user's own interval, the feed's rhythm, the server's headers. Seconds."""

    interval: int | None = None
    rhythm: Rhythm = field(default_factory=Rhythm)
    max_age: int | None = None
    retry_after: int | None = None

    @classmethod
    def kept(cls, facts: Mapping[str, Any] | None) -> Wishes:
        """Those of an earlier answer, as `to_keep` gave them."""
        facts = facts or {}
        rhythm = Rhythm(
            facts.get("interval_seconds"), facts.get("skip_hours", []), facts.get("skip_days", [])
        )
        return cls(rhythm=rhythm, max_age=facts.get("max_age"))

    def to_keep(self) -> dict[str, Any]:
        """What must outlive a restart, as plain data; what nobody asked for is left out."""
        facts = asdict(self.rhythm) | {"max_age": self.max_age}
        return {name: value for name, value in facts.items() if value}


def next_after_success(
    name: str, now: datetime, policy: FetchPolicy, wishes: Wishes, recent: Sequence[datetime]
) -> datetime:
    """The next reading of a source that was read.

    The user's interval, or else what the source's own rhythm suggests (`recent`: times of its latest posts), within
    the policy's limits. Servers and feeds may ask for longer pauses, up to the policy's longest.
    """
    seconds = float(wishes.interval) if wishes.interval else suggested_interval(now, recent, policy)
    seconds = max(seconds, wishes.rhythm.interval_seconds or 0, wishes.max_age or 0)
    seconds = min(max(seconds, policy.min_interval), policy.max_interval)
    when = now + timedelta(seconds=seconds + _jitter(name, now, seconds * policy.jitter))
    return skip(_not_before(when, now, wishes.retry_after), wishes.rhythm)


def next_after_failure(
    name: str, now: datetime, policy: FetchPolicy, wishes: Wishes, error_count: int
) -> datetime:
    """The next try after `error_count` failures in a row: each doubles the pause, up to the policy's longest."""
    seconds = min(policy.min_interval * 2 ** min(error_count - 1, 16), policy.max_interval)
    when = now + timedelta(seconds=seconds + _jitter(name, now, seconds * policy.jitter))
    return skip(_not_before(when, now, wishes.retry_after), wishes.rhythm)


def suggested_interval(now: datetime, recent: Sequence[datetime], policy: FetchPolicy) -> float:
    """A quarter of the usual gap between posts, or an eighth of the silence since the last one if that is longer."""
    times = sorted((time for time in recent if time <= now), reverse=True)[:10]
    if not times:
        return policy.min_interval * 4
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(times)]
    silence = (now - times[0]).total_seconds()
    return max(median(gaps) / 4 if gaps else 0, silence / 8)


def skip(when: datetime, rhythm: Rhythm) -> datetime:
    """The first moment from `when` on that lies in none of the hours (UTC) and days that the feed asks to skip."""
    hours, days = set(rhythm.skip_hours), set(rhythm.skip_days)
    if len(hours) >= 24 or len(days) >= 7:
        return when  # a feed that never wants to be read is not taken at its word
    for _ in range(8 * 24):
        if when.hour not in hours and when.weekday() not in days:
            break
        when = when.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return when


def max_age_seconds(cache_control: str | None) -> int | None:
    """How long an answer is good for by its Cache-Control header (RFC 9111, 5.2.2)."""
    if not cache_control or _NOT_KEPT.search(cache_control):
        return None
    found = _MAX_AGE.search(cache_control)
    return int(found[1]) if found else None


def _not_before(when: datetime, now: datetime, retry_after: int | None) -> datetime:
    return max(when, now + timedelta(seconds=retry_after)) if retry_after else when


def _jitter(name: str, now: datetime, most: float) -> float:
    """Between 0 and `most` seconds: as good as random, yet the same for the same source at the same moment."""
    digest = blake2b(f"{name}\x1f{now.isoformat()}".encode(), digest_size=8).digest()
    return most * int.from_bytes(digest, "big") / 2**64
