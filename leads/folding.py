"""Making the stored stories and leads those that follow from the stored signals.

Called for the groups (kind and subject) that a batch has touched. Each group is folded from all of its signals, under
one lock, so the outcome does not depend on who processed which post first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from guards.failpoints import failpoint
from leads.deliveries import UNTRIED, sync_deliveries
from leads.evidence import Fact, facts_of
from leads.keep import Group
from leads.keys import lead_key
from leads.scoring import score
from leads.settings import Target
from leads.stories import Cluster, keep_keys, stories_of
from leads.tellings import telling_of
from models import Company, Contact, Delivery, Lead, LeadEvent, Signal, Story

# Any number will do as long as nothing else in the database uses it.
FOLD_LOCK = 0x706F766F64


@dataclass(slots=True)
class Folded:
    """How many leads folding made and unmade."""

    made: int = 0
    unmade: int = 0


@dataclass(slots=True)
class Stored:
    """The stories of some groups as they are in the database, with their leads."""

    stories: dict[Group, list[Story]] = field(default_factory=dict)
    leads: dict[int, Lead] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)  # lead ids that a person has acted on
    outside: set[int] = field(default_factory=set)  # lead ids that others know by their key


def lock_folding(session: Session) -> None:
    """Let one transaction at a time fold. SQLite has only one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": FOLD_LOCK})


def fold(
    session: Session,
    groups: Collection[Group],
    subject_keys: Mapping[int, str | None],
    targets: Sequence[Target],
    now: datetime,
) -> Folded:
    """Fold the groups. `subject_keys` are the new subjects of signals that were just written, by their row id."""
    stored = _load(session, groups)
    facts = facts_of(session, groups, subject_keys, [s.id for rows in stored.stories.values() for s in rows])
    _leave(session, subject_keys)
    folded = Folded()
    current: list[tuple[Story, list[Fact]]] = []
    for group in sorted(groups):
        current += _fold_group(session, group, facts.get(group, []), stored)
    session.flush()
    failpoint("process.story.folded")
    leads = _make_leads(session, current, stored, now, folded)
    folded.unmade = _unmake(session, stored, {story.id for story, _ in current})
    session.flush()
    failpoint("process.lead.made")
    sync_deliveries(session, leads, targets, now)
    return folded


def _load(session: Session, groups: Collection[Group]) -> Stored:
    stored = Stored()
    keys = {subject_key for _, subject_key in groups}
    query = select(Story).where(Story.subject_key.in_(keys)).order_by(Story.key)
    for story in session.scalars(query):
        if (story.kind, story.subject_key) in groups:
            stored.stories.setdefault((story.kind, story.subject_key), []).append(story)
    ids = [story.id for rows in stored.stories.values() for story in rows]
    if not ids:
        return stored
    stored.leads = {
        lead.story_id: lead for lead in session.scalars(select(Lead).where(Lead.story_id.in_(ids)))
    }
    lead_ids = [lead.id for lead in stored.leads.values()]
    stored.touched = set(session.scalars(select(LeadEvent.lead_id).where(LeadEvent.lead_id.in_(lead_ids))))
    sent = select(Delivery.lead_id).where(Delivery.lead_id.in_(lead_ids), ~UNTRIED)
    stored.outside = stored.touched | set(session.scalars(sent))
    return stored


def _leave(session: Session, subject_keys: Mapping[int, str | None]) -> None:
    """Signals about nobody to write to belong to no story."""
    without = [signal_id for signal_id, key in subject_keys.items() if key is None]
    if without:
        session.execute(update(Signal).where(Signal.id.in_(without)).values(story_id=None))


def _fold_group(
    session: Session, group: Group, facts: list[Fact], stored: Stored
) -> list[tuple[Story, list[Fact]]]:
    kind, subject_key = group
    rows = {story.key: story for story in stored.stories.get(group, [])}
    by_key = {fact.key: fact for fact in facts}
    tellings = [telling_of(f.key, kind, f.slots, f.told_at, f.language) for f in facts]
    clusters = keep_keys(stories_of(kind, subject_key, tellings), _fixed(rows.values(), facts, stored))
    folded = []
    for cluster in clusters:
        members = [by_key[telling.key] for telling in cluster.tellings]
        story = rows.get(cluster.key) or Story(key=cluster.key, kind=kind, subject_key=subject_key)
        _fill_story(session, story, cluster, members)
        folded.append((story, members))
    return folded


def _fixed(rows: Iterable[Story], facts: Iterable[Fact], stored: Stored) -> dict[str, frozenset[str]]:
    """Stories that must keep their key, since somebody outside knows it, and the signals that were in them."""
    fixed = {}
    for story in rows:
        lead = stored.leads.get(story.id)
        if lead is not None and lead.id in stored.outside:
            fixed[story.key] = frozenset(fact.key for fact in facts if fact.story_id == story.id)
    return fixed


def _fill_story(session: Session, story: Story, cluster: Cluster, members: Sequence[Fact]) -> None:
    story.first_at, story.last_at = cluster.first_at, cluster.last_at
    story.subject_name = members[0].subject.name[:255]
    contact = company = None
    if story.subject_key.startswith("contact:"):
        contact = session.scalar(select(Contact).where(Contact.key == story.subject_key.partition(":")[2]))
        story.contact_id = contact.id if contact else None
    company_id = next((link.company_id for fact in members for link in fact.ties if link.company_id), None)
    if company_id is not None:
        company = session.get(Company, company_id)
    story.company_id = company_id
    known = contact or company
    if known is not None:
        story.subject_name = known.name
    session.add(story)
    session.flush()
    moved = [fact.signal_id for fact in members if fact.story_id != story.id]
    if moved:
        session.execute(update(Signal).where(Signal.id.in_(moved)).values(story_id=story.id))


def _make_leads(
    session: Session,
    current: Sequence[tuple[Story, list[Fact]]],
    stored: Stored,
    now: datetime,
    folded: Folded,
) -> list[tuple[Lead, Story]]:
    leads = []
    for story, members in current:
        lead = stored.leads.get(story.id)
        if lead is None:
            lead = Lead(key=lead_key(story.key), story_id=story.id, created_at=now, updated_at=now, owner="")
            folded.made += 1
        if _fill_lead(session, lead, story, members, touched=lead.id in stored.touched):
            lead.updated_at = now
        session.add(lead)
        leads.append((lead, story))
    return leads


def _fill_lead(session: Session, lead: Lead, story: Story, members: Sequence[Fact], *, touched: bool) -> bool:
    """Set what follows from the signals; status and owner stay as a person has set them. Whether anything changed."""
    before = (lead.score, lead.score_parts, lead.sightings, lead.status, lead.owner, lead.policy)
    lead.score, parts = score(story.kind, [fact.evidence for fact in members])
    lead.score_parts = dict(parts)
    lead.sightings = len({fact.post_id for fact in members})
    lead.policy = "remember" if any(fact.sensitive for fact in members) else "pitch"
    if not touched:
        lead.status = status_of(story.subject_key, members)
        lead.owner = _owner(session, story)
    return before != (lead.score, lead.score_parts, lead.sightings, lead.status, lead.owner, lead.policy)


def status_of(subject_key: str, members: Sequence[Fact]) -> str:
    """`review` while a person must say who it is, else `new`."""
    if subject_key.startswith(("contact:", "company:")):
        return "new"
    return "review" if any(fact.in_review for fact in members) else "new"


def _owner(session: Session, story: Story) -> str:
    for table, row_id in ((Contact, story.contact_id), (Company, story.company_id)):
        if row_id is not None:
            owner = session.scalar(select(table.owner).where(table.id == row_id))
            if owner:
                return owner
    return ""


def _unmake(session: Session, stored: Stored, current: set[int]) -> int:
    """Remove stories that nothing tells any more, with their leads, unless a person has acted on the lead."""
    gone = []
    for rows in stored.stories.values():
        for story in rows:
            lead = stored.leads.get(story.id)
            if story.id not in current and not (lead and lead.id in stored.touched):
                gone.append(story.id)
    if gone:
        session.execute(delete(Story).where(Story.id.in_(gone)))
    return len(gone)
