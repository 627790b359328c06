"""Common ground: what the user and a contact share, from what the user says of themself and contacts' files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from leads.linking.company_names import parse_company
from leads.linking.fold import skeleton, words
from models import Company, Contact, ContactFact

GROUNDS = ("employer", "school", "town", "interest", "team")


@dataclass(frozen=True, slots=True)
class Common:
    """One thing shared: what it is, as each side says it, and which datum says so."""

    kind: str
    mine: str
    my_source: str
    theirs: str
    their_source: str
    at: str


def common_ground(
    session: Session, contact: Contact, mine: Mapping[str, Sequence[str]], my_source: str
) -> list[Common]:
    """Return what the user and a contact share; `mine` are the user's values per ground, `my_source` where they stand.

    Values agree when their words sound alike in any alphabet and order, companies without their legal form.
    """
    theirs = _told(session, contact)
    found = []
    for kind in GROUNDS:
        for own in mine.get(kind, ()):
            found += [
                Common(kind, own, my_source, value, source, at)
                for its, value, source, at in theirs
                if its == kind and _key(kind, value) == _key(kind, own)
            ]
    return found


def _told(session: Session, contact: Contact) -> list[tuple[str, str, str, str]]:
    """Return what is known of a contact: kind, value, source, day."""
    facts = session.scalars(
        select(ContactFact)
        .where(ContactFact.contact_id == contact.id, ContactFact.kind.in_(GROUNDS))
        .order_by(ContactFact.kind, ContactFact.value)
    )
    found = [(fact.kind, fact.value, fact.source, fact.added_at.date().isoformat()) for fact in facts]
    if contact.place:
        found.append(("town", contact.place, *_mark(contact, "place")))
    if contact.company_id is not None:
        company = session.get_one(Company, contact.company_id)
        found.append(("employer", company.name, *_mark(contact, "company")))
    return found


def _mark(contact: Contact, field: str) -> tuple[str, str]:
    mark = contact.provenance.get(field) or {}
    return str(mark.get("from", "")), str(mark.get("at", ""))


def _key(kind: str, value: str) -> tuple[str, ...]:
    plain = parse_company(value).key if kind == "employer" else value
    return tuple(sorted(skeleton(word) for word in words(plain)))
