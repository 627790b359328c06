"""The mute list in the database."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from leads.keys import stable_key
from leads.searches.store import Change
from models import MuteEntry
from triggers.search.mutes import Mute, read_mute


def entries(session: Session) -> list[tuple[Mute, MuteEntry]]:
    """Return what is muted in the database, with its rows."""
    rows = session.scalars(select(MuteEntry).order_by(MuteEntry.what, MuteEntry.value))
    return [(read_mute(row.what, row.value), row) for row in rows]


def mute(session: Session, entry: Mute, change: Change) -> bool:
    """Store an entry; return whether it was not there before."""
    key = stable_key("mute", *entry.key)
    if session.scalar(select(MuteEntry.id).where(MuteEntry.key == key)) is not None:
        return False
    session.add(
        MuteEntry(key=key, what=entry.what, value=entry.value, author=change.author, created_at=change.at)
    )
    session.flush()
    return True


def unmute(session: Session, entry: Mute) -> bool:
    """Take an entry away; return whether it was there."""
    row = session.scalar(select(MuteEntry).where(MuteEntry.key == stable_key("mute", *entry.key)))
    if row is None:
        return False
    session.delete(row)
    session.flush()
    return True
