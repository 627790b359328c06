"""One contact with all that is known, each datum with where it came from and when."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from leads.contacts.facts import DATE, RELATION
from leads.contacts.journal import Entry, entries_of
from leads.contacts.person import COLUMNS
from models import Company, Contact, ContactFact, Identity, Lead, Link, MailTraffic, RecordMerge, Story


@dataclass(frozen=True, slots=True)
class Datum:
    """One field's value, what gave it (a file, `hand`), when, and the values it had before, newest first."""

    field: str
    value: str
    source: str
    at: str
    previous: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MergeView:
    """A contact that was merged into this one: the merge's id undoes it."""

    key: str
    name: str
    gone: str
    actor: str
    at: datetime
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Mail:
    """How much mail went between a mailbox and this contact: counts and times only."""

    mailbox: str
    owner: str
    wrote: int
    was_written: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class ContactView:
    """A contact as `povod contacts show` prints it."""

    key: str
    name: str
    fields: tuple[Datum, ...]
    identities: tuple[Datum, ...]
    dates: tuple[Datum, ...]
    relations: tuple[Datum, ...]
    background: tuple[Datum, ...]
    mail: tuple[Mail, ...]
    merges: tuple[MergeView, ...]
    leads: int
    links: dict[str, int]


def show_contact(session: Session, contact: Contact) -> ContactView:
    """Return all that is known of a contact."""
    merges = merges_into(session, contact.key)
    journal = history_of(session, contact.key)
    facts = session.scalars(
        select(ContactFact)
        .where(ContactFact.contact_id == contact.id)
        .order_by(ContactFact.kind, ContactFact.value)
    ).all()
    identities = session.scalars(
        select(Identity).where(Identity.contact_id == contact.id).order_by(Identity.type, Identity.value)
    ).all()
    decisions = session.execute(
        select(Link.decision, func.count()).where(Link.contact_id == contact.id).group_by(Link.decision)
    )
    leads = select(func.count()).select_from(Lead).join(Story).where(Story.contact_id == contact.id)
    return ContactView(
        contact.key,
        contact.name,
        tuple(_fields(session, contact, journal)),
        tuple(_identity(i) for i in identities if i.value != contact.name),
        tuple(_fact(f) for f in facts if f.family == DATE),
        tuple(_fact(f) for f in facts if f.family == RELATION),
        tuple(_fact(f) for f in facts if f.family not in (DATE, RELATION)),
        mail_of(session, [i.normalized for i in identities if i.type == "email"]),
        tuple(_merge_view(merge) for merge in merges),
        session.scalar(leads) or 0,
        {row[0]: row[1] for row in decisions},
    )


def history_of(session: Session, key: str) -> list[tuple[datetime, Entry]]:
    """Return the journal of a record and of all that were merged into it, oldest first."""
    keys = {key} | {merge.gone_key for merge in merges_into(session, key)}
    return entries_of(session.connection(), sorted(keys))


def merges_into(session: Session, key: str) -> list[RecordMerge]:
    """Return the merges that a record stands for, those of the merged among them."""
    found: list[RecordMerge] = []
    wanted = [key]
    while wanted:
        rows = session.scalars(
            select(RecordMerge).where(RecordMerge.survivor_key.in_(wanted)).order_by(RecordMerge.id)
        ).all()
        found += rows
        wanted = [row.gone_key for row in rows]
    return found


def mail_of(session: Session, addresses: list[str]) -> tuple[Mail, ...]:
    """Return the mail between the mailboxes that were read and some addresses."""
    totals: dict[tuple[str, str], list[MailTraffic]] = defaultdict(list)
    query = select(MailTraffic).where(
        MailTraffic.sender.in_(addresses) | MailTraffic.recipient.in_(addresses)
    )
    for row in session.scalars(query):
        if row.mailbox in (row.sender, row.recipient):
            totals[row.mailbox, row.owner].append(row)
    return tuple(
        Mail(
            mailbox, owner,
            sum(row.messages for row in rows if row.sender in addresses),
            sum(row.messages for row in rows if row.recipient in addresses),
            min(row.first_at for row in rows), max(row.last_at for row in rows),
        )
        for (mailbox, owner), rows in sorted(totals.items())
    )  # fmt: skip


def _fields(session: Session, contact: Contact, journal: list[tuple[datetime, Entry]]) -> list[Datum]:
    company = session.get(Company, contact.company_id) if contact.company_id else None
    values = {
        "name": contact.name,
        "external_id": contact.external_id or "",
        "company": company.name if company else "",
        "industry": company.industry if company else "",
        **{name: str(getattr(contact, name)) for name in COLUMNS},
        "lists": ", ".join(contact.lists),
    }
    before: dict[str, list[str]] = defaultdict(list)
    for _, entry in reversed(journal):
        if entry.subject_key == contact.key and entry.before and entry.before not in before[entry.field]:
            before[entry.field].append(entry.before)
    found = []
    for name, value in values.items():
        mark = contact.provenance.get(name) or contact.provenance.get(
            "company" if name == "industry" else "", {}
        )
        previous = tuple(old for old in before[name] if old != value)
        if value or previous:
            of = f" (of {mark['of']})" if mark.get("of") else ""
            found.append(Datum(name, value, f"{mark.get('from', '')}{of}", str(mark.get("at", "")), previous))
    return found


def _identity(row: Identity) -> Datum:
    name = row.platform or ("name form" if row.type == "name" else row.type)
    # Numbers are shown as they are kept, in E.164; addresses as they were written.
    value = row.normalized if row.type == "phone" else row.value
    return Datum(name, value, row.source, _day(row.added_at))


def _fact(fact: ContactFact) -> Datum:
    value = fact.normalized if fact.family == DATE else fact.value
    return Datum(fact.kind.replace("_", " "), value, fact.source, _day(fact.added_at))


def _merge_view(merge: RecordMerge) -> MergeView:
    row = merge.snapshot.get("row", {})
    values = {name: str(row.get(name) or "") for name in ("external_id", *COLUMNS) if row.get(name)}
    return MergeView(
        merge.key, str(row.get("name", "")), merge.gone_key, merge.actor, merge.merged_at, values
    )


def _day(moment: datetime | None) -> str:
    return moment.date().isoformat() if moment else ""
