"""The stored signals of groups, as the facts that folding and scoring need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from leads.keep import Group
from leads.scoring import Evidence
from leads.subjects import Subject, Writer, subject_of
from leads.tellings import lag_of
from models import Author, Link, Post, Signal, Story

TIED = ("auto", "confirmed")


@dataclass(frozen=True, slots=True)
class Tie:
    """A link of a signal, as far as folding needs it."""

    contact_id: int | None
    company_id: int | None
    decision: str
    probability: float


@dataclass(frozen=True, slots=True)
class Fact:
    """One stored signal with its post's time, its subject and its links."""

    signal_id: int
    key: str
    kind: str
    slots: Mapping[str, Any]
    language: str
    confidence: float
    sensitive: bool
    story_id: int | None
    post_id: int
    post_key: str
    told_at: datetime
    subject: Subject
    links: tuple[Tie, ...]

    @property
    def ties(self) -> tuple[Tie, ...]:
        """Links that hold, by themselves or because a person said so."""
        return tuple(link for link in self.links if link.decision in TIED)

    @property
    def in_review(self) -> bool:
        """Whether a person must still say whose signal this is."""
        return not self.ties and any(link.decision == "review" for link in self.links)

    @property
    def evidence(self) -> Evidence:
        """What scoring sees of it. A person's word is certain."""
        chances = [1.0 if link.decision == "confirmed" else link.probability for link in self._standing]
        return Evidence(
            post=self.post_key,
            who=self.subject.who,
            confidence=self.confidence,
            probability=max(chances, default=None),
            lag=lag_of(self.slots, self.told_at),
        )

    @property
    def _standing(self) -> tuple[Tie, ...]:
        return self.ties or tuple(link for link in self.links if link.decision == "review")


def facts_of(
    session: Session,
    groups: Collection[Group],
    subject_keys: Mapping[int, str | None],
    story_ids: Sequence[int],
) -> dict[Group, list[Fact]]:
    """All signals of the groups: those in their stories, and those just written, by their new subjects."""
    rows = session.execute(
        select(
            Signal.id,
            Signal.key,
            Signal.kind,
            Signal.slots,
            Signal.language,
            Signal.confidence,
            Signal.sensitive,
            Signal.story_id,
            Signal.post_id,
            Post.key.label("post_key"),
            func.coalesce(Post.published_at, Post.first_seen_at, type_=Post.published_at.type).label(
                "told_at"
            ),
            Story.subject_key,
            Author.key.label("author_key"),
            Author.name,
            Author.handle,
            Author.platform,
        )
        .join(Post, Signal.post_id == Post.id)
        .outerjoin(Author, Post.author_id == Author.id)
        .outerjoin(Story, Signal.story_id == Story.id)
        .where(or_(Signal.story_id.in_(story_ids), Signal.id.in_(list(subject_keys))))
    ).all()
    links = _links(session, [row.id for row in rows])
    facts: dict[Group, list[Fact]] = defaultdict(list)
    for row in rows:
        subject_key = subject_keys.get(row.id, row.subject_key)
        if subject_key is not None and (row.kind, subject_key) in groups:
            facts[row.kind, subject_key].append(_fact(row, links.get(row.id, ())))
    return facts


def _links(session: Session, signal_ids: Sequence[int]) -> dict[int, tuple[Tie, ...]]:
    links: dict[int, list[Tie]] = defaultdict(list)
    query = select(Link).where(Link.signal_id.in_(signal_ids)).order_by(Link.contact_id, Link.company_id)
    for link in session.scalars(query):
        links[link.signal_id].append(Tie(link.contact_id, link.company_id, link.decision, link.probability))
    return {signal_id: tuple(ties) for signal_id, ties in links.items()}


def _fact(row: Any, links: tuple[Tie, ...]) -> Fact:
    writer = Writer(
        key=row.author_key or "", name=row.name or "", handle=row.handle or "", platform=row.platform or ""
    )
    return Fact(
        signal_id=row.id,
        key=row.key,
        kind=row.kind,
        slots=row.slots,
        language=row.language,
        confidence=row.confidence,
        sensitive=row.sensitive,
        story_id=row.story_id,
        post_id=row.post_id,
        post_key=row.post_key,
        told_at=row.told_at,
        subject=subject_of(row.kind, row.slots, writer, row.language),
        links=links,
    )
