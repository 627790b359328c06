"""The journal of contacts and companies: every change after the first import, and who or what made it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Table, select

from models.history import ContactChange

_TABLE = cast(Table, ContactChange.__table__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: whose, of which field, from what to what, by which import or hand."""

    subject_key: str
    source: str
    field: str
    before: str = ""
    after: str = ""
    actor: str = ""
    note: str = ""


def record(connection: Connection, entries: Iterable[Entry], now: datetime) -> None:
    """Add entries to the journal."""
    rows = [
        {
            "subject_key": entry.subject_key,
            "changed_at": now,
            "source": entry.source,
            "actor": entry.actor,
            "field": entry.field,
            "before": entry.before,
            "after": entry.after,
            "note": entry.note,
        }
        for entry in entries
    ]
    if rows:
        connection.execute(_TABLE.insert(), rows)


def entries_of(connection: Connection, keys: Iterable[str]) -> list[tuple[datetime, Entry]]:
    """Return what the journal says of records, oldest first."""
    columns = (
        _TABLE.c[name] for name in ("subject_key", "source", "field", "before", "after", "actor", "note")
    )
    query = (
        select(_TABLE.c.changed_at, *columns)
        .where(_TABLE.c.subject_key.in_(list(keys)))
        .order_by(_TABLE.c.changed_at, _TABLE.c.id)
    )
    return [(row[0], Entry(*row[1:])) for row in connection.execute(query)]
