"""Changing a contact by hand. What a hand has set, no import changes again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from leads.contacts.companies import company_named
from leads.contacts.drafts import MAX_NAME, tidy
from leads.contacts.facts import KINDS, SINGLE, make_fact
from leads.contacts.journal import Entry, record
from leads.contacts.person import COLUMNS, HAND, name_key
from leads.linking.keys import email_key, handle_key, platform_name, url_key
from leads.linking.records import Key
from models import Company, Contact, ContactFact, Identity

SETTABLE = ("name", *COLUMNS, "company", "lists")
ADDABLE = ("alias", "email", "phone", "url", "handle")


class EditFault(ValueError):
    """A change that cannot be made; the message says why and how to write it."""


def edit_contact(
    session: Session, contact: Contact, values: Mapping[str, str], actor: str, now: datetime
) -> list[tuple[str, str, str]]:
    """Set fields, and add identities, dates and relations; return what changed. The caller commits.

    Fields are `SETTABLE`; an empty value clears one. `ADDABLE` and the kinds of facts are added (`email=...`,
    `spouse=...`), a handle as `handle=platform:name`; a birthday or anniversary is replaced.

    Raises:
        EditFault: an unknown field, or a value that cannot be kept. Nothing is changed then.
    """
    changes: list[tuple[str, str, str]] = []
    for name, value in values.items():
        if name in SETTABLE:
            changes += _set(session, contact, name, tidy(value), now)
        elif name in ADDABLE:
            changes += _add_identity(session, contact, name, tidy(value), now)
        elif name in KINDS:
            changes += _add_fact(session, contact, name, tidy(value), now)
        else:
            raise EditFault(
                f"there is no field {name!r}; fields are {', '.join((*SETTABLE, *ADDABLE, *KINDS))}"
            )
    if changes:
        contact.updated_at = now
        session.flush()
        entries = [Entry(contact.key, HAND, name, before, after, actor) for name, before, after in changes]
        record(session.connection(), entries, now)
    return changes


def _set(
    session: Session, contact: Contact, name: str, value: str, now: datetime
) -> list[tuple[str, str, str]]:
    if name == "name" and not value:
        raise EditFault("name: a contact must have one")
    if name != "notes" and len(value) > MAX_NAME:
        raise EditFault(f"{name}: has {len(value)} characters, more than {MAX_NAME}")
    contact.provenance = contact.provenance | {name: {"from": HAND, "at": now.date().isoformat()}}
    if name == "company":
        before = session.get(Company, contact.company_id) if contact.company_id else None
        after = company_named(session.connection(), value, now) if value else None
        changed = (before.id if before else None) != after
        contact.company_id = after
        return [(name, before.name if before else "", value)] if changed else []
    if name == "lists":
        old = ", ".join(contact.lists)
        contact.lists = [part for part in map(str.strip, value.split(",")) if part]
        return [(name, old, ", ".join(contact.lists))] if old != ", ".join(contact.lists) else []
    old = str(getattr(contact, name))
    setattr(contact, name, value)
    if name == "name" and old != value:
        _put_identity(session, contact, name_key(value), value, now)
    return [(name, old, value)] if old != value else []


def _add_identity(
    session: Session, contact: Contact, name: str, value: str, now: datetime
) -> list[tuple[str, str, str]]:
    key = _identity_key(name, value)
    if key is None:
        raise EditFault(f"{name}: {value!r} cannot be read as one")
    return [(name, "", value)] if _put_identity(session, contact, key, value, now) else []


def _identity_key(name: str, value: str) -> Key | None:
    if name == "alias":
        return name_key(value) if value else None
    if name == "handle":
        platform, colon, handle = value.partition(":")
        return handle_key(handle, platform_name(platform)) if colon else handle_key(value)
    if name == "phone":
        from leads.contacts.phones import PhoneReader  # noqa: PLC0415 -- the extra is optional

        return PhoneReader().key(value)
    return email_key(value) if name == "email" else url_key(value)


def _put_identity(session: Session, contact: Contact, key: Key, value: str, now: datetime) -> bool:
    known = select(Identity.id).where(
        Identity.contact_id == contact.id,
        Identity.type == key.type,
        Identity.platform == key.platform,
        Identity.normalized == key.value,
    )
    if session.scalar(known) is not None:
        return False
    session.add(
        Identity(
            contact_id=contact.id, type=key.type, platform=key.platform, value=value, normalized=key.value,
            source=HAND, added_at=now,
        )
    )  # fmt: skip
    return True


def _add_fact(
    session: Session, contact: Contact, kind: str, value: str, now: datetime
) -> list[tuple[str, str, str]]:
    fact = make_fact(kind, value)
    if fact is None:
        raise EditFault(f"{kind}: {value!r} is no date; write it as 1980-05-12, or --05-12 without a year")
    held = session.scalars(
        select(ContactFact).where(ContactFact.contact_id == contact.id, ContactFact.kind == kind)
    ).all()
    same = next((row for row in held if row.normalized == fact.normalized), None)
    if same is not None:
        same.source = HAND
        return []
    before = ""
    if kind in SINGLE and held:
        before = held[0].value
        session.execute(delete(ContactFact).where(ContactFact.id.in_([row.id for row in held])))
    session.add(
        ContactFact(
            contact_id=contact.id, family=fact.family, kind=kind, value=value, normalized=fact.normalized,
            source=HAND, added_at=now,
        )
    )  # fmt: skip
    return [(kind, before, value)]
