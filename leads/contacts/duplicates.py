"""Suggests which contacts may be one person: each is looked up by the linker as if somebody had mentioned them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from leads.linking.linker import Linker
from leads.linking.records import ContactRecord, LinkCandidate, Mention

# Below this the linker itself would not ask anybody.
LEAST = 0.5
# No suggestion is certain: a person decides.
SUREST = 0.99


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


def find_duplicates(
    linker: Linker,
    contacts: Sequence[ContactRecord],
    progress: Callable[[int, int], None] | None = None,
    least: float = LEAST,
) -> list[Duplicate]:
    """Return the pairs, surest first. A pair that agrees in exact keys only to differ in name is shown too."""
    by_key = {contact.key: contact for contact in contacts}
    found: dict[tuple[str, str], Duplicate] = {}
    for done, contact in enumerate(contacts, 1):
        for candidate in _others(linker, contact):
            first, second = sorted((contact.key, candidate.key))
            known = found.get((first, second))
            if candidate.probability >= least and (
                known is None or candidate.probability > known.probability
            ):
                found[first, second] = _duplicate(by_key, first, second, candidate)
        if progress is not None and done % 1_000 == 0:
            progress(done, len(contacts))
    return sorted(found.values(), key=lambda pair: (-pair.probability, pair.name, pair.key))


def _duplicate(
    by_key: Mapping[str, ContactRecord], first: str, second: str, candidate: LinkCandidate
) -> Duplicate:
    return Duplicate(
        first, by_key[first].name, second, by_key[second].name, candidate.probability, candidate.code,
        candidate.reasons,
    )  # fmt: skip


def _others(linker: Linker, contact: ContactRecord) -> Iterator[LinkCandidate]:
    """Yield whom else the contact may be: by name, company, role and place, and by each exact key."""
    named = Mention(
        name=contact.name, company=contact.company, role=contact.role, place=contact.place, schema="person"
    )
    mentions = [named]
    for key in contact.keys:
        if key.type == "email":
            mentions.append(replace(named, email=key.value))
        elif key.type == "handle":
            mentions.append(replace(named, handle=key.value, platform=key.platform))
        elif key.type == "url":
            mentions.append(replace(named, url=key.value))
    for mention in mentions:
        found = linker.link(mention).candidates
        # A contact is always likeliest itself: what counts is who it is if it is not.
        rest = 1 - sum(candidate.probability for candidate in found if candidate.key == contact.key)
        for candidate in found:
            if candidate.key != contact.key and candidate.schema == "person":
                share = candidate.probability / max(rest, candidate.probability)
                yield replace(candidate, probability=min(share, SUREST))
