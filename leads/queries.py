"""Reading leads: lists with filters, and one lead with all its evidence. Nothing here writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from leads.signals import around
from models import Company, Contact, ContactFact, Identity, Lead, LeadEvent, Link, Post, Signal, Source, Story


@dataclass(frozen=True, slots=True)
class LeadFilter:
    """Which leads: empty fields do not restrict. `since` is about when the story was last told."""

    statuses: Collection[str] = ()
    kinds: Collection[str] = ()
    owner: str | None = None
    since: datetime | None = None
    min_score: float = 0.0
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """The contact to write to."""

    key: str
    external_id: str
    name: str
    given: str
    patronymic: str
    family: str
    role: str
    place: str
    company: str
    identities: tuple[tuple[str, str, str], ...] = ()
    # Dates, relations and what lies behind them: kind and value.
    facts: tuple[tuple[str, str], ...] = ()

    def told(self, kind: str) -> str:
        """What is known of a kind (birthday, introduced_by ...), several joined by semicolons."""
        return "; ".join(value for its, value in self.facts if its == kind)

    def first(self, type_: str) -> str:
        """The first identity of a type (email, phone, url ...) in order of value, "" where there is none."""
        return next((value for kind, _, value in self.identities if kind == type_), "")


@dataclass(frozen=True, slots=True)
class LinkEvidence:
    """Why a signal is believed to be somebody's."""

    id: int
    schema: str
    key: str
    name: str
    via: str
    decision: str
    code: str
    probability: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignalEvidence:
    """One signal of a lead: the quoted words and where they stand."""

    key: str
    quote: str
    field: str
    start: int
    end: int
    rule: str
    rule_version: str
    confidence: float
    language: str
    slots: dict[str, Any]
    context: tuple[str, ...]
    reasons: tuple[str, ...]
    post_key: str
    post_url: str
    post_title: str
    post_revision: int
    told_at: datetime
    source: str
    # The rest of the quote's sentence, to read it in.
    before: str = ""
    after: str = ""
    links: tuple[LinkEvidence, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One change of a lead's status."""

    at: datetime
    actor: str
    old_status: str
    new_status: str
    note: str


@dataclass(frozen=True, slots=True)
class LeadView:
    """A lead as people and exports see it. `signals` and `events` are filled by `show_lead` and `leads_with_evidence`."""

    key: str
    kind: str
    status: str
    policy: str
    owner: str
    score: float
    score_parts: dict[str, float]
    sightings: int
    subject: str
    first_at: datetime
    last_at: datetime
    created_at: datetime
    contact: Person | None
    company: str
    company_key: str
    quote: str = ""
    before: str = ""
    after: str = ""
    url: str = ""
    source: str = ""
    relation: str = ""
    signals: tuple[SignalEvidence, ...] = ()
    events: tuple[StatusChange, ...] = field(default=())


# From so many letters on, the beginning of a key stands for the key.
KEY_BEGINS = 6


class NoSuchLead(LookupError):
    """There is no lead with this key."""


def list_leads(session: Session, wanted: LeadFilter | None = None) -> list[LeadView]:
    """Leads with their best quote, highest score first, then last told first, then by key."""
    wanted = wanted or LeadFilter()
    query = _filtered(wanted).order_by(Lead.score.desc(), Story.last_at.desc(), Lead.key).limit(wanted.limit)
    return _views(session, session.execute(query).all())


def count_leads(session: Session, wanted: LeadFilter | None = None) -> int:
    """How many leads a filter finds, its limit left aside."""
    return session.scalar(select(func.count()).select_from(_filtered(wanted or LeadFilter()).subquery())) or 0


def leads_in_order(session: Session, wanted: LeadFilter | None = None) -> list[LeadView]:
    """Leads in an order that never depends on scores or row ids: by first telling, then by key. For exports."""
    wanted = wanted or LeadFilter()
    query = _filtered(wanted).order_by(Story.first_at, Lead.key).limit(wanted.limit)
    return _views(session, session.execute(query).all())


def find_lead(session: Session, key: str) -> Lead:
    """The lead with this key, or with the only key that begins so (6 letters or more).

    Raises `NoSuchLead` for none and for several.
    """
    prefix = Lead.key.startswith(key, autoescape=True) if len(key) >= KEY_BEGINS else Lead.key == key
    found = session.scalars(select(Lead).where(prefix).order_by(Lead.key).limit(2)).all()
    if len(found) == 1:
        return found[0]
    if found:
        raise NoSuchLead(f"several leads begin with {key!r}: write more of the key")
    raise NoSuchLead(f"there is no lead {key!r}; `povod leads list` shows their keys")


def show_lead(session: Session, key: str) -> LeadView:
    """One lead with all its signals, links and status changes. Raises `NoSuchLead`."""
    return lead_view(session, find_lead(session, key))


def lead_view(session: Session, lead: Lead) -> LeadView:
    """A stored lead with all that is known of it."""
    [view] = _views(
        session, session.execute(_filtered(LeadFilter()).where(Lead.id == lead.id)).all(), events=True
    )
    return view


def _filtered(wanted: LeadFilter) -> Select[Lead, Story, Contact, Company]:
    query = (
        select(Lead, Story, Contact, Company)
        .join(Story, Lead.story_id == Story.id)
        .outerjoin(Contact, Story.contact_id == Contact.id)
        .outerjoin(Company, Story.company_id == Company.id)
    )
    if wanted.statuses:
        query = query.where(Lead.status.in_(wanted.statuses))
    if wanted.kinds:
        query = query.where(Story.kind.in_(wanted.kinds))
    if wanted.owner is not None:
        query = query.where(Lead.owner == wanted.owner)
    if wanted.since is not None:
        query = query.where(Story.last_at >= wanted.since)
    if wanted.min_score:
        query = query.where(Lead.score >= wanted.min_score)
    return query


def _views(session: Session, rows: Sequence[Any], *, events: bool = False) -> list[LeadView]:
    signals = signals_of(session, [story.id for _, story, _, _ in rows])
    people = _people(session, [contact for _, _, contact, _ in rows if contact is not None])
    changes = _changes(session, [lead.id for lead, *_ in rows]) if events else {}
    return [
        _view(row, people.get(row[1].contact_id or 0), signals.get(row[1].id, ()), changes.get(row[0].id, ()))
        for row in rows
    ]


def _view(
    row: Any, person: Person | None, signals: tuple[SignalEvidence, ...], events: tuple[StatusChange, ...]
) -> LeadView:
    lead, story, _, company = row
    best = min(signals, key=lambda s: (-s.confidence, s.told_at, s.key), default=None)
    return LeadView(
        key=lead.key,
        kind=story.kind,
        status=lead.status,
        policy=lead.policy,
        owner=lead.owner,
        score=lead.score,
        score_parts=dict(sorted(lead.score_parts.items())),
        sightings=lead.sightings,
        subject=story.subject_name,
        first_at=story.first_at,
        last_at=story.last_at,
        created_at=lead.created_at,
        contact=person,
        company=company.name if company else "",
        company_key=company.key if company else "",
        quote=best.quote if best else "",
        before=best.before if best else "",
        after=best.after if best else "",
        url=best.post_url if best else "",
        source=best.source if best else "",
        relation=str((best.slots.get("subject") or {}).get("relation") or "") if best else "",
        signals=signals,
        events=events,
    )


def signals_of(session: Session, story_ids: Collection[int]) -> dict[int, tuple[SignalEvidence, ...]]:
    """The signals of stories with their links, in order of telling."""
    rows = session.execute(
        select(Signal, Post, Source.name)
        .join(Post, Signal.post_id == Post.id)
        .join(Source, Post.source_id == Source.id)
        .where(Signal.story_id.in_(story_ids))
        .order_by(func.coalesce(Post.published_at, Post.first_seen_at), Signal.key)
    ).all()
    links = links_of(session, [signal.id for signal, _, _ in rows])
    found: dict[int | None, list[SignalEvidence]] = defaultdict(list)
    for signal, post, source in rows:
        found[signal.story_id].append(_signal(signal, post, source, links.get(signal.id, ())))
    return {story_id: tuple(signals) for story_id, signals in found.items() if story_id is not None}


def _signal(signal: Signal, post: Post, source: str, links: tuple[LinkEvidence, ...]) -> SignalEvidence:
    words = post.title if signal.field == "title" else post.text
    same = words[signal.start : signal.end] == signal.quote
    before, after = around(words, signal.start, signal.end) if same else ("", "")
    return SignalEvidence(
        key=signal.key,
        quote=signal.quote,
        field=signal.field,
        start=signal.start,
        end=signal.end,
        rule=signal.rule_id,
        rule_version=signal.rule_version,
        confidence=signal.confidence,
        language=signal.language,
        slots=signal.slots,
        context=tuple(signal.context),
        reasons=tuple(signal.reasons),
        post_key=post.key,
        post_url=post.url,
        post_title=post.title,
        post_revision=signal.post_revision,
        told_at=post.published_at or post.first_seen_at,
        source=source,
        before=before,
        after=after,
        links=links,
    )


def links_of(session: Session, signal_ids: Collection[int]) -> dict[int, tuple[LinkEvidence, ...]]:
    """The links of signals, surest first."""
    person, company = aliased(Contact), aliased(Company)
    rows = session.execute(
        select(Link, person.key, person.name, company.key, company.name)
        .outerjoin(person, Link.contact_id == person.id)
        .outerjoin(company, Link.company_id == company.id)
        .where(Link.signal_id.in_(signal_ids))
        .order_by(Link.probability.desc(), person.key, company.key)
    )
    found: dict[int, list[LinkEvidence]] = defaultdict(list)
    for link, person_key, person_name, company_key, company_name in rows:
        schema = "person" if link.contact_id is not None else "company"
        found[link.signal_id].append(
            LinkEvidence(
                id=link.id,
                schema=schema,
                key=person_key or company_key,
                name=person_name or company_name,
                via=link.via,
                decision=link.decision,
                code=link.code,
                probability=link.probability,
                reasons=tuple(link.reasons),
            )
        )
    return {signal_id: tuple(links) for signal_id, links in found.items()}


def _people(session: Session, contacts: Sequence[Contact]) -> dict[int, Person]:
    ids = [contact.id for contact in contacts]
    identities: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    query = (
        select(Identity.contact_id, Identity.type, Identity.platform, Identity.value)
        .where(Identity.contact_id.in_(ids))
        .order_by(Identity.type, Identity.platform, Identity.value)
    )
    for contact_id, type_, platform, value in session.execute(query):
        identities[contact_id or 0].append((type_, platform, value))
    facts: dict[int, list[tuple[str, str]]] = defaultdict(list)
    known = select(ContactFact.contact_id, ContactFact.kind, ContactFact.value)
    known = known.where(ContactFact.contact_id.in_(ids)).order_by(ContactFact.kind, ContactFact.value)
    for number, kind, value in session.execute(known):
        facts[number].append((kind, value))
    names = select(Company.id, Company.name).where(
        Company.id.in_([c.company_id for c in contacts if c.company_id])
    )
    companies: dict[int | None, str] = {row.id: row.name for row in session.execute(names)}
    return {
        c.id: Person(
            key=c.key,
            external_id=c.external_id or "",
            name=c.name,
            given=c.given,
            patronymic=c.patronymic,
            family=c.family,
            role=c.role,
            place=c.place,
            company=companies.get(c.company_id, ""),
            identities=tuple(identities[c.id]),
            facts=tuple(facts[c.id]),
        )
        for c in contacts
    }


def _changes(session: Session, lead_ids: Collection[int]) -> dict[int, tuple[StatusChange, ...]]:
    found: dict[int, list[StatusChange]] = defaultdict(list)
    query = select(LeadEvent).where(LeadEvent.lead_id.in_(lead_ids)).order_by(LeadEvent.at, LeadEvent.id)
    for event in session.scalars(query):
        found[event.lead_id].append(
            StatusChange(event.at, event.actor, event.old_status, event.new_status, event.note)
        )
    return {lead_id: tuple(events) for lead_id, events in found.items()}
