"""What people said of links, and whether weights fitted to a part of it foretell the rest better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from math import log
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from leads.linking.fitting import Verdict, fit_weights
from leads.linking.linker import Linker
from leads.linking.records import Decision, Mention
from leads.linking.weights import Weights
from models.history import LinkVerdict

# Fewer confirmed links than this say nothing that was not known.
MIN_CONFIRMED = 30
# One verdict in so many is kept back to try the fitted weights on.
KEPT_BACK = 5
# Nothing is certain: a probability is never counted as surer than this.
_SUREST = 1e-3
_FIELDS = frozenset(one.name for one in fields(Mention))


class TooFewVerdicts(Exception):
    """Too few links were confirmed to learn from; the message says how many there are and are needed."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How weights do on verdicts that they were not fitted to: counts, and the mean of -log2 p of what was said."""

    confirmed: int
    confirmed_linked: int
    rejected: int
    rejected_linked: int
    loss: float


@dataclass(frozen=True, slots=True)
class Fitting:
    """Fitted weights, from how many verdicts, and how they do beside those in use on verdicts that were kept back."""

    weights: Weights
    confirmed: int
    rejected: int
    before: Trial
    after: Trial

    @property
    def better(self) -> bool:
        """Whether they foretell no worse, and tie no more by mistake."""
        return (
            self.after.loss <= self.before.loss and self.after.rejected_linked <= self.before.rejected_linked
        )

    def counts(self) -> dict[str, object]:
        """Return all but the weights, as the provenance tells it."""
        told = {"confirmed": self.confirmed, "rejected": self.rejected}
        return {**told, "kept_back": {"before": asdict(self.before), "after": asdict(self.after)}}


def stored_verdicts(session: Session, linker: Linker) -> list[Verdict]:
    """Return what people said of links to contacts that are still known, in the order in which they said it."""
    query = (
        select(LinkVerdict.mention, LinkVerdict.target_key, LinkVerdict.same)
        .where(LinkVerdict.target_type == "contact")
        .order_by(LinkVerdict.decided_at, LinkVerdict.key)
    )
    found = []
    for told, key, same in session.execute(query):
        contact = linker.contact(key)
        if contact is not None:
            found.append(Verdict(_mention(told), contact, same))
    return found


def fit(verdicts: Sequence[Verdict], linker: Linker) -> Fitting:
    """Fit weights to four fifths of the verdicts, and try them and those of the linker on the rest.

    Raises:
        TooFewVerdicts: fewer than `MIN_CONFIRMED` links were confirmed.
    """
    confirmed = sum(one.same for one in verdicts)
    if confirmed < MIN_CONFIRMED:
        raise TooFewVerdicts(
            f"{confirmed} confirmed and {len(verdicts) - confirmed} rejected links to contacts are known; fitting "
            f"needs at least {MIN_CONFIRMED} confirmed ones"
        )
    groups = [one for one in verdicts if one.same], [one for one in verdicts if not one.same]
    kept_back = [one for group in groups for one in group[::KEPT_BACK]]
    told = [one for group in groups for at, one in enumerate(group) if at % KEPT_BACK]
    weights = fit_weights(told)
    after = Linker.over(linker.people, linker.organisations, thresholds=linker.thresholds, weights=weights)
    return Fitting(
        weights, confirmed, len(verdicts) - confirmed, _trial(linker, kept_back), _trial(after, kept_back)
    )


def _trial(linker: Linker, verdicts: Sequence[Verdict]) -> Trial:
    linked = {True: 0, False: 0}
    loss = 0.0
    for one in verdicts:
        linking = linker.link(one.mention)
        p = next((c.probability for c in linking.candidates if c.key == one.contact.key), 0.0)
        by_itself = linking.decision is Decision.LINK and linking.candidates[0].key == one.contact.key
        linked[one.same] += by_itself
        loss -= log(min(max(p if one.same else 1 - p, _SUREST), 1 - _SUREST), 2)
    same = sum(one.same for one in verdicts)
    return Trial(same, linked[True], len(verdicts) - same, linked[False], round(loss / len(verdicts), 4))


def _mention(told: dict[str, Any]) -> Mention:
    kept: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in told.items()
    }
    return Mention(**{name: value for name, value in kept.items() if name in _FIELDS})
