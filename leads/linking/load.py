"""Reads the records that linking needs from the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from leads.linking.records import CompanyRecord, ContactRecord, Key
from models.contacts import Company, Contact, Identity

# Rows fetched at once.
CHUNK = 5_000


def load_records(session: Session) -> tuple[list[ContactRecord], list[CompanyRecord]]:
    """Return all contacts and companies with their keys and name forms."""
    return list(iter_contacts(session)), list(iter_companies(session))


def iter_contacts(session: Session) -> Iterator[ContactRecord]:
    """Yield all contacts in the order of their ids, without holding them all."""
    after = 0
    while True:
        query = (
            select(
                Contact.id,
                Contact.key,
                Contact.name,
                Company.name,
                Contact.role,
                Contact.place,
                Contact.lists,
            )
            .outerjoin(Company, Company.id == Contact.company_id)
            .where(Contact.id > after)
            .order_by(Contact.id)
            .limit(CHUNK)
        )
        rows = session.execute(query).all()
        if not rows:
            return
        first, last = rows[0][0], rows[-1][0]
        names, keys = _identities(session, first, last)
        for number, key, name, company, role, place, lists in rows:
            aliases = tuple(form for form in names.get(number, ()) if form != name)
            found = tuple(keys.get(number, ()))
            yield ContactRecord(key, name, aliases, company or "", role, place, found, tuple(lists))
        after = last


def _identities(session: Session, first: int, last: int) -> tuple[dict[int, list[str]], dict[int, list[Key]]]:
    names: dict[int, list[str]] = defaultdict(list)
    keys: dict[int, list[Key]] = defaultdict(list)
    query = (
        select(Identity.contact_id, Identity.type, Identity.platform, Identity.value, Identity.normalized)
        .where(Identity.contact_id.between(first, last))
        .order_by(Identity.id)
    )
    for number, kind, platform, value, normalized in session.execute(query):
        if number is None:
            continue
        if kind == "name":
            names[number].append(value)
        else:
            keys[number].append(Key(kind, normalized, platform))
    return names, keys


def iter_companies(session: Session) -> Iterator[CompanyRecord]:
    """Yield all companies in the order of their ids."""
    names: dict[int, list[str]] = defaultdict(list)
    keys: dict[int, list[Key]] = defaultdict(list)
    query = (
        select(Identity.company_id, Identity.type, Identity.platform, Identity.value, Identity.normalized)
        .where(Identity.company_id.is_not(None))
        .order_by(Identity.id)
    )
    for number, kind, platform, value, normalized in session.execute(query):
        if number is None:
            continue
        if kind == "name":
            names[number].append(value)
        else:
            keys[number].append(Key(kind, normalized, platform))
    for company in session.execute(
        select(Company.id, Company.key, Company.name, Company.place).order_by(Company.id)
    ):
        number, key, name, place = company
        aliases = tuple(form for form in names.get(number, ()) if form != name)
        yield CompanyRecord(key, name, aliases, place, tuple(keys.get(number, ())))
