"""Writes batches of people: few statements, whatever the batch holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, func, select

from leads.contacts.drafts import Draft
from leads.contacts.person import COLUMNS, Person, name_key
from models.base import UtcDateTime
from models.contacts import Contact, Identity
from models.portable import among
from models.rows import portable_json
from models.ties import ContactFact

_CONTACT = cast(Table, Contact.__table__)
_FACT = cast(Table, ContactFact.__table__)
_NEW = (
    "id",
    "key",
    "name",
    "external_id",
    "company_id",
    "lists",
    "provenance",
    *COLUMNS,
    "created_at",
    "updated_at",
)
_UPDATE = (
    _CONTACT.update()
    .where(_CONTACT.c.id == bindparam("row_id"))
    .values({name: bindparam(f"new_{name}") for name in (
        "name", "external_id", "company_id", "lists", "provenance", "updated_at", *COLUMNS)})
)  # fmt: skip
_IDENTITY = ("contact_id", "type", "platform", "value", "normalized", "source", "added_at")


def contact_key(draft: Draft, count: int = 0) -> str:
    """Return the stable key of a new contact: a hash of the strongest thing the row says, its name with it.

    The same row gives the same key in any database; `count` tells apart people of whom the same is said.
    """
    if count == 0 and draft.key:
        return draft.key
    if draft.external_id:
        basis = ["id", draft.external_id]
    else:
        exact = (key for key in draft.keys if key.type != "domain")
        strong = min(exact, key=lambda k: (k.type, k.platform, k.value), default=None)
        basis = [strong.type, strong.platform, strong.value] if strong else ["company", draft.company]
    text = "\0".join([*basis, name_key(draft.name).value, *([str(count)] if count else [])])
    found = "p" + hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
    if count == 0:
        draft.key = found
    return found


def taken_keys(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Return those of the keys that contacts in the database have."""
    wanted = sorted(set(keys))
    return set(connection.scalars(select(Contact.key).where(among(connection, Contact.key, wanted))))


def write_people(connection: Connection, people: Sequence[Person], source: str, now: datetime) -> None:
    """Insert the new people, update the changed ones, and add their new identities and facts."""
    new = [person for person in people if person.id is None]
    when = _stamp(connection, now)
    # Who has got an address or a date has changed, too, though nothing of their own row has.
    changed = [
        person
        for person in people
        if person.id is not None
        and (person.dirty or person.new_keys or person.new_facts or person.gone_facts)
    ]
    if new:
        for person, number in zip(new, _next_ids(connection, len(new)), strict=True):
            person.id = number
        _insert(connection, Contact.__tablename__, _NEW, [_new_row(person, when) for person in new])
    if changed:
        connection.execute(_UPDATE, [_changed(person, now) for person in changed])
    identities = [
        (person.id, key.type, key.platform, person.keys[key], key.value, source, when)
        for person in people
        for key in person.new_keys
    ]
    if identities:
        _insert(connection, Identity.__tablename__, _IDENTITY, identities)
    _write_facts(connection, people, source, when)


def _write_facts(connection: Connection, people: Sequence[Person], source: str, when: Any) -> None:
    for person in people:
        for kind, normalized in person.gone_facts:
            connection.execute(
                _FACT.delete().where(
                    _FACT.c.contact_id == person.id, _FACT.c.kind == kind, _FACT.c.normalized == normalized
                )
            )
    columns = ("contact_id", "family", "kind", "value", "normalized", "source", "added_at")
    rows = [
        (person.id, fact.family, fact.kind, fact.value, fact.normalized, source, when)
        for person in people
        for fact in person.new_facts
    ]
    if rows:
        _insert(connection, _FACT.name, columns, rows)


def _next_ids(connection: Connection, count: int) -> list[int]:
    """Return so many new row ids. Asking for them afterwards, by key, takes longer than the insert.

    On SQLite nobody else writes in the meantime: the transaction is the only writer.
    """
    if connection.dialect.name == "sqlite":
        last = connection.scalar(select(func.max(_CONTACT.c.id))) or 0
        return list(range(last + 1, last + 1 + count))
    sequence = select(func.nextval(func.pg_get_serial_sequence(Contact.__tablename__, "id")))
    return list(connection.scalars(sequence.select_from(func.generate_series(1, count))))


def _insert(
    connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    # Tuples straight to the driver: a third of the time that named parameters take, on most of the rows.
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    marks = ", ".join([mark] * len(columns))
    connection.exec_driver_sql(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", list(rows))  # noqa: S608  (our own names)


def _stamp(connection: Connection, now: datetime) -> Any:
    """Return a time as the driver takes it."""
    kept = UtcDateTime().process_bind_param(now, connection.dialect)
    return kept.isoformat(" ", "microseconds") if kept and connection.dialect.name == "sqlite" else kept


def _new_row(person: Person, when: Any) -> tuple[Any, ...]:
    values = person.values
    return (
        person.id, person.key, person.name, person.external_id or None, person.company_id,
        _lists_json(tuple(person.lists)), _provenance_json(_items(person.provenance)),
        *[values[name] for name in COLUMNS], when, when,
    )  # fmt: skip


def _items(provenance: dict[str, Any]) -> tuple[tuple[str, str, str, str], ...]:
    return tuple([(name, mark["from"], mark["at"], mark.get("of", "")) for name, mark in provenance.items()])


@lru_cache(maxsize=1 << 10)
def _lists_json(lists: tuple[str, ...]) -> str:
    return portable_json(lists)


@lru_cache(maxsize=1 << 12)
def _provenance_json(items: tuple[tuple[str, str, str, str], ...]) -> str:
    return portable_json(
        {name: {"from": source, "at": at} | ({"of": of} if of else {}) for name, source, at, of in items}
    )


def _changed(person: Person, now: datetime) -> dict[str, Any]:
    return {
        "row_id": person.id,
        "new_updated_at": now,
        "new_name": person.name,
        "new_external_id": person.external_id or None,
        "new_company_id": person.company_id,
        "new_lists": person.lists,
        "new_provenance": person.provenance,
        **{f"new_{name}": person.values[name] for name in COLUMNS},
    }
