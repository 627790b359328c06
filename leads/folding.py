"""Making the stored stories and leads those that follow from the stored signals.

Called for the groups (kind and subject) that a batch has touched. Each group is folded from all of its signals, under
one lock, so the outcome does not depend on who processed which post first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Folded:
    """How many leads folding made and unmade."""

    made: int
    unmade: int


@dataclass(slots=True)
class Stored:
    """The stories of some groups as they are in the database, with their leads."""

    stories: dict[Group, list[Story]] = field(default_factory=dict)
    leads: dict[int, Lead] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)  # lead ids that a person has acted on
    outside: set[int] = field(default_factory=set)  # lead ids that others know by their key


@dataclass(frozen=True, slots=True)
class Known:
    """The contacts and companies that stories of some groups are about: contacts by key, companies by row id."""

    contacts: dict[str, Contact]
    companies: dict[int, Company]


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
    known = _known(session, groups, facts.values())
    current: list[tuple[Story, list[Fact]]] = []
    for group in sorted(groups):
        current += _fold_group(group, facts.get(group, []), stored, known)
    session.add_all(story for story, _ in current)
    session.flush()
    _move(session, current, subject_keys)
    failpoint("process.story.folded")
    leads = [_lead(story, members, stored, known, now) for story, members in current]
    session.add_all(lead for lead, _ in leads)
    made = sum(story.id not in stored.leads for story, _ in current)
    unmade = _unmake(session, stored, {story.id for story, _ in current})
    session.flush()
    failpoint("process.lead.made")
    sync_deliveries(session, leads, targets, now)
    return Folded(made, unmade)


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


def _known(session: Session, groups: Iterable[Group], facts: Iterable[Sequence[Fact]]) -> Known:
    keys = {key.partition(":")[2] for _, key in groups if key.startswith("contact:")}
    ids = {link.company_id for members in facts for fact in members for link in fact.ties if link.company_id}
    contacts = session.scalars(select(Contact).where(Contact.key.in_(keys))) if keys else ()
    companies = session.scalars(select(Company).where(Company.id.in_(ids))) if ids else ()
    return Known(
        {contact.key: contact for contact in contacts}, {company.id: company for company in companies}
    )


def _move(
    session: Session,
    current: Sequence[tuple[Story, Sequence[Fact]]],
    subject_keys: Mapping[int, str | None],
) -> None:
    """Put signals into their stories, and those about nobody to write to into none."""
    moved: list[dict[str, int | None]] = [
        {"id": fact.signal_id, "story_id": story.id}
        for story, members in current
        for fact in members
        if fact.story_id != story.id
    ]
    moved += [{"id": signal_id, "story_id": None} for signal_id, key in subject_keys.items() if key is None]
    if moved:
        session.execute(update(Signal), moved)


def _fold_group(
    group: Group, facts: list[Fact], stored: Stored, known: Known
) -> list[tuple[Story, list[Fact]]]:
    """The stories of one group, stored ones and new ones, each with its signals in order of telling."""
    kind, subject_key = group
    rows = {story.key: story for story in stored.stories.get(group, [])}
    by_key = {fact.key: fact for fact in facts}
    tellings = [telling_of(f.key, kind, f.slots, f.told_at, f.language) for f in facts]
    clusters = keep_keys(stories_of(kind, subject_key, tellings), _fixed(rows.values(), facts, stored))
    folded = []
    for cluster in clusters:
        members = [by_key[telling.key] for telling in cluster.tellings]
        story = rows.get(cluster.key) or Story(key=cluster.key, kind=kind, subject_key=subject_key)
        _fill_story(story, cluster, members, known)
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


def _fill_story(story: Story, cluster: Cluster, members: Sequence[Fact], known: Known) -> None:
    contact = _contact(story, known)
    ids = [link.company_id for fact in members for link in fact.ties if link.company_id]
    company = known.companies.get(ids[0]) if ids else None
    story.first_at, story.last_at = cluster.first_at, cluster.last_at
    story.contact_id = contact.id if contact else None
    story.company_id = company.id if company else None
    named = contact or company
    story.subject_name = named.name if named else members[0].subject.name[:255]


def _lead(
    story: Story, members: Sequence[Fact], stored: Stored, known: Known, now: datetime
) -> tuple[Lead, Story]:
    """The lead that a story is: what follows from its signals; status and owner stay as a person has set them."""
    lead = stored.leads.get(story.id)
    if lead is None:
        lead = Lead(key=lead_key(story.key), story_id=story.id, created_at=now, owner="")
    total, parts = score(
        story.kind,
        [fact.evidence for fact in members],
        priority=int(_said_by_search(members, "priority") or 0),
    )
    values: dict[str, object] = {
        "score": total,
        "score_parts": dict(parts),
        "sightings": len({fact.post_id for fact in members}),
        "policy": "remember" if any(fact.sensitive for fact in members) else "pitch",
    }
    if lead.id not in stored.touched:
        values |= {
            "status": status_of(story.subject_key, members),
            "owner": _said_by_search(members, "owner") or _owner(story, known),
        }
    changed = {name: value for name, value in values.items() if getattr(lead, name) != value}
    for name, value in changed.items():
        setattr(lead, name, value)
    if changed:
        lead.updated_at = now
    return lead, story


def status_of(subject_key: str, members: Sequence[Fact]) -> str:
    """`review` while a person must say who it is, else `new`."""
    if subject_key.startswith(("contact:", "company:")):
        return "new"
    return "review" if any(fact.in_review for fact in members) else "new"


def _contact(story: Story, known: Known) -> Contact | None:
    prefix, _, key = story.subject_key.partition(":")
    return known.contacts.get(key) if prefix == "contact" else None


def _said_by_search(members: Sequence[Fact], key: str) -> Any:
    """What the saved search says that the newest evidence is of; None where it is of none, or it does not say."""
    said = [(fact.slots.get("search") or {}).get(key) for fact in members]
    return next((value for value in reversed(said) if value), None)


def _owner(story: Story, known: Known) -> str:
    """Who looks after the contact, or else after the company."""
    contact = _contact(story, known)
    company = known.companies.get(story.company_id or 0)
    return (contact.owner if contact else "") or (company.owner if company else "")


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
