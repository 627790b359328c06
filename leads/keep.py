"""Writing what was decided about posts: signals with their links, and dropped matches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from leads.decide import Drop, KeptLink, KeptSignal, PostDecision, PostValue, Said, Target, Verdicts
from models import Company, Contact, DroppedMatch, Lead, LeadEvent, Link, Post, Signal, Story

BY_PERSON = ("confirmed", "rejected")
Group = tuple[str, str]  # kind and subject key


@dataclass(slots=True)
class Kept:
    """What was written: the subject key of each signal that was, and the groups whose stories may have changed."""

    subject_keys: dict[int, str | None] = field(default_factory=dict)
    groups: set[Group] = field(default_factory=set)
    added: int = 0
    removed: int = 0


def said_by_people(session: Session, posts: Sequence[PostValue]) -> Said:
    """Look up what people have confirmed and rejected about signals of these posts and about their authors."""
    by_post: dict[tuple[int, str], dict[Target, str]] = defaultdict(dict)
    by_author: dict[int, dict[Target, str]] = defaultdict(dict)
    query = (
        select(Link.decision, Link.via, Contact.key, Company.key, Signal.post_id, Signal.kind, Post.author_id)
        .join(Signal, Link.signal_id == Signal.id)
        .join(Post, Signal.post_id == Post.id)
        .outerjoin(Contact, Link.contact_id == Contact.id)
        .outerjoin(Company, Link.company_id == Company.id)
        .where(
            Link.decision.in_(BY_PERSON),
            or_(
                Signal.post_id.in_([post.id for post in posts]),
                (Link.via == "author")
                & Post.author_id.in_({post.author_id for post in posts if post.author_id}),
            ),
        )
        .order_by(Link.id)
    )
    for decision, via, contact, company, post_id, kind, author_id in session.execute(query):
        target = ("person", contact) if contact else ("company", company)
        by_post[post_id, kind][target] = decision
        if via == "author" and author_id:
            by_author[author_id][target] = decision

    def said(post: PostValue, kind: str, via: str) -> Verdicts:
        general = by_author.get(post.author_id or 0, {}) if via == "author" else {}
        return {**general, **by_post.get((post.id, kind), {})}

    return said


def keep(session: Session, decisions: Sequence[PostDecision], now: datetime) -> Kept:
    """Make the stored signals and drops of these posts those that were decided, and say what changed."""
    stored = _stored(session, [d.post.id for d in decisions])
    before = [signal for signals in stored.values() for signal in signals.values()]
    kept = Kept(groups=_groups(session, before))
    touched = _touched(session, before)
    written: list[tuple[Signal, KeptSignal]] = []
    for decision in decisions:
        mine = stored.get(decision.post.id, {})
        gone = _remove(session, decision, mine, touched)
        kept.removed += len(gone)
        # What replaces a signal begins in its story, so that a story known outside is recognised after an edit.
        heirs = {row.kind: row.story_id for row in gone}
        for signal in decision.signals:
            kept.added += signal.key not in mine
            row = mine.get(signal.key) or Signal(
                key=signal.key,
                post_id=decision.post.id,
                story_id=heirs.get(signal.match.kind),
                created_at=now,
            )
            _fill(row, signal, decision.post)
            session.add(row)
            written.append((row, signal))
    session.flush()
    _replace_links(session, written, _target_ids(session, decisions), now)
    _replace_drops(session, decisions, now)
    kept.subject_keys = {row.id: signal.subject_key for row, signal in written}
    kept.groups |= {(s.match.kind, s.subject_key) for _, s in written if s.subject_key is not None}
    return kept


def _stored(session: Session, post_ids: list[int]) -> dict[int, dict[str, Signal]]:
    stored: dict[int, dict[str, Signal]] = defaultdict(dict)
    for signal in session.scalars(select(Signal).where(Signal.post_id.in_(post_ids))):
        stored[signal.post_id][signal.key] = signal
    return stored


def _target_ids(session: Session, decisions: Iterable[PostDecision]) -> dict[Target, int]:
    """Row ids of all contacts and companies that links speak of. One that was removed meanwhile is not in it."""
    wanted: dict[str, set[str]] = {"person": set(), "company": set()}
    for decision in decisions:
        for signal in decision.signals:
            for link in signal.links:
                wanted[link.schema].add(link.key)
    ids: dict[Target, int] = {}
    for schema, table in (("person", Contact), ("company", Company)):
        if wanted[schema]:
            query = select(table.key, table.id).where(table.key.in_(wanted[schema])).order_by(table.id)
            # Held until the commit, so that nobody can remove a contact between this look and its link.
            rows = session.execute(query.with_for_update(read=True))
            ids.update({(schema, key): row_id for key, row_id in rows})
    return ids


def _groups(session: Session, signals: Iterable[Signal]) -> set[Group]:
    """The groups that signals have been folded into so far."""
    ids = {signal.story_id for signal in signals if signal.story_id}
    query = select(Story.kind, Story.subject_key).where(Story.id.in_(ids))
    return {(kind, key) for kind, key in session.execute(query)} if ids else set()


def _touched(session: Session, signals: Iterable[Signal]) -> set[int]:
    """The stories of these signals on whose lead a person has acted."""
    ids = {signal.story_id for signal in signals if signal.story_id}
    query = select(Lead.story_id).join(LeadEvent, LeadEvent.lead_id == Lead.id).where(Lead.story_id.in_(ids))
    return set(session.scalars(query)) if ids else set()


def _remove(
    session: Session, decision: PostDecision, stored: dict[str, Signal], touched: set[int]
) -> list[Signal]:
    """Remove signals that are no longer found, and return them.

    What a person has acted on keeps its evidence, unless the post still holds newer evidence of the same kind.
    """
    wanted = {signal.key for signal in decision.signals}
    kinds = {signal.match.kind for signal in decision.signals}
    gone = [
        row
        for key, row in stored.items()
        if key not in wanted and (row.story_id not in touched or row.kind in kinds)
    ]
    for row in gone:
        session.delete(row)
    return sorted(gone, key=lambda row: row.key)


def _fill(row: Signal, signal: KeptSignal, post: PostValue) -> None:
    match = signal.match
    row.kind, row.rule_id, row.rule_version = match.kind, match.rule, match.version
    row.field, row.start, row.end = signal.place.field, signal.place.start, signal.place.end
    row.quote, row.post_revision, row.language = signal.quote, post.revision, signal.language
    row.confidence, row.sensitive = match.confidence, match.sensitive
    row.slots, row.context, row.reasons = dict(match.slots), list(match.context), list(match.reasons)


def _replace_links(
    session: Session,
    written: Sequence[tuple[Signal, KeptSignal]],
    targets: dict[Target, int],
    now: datetime,
) -> None:
    """Set the signals' links. Those that a person decided are among them, decided that way again."""
    session.execute(delete(Link).where(Link.signal_id.in_([row.id for row, _ in written])))
    rows = [
        _link_row(row.id, link, targets[link.schema, link.key], now)
        for row, signal in written
        for link in signal.links
        if (link.schema, link.key) in targets
    ]
    if rows:
        session.execute(insert(Link), rows)


def _link_row(signal_id: int, link: KeptLink, target_id: int, now: datetime) -> dict[str, object]:
    return {
        "signal_id": signal_id,
        "contact_id": target_id if link.schema == "person" else None,
        "company_id": target_id if link.schema == "company" else None,
        "via": link.via,
        "decision": link.decision,
        "code": link.code,
        "probability": link.probability,
        "reasons": list(link.reasons),
        "created_at": now,
    }


def _replace_drops(session: Session, decisions: Sequence[PostDecision], now: datetime) -> None:
    post_ids = [d.post.id for d in decisions]
    session.execute(delete(DroppedMatch).where(DroppedMatch.post_id.in_(post_ids)))
    rows = [_drop_row(d.post.id, drop, now) for d in decisions for drop in d.dropped]
    if rows:
        session.execute(insert(DroppedMatch), rows)


def _drop_row(post_id: int, drop: Drop, now: datetime) -> dict[str, object]:
    place = drop.place
    return {
        "key": drop.key,
        "post_id": post_id,
        "kind": drop.kind,
        "rule_id": drop.rule,
        "field": place.field,
        "start": place.start,
        "end": place.end,
        "reason": drop.reason,
        "created_at": now,
    }


def mark_processed(session: Session, post_ids: Sequence[int], version: str) -> None:
    """Note that this version has looked at these posts."""
    session.execute(update(Post).where(Post.id.in_(post_ids)).values(processed_with=version))
