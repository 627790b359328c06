"""A mailbox as a file of contacts: its correspondents as rows, and how much they write as mail traffic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy import Table as SqlTable

from leads.contacts.mailbox_headers import Mailbox, check_mailbox, read_mailbox
from leads.contacts.table import Row, Table
from models.contacts import Identity
from models.ties import MailTraffic

COLUMNS = ("name", "email")
_TRAFFIC = cast(SqlTable, MailTraffic.__table__)


def open_mail(path: Path, me: Sequence[str] = ()) -> Table:
    """Open a mailbox as a table; what was written is stored beside the rows.

    Raises:
        ContactsFault: it is neither an mbox file nor a Maildir.
    """
    check_mailbox(path)

    @cache
    def box() -> Mailbox:
        return read_mailbox(path, me)

    def rows() -> Iterator[Row]:
        return box().rows()

    def aside(connection: Connection, source: str, owner: str) -> list[str]:
        _store(connection, box(), source, owner)
        return [box().note()]

    return Table(path, COLUMNS, "", "", 0, rows, aside=aside)


def _store(connection: Connection, box: Mailbox, source: str, owner: str) -> None:
    """Replace what this mailbox told before: reading it again counts nothing twice."""
    ties = list(box.ties())
    known = set(box.own) | _contacts(connection, sorted({a for sender, to, _ in ties for a in (sender, to)}))
    connection.execute(delete(_TRAFFIC).where(_TRAFFIC.c.source == source))
    rows = [
        {
            "source": source,
            "mailbox": box.own[0] if box.own else "",
            "owner": owner,
            "sender": sender,
            "recipient": recipient,
            "messages": span.messages,
            "first_at": span.first_at,
            "last_at": span.last_at,
        }
        for sender, recipient, span in ties
        if sender in known and recipient in known
    ]
    if rows:
        connection.execute(insert(_TRAFFIC), rows)


def _contacts(connection: Connection, addresses: list[str]) -> set[str]:
    """Return those of the addresses that are contacts': nothing is kept of others."""
    found: set[str] = set()
    for at in range(0, len(addresses), 4_000):
        query = select(Identity.normalized).where(
            Identity.type == "email",
            Identity.normalized.in_(addresses[at : at + 4_000]),
            Identity.contact_id.is_not(None),
        )
        found.update(connection.scalars(query))
    return found
