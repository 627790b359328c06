"""What a search would bring, from what it would have brought: plain numbers in, plain numbers out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

Z95 = 1.959964
# Student's t, two-sided 95 %, by degrees of freedom; beyond 30 it is 1.96 + 2.4 / df to two decimals.
_T95 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rate:
    """Matches a day over `days` days: mean with its 95 % interval, and the mean of each weekday (Monday first).

    A weekday that does not occur in the time has None.
    """

    days: int
    total: int
    mean: float
    low: float
    high: float
    weekdays: tuple[float | None, ...]
    per_day: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """How two searches share their posts: the number in both, as shares of each, and of all (Jaccard)."""

    name: str
    shared: int
    of_this: float
    of_other: float
    jaccard: float


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share with its Wilson interval."""

    hits: int
    total: int
    share: float
    low: float
    high: float


def rate(moments: Iterable[datetime], first: date, last: date) -> Rate:
    """Return the matches a day from `first` to `last`, both included; moments outside are left out.

    The interval is Student's over the daily counts: days differ more than chance alone (Poisson) would have them.
    Without any match its upper end is 3 / days ("rule of three", Hanley and Lippman-Hand 1983).
    Raises ValueError if `last` is before `first`.
    """
    days = (last - first).days + 1
    if days < 1:
        raise ValueError(f"the last day {last} is before the first day {first}")
    counted = Counter(moment.astimezone(UTC).date() for moment in moments)
    per_day = tuple((day := first + timedelta(days=number), counted[day]) for number in range(days))
    counts = [count for _, count in per_day]
    mean = sum(counts) / days
    low, high = _interval(counts, mean)
    by_weekday: list[list[int]] = [[] for _ in range(7)]
    for day, count in per_day:
        by_weekday[day.weekday()].append(count)
    weekdays = tuple(sum(held) / len(held) if held else None for held in by_weekday)
    return Rate(days, sum(counts), mean, low, high, weekdays, per_day)


def _interval(counts: Sequence[int], mean: float) -> tuple[float, float]:
    days = len(counts)
    if not any(counts):
        return 0.0, 3 / days
    if days == 1:
        # One day says nothing about how days differ; Poisson is the least there can be.
        half = Z95 * math.sqrt(mean)
    else:
        variance = sum((count - mean) ** 2 for count in counts) / (days - 1)
        half = student(days - 1) * math.sqrt(variance / days)
    return max(0.0, mean - half), mean + half


def student(degrees: int) -> float:
    """Return the two-sided 95 % quantile of Student's t."""
    return _T95[degrees - 1] if degrees <= len(_T95) else 1.96 + 2.4 / degrees


def overlap(name: str, these: Collection[object], others: Collection[object]) -> Overlap:
    """Return how the posts of one search overlap those of another, called `name`."""
    left, right = set(these), set(others)
    shared = len(left & right)
    united = len(left | right)
    return Overlap(
        name, shared, _ratio(shared, len(left)), _ratio(shared, len(right)), _ratio(shared, united)
    )


def overlaps(this: str, posts: Mapping[str, Collection[object]]) -> list[Overlap]:
    """Return the overlaps of one search with all others that share a post with it, the largest first."""
    found = [overlap(name, posts[this], held) for name, held in posts.items() if name != this]
    return sorted((one for one in found if one.shared), key=lambda one: (-one.jaccard, one.name))


def wilson(hits: int, total: int) -> Proportion:
    """Return a share with its 95 % interval (Wilson 1927). Without any trial it is from 0 to 1."""
    if not 0 <= hits <= total:
        raise ValueError(f"{hits} of {total} is no share")
    if not total:
        return Proportion(0, 0, 0.0, 0.0, 1.0)
    share, square = hits / total, Z95**2
    middle = share + square / (2 * total)
    half = Z95 * math.sqrt(share * (1 - share) / total + square / (4 * total**2))
    scale = 1 + square / total
    return Proportion(
        hits, total, share, max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
    )


def flood(expected: Rate, daily: float) -> str:
    """Return a warning if a search may bring more than `daily` matches a day, else nothing."""
    if expected.high <= daily:
        return ""
    surely = expected.low > daily
    return (
        f"{'brings' if surely else 'may bring'} {expected.mean:.1f} matches a day "
        f"(95 %: {expected.low:.1f} to {expected.high:.1f}), more than {daily:g}"
    )


def top(values: Iterable[str], most: int = 10) -> list[tuple[str, int]]:
    """Return the commonest values with their counts, ties by name; empty ones are left out."""
    counted = Counter(value for value in values if value)
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:most]


def difference(before: Collection[str], after: Collection[str]) -> tuple[list[str], list[str]]:
    """Return the posts that a new version of a search gains, and those it loses."""
    return sorted(set(after) - set(before)), sorted(set(before) - set(after))


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
