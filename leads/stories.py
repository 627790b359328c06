"""Which tellings are one event: a pure function of the set of tellings, whatever the order in which they came.

A *telling* is one signal, seen as news of an event. All tellings of one subject and kind are looked at together, and
always all of them: a late one, an earlier one that comes in later, a batch that is done twice and two processors
at work side by side therefore end in the same stories. Two rules make them:

1. Tellings that differ in what cannot differ within one event (whose wedding it was, which company somebody joined)
   are apart. A telling that does not say goes to the nearest story in time that it fits.
2. A story is never longer than its kind's window. Where tellings span more, they part at the widest gap, again and
   again until each part fits. (Joining neighbours instead would chain: one retelling a month, and two job changes
   two years apart would be one.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from anyascii import anyascii
from rapidfuzz.fuzz import ratio

from leads.keys import stable_key
from triggers.kinds import KINDS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# Which slot tells two events of a kind apart where they can follow each other closely: a second move leads to another
# place, a second round brings another amount. `person` is the subject's own name, for posts that are filled.
FACETS: dict[str, str] = {
    "new_job": "company",
    "promotion": "role",
    "moving": "place",
    "travel": "place",
    "home_purchase": "place",
    "funding": "amount",
    "leadership_change": "person",
    "m_and_a": "object",
    "partnership": "object",
    "contract_win": "object",
    "product_launch": "object",
    "event_attendance": "object",
    "recommendation_request": "object",
    "purchase_intent": "object",
}
DEFAULT_WINDOW = timedelta(days=60)
SEARCH_WINDOW = timedelta(days=14)  # a saved search knows nothing of events: a fortnight is one conversation


@dataclass(frozen=True, slots=True)
class Telling:
    """One signal as news of an event.

    `at` is when it was told, or when it happened where the text says so and that is far from when it was told;
    `relation` whose event it is ("" the subject's own); `facet` the slot that tells events of this kind apart, "" when
    the text does not say; `lang` its language.
    """

    key: str
    at: datetime
    relation: str = ""
    facet: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Cluster:
    """The tellings of one event, in order of time, and the key that follows from them."""

    key: str
    tellings: tuple[Telling, ...]

    @property
    def first_at(self) -> datetime:
        """When it was first told."""
        return self.tellings[0].at

    @property
    def last_at(self) -> datetime:
        """When it was last told."""
        return self.tellings[-1].at


def window_of(kind: str) -> timedelta:
    """How long news of one event of this kind is told: the longest that a story may be, from first telling to last."""
    if kind in KINDS:
        return timedelta(days=KINDS[kind].window_days)
    return SEARCH_WINDOW if kind.startswith("search:") else DEFAULT_WINDOW


def stories_of(kind: str, subject_key: str, tellings: Iterable[Telling]) -> list[Cluster]:
    """The stories that all tellings of one subject and kind make, in order of time."""
    window = window_of(kind)
    ordered = sorted(tellings, key=_order)
    parts = [part for mine in _by(ordered, lambda t: t.relation) for part in _events(mine, window)]
    parts.sort(key=lambda part: _order(part[0]))
    return _named(kind, subject_key, window, parts)


def _order(telling: Telling) -> tuple[datetime, str]:
    return telling.at, telling.key


def _by(tellings: Sequence[Telling], of: Callable[[Telling], str]) -> list[list[Telling]]:
    groups: dict[str, list[Telling]] = {}
    for telling in tellings:
        groups.setdefault(of(telling), []).append(telling)
    return list(groups.values())


def _events(tellings: list[Telling], span: timedelta) -> list[list[Telling]]:
    """Rule 1, then rule 2, over tellings in order of time."""
    said = [t for t in tellings if t.facet]
    unsaid = [t for t in tellings if not t.facet]
    cores = [part for group in _by_facet(said) for part in _fitting(group, span)]
    bounds = [(core[0].at, core[-1].at) for core in cores]
    left = []
    for telling in unsaid:
        nearest = _nearest(telling.at, bounds, span)
        if nearest is None:
            left.append(telling)
        else:
            cores[nearest].append(telling)
    for core in cores:
        core.sort(key=_order)
    # Two that fit the core one by one may not fit it together (one before it, one after): part it again.
    whole = [part for core in cores for part in _fitting(core, span)]
    return whole + _fitting(left, span)


def _nearest(at: datetime, bounds: Sequence[tuple[datetime, datetime]], span: timedelta) -> int | None:
    """The story nearest in time that a telling fits into; the earlier one of two equally near."""
    fitting = [
        (max(first - at, at - last, timedelta(0)), first, n)
        for n, (first, last) in enumerate(bounds)
        if max(last, at) - min(first, at) <= span
    ]
    return min(fitting)[2] if fitting else None


def _fitting(tellings: list[Telling], span: timedelta) -> list[list[Telling]]:
    """Part tellings at their widest gaps (the earliest of equal ones) until no part is longer than `span`."""
    done, todo = [], [tellings] if tellings else []
    while todo:
        part = todo.pop()
        if part[-1].at - part[0].at <= span:
            done.append(part)
            continue
        cut = max(range(1, len(part)), key=lambda n: (part[n].at - part[n - 1].at, -n))
        todo += [part[:cut], part[cut:]]
    return done


def _by_facet(tellings: Sequence[Telling]) -> list[list[Telling]]:
    """Groups of tellings that speak of the same company, role or thing: each joins the first group it resembles."""
    groups: list[list[Telling]] = []
    for telling in tellings:
        for group in groups:
            if alike(group[0], telling):
                group.append(telling)
                break
        else:
            groups.append([telling])
    return groups


# Below this resemblance, in percent, two names are taken for two things. Low on purpose: within one subject, kind
# and window the same event told twice is far likelier than two events, and "Yandeks" and "Yandex" are 77 % alike.
APART_BELOW = 60


def alike(one: Telling, other: Telling) -> bool:
    """Whether two tellings may speak of the same thing: names are compared in Latin letters, numbers as numbers.

    Words that are no names cannot be compared across languages ("accountant", "бухгалтер"): they count as alike.
    """
    a, b = plain(one.facet), plain(other.facet)
    if a == b or not a or not b:
        return True
    if a.isdigit() and b.isdigit():
        return False
    if one.lang != other.lang and not (one.facet[:1].isupper() and other.facet[:1].isupper()):
        return True
    return f" {a} " in f" {b} " or f" {b} " in f" {a} " or ratio(a, b) >= APART_BELOW


LEGAL_FORMS = frozenset(
    {"inc", "ltd", "llc", "gmbh", "corp", "co", "plc", "ag", "sa", "ooo", "oao", "zao", "pao", "ao"}
)


def plain(name: str) -> str:
    """A name in Latin letters, lower case, without marks and legal forms."""
    latin = "".join(c if c.isalnum() else " " for c in anyascii(name).casefold())
    words = latin.split()
    return " ".join([w for w in words if w not in LEGAL_FORMS] or words)


def _named(kind: str, subject_key: str, window: timedelta, parts: list[list[Telling]]) -> list[Cluster]:
    """Give each story its key: subject, kind, whose event, and the stretch of time in which it was first told.

    Stretches are as long as the window, so that an earlier telling that comes in later rarely moves a story into
    another one; two stories that begin in the same stretch are numbered in order of time.
    """
    taken: dict[tuple[str, int], int] = {}
    clusters = []
    for part in parts:
        stretch = (part[0].relation, (part[0].at - EPOCH) // window)
        number = taken[stretch] = taken.get(stretch, 0) + 1
        clusters.append(Cluster(stable_key("story", kind, subject_key, *stretch, number), tuple(part)))
    return clusters


def keep_keys(clusters: Sequence[Cluster], fixed: Mapping[str, frozenset[str]]) -> list[Cluster]:
    """Let stories whose key others already know keep it, whatever has come in before or between them since.

    `fixed` gives those keys and the tellings that were in each. Each goes to the story that holds most of its
    tellings; a story that would follow to a key thus taken gets another.
    """
    keys = {n: cluster.key for n, cluster in enumerate(clusters)}
    free = set(keys)
    for key in sorted(fixed):
        shared = {n: sum(t.key in fixed[key] for t in clusters[n].tellings) for n in free}
        best = max(shared, key=lambda n: (shared[n], -n), default=None)
        if best is not None and shared[best]:
            keys[best] = key
            free.discard(best)
    taken = {keys[n] for n in keys if n not in free} | set(fixed)
    for n in sorted(free):
        while keys[n] in taken:
            keys[n] = stable_key("story", keys[n], "beside")
        taken.add(keys[n])
    return [Cluster(keys[n], cluster.tellings) for n, cluster in enumerate(clusters)]
