"""The canonical dump: all that is kept, as sorted JSON lines that two runs over the same input share.

Left out are our clocks (times a source gave stay), row ids (references are by name or key), counters of attempts,
leases, and which of several sources happened to bring a post first.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import Connection, Engine, Table, select

from models.base import Base
from models.contacts import ContactFile
from models.faults import database_faults
from models.history import ContactChange
from models.posts import Post, Sighting
from models.session import read_only
from models.sources import CrawlRun, RobotsFile, Source

# What a row is known by, where it is not called `key`.
_NATURAL_KEYS = {
    "source": "name", "suppression": "hash", "contact_file": "path", "search": "name",
}  # fmt: skip
# A run is nothing but a clock and counters; sightings are listed with their posts; the journal tells the way, not
# what it led to; a robots.txt is remembered only until it is asked for again.
_LEFT_OUT_TABLES = {table.__tablename__ for table in (CrawlRun, Sighting, ContactChange, RobotsFile)}
_TIMES_OF_SOURCES = {
    ("post", "published_at"), ("post", "updated_at"), ("mail_traffic", "first_at"), ("mail_traffic", "last_at"),
}  # fmt: skip
# Told as yes or no: when it happened, or in which words, differs from run to run.
_AS_FLAGS = {"deleted_at": "deleted", "processed_with": "processed", "last_error": "ill"}
_LEFT_OUT_COLUMNS = {
    ("author", "source_id"), ("post", "source_id"), ("search", "after_post"),
    # A payload tells what its lead told when it was first sent.
    ("delivery", "attempts"), ("delivery", "last_error"), ("delivery", "payload"),
    ("source", "leased_until"), ("source", "leased_by"), ("source", "ill_since"),
    ("source", "error_count"), ("source", "moved_count"),
}  # fmt: skip
# In stored JSON: when a value came, beside names that end in _at.
_CLOCK_NAMES = {"at", "timestamp"}


def canonical(engine: Engine) -> Iterator[str]:
    """Give the dump line by line, table after table, each table's lines sorted.

    All of it is of one moment. Memory: about a hundred bytes per post, and the lines of the tables without keys.

    Raises:
        DatabaseFault: the database cannot be read.
    """
    with database_faults(engine), read_only(engine).connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        names = _Names(connection)
        for table in sorted(Base.metadata.sorted_tables, key=lambda table: table.name):
            if table.name not in _LEFT_OUT_TABLES:
                yield from _lines(connection, table, names)


class _Names:
    """What rows of other tables are known by, each table read when it is first asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._names: dict[str, dict[int, str]] = {}

    def of(self, table: Table, row_id: int | None) -> str | None:
        """Return the natural key of a row."""
        if row_id is None:
            return None
        if table.name not in self._names:
            columns = (table.c.id, table.c[natural_key(table)])
            found = self._connection.execute(select(*columns))
            self._names[table.name] = {row.id: row[1] for row in found}
        return self._names[table.name][row_id]


def natural_key(table: Table) -> str:
    """Return the name of the column by which a table's rows are known."""
    return _NATURAL_KEYS.get(table.name, "key")


def _lines(connection: Connection, table: Table, names: _Names) -> Iterator[str]:
    carried = _carried(connection, names) if table.name == Post.__tablename__ else {}
    query = select(table)
    keyed = natural_key(table) in table.c
    if keyed:
        # By bytes on both databases, whatever the server's language.
        collation = "C" if connection.dialect.name == "postgresql" else "BINARY"
        query = query.order_by(table.c[natural_key(table)].collate(collation))
    rows = connection.execution_options(yield_per=1000).execute(query).mappings()
    lines = (_line(table, dict(row), names, carried) for row in rows)
    yield from lines if keyed else sorted(lines)


def _line(table: Table, row: dict[str, Any], names: _Names, carried: dict[int, set[str]]) -> str:
    facts: dict[str, Any] = {"table": table.name}
    if table.name == Post.__tablename__:
        owner = names.of(_table(Source), row["source_id"])
        facts["sources"] = sorted({owner, *carried.get(row["id"], ())} - {None})
    for name, value in row.items():
        facts |= _fact(table, name, value, names)
    return json.dumps(facts, ensure_ascii=False, sort_keys=True)


def _fact(table: Table, name: str, value: Any, names: _Names) -> dict[str, Any]:
    """Return a column as it is shown: under a name and value of its own, or not at all."""
    if name == "id" or (table.name, name) in _LEFT_OUT_COLUMNS:
        return {}
    reference = next(iter(table.c[name].foreign_keys), None)
    if reference is not None:
        return {name.removesuffix("_id"): names.of(reference.column.table, value)}
    if name in _AS_FLAGS:
        return {_AS_FLAGS[name]: value is not None}
    if isinstance(value, datetime) or name.endswith("_at") or name == "at":
        return {name: _time(value)} if (table.name, name) in _TIMES_OF_SOURCES else {}
    if (table.name, name) == (ContactFile.__tablename__, "path"):
        return {name: PurePath(value).name}  # The folder is the machine's business.
    return {name: _clockless(value)}


def _time(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat() if value else None


def _clockless(value: Any) -> Any:
    """Return a value without the clocks in it, with floats in a form that survives both databases."""
    if isinstance(value, dict):
        kept = {
            name: part
            for name, part in value.items()
            if name not in _CLOCK_NAMES and not name.endswith("_at")
        }
        return {name: _clockless(part) for name, part in kept.items()}
    if isinstance(value, list):
        return [_clockless(part) for part in value]
    return round(value, 9) if isinstance(value, float) else value


def _carried(connection: Connection, names: _Names) -> dict[int, set[str]]:
    """Return the names of the further sources of each post, by the post's id."""
    carried: dict[int, set[str]] = defaultdict(set)
    for post_id, source_id in connection.execute(select(Sighting.post_id, Sighting.source_id)):
        carried[post_id].add(names.of(_table(Source), source_id) or "")
    return carried


def _table(model: type[Base]) -> Table:
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not a table")
    return table
