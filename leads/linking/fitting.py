"""Fits the weights to links that people have confirmed: how often each field agrees for one and the same person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from leads.linking.agreement import Level
from leads.linking.company_names import parse_company
from leads.linking.compare import pair_words
from leads.linking.compare_companies import match_companies
from leads.linking.person_names import Part, parse_person
from leads.linking.places import same_place
from leads.linking.records import ContactRecord, Mention
from leads.linking.weighing import PARTLY_SAME
from leads.linking.weights import DEFAULT_WEIGHTS, Weights

# What is believed beforehand counts as much as this many confirmed links.
BELIEF = 50.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person decided: this mention is, or is not, this contact."""

    mention: Mention
    contact: ContactRecord
    same: bool


def fit_weights(verdicts: Iterable[Verdict], base: Weights = DEFAULT_WEIGHTS) -> Weights:
    """Return the weights that confirmed links speak for; `base` is what was believed before.

    Confirmed links give the m of name levels, company and place. Those rejected and confirmed of whom nothing but the
    name was told give how likely a namesake is somebody else: where more is told, that has decided.
    """
    told = list(verdicts)
    same = [one for one in told if one.same]
    levels = Counter(level for one in same for level in _levels(one))
    level_m = {level: _share(levels[level], sum(levels.values()), m) for level, m in base.level_m.items()}
    companies = [_company(one) for one in same if one.mention.company and one.contact.company]
    places = [
        same_place(o.mention.place, o.contact.place) for o in same if o.mention.place and o.contact.place
    ]
    bare = [one.same for one in told if _only_named(one.mention)]
    return replace(
        base,
        level_m=level_m,
        company_m=_share(sum(companies), len(companies), base.company_m),
        place_m=_share(sum(places), len(places), base.place_m),
        namesake_odds=(bare.count(False) + BELIEF * base.namesake_odds) / (bare.count(True) + BELIEF),
    )


def _only_named(mention: Mention) -> bool:
    return not any((mention.company, mention.place, mention.role, mention.email, mention.handle, mention.url))


def _levels(one: Verdict) -> Iterable[Level]:
    mention, known = parse_person(one.mention.name), parse_person(one.contact.name)
    pairing = pair_words(mention.words, known.words)
    found = {known.parts[j]: level for _, j, level in pairing.pairs}
    for part in (Part.GIVEN, Part.FAMILY):
        if part in found:
            yield found[part]
        elif mention.part(part) and known.part(part):
            yield Level.NONE


def _company(one: Verdict) -> bool:
    return (
        match_companies(parse_company(one.mention.company), parse_company(one.contact.company)).score
        >= PARTLY_SAME
    )


def _share(count: int, total: int, believed: float) -> float:
    return (count + BELIEF * believed) / (total + BELIEF)
