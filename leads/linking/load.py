"""Reads the records that linking needs from the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from leads.linking.records import CompanyRecord, ContactRecord, Key
from leads.linking.ties import UNTIED, Ties, load_ties
from models.contacts import Company, Contact, Identity

# Rows fetched at once.
CHUNK = 5_000
# Ids named in one statement.
CHOSEN = 500
# What a part of the rows is, told of the column that has their ids.
Part = Callable[[InstrumentedAttribute[Any]], ColumnElement[bool]]


def load_records(session: Session) -> tuple[list[ContactRecord], list[CompanyRecord]]:
    """Return all contacts and companies with their keys and name forms."""
    return [record for _, record in iter_contacts(session)], [record for _, record in iter_companies(session)]


def iter_contacts(
    session: Session, ids: Sequence[int] | None = None, ties: Mapping[int, Ties] | None = None
) -> Iterator[tuple[int, ContactRecord]]:
    """Yield contacts with their ids, in the order of these, without holding them all; all, or those of some ids.

    `ties` are those of `load_ties`, where they have been read already.
    """
    ties = load_ties(session) if ties is None else ties
    for part in _chunks(session, Contact.id, ids):
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
            .where(part(Contact.id))
            .order_by(Contact.id)
        )
        rows = session.execute(query).all()
        names, keys = _identities(session, Identity.contact_id, part)
        for number, key, name, company, role, place, lists in rows:
            aliases = tuple(form for form in names.get(number, ()) if form != name)
            found = tuple(keys.get(number, ()))
            tied = ties.get(number, UNTIED)
            yield (
                number,
                ContactRecord(key, name, aliases, company or "", role, place, found, tuple(lists), *tied),
            )


def iter_companies(session: Session, ids: Sequence[int] | None = None) -> Iterator[tuple[int, CompanyRecord]]:
    """Yield companies with their ids, in the order of these; all, or those of some ids."""
    for part in _chunks(session, Company.id, ids):
        query = (
            select(Company.id, Company.key, Company.name, Company.place)
            .where(part(Company.id))
            .order_by(Company.id)
        )
        rows = session.execute(query).all()
        names, keys = _identities(session, Identity.company_id, part)
        for number, key, name, place in rows:
            aliases = tuple(form for form in names.get(number, ()) if form != name)
            yield number, CompanyRecord(key, name, aliases, place, tuple(keys.get(number, ())))


def _chunks(
    session: Session, column: InstrumentedAttribute[int], ids: Sequence[int] | None
) -> Iterator[Part]:
    """Yield conditions on a column of ids, each true of few enough rows."""
    if ids is not None:
        told = sorted(ids)
        for at in range(0, len(told), CHOSEN):
            yield _among(told[at : at + CHOSEN])
        return
    low, last = 0, session.scalar(select(func.max(column))) or 0
    while low < last:
        following = select(column).where(column > low).order_by(column).offset(CHUNK - 1).limit(1)
        high = session.scalar(following) or last
        yield _within(low, high)
        low = high


def _among(ids: Sequence[int]) -> Part:
    return lambda column: column.in_(ids)


def _within(low: int, high: int) -> Part:
    return lambda column: and_(column > low, column <= high)


def _identities(
    session: Session, owner: InstrumentedAttribute[int | None], part: Part
) -> tuple[dict[int, list[str]], dict[int, list[Key]]]:
    names: dict[int, list[str]] = defaultdict(list)
    keys: dict[int, list[Key]] = defaultdict(list)
    query = (
        select(owner, Identity.type, Identity.platform, Identity.value, Identity.normalized)
        .where(part(owner))
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
