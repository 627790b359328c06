"""Suggests which contacts may be one person: each is looked up by the linker as if somebody had mentioned them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from leads.linking.linker import Linker, mention_keys
from leads.linking.people import text_hash
from leads.linking.records import ContactRecord, LinkCandidate, Mention

# Below this the linker itself would not ask anybody.
LEAST = 0.5
# No suggestion is certain: a person decides.
SUREST = 0.99
# So many pairs more than are asked for are held before the least sure of them are dropped.
_SPARE = 1_000


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two contacts that may be one: how surely, by which agreeing fields, and why."""

    key: str
    name: str
    other_key: str
    other_name: str
    probability: float
    code: str
    reasons: tuple[str, ...]

    @property
    def rank(self) -> tuple[float, str, str, str]:
        """What pairs are ordered by: the surest first, then by name."""
        return -self.probability, self.name, self.key, self.other_key


@dataclass(frozen=True, slots=True)
class Duplicates:
    """The surest pairs, surest first, and how many there are in all."""

    pairs: list[Duplicate]
    count: int


class _Surest:
    """Holds the surest pairs, and no more of the others than their number: a million contacts have very many."""

    def __init__(self, linker: Linker, limit: int) -> None:
        self._linker = linker
        self._limit = limit
        self._seen: set[int] = set()
        self._held: dict[tuple[str, str], Duplicate] = {}
        self._floor = 0.0

    def offer(self, contact: ContactRecord, candidate: LinkCandidate) -> None:
        """Take notice of a pair, which may have been offered before."""
        first, second = sorted((contact.key, candidate.key))
        self._seen.add(text_hash(f"{first}\0{second}"))
        known = self._held.get((first, second))
        if candidate.probability < self._floor or (known and known.probability >= candidate.probability):
            return
        self._held[first, second] = Duplicate(
            first, self._name(first), second, self._name(second), candidate.probability, candidate.code,
            candidate.reasons,
        )  # fmt: skip
        if len(self._held) > 2 * self._limit + _SPARE:
            kept = self._best()
            self._floor = kept[-1].probability
            self._held = {(pair.key, pair.other_key): pair for pair in kept}

    def result(self) -> Duplicates:
        """Return what was found."""
        return Duplicates(self._best(), len(self._seen))

    def _best(self) -> list[Duplicate]:
        return sorted(self._held.values(), key=lambda pair: pair.rank)[: self._limit]

    def _name(self, key: str) -> str:
        contact = self._linker.contact(key)
        return contact.name if contact else key


def find_duplicates(
    linker: Linker,
    contacts: Iterable[ContactRecord],
    progress: Callable[[int, int], None] | None = None,
    *,
    least: float = LEAST,
    limit: int = 50,
) -> Duplicates:
    """Return the surest pairs. A pair that agrees in exact keys only to differ in name is shown too.

    `contacts` are those whom the linker knows, each with its exact keys; they are gone through once.
    """
    found = _Surest(linker, limit)
    for done, contact in enumerate(contacts, 1):
        for candidate in _others(linker, contact, least):
            if candidate.probability >= least:
                found.offer(contact, candidate)
        if progress is not None and done % 1_000 == 0:
            progress(done, len(linker.people))
    return found.result()


def _others(linker: Linker, contact: ContactRecord, least: float) -> Iterator[LinkCandidate]:
    """Yield whom else the contact may be: by name, company, role and place, and by each exact key that others have."""
    named = Mention(
        name=contact.name, company=contact.company, role=contact.role, place=contact.place, schema="person"
    )
    for mention in (named, *_by_keys(linker, contact, named)):
        # A contact is always likeliest itself: what counts is who it is if it is not.
        for candidate in linker.link(mention, without=contact.key, least=least).candidates:
            yield replace(candidate, probability=min(candidate.probability, SUREST))


def _by_keys(linker: Linker, contact: ContactRecord, named: Mention) -> Iterator[Mention]:
    for key in contact.keys:
        if key.type == "email":
            mention = replace(named, email=key.value)
        elif key.type == "handle":
            mention = replace(named, handle=key.value, platform=key.platform)
        elif key.type == "url":
            mention = replace(named, url=key.value)
        else:
            continue
        people = linker.people
        # Nearly all keys are one contact's own.
        rows = {row for one in mention_keys(mention) for row in people.by_key(one)}
        if any(people.columns.key(row) != contact.key for row in rows):
            yield mention
