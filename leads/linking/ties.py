"""What ties contacts to the users and to each other, read once for all, and held against who speaks of them."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from leads.linking.compare import compare_persons
from leads.linking.people import FEW, People
from leads.linking.person_names import parse_person
from models.contacts import Identity
from models.ties import ContactFact, MailTraffic

# Two spellings of a name that are alike to this degree are one person's, where one of them names a relation.
SAME_NAME = 0.82


class Ties(NamedTuple):
    """How many messages the users and a contact have exchanged, and the names of those they are related to."""

    mails: int = 0
    relations: tuple[str, ...] = ()


UNTIED = Ties()


def load_ties(session: Session) -> dict[int, Ties]:
    """Return the ties of all contacts that have any, by the contacts' ids."""
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
    return {
        number: Ties(mails.get(number, 0), tuple(relations.get(number, ())))
        for number in mails.keys() | relations.keys()
    }


def said_of_mails(count: int) -> str:
    """Say in words that users and contact write to each other."""
    return f"you write to each other: {count} mail{'' if count == 1 else 's'}"


class AuthorTies:
    """Tells whom an author is related to: whichever of the two names the other among their relations."""

    def __init__(self, author: str, people: People) -> None:
        self._author = author
        self._people = people
        rows = people.candidates(parse_person(author), 0).rows
        # An author whose name many bear may be any of them.
        self._named = (
            [name for row in rows for name in people.columns.tied(row)[1]] if len(rows) <= FEW else []
        )

    def to(self, row: int, relations: tuple[str, ...]) -> bool:
        """Tell whether the author is among a contact's relations, or the contact among the author's."""
        if any(compare_persons(self._author, name) >= SAME_NAME for name in relations):
            return True
        known = self._people.names_of(row) if self._named else []
        return any(compare_persons(one, name) >= SAME_NAME for one in known for name in self._named)
