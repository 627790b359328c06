"""The people that a batch of rows may be about: looked up in the database at once, then asked row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Select, select

from leads.contacts.drafts import Draft
from leads.contacts.person import COLUMNS, Person, may_be, name_key, names_agree
from leads.linking.records import Key
from models.contacts import Company, Contact, Identity

T = TypeVar("T")
# Values of one IN list: below what either database bears (SQLite 32,766 and PostgreSQL 65,535).
CHUNK = 4_000
MATCHING = ("email", "handle", "url")


class Ambiguous(ValueError):
    """A row that fits several known people equally."""


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Split items into lists of at most `size`."""
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part


class Directory:
    """People by external id, exact key and name, as the database and the rows so far know them."""

    def __init__(self, connection: Connection, source: str) -> None:
        self._connection = connection
        self._source = source
        self._by_id: dict[int, Person] = {}
        self._by_key: dict[Key, list[Person]] = defaultdict(list)
        self._by_external: dict[str, list[Person]] = defaultdict(list)

    def load(self, drafts: Sequence[Draft]) -> None:
        """Forget the last batch and load everybody whom these rows may be about."""
        self._by_id.clear()
        self._by_key.clear()
        self._by_external.clear()
        wanted = self._ids(drafts)
        for part in chunks(wanted):
            self._load_people(part)

    def add(self, person: Person) -> None:
        """Make a new person known to the rows that follow."""
        if person.external_id:
            self._by_external[person.external_id].append(person)
        for key in person.keys:
            self.know(key, person)

    def know(self, key: Key, person: Person) -> None:
        """Make one key of a person known to the rows that follow."""
        if key.type in (*MATCHING, "name") and not any(p is person for p in self._by_key[key]):
            self._by_key[key].append(person)

    def find(self, draft: Draft, company_id: int | None) -> Person | None:
        """Return whom a row is about: by external id, then e-mail, handle and URL, then name with company.

        Raises:
            Ambiguous: several known people fit, and nothing tells them apart.
        """
        for person in self._by_external.get(draft.external_id, ()) if draft.external_id else ():
            if person.source_of("external_id") == self._source:
                return person
        for kind in MATCHING:
            found = [p for k in draft.keys if k.type == kind for p in self._by_key.get(k, ())]
            found = [p for p in found if names_agree(p, draft.name) and may_be(p, draft, self._source)]
            if found:
                return self._only(found, draft, kind)
        named = self._by_key.get(name_key(draft.name), ())
        found = [p for p in named if p.company_id == company_id and may_be(p, draft, self._source)]
        return self._only(found, draft, "name and company") if found else None

    @staticmethod
    def _only(found: list[Person], draft: Draft, what: str) -> Person:
        people = list({id(person): person for person in found}.values())
        if len(people) > 1:
            exact = [person for person in people if name_key(draft.name) in person.keys]
            people = exact if len(exact) == 1 else people
        if len(people) > 1:
            raise Ambiguous(
                f"{what} fits {len(people)} known contacts; give the row an id or an address of its own"
            )
        return people[0]

    def _ids(self, drafts: Sequence[Draft]) -> set[int]:
        wanted: set[int] = set()
        values: dict[str, set[str]] = {kind: set() for kind in (*MATCHING, "name")}
        for draft in drafts:
            values["name"].add(name_key(draft.name).value)
            for key in draft.keys:
                if key.type in values:
                    values[key.type].add(key.value)
        for kind, told in values.items():
            for part in chunks(told):
                query = select(Identity.contact_id).where(
                    Identity.type == kind, Identity.normalized.in_(part)
                )
                if kind != "handle":
                    query = query.where(Identity.platform == "")
                else:
                    query = query.where(Identity.platform.in_({k.platform for d in drafts for k in d.keys}))
                wanted.update(self._numbers(query))
        for part in chunks({draft.external_id for draft in drafts if draft.external_id}):
            wanted.update(self._numbers(select(Contact.id).where(Contact.external_id.in_(part))))
        return wanted

    def _numbers(self, query: Select[Any]) -> Iterator[int]:
        return (row[0] for row in self._connection.execute(query) if row[0] is not None)

    def _load_people(self, ids: list[int]) -> None:
        columns = [getattr(Contact, name) for name in COLUMNS]
        query = (
            select(Contact.id, Contact.key, Contact.name, Contact.external_id, Contact.company_id, Company.name,
                   Contact.lists, Contact.provenance, *columns)
            .outerjoin(Company, Company.id == Contact.company_id)
            .where(Contact.id.in_(ids))
        )  # fmt: skip
        for row in self._connection.execute(query):
            values = dict(zip(COLUMNS, row[8:], strict=True))
            person = Person(
                row[0], row[1], row[2], row[3] or "", row[4], row[5] or "", values, row[6], row[7]
            )
            self._by_id[row[0]] = person
            if person.external_id:
                self._by_external[person.external_id].append(person)
        keys = select(
            Identity.contact_id, Identity.type, Identity.normalized, Identity.platform, Identity.value
        ).where(Identity.contact_id.in_(ids))
        for row in self._connection.execute(keys):
            key = Key(row[1], row[2], row[3])
            person = self._by_id[cast(int, row[0])]
            person.keys[key] = row[4]
            self.know(key, person)
