"""Merging two contacts or two companies into one, and taking them apart again. Nothing that either held is lost.

The survivor keeps its own values, takes what it lacks, and has what a person entered by hand before what a file said.
Everything that hangs on the other becomes the survivor's: identities, dates, relations, links, stories and leads. The
other leaves no row but the merge itself, which holds it as it was.

Undoing it restores both. What was changed since stays where it is: a field that was edited after the merge keeps its
new value, what came to the survivor since is the survivor's, and what the other's own rows brought goes back with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlalchemy.orm import Session

from leads.contacts import merge_parts as parts
from leads.contacts.journal import Entry, record
from leads.contacts.merge_parts import Pair
from leads.contacts.merged import Merged
from leads.contacts.person import COLUMNS, HAND
from leads.folding import lock_folding
from leads.review import By
from leads.settings import Target
from models import Company, Contact, RecordMerge

TABLES: dict[str, Table] = {
    "contact": cast(Table, Contact.__table__),
    "company": cast(Table, Company.__table__),
}
# Fields that the survivor takes where it lacks them.
FIELDS = {"contact": (*COLUMNS, "external_id", "company"), "company": ("industry", "place", "owner")}


class MergeRefused(ValueError):
    """Two records that cannot be merged, or a merge that cannot be undone; the message says why."""


@dataclass(frozen=True, slots=True)
class MergeReport:
    """What a merge did, or would do: `changes` are fields of the survivor with their values before and after."""

    key: str
    type: str
    survivor: tuple[str, str]
    gone: tuple[str, str]
    changes: tuple[tuple[str, str, str], ...]
    moved: dict[str, int]
    kept: tuple[tuple[str, str, str], ...] = ()


def merge(
    session: Session, type_: str, survivor: str, gone: str, by: By, *, dry_run: bool = False
) -> MergeReport:
    """Merge the record with key `gone` into the one with key `survivor`; the caller commits.

    Raises:
        MergeRefused: they are one, or one of them is not there.
    """
    lock_folding(session)
    nested = session.begin_nested() if dry_run else None
    try:
        return _merge(session, type_, survivor, gone, by)
    finally:
        if nested is not None:
            nested.rollback()


def _merge(session: Session, type_: str, survivor: str, gone: str, by: By) -> MergeReport:
    connection = session.connection()
    if survivor == gone:
        raise MergeRefused(f"{survivor}: a {type_} cannot be merged with itself")
    mine, theirs = _row(connection, type_, survivor), _row(connection, type_, gone)
    pair = Pair(type_, survivor, mine["id"], gone, theirs["id"], by.at)
    names = _company_names(connection, mine, theirs)
    taken, kept = _fields(type_, mine, theirs)
    snapshot: dict[str, Any] = {
        "row": {
            name: parts.plain(value) for name, value in theirs.items() if name not in ("id", "company_id")
        },
        "fields": {name: list(change) for name, change in taken.items()},
        "company": _key_of_company(connection, theirs.get("company_id")),
        "identity": parts.take_identities(connection, pair),
        "link": parts.take_links(connection, pair),
        "story": parts.take_stories(session, pair, mine["name"]),
        "verdicts": parts.take_verdicts(connection, pair),
    }
    if type_ == "contact":
        snapshot["lists"] = [name for name in theirs["lists"] if name not in mine["lists"]]
        snapshot["fact"] = parts.take_facts(connection, pair)
    else:
        snapshot["members"] = parts.move_members(connection, TABLES["contact"], pair)
    _write_survivor(connection, pair, mine, taken, snapshot.get("lists", []))
    connection.execute(delete(TABLES[type_]).where(TABLES[type_].c.id == pair.gone_id))
    key = merge_key(type_, gone)
    session.add(
        RecordMerge(
            key=key, type=type_, survivor_key=survivor, gone_key=gone, snapshot=snapshot, actor=by.actor,
            note=by.note, merged_at=by.at,
        )
    )  # fmt: skip
    session.flush()
    session.expire_all()
    changes = tuple((name, _said(b, names), _said(a, names)) for name, (b, _, a) in taken.items())
    _journal(connection, pair, theirs["name"], changes, by)
    moved = {
        "identities": len(snapshot["identity"]["moved"]),
        "facts": len(snapshot.get("fact", {}).get("moved", ())),
        "links": len(snapshot["link"]["rows"]),
        "stories": len(snapshot["story"]["stories"]),
        "lists": len(snapshot.get("lists", ())),
        "contacts": len(snapshot.get("members", ())),
    }
    left = tuple((name, _said(m, names), _said(t, names)) for name, (m, t) in kept.items())
    return MergeReport(
        key, type_, (survivor, mine["name"]), (gone, theirs["name"]), changes,
        {name: count for name, count in moved.items() if count}, left,
    )  # fmt: skip


def merge_key(type_: str, gone: str) -> str:
    """Return the id of a merge: a record can be merged away only once at a time."""
    return "m" + hashlib.blake2b(f"{type_}\0{gone}".encode(), digest_size=8).hexdigest()


def _fields(
    type_: str, mine: dict[str, Any], theirs: dict[str, Any]
) -> tuple[dict[str, tuple[Any, Any, Any]], dict[str, tuple[Any, Any]]]:
    """Return the fields that the survivor takes (before, its provenance, after), and those where it keeps its own."""
    taken: dict[str, tuple[Any, Any, Any]] = {}
    kept: dict[str, tuple[Any, Any]] = {}
    for name in FIELDS[type_]:
        column = "company_id" if name == "company" else name
        before, other = mine[column], theirs[column]
        if not other or other == before:
            continue
        mark = (mine.get("provenance") or {}).get(name)
        by_hand = _from(theirs, name) == HAND and _from(mine, name) != HAND
        if not before or (by_hand and name != "external_id"):
            taken[name] = (before, mark, other)
        elif name == "notes":
            taken[name] = (before, mark, f"{before}\n{other}")
        else:
            kept[name] = (before, other)
    return taken, kept


def _from(row: dict[str, Any], name: str) -> str:
    entry = (row.get("provenance") or {}).get(name)
    return str(entry.get("from", "")) if isinstance(entry, dict) else ""


def _write_survivor(
    connection: Connection,
    pair: Pair,
    mine: dict[str, Any],
    taken: dict[str, tuple[Any, Any, Any]],
    lists: Sequence[str],
) -> None:
    table = TABLES[pair.type]
    values: dict[str, Any] = {
        "company_id" if name == "company" else name: after for name, (_, _, after) in taken.items()
    }
    if pair.type == "contact":
        theirs = _row(connection, pair.type, pair.gone_key)["provenance"] or {}
        marks = {
            name: {
                **theirs.get(name, {"from": "merge", "at": pair.now.date().isoformat()}),
                "of": pair.gone_key,
            }
            for name in (*taken, *(["lists"] if lists and not mine["lists"] else []))
        }
        values |= {"provenance": (mine["provenance"] or {}) | marks, "lists": [*mine["lists"], *lists]}
    connection.execute(
        update(table).where(table.c.id == pair.survivor_id).values(**values, updated_at=pair.now)
    )


def unmerge(session: Session, key: str, by: By, targets: Sequence[Target] = ()) -> MergeReport:
    """Take apart what was merged; `key` is the merge's id, or how it begins. The caller commits.

    Raises:
        MergeRefused: there is no such merge, or the survivor was merged away itself.
    """
    lock_folding(session)
    found = _find_merge(session, key)
    connection = session.connection()
    survivor = connection.execute(
        select(TABLES[found.type].c.id).where(TABLES[found.type].c.key == found.survivor_key)
    ).scalar()
    if survivor is None:
        later = merge_key(found.type, found.survivor_key)
        raise MergeRefused(f"{found.key}: {found.survivor_key} was merged itself; undo merge {later} first")
    snapshot = found.snapshot
    gone_id = _restore_row(connection, found.type, snapshot, by.at)
    pair = Pair(found.type, found.survivor_key, survivor, found.gone_key, gone_id, by.at)
    mine = _row(connection, found.type, found.survivor_key)
    changes = _give_back_fields(connection, pair, mine, snapshot)
    parts.give_back_identities(connection, pair, snapshot["identity"])
    parts.give_back_links(connection, pair, snapshot["link"])
    parts.give_back_verdicts(connection, pair, snapshot["verdicts"])
    if found.type == "contact":
        parts.give_back_facts(connection, pair, snapshot["fact"])
    else:
        contact = TABLES["contact"]
        connection.execute(
            update(contact)
            .where(contact.c.company_id == survivor, contact.c.key.in_(snapshot["members"]))
            .values(company_id=gone_id)
        )
    session.delete(found)
    session.flush()
    parts.give_back_stories(session, pair, snapshot["story"], targets)
    session.expire_all()
    note = by.note or f"merge {found.key} undone"
    told = [Entry(pair.survivor_key, "merge", name, b, a, by.actor, note) for name, b, a in changes]
    told.append(Entry(pair.survivor_key, "merge", "merged", pair.gone_key, "", by.actor, note))
    told.append(Entry(pair.gone_key, "merge", "merged into", pair.survivor_key, "", by.actor, note))
    record(connection, told, by.at)
    gone = (pair.gone_key, str(snapshot["row"]["name"]))
    return MergeReport(found.key, found.type, (pair.survivor_key, mine["name"]), gone, tuple(changes), {})


def _find_merge(session: Session, key: str) -> RecordMerge:
    found = session.scalars(select(RecordMerge).where(RecordMerge.key.startswith(key, autoescape=True))).all()
    if len(found) != 1 or not key:
        many = "more than one merge begins so" if found and key else "there is no such merge"
        raise MergeRefused(f"{key}: {many}; 'povod contacts history' lists merges with their ids")
    return found[0]


def _restore_row(connection: Connection, type_: str, snapshot: dict[str, Any], now: datetime) -> int:
    row = {name: parts.value_of(name, value) for name, value in snapshot["row"].items()}
    row["updated_at"] = now  # What is kept of contacts elsewhere must hear of this.
    if type_ == "contact" and snapshot["company"]:
        key = Merged.load(connection, "company").survivor(snapshot["company"])
        table = TABLES["company"]
        row["company_id"] = connection.scalar(select(table.c.id).where(table.c.key == key))
    connection.execute(insert(TABLES[type_]), [row])
    return int(_row(connection, type_, row["key"])["id"])


def _give_back_fields(
    connection: Connection, pair: Pair, mine: dict[str, Any], snapshot: dict[str, Any]
) -> list[tuple[str, str, str]]:
    """Restore fields of the survivor that are as the merge left them, or were changed by the other's own rows."""
    marks = dict(mine.get("provenance") or {})
    values: dict[str, Any] = {}
    for name, (before, mark, after) in snapshot["fields"].items():
        column = "company_id" if name == "company" else name
        # Ids of merged companies may have changed: whose datum it is tells as much.
        its = isinstance(marks.get(name), dict) and marks[name].get("of") == pair.gone_key
        if not its and (pair.type == "contact" or mine[column] != after):
            continue
        values[column] = before
        marks.pop(name, None)
        if mark is not None:
            marks[name] = mark
    changes = [(name, _said(mine[name], {}), _said(value, {})) for name, value in values.items()]
    if pair.type == "contact":
        if (marks.get("lists") or {}).get("of") == pair.gone_key:
            del marks["lists"]
        values["provenance"] = marks
        values["lists"] = [name for name in mine["lists"] if name not in snapshot["lists"]]
    table = TABLES[pair.type]
    connection.execute(
        update(table).where(table.c.id == pair.survivor_id).values(**values, updated_at=pair.now)
    )
    return changes


def _row(connection: Connection, type_: str, key: str) -> dict[str, Any]:
    row = connection.execute(select(TABLES[type_]).where(TABLES[type_].c.key == key)).mappings().first()
    if row is None:
        raise MergeRefused(f"{key}: there is no such {type_}")
    return dict(row)


def _key_of_company(connection: Connection, number: int | None) -> str:
    table = TABLES["company"]
    return str(connection.scalar(select(table.c.key).where(table.c.id == number)) or "") if number else ""


def _company_names(connection: Connection, *rows: dict[str, Any]) -> dict[Any, str]:
    table = TABLES["company"]
    numbers = [row["company_id"] for row in rows if row.get("company_id")]
    found = connection.execute(select(table.c.id, table.c.name).where(table.c.id.in_(numbers)))
    return {row[0]: row[1] for row in found}


def _said(value: Any, company_names: dict[Any, str]) -> str:
    if isinstance(value, int):
        return company_names.get(value, f"company {value}")
    return "" if value is None else str(value)


def _journal(
    connection: Connection, pair: Pair, gone_name: str, changes: Sequence[tuple[str, str, str]], by: By
) -> None:
    entries = [
        Entry(pair.survivor_key, "merge", name, before, after, by.actor, f"from {pair.gone_key}")
        for name, before, after in changes
    ]
    note = by.note or merge_key(pair.type, pair.gone_key)
    entries.append(
        Entry(pair.survivor_key, "merge", "merged", "", f"{gone_name} ({pair.gone_key})", by.actor, note)
    )
    entries.append(Entry(pair.gone_key, "merge", "merged into", "", pair.survivor_key, by.actor, note))
    record(connection, entries, by.at)
