"""The people that a batch of rows may be about: looked up in the database at once, then asked row by row."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, String, Text, func, or_, select, type_coerce

from leads.contacts.drafts import Draft
from leads.contacts.person import COLUMNS, Person, may_be, name_key, names_agree
from leads.linking.records import Key
from models.contacts import Company, Contact, Identity
from models.portable import among
from models.ties import ContactFact

T = TypeVar("T")
# Values of one IN list: below what either database bears (SQLite 32,766 and PostgreSQL 65,535).
CHUNK = 4_000
MATCHING = ("email", "handle", "url")


class Ambiguous(ValueError):
    """A row that fits several known people equally, or one by the id only."""


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
        # Whether all contacts have an id of this source; None while nobody needed to know.
        self._all_mine: bool | None = None
        self._by_id: dict[int, Person] = {}
        self._by_contact_key: dict[str, Person] = {}
        self._by_key: dict[Key, list[Person]] = defaultdict(list)
        self._by_external: dict[str, list[Person]] = defaultdict(list)

    def load(
        self, drafts: Sequence[Draft], company_ids: Sequence[int | None], contact_keys: Iterable[str] = ()
    ) -> None:
        """Forget the last batch and load everybody whom these rows may be about.

        A row whose id is known needs no further look-up; the others are looked for by address, and by name among
        those at the company that the row names: many people bear one name. `contact_keys` are loaded as well.
        Where every contact has an id of this source, a row with another id is somebody else: nothing is looked up.
        """
        self._by_id, self._by_contact_key = {}, {}
        self._by_key, self._by_external = defaultdict(list), defaultdict(list)
        self._load_people(self._ids_by_external(drafts), contact_keys)
        rest = [
            (draft, company)
            for draft, company in zip(drafts, company_ids, strict=True)
            if self.own(draft) is None and not (draft.external_id and self._are_all_mine())
        ]
        self._load_people(self._ids_by_address([d for d, _ in rest]) | self._ids_by_name(rest))

    def add(self, person: Person) -> None:
        """Make a new person known to the rows that follow."""
        self._by_contact_key[person.key] = person
        if person.external_id:
            self._by_external[person.external_id].append(person)
        else:
            self._all_mine = False
        for key in person.keys:
            self.know(key, person)

    def know(self, key: Key, person: Person) -> None:
        """Make one key of a person known to the rows that follow."""
        if key.type in (*MATCHING, "name"):
            known = self._by_key[key]
            if person not in known:  # A person is equal to itself only.
                known.append(person)

    def by_contact_key(self, key: str) -> Person | None:
        """Return a loaded person by the contact's own key."""
        return self._by_contact_key.get(key)

    def find(self, draft: Draft, company_id: int | None) -> Person | None:
        """Return whom a row is about: by external id, then e-mail, handle and URL, then name with company.

        Raises:
            Ambiguous: several known people fit, and nothing tells them apart; or the id is that of somebody else.
        """
        own = self.own(draft)
        if own is not None:
            if _somebody_else(own, draft):
                raise Ambiguous(
                    f"its id {draft.external_id} is that of {own.name}, and nothing else agrees; if this is another list in a "
                    f"file of the same name, say --source NAME"
                )
            return own
        met = [
            (key.type, person) for key in draft.keys if key in self._by_key for person in self._by_key[key]
        ]
        for kind in MATCHING if met else ():
            found = [person for its, person in met if its == kind]
            found = [p for p in found if names_agree(p, draft.name) and may_be(p, draft, self._source)]
            if found:
                return self._only(found, draft, kind)
        named = self._by_key.get(name_key(draft.name), ())
        found = [p for p in named if p.company_id == company_id and may_be(p, draft, self._source)]
        return self._only(found, draft, "name and company") if found else None

    def own(self, draft: Draft) -> Person | None:
        """Return the loaded person whom this source knows by the id that a row gives."""
        if draft.external_id:
            for person in self._by_external.get(draft.external_id, ()):
                if person.source_of("external_id") == self._source:
                    return person
        return None

    def _are_all_mine(self) -> bool:
        if self._all_mine is None:
            source = func.coalesce(Contact.provenance["external_id"]["from"].as_string(), "")
            other = select(Contact.id).where(or_(Contact.external_id.is_(None), source != self._source))
            self._all_mine = self._connection.execute(other.limit(1)).first() is None
        return self._all_mine

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

    def _ids_by_external(self, drafts: Sequence[Draft]) -> set[int]:
        wanted = sorted({draft.external_id for draft in drafts if draft.external_id})
        if not wanted:
            return set()
        # The column may be empty, its values here are not: compared as the text it is.
        column: Any = Contact.external_id
        return self._numbers(select(Contact.id).where(among(self._connection, column, wanted)))

    def _ids_by_address(self, drafts: Sequence[Draft]) -> set[int]:
        values: dict[str, set[str]] = {kind: set() for kind in MATCHING}
        platforms: set[str] = set()
        for draft in drafts:
            for key in draft.keys:
                if key.type in values:
                    values[key.type].add(key.value)
                    platforms.add(key.platform)
        found: set[int] = set()
        for kind, told in values.items():
            if told:
                query = select(Identity.contact_id).where(
                    Identity.type == kind,
                    Identity.platform.in_(platforms if kind == "handle" else ("",)),
                    among(self._connection, Identity.normalized, sorted(told)),
                )
                found |= self._numbers(query)
        return found

    def _ids_by_name(self, rest: Sequence[tuple[Draft, int | None]]) -> set[int]:
        wanted = {(name_key(draft.name).value, company) for draft, company in rest}
        if not wanted:
            return set()
        companies = {company for _, company in wanted}
        at = Contact.company_id.in_([company for company in companies if company is not None])
        query = (
            select(Identity.contact_id, Identity.normalized, Contact.company_id)
            .join(Contact, Contact.id == Identity.contact_id)
            .where(
                Identity.type == "name",
                Identity.platform == "",
                among(self._connection, Identity.normalized, sorted({name for name, _ in wanted})),
                or_(at, Contact.company_id.is_(None)) if None in companies else at,
            )
        )
        return {
            row[0]
            for row in self._connection.execute(query).all()
            if row[0] is not None and (row[1], row[2]) in wanted
        }

    def _numbers(self, query: Select[Any]) -> set[int]:
        return {row[0] for row in self._connection.execute(query).all() if row[0] is not None}

    def _load_people(self, ids: set[int], keys: Iterable[str] = ()) -> None:
        for part in chunks(sorted(ids - self._by_id.keys())):
            self._load_rows(Contact.id.in_(part))
        wanted = sorted(set(keys) - self._by_contact_key.keys())
        if wanted:
            self._load_rows(among(self._connection, Contact.key, wanted))

    def _load_rows(self, condition: Any) -> None:
        columns = [getattr(Contact, name) for name in COLUMNS]
        # JSON as text: most contacts have the same few provenances, read once.
        as_text = Text() if self._connection.dialect.name == "sqlite" else None
        lists = type_coerce(Contact.lists, as_text) if as_text else Contact.lists
        provenance = type_coerce(Contact.provenance, as_text) if as_text else Contact.provenance
        query = (
            select(Contact.id, Contact.key, Contact.name, Contact.external_id, Contact.company_id,
                   type_coerce(Company.name, String), lists, provenance, *columns)
            .outerjoin(Company, Company.id == Contact.company_id)
            .where(condition)
        )  # fmt: skip
        loaded = []
        for row in self._connection.execute(query).all():
            person = Person(
                row[0], row[1], row[2], row[3] or "", row[4], row[5] or "",
                dict(zip(COLUMNS, row[8:], strict=True)), _json(row[6]), _json(row[7]),
            )  # fmt: skip
            self._by_id[row[0]] = self._by_contact_key[person.key] = person
            loaded.append(row[0])
            if person.external_id:
                self._by_external[person.external_id].append(person)
        for part in chunks(loaded):
            self._load_keys(part)

    def _load_keys(self, ids: list[int]) -> None:
        keys = select(
            Identity.contact_id, Identity.type, Identity.normalized, Identity.platform, Identity.value
        ).where(Identity.contact_id.in_(ids))
        for contact_id, kind, normalized, platform, value in self._connection.execute(keys).all():
            key, person = Key(kind, normalized, platform), self._by_id[contact_id or 0]
            person.keys[key] = value
            self.know(key, person)
        facts = select(
            ContactFact.contact_id,
            ContactFact.kind,
            ContactFact.normalized,
            ContactFact.value,
            ContactFact.source,
        )
        for contact_id, kind, normalized, value, source in self._connection.execute(
            facts.where(ContactFact.contact_id.in_(ids))
        ):
            self._by_id[contact_id].facts[kind, normalized] = (value, source)


def _somebody_else(person: Person, draft: Draft) -> bool:
    """Tell whether a row has nothing but its id in common with a person."""
    if draft.name == person.name or names_agree(person, draft.name):
        return False
    return person.keys.keys().isdisjoint(draft.keys)


def _json(value: Any) -> Any:
    return _read(value) if isinstance(value, str) else value


@lru_cache(maxsize=1 << 12)
def _read(text: str) -> Any:
    # Shared between people: they replace what they change, and change nothing in place.
    return json.loads(text)
