"""Writes batches of people: few statements, whatever the batch holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, select

from leads.contacts.directory import chunks
from leads.contacts.drafts import Draft
from leads.contacts.person import COLUMNS, Person, name_key
from models.contacts import Contact, Identity

_CONTACT = cast(Table, Contact.__table__)
_INSERT_IDENTITY = f"INSERT INTO {Identity.__tablename__} (contact_id, type, platform, value, normalized) VALUES (?, ?, ?, ?, ?)"  # noqa: S608  (our own names)
_UPDATE = (
    _CONTACT.update()
    .where(_CONTACT.c.id == bindparam("row_id"))
    .values({name: bindparam(f"new_{name}") for name in (
        "name", "external_id", "company_id", "lists", "provenance", "updated_at", *COLUMNS)})
)  # fmt: skip


def contact_key(draft: Draft, count: int = 0) -> str:
    """Return the stable key of a new contact: a hash of the strongest thing the row says, its name with it.

    The same row gives the same key in any database; `count` tells apart people of whom the same is said.
    """
    if draft.external_id:
        basis = ["id", draft.external_id]
    else:
        exact = (key for key in draft.keys if key.type != "domain")
        strong = min(exact, key=lambda k: (k.type, k.platform, k.value), default=None)
        basis = [strong.type, strong.platform, strong.value] if strong else ["company", draft.company]
    text = "\0".join([*basis, name_key(draft.name).value, *([str(count)] if count else [])])
    return "p" + hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def taken_keys(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Return those of the keys that contacts in the database have."""
    found: set[str] = set()
    for part in chunks(keys):
        found.update(connection.scalars(select(Contact.key).where(Contact.key.in_(part))))
    return found


def write_people(connection: Connection, people: Sequence[Person], now: datetime) -> None:
    """Insert the new people, update the changed ones, and add their new identities."""
    new = [person for person in people if person.id is None]
    changed = [person for person in people if person.dirty and person.id is not None]
    if new:
        connection.execute(
            _CONTACT.insert(), [_row(person) | {"created_at": now, "updated_at": now} for person in new]
        )
        ids: dict[str, int] = {}
        for part in chunks([person.key for person in new]):
            rows = connection.execute(select(Contact.key, Contact.id).where(Contact.key.in_(part)))
            ids.update((key, number) for key, number in rows)
        for person in new:
            person.id = ids[person.key]
    if changed:
        connection.execute(_UPDATE, [_changed(person, now) for person in changed])
    identities = [
        (person.id, key.type, key.platform, person.keys[key], key.value)
        for person in people
        for key in person.new_keys
    ]
    if identities:
        mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
        # Tuples straight to the driver: a third of the time that named parameters take, on most of the rows.
        connection.exec_driver_sql(_INSERT_IDENTITY.replace("?", mark), identities)


def _row(person: Person) -> dict[str, Any]:
    return {
        "key": person.key,
        "name": person.name,
        "external_id": person.external_id or None,
        "company_id": person.company_id,
        "lists": person.lists,
        "provenance": person.provenance,
        **person.values,
    }


def _changed(person: Person, now: datetime) -> dict[str, Any]:
    row = _row(person)
    del row["key"]
    return {
        "row_id": person.id,
        "new_updated_at": now,
        **{f"new_{name}": value for name, value in row.items()},
    }
