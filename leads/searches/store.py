"""Saved searches in the database: every change makes a version, with its author and the difference."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from leads.keys import stable_key
from models import Post, Search, SearchVersion
from triggers.lined import Lined
from triggers.search.definitions import LinedFault, SearchDefinition, read_items

FILE, DATABASE = "file", "database"


@dataclass(frozen=True, slots=True)
class Change:
    """By whom a search is changed, and when."""

    author: str
    at: datetime


def rows(session: Session) -> dict[str, Search]:
    """Return all searches by name, the removed ones too."""
    return {row.name: row for row in session.scalars(select(Search).order_by(Search.name))}


def definition_of(
    name: str, settings: Mapping[str, Any], file: str = "the database"
) -> tuple[SearchDefinition | None, list[LinedFault]]:
    """Read the settings of a search as a file's are read; `file` stands in the faults."""
    found, faults = read_items([{"name": name, **settings}], Lined(None), (), file)
    return (found[0] if found else None), faults


def put(
    session: Session,
    search: SearchDefinition,
    version: str,
    *,
    origin: str,
    change: Change,
    what: str = "edited",
) -> Search:
    """Store a search as it is to be from now on; nothing happens where it is that way already.

    `version` is what its matches are marked with. A new search looks at posts that come after it.
    """
    row = session.scalar(select(Search).where(Search.name == search.name))
    settings = dict(search.settings)
    if row is not None and row.state == "active" and row.origin == origin and row.settings == settings:
        return row
    if row is None or row.state == "removed":
        what = "added"
        newest = session.scalar(select(func.max(Post.id))) or 0
        if row is None:
            row = Search(name=search.name, number=0, settings={}, created_at=change.at, updated_at=change.at)
            session.add(row)
        row.after_post = newest
    row.origin, row.state = origin, "active"
    _record(session, row, settings, version, change=change, what=what)
    return row


def remove(session: Session, row: Search, change: Change) -> None:
    """Take a search away; its versions stay."""
    row.state = "removed"
    last = session.scalars(
        select(SearchVersion.match_version).where(
            SearchVersion.search_id == row.id, SearchVersion.number == row.number
        )
    ).one()
    _record(session, row, row.settings, last, change=change, what="removed")


def _record(
    session: Session, row: Search, settings: dict[str, Any], version: str, *, change: Change, what: str
) -> None:
    before = row.settings if what != "added" else {}
    after = {} if what == "removed" else settings
    row.number += 1
    row.settings, row.updated_at = settings, change.at
    session.flush()
    session.add(
        SearchVersion(
            key=stable_key("search", row.name, row.number),
            search_id=row.id,
            number=row.number,
            change=what,
            settings=settings,
            match_version=version,
            author=change.author,
            diff="\n".join(difference(before, after)),
            created_at=change.at,
        )
    )
    session.flush()


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the lines that were taken out (`- ...`) and put in (`+ ...`)."""
    lines = difflib.ndiff(written(before).splitlines(), written(after).splitlines())
    return [line for line in lines if line.startswith(("- ", "+ "))]


def written(settings: Mapping[str, Any]) -> str:
    """Return settings as a file of searches would have them, the query first."""
    ordered = {key: settings[key] for key in sorted(settings, key=lambda key: (key != "query", key))}
    return yaml.safe_dump(ordered, allow_unicode=True, sort_keys=False, width=1000) if ordered else ""


def history(session: Session, row: Search) -> Sequence[SearchVersion]:
    """Return the versions of a search, the first one first."""
    query = select(SearchVersion).where(SearchVersion.search_id == row.id).order_by(SearchVersion.number)
    return session.scalars(query).all()
