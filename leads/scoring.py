"""A lead's score, 0 to 100, as the sum of named parts that are shown with it.

No clock: the score follows from what was told and when, so that the same posts give the same score in every run. How
old a lead is by now is worked out when leads are read, never stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

# Each part's most points, together 100. Set by judgement; no outcome data exists to fit them to yet.
MOST: dict[str, float] = {
    "kind": 30,  # what happened decides most whether it is a reason to write at all
    "link": 25,  # a lead about the wrong person is worse than none
    "confidence": 20,  # whether it happened as the rule says; counts a little less, since the quote is there to read
    "tie": 10,  # the contact's own words about themself are a better reason than somebody else's
    "freshness": 10,  # told at once or long after; a greeting a season late is awkward
    "sightings": 5,  # told in several places: surer, but a quiet event is no worse a reason
}

# How strong a reason to write a kind is, 0 to 1. By judgement: a stated need comes first, then changes that open a
# budget or a relationship, then personal events, where writing is a courtesy; what many write about comes last.
KIND_WEIGHT: dict[str, float] = {
    "purchase_intent": 1.0,
    "recommendation_request": 1.0,
    "vendor_switch": 1.0,
    "new_job": 0.9,
    "funding": 0.9,
    "leadership_change": 0.85,
    "promotion": 0.8,
    "expansion": 0.8,
    "m_and_a": 0.8,
    "contract_win": 0.75,
    "relocation": 0.75,
    "birth": 0.7,
    "wedding": 0.7,
    "retirement": 0.7,
    "moving": 0.7,
    "travel": 0.4,
    "praise": 0.4,
    "event_attendance": 0.4,
}
DEFAULT_KIND_WEIGHT = 0.6

# How near the words are to the one to write to, 0 to 1, by who the signal says it is about.
TIE_WEIGHT: dict[str, float] = {"author": 1.0, "relative": 0.8, "person": 0.7, "company": 0.6, "public": 0.3}

# A subject tied to nobody known: half the points of a certain contact for a company's news, which anybody may act on.
UNLINKED_COMPANY = 0.4
FRESH_FOR = timedelta(days=180)
SIGHTINGS_FOR_ALL = 4


@dataclass(frozen=True, slots=True)
class Evidence:
    """One signal as scoring sees it. `lag` is the time from the event to its telling, where the text says when."""

    post: str
    who: str
    confidence: float
    probability: float | None
    lag: timedelta = timedelta(0)


def score(kind: str, evidence: Sequence[Evidence], *, priority: int = 0) -> tuple[float, dict[str, float]]:
    """The score and its parts, each rounded to a tenth of a point. The best evidence counts, whatever its order.

    `priority` is that of a saved search, -100 to 100: at 100 its matches weigh as much as the strongest kind.
    """
    posts = len({e.post for e in evidence})
    shares = {
        "kind": KIND_WEIGHT.get(kind, DEFAULT_KIND_WEIGHT) + priority / 100 * (1 - DEFAULT_KIND_WEIGHT),
        "link": max(_link(e) for e in evidence),
        "confidence": max(e.confidence for e in evidence),
        "tie": max(TIE_WEIGHT.get(e.who, 0.5) for e in evidence),
        "freshness": max(_freshness(e.lag) for e in evidence),
        "sightings": min(posts - 1, SIGHTINGS_FOR_ALL - 1) / (SIGHTINGS_FOR_ALL - 1),
    }
    parts = {name: round(MOST[name] * min(1.0, max(0.0, share)), 1) for name, share in shares.items()}
    return round(sum(parts.values()), 1), parts


def _link(evidence: Evidence) -> float:
    if evidence.probability is not None:
        return evidence.probability
    return UNLINKED_COMPANY if evidence.who == "company" else 0.0


def _freshness(lag: timedelta) -> float:
    """1 when told on the day or before it, falling to 0 at half a year."""
    return 1 - max(timedelta(0), lag) / FRESH_FOR
