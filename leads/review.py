"""What people decide: whose a signal is, and what becomes of a lead. Each decision is recorded and sticks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from leads.deliveries import sync_deliveries
from leads.folding import fold, lock_folding
from leads.lifecycle import check_transition
from leads.queries import KEY_BEGINS, LeadFilter, LeadView, find_lead, list_leads
from leads.settings import Target
from leads.verdicts import remember
from models import Company, Contact, Lead, LeadEvent, Link, Signal, Story


class NotACandidate(LookupError):
    """A link was to be decided that nobody had proposed."""


@dataclass(frozen=True, slots=True)
class By:
    """Who decides, when, and with what note."""

    actor: str
    at: datetime
    note: str = ""


def review_queue(session: Session, limit: int | None = None) -> list[LeadView]:
    """Leads that wait for somebody to say who it is; the candidates are in their signals' links."""
    return list_leads(session, LeadFilter(statuses=("review",), limit=limit))


def set_status(session: Session, key: str, status: str, by: By, targets: Sequence[Target] = ()) -> Lead:
    """Move a lead to another status and record it; queue or take back its deliveries accordingly.

    Raises `NoSuchLead`, or `TransitionRefused` where the lead cannot go there. The caller commits.
    """
    lock_folding(session)
    lead = find_lead(session, key)
    check_transition(lead.status, status)
    _record(session, lead, status, by)
    story = session.get_one(Story, lead.story_id)
    sync_deliveries(session, [(lead, story)], targets, by.at)
    return lead


def _record(session: Session, lead: Lead, status: str, by: By) -> None:
    session.add(
        LeadEvent(
            lead_id=lead.id, at=by.at, actor=by.actor, old_status=lead.status, new_status=status, note=by.note
        )
    )
    lead.status, lead.updated_at = status, by.at
    session.flush()


def confirm(session: Session, key: str, target: str, by: By, targets: Sequence[Target] = ()) -> Lead:
    """Say that the lead's subject is this contact or company (by its key), and fold the story into its own.

    All signals of the story that had the target among their candidates are tied to it; those who were proposed in its
    stead are rejected: the other candidates for the same mention. Who joins a company is one mention, the company
    another. `target` is a candidate's key, or the only one that begins so (6 letters or more). Returns the lead that the signals are part of now. Raises `NoSuchLead` and `NotACandidate`. The caller
    commits.
    """
    lock_folding(session)
    lead, story, links, target = _decidable(session, key, target)
    subject_key = _subject_key(session, target)
    mentions = {(link.signal_id, link.via) for link in links if _key(session, link) == target}
    decided = [link for link in links if (link.signal_id, link.via) in mentions]
    for link in decided:
        link.decision = "confirmed" if _key(session, link) == target else "rejected"
    remember(session, decided, by.actor, by.at)
    subject_keys: dict[int, str | None] = {
        link.signal_id: subject_key for link in decided if link.decision == "confirmed"
    }
    session.flush()
    groups = {(story.kind, story.subject_key), (story.kind, subject_key)}
    fold(session, groups, subject_keys, targets, by.at)
    now_in = _lead_of(session, next(iter(subject_keys)))
    if now_in.id != lead.id:
        _take_over(session, lead, now_in)
    _record(session, now_in, now_in.status, By(by.actor, by.at, by.note or f"confirmed: {target}"))
    return now_in


def _lead_of(session: Session, signal_id: int) -> Lead:
    query = select(Lead).join(Signal, Signal.story_id == Lead.story_id).where(Signal.id == signal_id)
    return session.scalars(query).one()


def _take_over(session: Session, old: Lead, new: Lead) -> None:
    """Move what people did to a lead to the one that its signals are in now, if that left it without any.

    Folding has removed the old lead already, unless somebody had acted on it.
    """
    left = session.scalar(select(Signal.id).where(Signal.story_id == old.story_id).limit(1))
    if left is None:
        session.execute(update(LeadEvent).where(LeadEvent.lead_id == old.id).values(lead_id=new.id))
        session.execute(delete(Story).where(Story.id == old.story_id))


def reject(session: Session, key: str, target: str, by: By, targets: Sequence[Target] = ()) -> Lead:
    """Say that the lead's subject is not this contact or company.

    A lead whose last candidate is rejected is dismissed: nobody known is meant. Raises `NoSuchLead` and
    `NotACandidate`. The caller commits.
    """
    lock_folding(session)
    lead, story, links, target = _decidable(session, key, target)
    decided = [link for link in links if _key(session, link) == target]
    for link in decided:
        link.decision = "rejected"
    remember(session, decided, by.actor, by.at)
    note = By(by.actor, by.at, by.note or f"rejected: {target}")
    open_left = any(link.decision != "rejected" for link in links)
    _record(session, lead, lead.status if open_left else "dismissed", note)
    fold(session, {(story.kind, story.subject_key)}, {}, targets, by.at)
    return lead


def _decidable(session: Session, key: str, target: str) -> tuple[Lead, Story, Sequence[Link], str]:
    """The lead, its story, all its links, and the whole key of the candidate that begins with `target`."""
    lead = find_lead(session, key)
    story = session.get_one(Story, lead.story_id)
    links = session.scalars(
        select(Link)
        .join(Signal, Link.signal_id == Signal.id)
        .where(Signal.story_id == story.id)
        .order_by(Link.id)
    ).all()
    keys = {_key(session, link) for link in links}
    found = {key for key in keys if key == target or (len(target) >= KEY_BEGINS and key.startswith(target))}
    if not found:
        raise NotACandidate(
            f"lead {lead.key[:8]}: {target!r} is not among its candidates; `povod links show {lead.key[:8]}` shows them"
        )
    if len(found) > 1:
        raise NotACandidate(
            f"lead {lead.key[:8]}: several candidates begin with {target!r}: write more of the key"
        )
    return lead, story, links, found.pop()


def _key(session: Session, link: Link) -> str:
    """The key of the contact or company that a link is to."""
    row = session.get(Contact, link.contact_id) if link.contact_id else session.get(Company, link.company_id)
    return row.key if row else ""


def _subject_key(session: Session, target: str) -> str:
    known = session.scalar(select(Contact.id).where(Contact.key == target))
    return f"contact:{target}" if known else f"company:{target}"
