"""The companies that rows name: found under any spelling of the name, or made."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, select

from leads.contacts.directory import chunks
from leads.contacts.drafts import Draft
from leads.contacts.merged import Merged
from leads.contacts.person import HAND
from leads.linking.company_names import parse_company
from leads.linking.records import Key
from models.contacts import Company, Identity

# Known companies kept in memory between batches; beyond this the database is asked again.
REMEMBERED = 200_000


@lru_cache(maxsize=1 << 16)
def company_key(name: str) -> str:
    """Return the stable key of a company: a hash of its name without legal form, in any alphabet."""
    return "o" + hashlib.blake2b(parse_company(name).key.encode(), digest_size=12).hexdigest()


class Companies:
    """Finds and makes companies. `created` counts those made."""

    def __init__(self, connection: Connection, now: datetime, source: str = HAND) -> None:
        self._source = source
        self._connection = connection
        self._now = now
        self._ids: dict[str, int] = {}
        self._gone = Merged.load(connection, "company")
        self.created = 0

    def load(self, drafts: Sequence[Draft]) -> None:
        """Look up the companies of a batch of rows, and make those that are new."""
        if len(self._ids) > REMEMBERED:
            self._ids.clear()
        named = {self.key_of(draft.company): draft for draft in reversed(drafts) if draft.company}
        missing = [key for key in named if key not in self._ids]
        self._look_up(missing)
        self._create({key: named[key] for key in reversed(missing) if key not in self._ids})
        self._domains(drafts)

    def id_of(self, draft: Draft) -> int | None:
        """Return the id of the company that a loaded row names, if it names one."""
        return self._ids[self.key_of(draft.company)] if draft.company else None

    def key_of(self, name: str) -> str:
        """Return the key of the company of a name, or of the one that it was merged into."""
        return self._gone.survivor(company_key(name))

    def _look_up(self, keys: list[str]) -> None:
        for part in chunks(keys):
            found = self._connection.execute(select(Company.key, Company.id).where(Company.key.in_(part)))
            self._ids.update((key, number) for key, number in found)

    def _create(self, named: dict[str, Draft]) -> None:
        if not named:
            return
        rows = [
            {
                "key": key,
                "name": draft.company,
                "industry": draft.values.get("industry", ""),
                "place": "",
                "owner": "",
                "created_at": self._now,
                "updated_at": self._now,
            }
            for key, draft in named.items()
        ]
        self._connection.execute(_table(Company).insert(), rows)
        self._look_up(list(named))
        self.created += len(rows)
        self._identities(
            [
                (self._ids[key], Key("name", parse_company(d.company).key), d.company)
                for key, d in named.items()
            ]
        )

    def _domains(self, drafts: Sequence[Draft]) -> None:
        told = {
            (self._ids[self.key_of(draft.company)], key): spelling
            for draft in drafts
            for key, spelling in draft.company_keys.items()
        }
        if told:
            self._identities([(number, key, spelling) for (number, key), spelling in told.items()])

    def _identities(self, told: list[tuple[int, Key, str]]) -> None:
        known: set[tuple[Any, ...]] = set()
        for part in chunks({number for number, _, _ in told}):
            query = select(Identity.company_id, Identity.type, Identity.normalized).where(
                Identity.company_id.in_(part)
            )
            known.update(tuple(row) for row in self._connection.execute(query))
        rows = [
            {
                "company_id": number,
                "type": key.type,
                "platform": "",
                "value": spelling,
                "normalized": key.value,
                "source": self._source,
                "added_at": self._now,
            }
            for number, key, spelling in told
            if (number, key.type, key.value) not in known
        ]
        if rows:
            self._connection.execute(_table(Identity).insert(), rows)


def company_named(connection: Connection, name: str, now: datetime) -> int | None:
    """Return the id of the company of a name, made if it is new."""
    companies, draft = Companies(connection, now), Draft(0, "", {}, company=name)
    companies.load([draft])
    return companies.id_of(draft)


def _table(model: type[Company] | type[Identity]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101  (narrowing: mapped classes have real tables)
    return table
