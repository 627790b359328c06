"""The rows that hang on a contact or company: taken over in a merge, given back when it is undone.

Each part has two functions. `take_*` moves the rows of the gone record to the survivor and returns what is needed to
undo that, as plain JSON values; `give_back_*` undoes it. A row that both had stays the survivor's and is made anew for
the other. Rows that came to the survivor since stay there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlalchemy.orm import Session

from leads.folding import fold
from leads.settings import Target
from models import ContactFact, Identity, Link, LinkVerdict, Signal, Story
from models.base import Base

# Of two verdicts on one signal the one further left holds: a person's word before a guess.
_STRENGTH = ("confirmed", "rejected", "auto", "review")


@dataclass(frozen=True, slots=True)
class Pair:
    """The two records of one merge: `type` contact or company, keys and row ids. `now` is when it happens."""

    type: str
    survivor_key: str
    survivor_id: int
    gone_key: str
    gone_id: int
    now: datetime

    @property
    def column(self) -> str:
        """The column by which other tables name records of this type."""
        return f"{self.type}_id"


Rows = list[list[Any]]
_LINK = ("via", "decision", "code", "probability", "reasons", "created_at")


@dataclass(frozen=True, slots=True)
class _Held:
    """A table of what records hold: the columns that are kept, the first `keyed_by` of which tell two rows apart."""

    table: Table
    columns: tuple[str, ...]
    keyed_by: int


_IDENTITY = _Held(
    cast(Table, Identity.__table__), ("type", "platform", "normalized", "value", "source", "added_at"), 3
)
_FACT = _Held(
    cast(Table, ContactFact.__table__), ("kind", "normalized", "family", "value", "source", "added_at"), 2
)


def take_identities(connection: Connection, pair: Pair) -> dict[str, Rows]:
    """Move identities; those that the survivor has already are dropped."""
    return _take(connection, _IDENTITY, pair)


def give_back_identities(connection: Connection, pair: Pair, taken: dict[str, Rows]) -> None:
    """Undo `take_identities`."""
    _give_back(connection, _IDENTITY, pair, taken)


def take_facts(connection: Connection, pair: Pair) -> dict[str, Rows]:
    """Move dates, relations and what lies behind a contact."""
    return _take(connection, _FACT, pair)


def give_back_facts(connection: Connection, pair: Pair, taken: dict[str, Rows]) -> None:
    """Undo `take_facts`."""
    _give_back(connection, _FACT, pair, taken)


def _take(connection: Connection, held: _Held, pair: Pair) -> dict[str, Rows]:
    width = held.keyed_by
    known = {tuple(row[:width]) for row in _rows(connection, held, pair.column, pair.survivor_id)}
    gone = _rows(connection, held, pair.column, pair.gone_id)
    moved = [row for row in gone if tuple(row[:width]) not in known]
    connection.execute(delete(held.table).where(held.table.c[pair.column] == pair.gone_id))
    _put(connection, held, {pair.column: pair.survivor_id}, moved)
    return {"rows": gone, "moved": [row[:width] for row in moved]}


def _give_back(connection: Connection, held: _Held, pair: Pair, taken: dict[str, Rows]) -> None:
    table = held.table
    for key in taken["moved"]:
        same = [table.c[name] == value for name, value in zip(held.columns, key, strict=False)]
        connection.execute(delete(table).where(table.c[pair.column] == pair.survivor_id, *same))
    _put(connection, held, {pair.column: pair.gone_id}, taken["rows"])


def _rows(connection: Connection, held: _Held, owner: str, number: int) -> Rows:
    columns = (held.table.c[name] for name in held.columns)
    query = select(*columns).where(held.table.c[owner] == number).order_by(held.table.c.id)
    return [[plain(value) for value in row] for row in connection.execute(query)]


def _put(connection: Connection, held: _Held, owner: dict[str, int], rows: Rows) -> None:
    values = [
        owner | {name: value_of(name, value) for name, value in zip(held.columns, row, strict=True)}
        for row in rows
    ]
    if values:
        connection.execute(insert(held.table), values)


def take_links(connection: Connection, pair: Pair) -> dict[str, Rows]:
    """Let links speak of the survivor; of two on one signal the one that a person decided holds."""
    gone = _links(connection, pair.column, pair.gone_id)
    held = {row[0]: row for row in _links(connection, pair.column, pair.survivor_id)}
    table = _table(Link)
    both = [held[row[0]] for row in gone if row[0] in held]
    stays = {row[0] for row in gone if row[0] in held and _rank(held[row[0]]) <= _rank(row)}
    connection.execute(delete(table).where(table.c[pair.column] == pair.gone_id))
    _drop_links(connection, pair, [row[0] for row in both if row[0] not in stays])
    _put_links(connection, pair, pair.survivor_id, [row for row in gone if row[0] not in stays])
    return {"rows": gone, "both": both}


def give_back_links(connection: Connection, pair: Pair, taken: dict[str, Rows]) -> None:
    """Undo `take_links` for signals that there still are; what was decided since stays with the survivor."""
    merged = {row[0]: row for row in _links(connection, pair.column, pair.survivor_id)}
    both = {row[0]: row for row in taken["both"]}
    for row in taken["rows"]:
        before, now = both.get(row[0]), merged.get(row[0])
        as_merged = min((r for r in (before, row) if r is not None), key=_rank)
        if now is not None and now[2] == as_merged[2]:
            _drop_links(connection, pair, [row[0]])
            _put_links(connection, pair, pair.survivor_id, [before] if before else [])
    _put_links(connection, pair, pair.gone_id, taken["rows"])


def _rank(row: Sequence[Any]) -> int:
    return _STRENGTH.index(row[2])


def _links(connection: Connection, owner: str, number: int) -> Rows:
    table = _table(Link)
    query = (
        select(Signal.key, *(table.c[name] for name in _LINK))
        .join(Signal, Signal.id == table.c.signal_id)
        .where(table.c[owner] == number)
        .order_by(table.c.id)
    )
    return [[plain(value) for value in row] for row in connection.execute(query)]


def _drop_links(connection: Connection, pair: Pair, signals: Sequence[str]) -> None:
    table = _table(Link)
    numbers = select(Signal.id).where(Signal.key.in_(signals))
    connection.execute(
        delete(table).where(table.c[pair.column] == pair.survivor_id, table.c.signal_id.in_(numbers))
    )


def _put_links(connection: Connection, pair: Pair, number: int, rows: Rows) -> None:
    found = connection.execute(select(Signal.key, Signal.id).where(Signal.key.in_([row[0] for row in rows])))
    ids = {row[0]: row[1] for row in found}
    values = [
        {pair.column: number, "signal_id": ids[row[0]]}
        | {name: value_of(name, value) for name, value in zip(_LINK, row[1:], strict=True)}
        for row in rows
        if row[0] in ids
    ]
    if values:
        connection.execute(insert(_table(Link)), values)


def take_stories(session: Session, pair: Pair, name: str) -> dict[str, Rows]:
    """Let stories, and with them leads, be about the survivor. They keep their keys, so that nothing outside breaks.

    Two stories about one event become one when posts are next processed.
    """
    subject = f"{pair.type}:{pair.gone_key}"
    stories = session.scalars(
        select(Story).where((getattr(Story, pair.column) == pair.gone_id) | (Story.subject_key == subject))
    ).all()
    taken: Rows = [[s.key, s.subject_key, s.subject_name] for s in stories]
    signals = session.execute(
        select(Signal.key, Signal.kind)
        .join(Story, Signal.story_id == Story.id)
        .where(Story.key.in_([story.key for story in stories if story.subject_key == subject]))
        .order_by(Signal.key)
    )
    found: Rows = [[key, kind] for key, kind in signals]
    for story in stories:
        setattr(story, pair.column, pair.survivor_id)
        if story.subject_key == subject:
            story.subject_key, story.subject_name = f"{pair.type}:{pair.survivor_key}", name
    session.flush()
    return {"stories": taken, "signals": found}


def give_back_stories(
    session: Session, pair: Pair, taken: dict[str, Rows], targets: Sequence[Target] = ()
) -> None:
    """Undo `take_stories`: stories that there still are go back; signals that went into others since, too."""
    mine = f"{pair.type}:{pair.gone_key}"
    theirs = f"{pair.type}:{pair.survivor_key}"
    told = {key: (subject_key, name) for key, subject_key, name in taken["stories"]}
    for story in session.scalars(select(Story).where(Story.key.in_(told))):
        if getattr(story, pair.column) == pair.survivor_id:
            setattr(story, pair.column, pair.gone_id)
            story.subject_key, story.subject_name = told[story.key]
    session.flush()
    kinds = dict(taken["signals"])
    elsewhere = session.execute(
        select(Signal.id, Signal.kind)
        .join(Story, Signal.story_id == Story.id)
        .where(Signal.key.in_(kinds), Story.subject_key == theirs)
    ).all()
    if elsewhere:
        groups = {(kind, key) for _, kind in elsewhere for key in (mine, theirs)}
        fold(session, groups, {number: mine for number, _ in elsewhere}, targets, pair.now)


def take_verdicts(connection: Connection, pair: Pair) -> list[str]:
    """Let what people said of links to the gone one be said of the survivor; return the verdicts' keys."""
    table = cast(Table, LinkVerdict.__table__)
    theirs = (table.c.target_type == pair.type) & (table.c.target_key == pair.gone_key)
    keys = list(connection.scalars(select(table.c.key).where(theirs).order_by(table.c.key)))
    connection.execute(update(table).where(theirs).values(target_key=pair.survivor_key))
    return keys


def give_back_verdicts(connection: Connection, pair: Pair, keys: list[str]) -> None:
    """Undo `take_verdicts`."""
    table = cast(Table, LinkVerdict.__table__)
    connection.execute(update(table).where(table.c.key.in_(keys)).values(target_key=pair.gone_key))


def move_members(connection: Connection, table: Table, pair: Pair) -> list[str]:
    """Let contacts of the gone company be the survivor's; return their keys."""
    keys = list(
        connection.scalars(
            select(table.c.key).where(table.c.company_id == pair.gone_id).order_by(table.c.key)
        )
    )
    connection.execute(
        update(table).where(table.c.company_id == pair.gone_id).values(company_id=pair.survivor_id)
    )
    return keys


def plain(value: Any) -> Any:
    """Return a value as JSON keeps it."""
    return value.isoformat() if isinstance(value, datetime) else value


def value_of(name: str, value: Any) -> Any:
    """Return a column's value from what `plain` made of it."""
    return datetime.fromisoformat(value) if name.endswith("_at") and isinstance(value, str) else value


def _table(model: type[Base]) -> Table:
    return cast(Table, model.__table__)
