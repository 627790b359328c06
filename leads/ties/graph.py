"""The graph of who knows whom, asked node by node: nothing of it is built that no path needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from leads.contacts.person import name_key
from leads.linking.keys import email_key
from leads.ties import strengths
from models import Company, Contact, ContactFact, Identity, MailTraffic

# Neighbours looked at from one node: the strongest of them.
MOST_NEIGHBOURS = 40
# Colleagues of one company, or schoolmates, beyond which a tie says nothing.
MOST_MATES = 200


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """A contact by row id, or a user by name; the user who asks has an empty name."""

    contact: int = 0
    user: str = ""

    @property
    def is_me(self) -> bool:
        """Whether this is the user who asks."""
        return not self.contact and not self.user


ME = Node()


@dataclass(frozen=True, slots=True)
class Tie:
    """One reason why two know each other: in words, how strong, and which datum says so (file or hand, and day)."""

    other: Node
    strength: float
    because: str
    source: str


class TieGraph:
    """Who knows whom, from contacts' owners, relations, mail, companies, and schools.

    `me` are the names by which owners name the user who asks, `addresses` the user's own.
    """

    def __init__(self, session: Session, me: Iterable[str], addresses: Iterable[str], now: datetime) -> None:
        self._session = session
        self._me = {name.casefold() for name in me if name}
        self._addresses = {key.value for key in map(email_key, addresses) if key}
        self._now = now
        self._names: dict[int, str] = {}

    def name(self, node: Node) -> str:
        """Return what a node is called."""
        if not node.contact:
            return node.user or "you"
        if node.contact not in self._names:
            self._names[node.contact] = self._session.get_one(Contact, node.contact).name
        return self._names[node.contact]

    def neighbours(self, node: Node) -> dict[Node, list[Tie]]:
        """Return whom a node knows, and why; the strongest first, and only so many."""
        found: dict[Node, list[Tie]] = defaultdict(list)
        for tie in self._ties(node):
            if tie.other != node:
                found[tie.other].append(tie)
        ranked = sorted(
            found.items(), key=lambda item: -strengths.together([tie.strength for tie in item[1]])
        )
        return dict(ranked[:MOST_NEIGHBOURS])

    def _ties(self, node: Node) -> Iterator[Tie]:
        if not node.contact:
            if not node.is_me:
                yield Tie(ME, strengths.USERS, f"{node.user} works with you", "users of this povod")
            return
        contact = self._session.get_one(Contact, node.contact)
        self._names[node.contact] = contact.name
        yield from self._users(contact)
        yield from self._relations(contact)
        yield from self._mail(contact)
        yield from self._colleagues(contact)
        yield from self._mates(contact)

    def _user(self, name: str) -> Node:
        return ME if name.casefold() in self._me else Node(user=name)

    def _users(self, contact: Contact) -> Iterator[Tie]:
        if contact.owner:
            user = self._user(contact.owner)
            looks = "you look" if user.is_me else f"{contact.owner} looks"
            yield Tie(user, strengths.OWNER, f"{looks} after {contact.name}", _mark(contact, "owner"))
        else:
            words_ = f"{contact.name} is among your contacts"
            yield Tie(ME, strengths.LISTED, words_, _mark(contact, "name"))

    def _relations(self, contact: Contact) -> Iterator[Tie]:
        told = select(ContactFact).where(
            ContactFact.contact_id == contact.id, ContactFact.family == "relation"
        )
        for fact in self._session.scalars(told):
            if fact.kind == "known_to":
                user = self._user(fact.value)
                knows = "you know" if user.is_me else f"{fact.value} knows"
                yield Tie(user, strengths.KNOWN_TO, f"{knows} {contact.name}", _source(fact))
                continue
            other = self._named(fact.value)
            if other is not None:
                yield self._relation(other, contact.name, fact, self.name(other))
        forms = select(Identity.normalized).where(Identity.contact_id == contact.id, Identity.type == "name")
        back = (
            select(ContactFact, Contact.name)
            .join(Contact, Contact.id == ContactFact.contact_id)
            .where(
                ContactFact.family == "relation",
                ContactFact.normalized.in_(forms),
                ContactFact.contact_id != contact.id,
            )
        )
        for fact, name in self._session.execute(back):
            if self._named(fact.value) == Node(contact.id):  # Not one of several namesakes.
                yield self._relation(Node(fact.contact_id), name, fact, contact.name)

    @staticmethod
    def _relation(other: Node, whose: str, fact: ContactFact, named: str) -> Tie:
        if fact.kind == "introduced_by":
            said = f"{named} introduced {whose}"
        elif fact.kind == "follows":
            said = f"{whose} follows {named}"
        else:
            said = f"{named} is {whose}'s {fact.kind.replace('_', ' ')}"
        return Tie(other, strengths.of_relation(fact.kind), said, _source(fact))

    def _named(self, said: str) -> Node | None:
        """Return the one contact that a name or address means; None for nobody, or for several."""
        address = email_key(said)
        same = (
            (Identity.type == "email") & (Identity.normalized == address.value)
            if address
            else (Identity.type == "name") & (Identity.normalized == name_key(said).value)
        )
        query = select(Identity.contact_id).where(same, Identity.contact_id.is_not(None)).distinct().limit(2)
        found = self._session.scalars(query).all()
        return Node(int(found[0] or 0)) if len(found) == 1 else None

    def _mail(self, contact: Contact) -> Iterator[Tie]:
        query = select(Identity.normalized).where(Identity.contact_id == contact.id, Identity.type == "email")
        mine = set(self._session.scalars(query))
        if not mine:
            return
        rows = self._session.scalars(
            select(MailTraffic).where(or_(MailTraffic.sender.in_(mine), MailTraffic.recipient.in_(mine)))
        ).all()
        pairs: dict[str, list[MailTraffic]] = defaultdict(list)
        for row in rows:
            pairs[row.recipient if row.sender in mine else row.sender].append(row)
        for address, letters in pairs.items():
            other = self._at_address(address, letters)
            if other is None:
                continue
            wrote = sum(row.messages for row in letters if row.sender in mine)
            got = sum(row.messages for row in letters if row.recipient in mine)
            last = max(row.last_at for row in letters)
            sources = ", ".join(sorted({row.source for row in letters}))
            who = self.name(other)
            yield Tie(
                other,
                strengths.of_mail(wrote, got, last, self._now),
                f"{contact.name} wrote {wrote} and {who} {got} messages, last {last.date()}",
                f"headers of {sources}",
            )

    def _at_address(self, address: str, letters: list[MailTraffic]) -> Node | None:
        if address in self._addresses:
            return ME
        owner = next((row.owner for row in letters if row.mailbox == address), None)
        if owner is not None:
            return self._user(owner) if owner else ME
        return self._named(address)

    def _colleagues(self, contact: Contact) -> Iterator[Tie]:
        if contact.company_id is None:
            return
        there = Contact.company_id == contact.company_id
        known = self._session.scalar(select(func.count()).select_from(Contact).where(there)) or 0
        if known > MOST_MATES:
            return
        company = self._session.get_one(Company, contact.company_id).name
        for mate in self._session.scalars(select(Contact).where(there, Contact.id != contact.id)):
            self._names[mate.id] = mate.name
            said = f"{mate.name} and {contact.name} are both at {company}"
            source = "; ".join(sorted({_mark(contact, "company"), _mark(mate, "company")}))
            yield Tie(Node(mate.id), strengths.of_company(known), said, source)
        # Who has left it, but was there.
        was = select(Identity.normalized).where(
            Identity.company_id == contact.company_id, Identity.type == "name"
        )
        for fact, name in self._with("employer", was, contact.id):
            said = f"{name} was at {company}, where {contact.name} is"
            yield Tie(Node(fact.contact_id), strengths.WAS_WHERE_IS, said, _source(fact))

    def _mates(self, contact: Contact) -> Iterator[Tie]:
        told = select(ContactFact).where(
            ContactFact.contact_id == contact.id, ContactFact.kind.in_(("employer", "school", "team"))
        )
        for mine in self._session.scalars(told):
            strength = {"employer": strengths.BOTH_WERE, "school": strengths.SAME_SCHOOL}.get(
                mine.kind, strengths.SAME_TEAM
            )
            for fact, name in self._with(mine.kind, [mine.normalized], contact.id):
                said = f"{name} and {contact.name} share a {mine.kind}: {mine.value}"
                yield Tie(Node(fact.contact_id), strength, said, f"{_source(mine)}; {_source(fact)}")
            if mine.kind == "employer":
                yield from self._who_are_at(mine, contact)

    def _who_are_at(self, mine: ContactFact, contact: Contact) -> Iterator[Tie]:
        """Yield those who are where the contact was."""
        query = (
            select(Contact)
            .join(Identity, Identity.company_id == Contact.company_id)
            .where(Identity.type == "name", Identity.normalized == mine.normalized, Contact.id != contact.id)
            .limit(MOST_MATES)
        )
        for mate in self._session.scalars(query):
            self._names[mate.id] = mate.name
            said = f"{mate.name} is at {mine.value}, where {contact.name} was"
            yield Tie(Node(mate.id), strengths.WAS_WHERE_IS, said, _source(mine))

    def _with(self, kind: str, values: list[str] | Select[str], but: int) -> list[tuple[ContactFact, str]]:
        query = (
            select(ContactFact, Contact.name)
            .join(Contact, Contact.id == ContactFact.contact_id)
            .where(
                ContactFact.family == "background",
                ContactFact.normalized.in_(values),
                ContactFact.kind == kind,
                ContactFact.contact_id != but,
            )
            .limit(MOST_MATES)
        )
        return [(fact, name) for fact, name in self._session.execute(query)]


def _mark(contact: Contact, field: str) -> str:
    mark = contact.provenance.get(field) or {}
    return f"{mark.get('from', 'unknown')} {mark.get('at', '')}".strip()


def _source(fact: ContactFact) -> str:
    return f"{fact.source} {fact.added_at.date()}"
