"""Finds the one contact or company that a user names: by key, id, address or name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from leads.contacts.companies import company_key
from leads.contacts.merged import Merged
from leads.contacts.person import name_key
from leads.linking.company_names import parse_company
from leads.linking.keys import email_key
from models import Company, Contact, Identity

T = TypeVar("T", Contact, Company)
SHOWN = 8


class NotOne(LookupError):
    """Nobody, or several, of that name; the message lists whom it may mean."""


def find_contact(session: Session, said: str) -> Contact:
    """Return the contact that a key (or how it begins), an id, an e-mail address or a name means.

    The key of a contact that was merged away finds the one it was merged into.

    Raises:
        NotOne: nobody or several are meant.
    """
    text = said.strip()
    merged = Merged.load(session.connection(), "contact")
    exact = session.scalar(select(Contact).where(Contact.key == merged.survivor(text)))
    if exact is not None:
        return exact
    email = email_key(text)
    named = Identity.normalized == name_key(text).value
    address = Identity.normalized == (email.value if email else "")
    condition = or_((Identity.type == "name") & named, (Identity.type == "email") & address)
    found = session.scalars(
        select(Contact)
        .where(Contact.id.in_(select(Identity.contact_id).where(condition)))
        .order_by(Contact.name, Contact.key)
    ).all()
    found = found or session.scalars(select(Contact).where(Contact.external_id == text)).all()
    if not found and len(text) >= 4:
        begins = Contact.key.startswith(text, autoescape=True)
        found = session.scalars(select(Contact).where(begins).limit(SHOWN + 1)).all()
    if not found and text:
        holds = Contact.name.icontains(text, autoescape=True)
        found = session.scalars(select(Contact).where(holds).order_by(Contact.name).limit(SHOWN + 1)).all()
    return _only(said, found, "contact")


def find_company(session: Session, said: str) -> Company:
    """Return the company that a key or a name, with or without its legal form, means.

    Raises:
        NotOne: none or several are meant.
    """
    text = said.strip()
    merged = Merged.load(session.connection(), "company")
    for key in (text, company_key(text) if text else ""):
        exact = session.scalar(select(Company).where(Company.key == merged.survivor(key)))
        if exact is not None:
            return exact
    named = (Identity.type == "name") & (Identity.normalized == parse_company(text).key)
    ids = select(Identity.company_id).where(named)
    found = session.scalars(select(Company).where(Company.id.in_(ids)).order_by(Company.name)).all()
    if not found and text:
        holds = Company.name.icontains(text, autoescape=True)
        found = session.scalars(select(Company).where(holds).order_by(Company.name).limit(SHOWN + 1)).all()
    return _only(said, found, "company")


def _only(said: str, found: Sequence[T], what: str) -> T:
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotOne(f"{said!r}: there is no such {what}")
    listed = ", ".join(f"{row.name} ({row.key})" for row in found[:SHOWN])
    more = " and more" if len(found) > SHOWN else ""
    raise NotOne(f"{said!r} may be several; say which by its key: {listed}{more}")
