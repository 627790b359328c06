"""The few statements that the two databases spell differently."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, String, any_, bindparam, column, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute


def among(
    connection: Connection, wanted: InstrumentedAttribute[str], keys: Sequence[str]
) -> ColumnElement[bool]:
    """Return `wanted IN keys` with the keys as one parameter: a thousand placeholders are slow to compile."""
    if connection.dialect.name == "postgresql":
        return wanted == any_(bindparam("keys", list(keys), type_=ARRAY(String)))
    listed = func.json_each(json.dumps(keys)).table_valued(column("value", String))
    return wanted.in_(select(listed.c.value))


def upsert(connection: Connection, table: type[Any]) -> Any:
    """Return the dialect's insert(), the one with `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
