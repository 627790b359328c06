"""What ties contacts to the users and to each other, read once for all, and held against who speaks of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from leads.linking.compare import compare_persons
from leads.linking.keys import handle_key
from leads.linking.people import FEW, People
from leads.linking.person_names import parse_person
from leads.linking.records import Mention
from models.contacts import Contact, Identity
from models.ties import ContactFact, MailTraffic

# Two spellings of a name that are alike to this degree are one person's, where one of them names a relation.
SAME_NAME = 0.82


class Ties(NamedTuple):
    """How many messages the users and a contact have exchanged, the names of those they are related to, and `owned`:
    the user looks after them."""

    mails: int = 0
    relations: tuple[str, ...] = ()
    owned: bool = False


UNTIED, OWNED = Ties(), Ties(owned=True)


def load_ties(session: Session, me: Collection[str] = ()) -> dict[int, Ties]:
    """Return the ties of all contacts that have any, by the contacts' ids. `me` is what owners call the user."""
    other = case((MailTraffic.sender == MailTraffic.mailbox, MailTraffic.recipient), else_=MailTraffic.sender)
    totals = (
        select(other.label("address"), func.sum(MailTraffic.messages).label("count"))
        .where(or_(MailTraffic.sender == MailTraffic.mailbox, MailTraffic.recipient == MailTraffic.mailbox))
        .group_by(other)
        .subquery()
    )
    written = (
        select(Identity.contact_id, func.sum(totals.c.count))
        .join(totals, Identity.normalized == totals.c.address)
        .where(Identity.type == "email", Identity.platform == "", Identity.contact_id.is_not(None))
        .group_by(Identity.contact_id)
    )
    mails = {number: int(count) for number, count in session.execute(written) if number is not None}
    named = (
        select(ContactFact.contact_id, ContactFact.value)
        .where(ContactFact.family == "relation")
        .order_by(ContactFact.contact_id, ContactFact.normalized)
    )
    relations: dict[int, list[str]] = defaultdict(list)
    for number, name in session.execute(named):
        relations[number].append(name)
    owned = _owned(session, me)
    found = {
        number: Ties(mails.get(number, 0), tuple(relations.get(number, ())), number in owned)
        for number in mails.keys() | relations.keys()
    }
    return dict.fromkeys(owned, OWNED) | found


def _owned(session: Session, me: Collection[str]) -> set[int]:
    """Return the ids of the contacts whom the user looks after; none where those are most: then it tells nobody apart."""
    names = {name.casefold() for name in me if name}
    if not names:
        return set()
    told = session.execute(select(Contact.owner, func.count()).group_by(Contact.owner))
    counts = {owner: int(count) for owner, count in told}
    mine = [owner for owner in counts if owner.casefold() in names]
    if not mine or 2 * sum(counts[owner] for owner in mine) > sum(counts.values()):
        return set()
    return set(session.scalars(select(Contact.id).where(Contact.owner.in_(mine))))


def said_of_mails(count: int) -> str:
    """Say in words that users and contact write to each other."""
    return f"you write to each other: {count} mail{'' if count == 1 else 's'}"


class AuthorTies:
    """Tells whom an author is related to: whichever of the two names the other among their relations.

    An author whose account is a contact's is that contact, whatever name the account goes by.
    """

    def __init__(self, mention: Mention, people: People) -> None:
        self._people = people
        rows = _at_account(mention, people)
        self._names = [name for row in rows for name in people.names_of(row)]
        if mention.author:
            self._names.append(mention.author)
            rows = rows or people.candidates(parse_person(mention.author), 0).rows
        # An author whose name many bear may be any of them.
        self._named = (
            [name for row in rows for name in people.columns.tied(row)[1]] if len(rows) <= FEW else []
        )
        self.name = mention.author or next(iter(self._names), "")

    def to(self, row: int, relations: tuple[str, ...]) -> bool:
        """Tell whether the author is among a contact's relations, or the contact among the author's."""
        if any(compare_persons(one, name) >= SAME_NAME for one in self._names for name in relations):
            return True
        known = self._people.names_of(row) if self._named else []
        return any(compare_persons(one, name) >= SAME_NAME for one in known for name in self._named)


def _at_account(mention: Mention, people: People) -> list[int]:
    key = handle_key(mention.author_handle, mention.author_platform) if mention.author_handle else None
    return people.by_key(key) if key is not None and key.platform else []
