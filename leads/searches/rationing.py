"""Dedupe windows and daily caps: which of the matches that could be kept are.

What was kept once stays kept, whatever comes in later and however often it is looked at again; among new ones the
earlier told comes first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from leads.decide import Drop, KeptSignal, PostDecision
from leads.signals import key_of_drop
from models import Post, Signal, Story

DEDUPLICATED = "deduplicated"
DAILY_CAP = "daily_cap"


@dataclass(frozen=True, slots=True)
class Ration:
    """Within `window` the same subject is kept once; on one day (UTC) no more than `cap` subjects are."""

    window: timedelta | None
    cap: int | None


@dataclass(slots=True)
class _Kept:
    """What is kept of one search: when each subject was, and which subjects on each day."""

    times: defaultdict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    days: defaultdict[date, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, subject: str, at: datetime) -> None:
        self.times[subject].append(at)
        self.days[at.date()].add(subject)

    def refusal(self, subject: str, at: datetime, ration: Ration) -> str | None:
        if ration.window and any(abs(at - other) < ration.window for other in self.times[subject]):
            return DEDUPLICATED
        held = self.days[at.date()]
        if ration.cap is not None and subject not in held and len(held) >= ration.cap:
            return DAILY_CAP
        return None


def ration(session: Session, decisions: Sequence[PostDecision], rations: Mapping[str, Ration]) -> None:
    """Turn signals that there is no room for into drops. Call it where nobody else can keep signals meanwhile."""
    wanted = [
        (decision, signal)
        for decision in decisions
        for signal in decision.signals
        if signal.match.kind in rations and signal.subject_key is not None
    ]
    if not wanted:
        return
    before = set(session.scalars(select(Signal.key).where(Signal.key.in_([s.key for _, s in wanted]))))
    wanted.sort(key=lambda pair: (pair[1].key not in before, pair[0].post.told_at, pair[1].key))
    kept = _stored(session, decisions, rations, wanted)
    for decision, signal in wanted:
        subject, at = signal.subject_key or "", decision.post.told_at
        reason = kept[signal.match.kind].refusal(subject, at, rations[signal.match.kind])
        if reason is None:
            kept[signal.match.kind].add(subject, at)
        else:
            decision.signals.remove(signal)
            decision.dropped.append(_drop(decision, signal, reason))


def _stored(
    session: Session,
    decisions: Sequence[PostDecision],
    rations: Mapping[str, Ration],
    wanted: Sequence[tuple[PostDecision, KeptSignal]],
) -> defaultdict[str, _Kept]:
    """What is kept already of these searches near these times, but for the posts that are being decided."""
    times = [decision.post.told_at for decision, _ in wanted]
    widest = max([timedelta(days=1), *(r.window for r in rations.values() if r.window)])
    told = func.coalesce(Post.published_at, Post.first_seen_at, type_=Post.published_at.type)
    query = (
        select(Signal.kind, Story.subject_key, told)
        .join(Post, Signal.post_id == Post.id)
        .join(Story, Signal.story_id == Story.id)
        .where(
            Story.kind.in_({signal.match.kind for _, signal in wanted}),
            Story.last_at >= min(times) - widest,
            Story.first_at <= max(times) + widest,
            Signal.post_id.not_in([decision.post.id for decision in decisions]),
        )
    )
    kept: defaultdict[str, _Kept] = defaultdict(_Kept)
    for kind, subject, at in session.execute(query):
        kept[kind].add(subject, at)
    return kept


def _drop(decision: PostDecision, signal: KeptSignal, reason: str) -> Drop:
    match, place = signal.match, signal.place
    key = key_of_drop(decision.post.key, match.rule, place, reason)
    return Drop(key, match.kind, match.rule, place, reason)
