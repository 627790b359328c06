"""The buying committee of a company: who is known there, which part in a purchase each plays, and who is missing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.orm import Session

from leads.linking.fold import words
from leads.ties.whereabouts import Told, arrivals, by_address, departures
from models import Company, Contact, ContactFact, Identity

# N. Toman, B. Adamson, C. Gomez, "The New Sales Imperative", Harvard Business Review 95(2), March-April 2017: people
# involved in a purchase of a business solution, on average, up from 5.4 two years before.
AVERAGE_PEOPLE = 6.8
AVERAGE_SOURCE = "Toman, Adamson and Gomez, Harvard Business Review, March-April 2017"


@dataclass(frozen=True, slots=True)
class BuyingRole:
    """One part in a purchase; `signs` are sets of beginnings of words, all of which a job title must hold."""

    name: str
    meaning: str
    signs: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A contact at the company. `source` is what told of the job title, or where that is unknown, of the company.

    `news` is what a signal tells since: that they have left, or joined; `source` is then the post.
    """

    key: str
    name: str
    role: str
    parts: tuple[str, ...]
    owner: str
    source: str
    at: str
    news: str = ""


@dataclass(frozen=True, slots=True)
class Committee:
    """Whom the user knows at a company. `former` have left it, as files say; `leaving`, as signals say."""

    company: str
    key: str
    members: tuple[Member, ...]
    covered: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]
    former: tuple[Member, ...] = ()
    leaving: tuple[Member, ...] = ()
    average_people: float = AVERAGE_PEOPLE
    average_source: str = AVERAGE_SOURCE


@lru_cache(maxsize=1)
def buying_roles() -> tuple[BuyingRole, ...]:
    """Return the table of parts in a purchase."""
    text = files("leads.ties").joinpath("data", "buying_roles.tsv").read_text(encoding="utf-8")
    found = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, meaning, signs = line.split("\t")
            found.append(
                BuyingRole(name, meaning, tuple(tuple(sign.split("+")) for sign in signs.split("|")))
            )
    return tuple(found)


def parts_of(title: str) -> tuple[str, ...]:
    """Return the parts in a purchase that a job title tells, in the order of the table."""
    told = words(title)
    # Short beginnings are whole words: "it" is not the beginning of "item".
    return tuple(
        role.name
        for role in buying_roles()
        if any(all(any(_begins(word, part) for word in told) for part in sign) for sign in role.signs)
    )


def _begins(word: str, sign: str) -> bool:
    return word == sign if len(sign) <= 3 else word.startswith(sign)


def committee(session: Session, company: Company) -> Committee:
    """Return the buying committee of a company, as far as contacts tell of it."""
    at = select(Contact).where(Contact.company_id == company.id).order_by(Contact.name, Contact.key)
    here = list(session.scalars(at))
    left = departures(session, company, here)
    members = [
        *(_member(contact) for contact in here if contact.id not in left),
        *(_told_by(mark, contact) for contact, mark in by_address(session, company, here)),
        *(_told_by(news, contact) for contact, news in arrivals(session, company)),
    ]
    members = list({member.key: member for member in reversed(members)}.values())
    members.sort(key=lambda member: (member.name, member.key))
    covered = {part for member in members for part in member.parts}
    return Committee(
        company.name,
        company.key,
        tuple(members),
        tuple(role.name for role in buying_roles() if role.name in covered),
        tuple((role.name, role.meaning) for role in buying_roles() if role.name not in covered),
        _former(session, company),
        tuple(_told_by(left[contact.id], contact) for contact in here if contact.id in left),
    )


def _told_by(told: Told, contact: Contact) -> Member:
    role = told.role or contact.role
    return Member(
        contact.key, contact.name, role, parts_of(role), contact.owner, told.source, told.at, told.news
    )


def _member(contact: Contact) -> Member:
    mark = contact.provenance.get("role") or contact.provenance.get("company") or {}
    return Member(
        contact.key, contact.name, contact.role, parts_of(contact.role), contact.owner,
        str(mark.get("from", "")), str(mark.get("at", "")),
    )  # fmt: skip


def _former(session: Session, company: Company) -> tuple[Member, ...]:
    names = select(Identity.normalized).where(Identity.company_id == company.id, Identity.type == "name")
    query = (
        select(Contact, ContactFact)
        .join(ContactFact, ContactFact.contact_id == Contact.id)
        .where(
            ContactFact.family == "background",
            ContactFact.normalized.in_(names),
            ContactFact.kind == "employer",
        )
        .order_by(Contact.name, Contact.key)
    )
    return tuple(
        Member(c.key, c.name, c.role, (), c.owner, fact.source, fact.added_at.date().isoformat())
        for c, fact in session.execute(query)
    )
