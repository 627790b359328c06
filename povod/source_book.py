"""Sources as commands add, change and show them. Those of povod.yml are read-only here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.opml import Outline
from models import Source
from povod.config.load import LoadedConfig
from povod.config.schema import SourceConfig
from povod.faults import UserError
from povod.source_sync import settings_of

SHOWN = (
    "name", "title", "url", "kind", "state", "origin", "language", "tags", "people", "basis", "retention_days",
    "interval_seconds", "last_fetch_at", "last_success_at", "last_post_at", "next_fetch_at", "last_error",
    "last_error_at", "error_count", "ill_since", "fetch_url", "moved_to",
    "page_feeds",
)  # fmt: skip


def validate(name: str, url: str, given: Mapping[str, Any]) -> SourceConfig:
    """Check a source's settings with the schema of povod.yml.

    Raises:
        UserError: one line per fault, named by option.
    """
    try:
        return SourceConfig(name=name, url=url, **given)
    except ValidationError as error:
        lines = []
        for detail in error.errors(include_url=False):
            option = str(detail["loc"][0]) if detail["loc"] else ""
            words = detail["msg"].removeprefix("Value error, ")
            lines.append(f"{'' if option in ('url', '') else '--'}{option}{': ' if option else ''}{words}")
        raise UserError(*lines) from None


def add(session: Session, loaded: LoadedConfig, name: str, url: str, given: Mapping[str, Any]) -> Source:
    """Add a source to the database.

    Raises:
        UserError: the settings are wrong, or the name or address is taken.
    """
    item = validate(name, url, given)
    refuse_known(session, url)
    if named := session.scalar(select(Source).where(Source.name == name)):
        where = f" in {loaded.file}" if named.origin == "file" else ""
        if named.state == "removed":
            where += ", removed ('povod sources resume' brings it back)"
        raise UserError(f"there is a source named '{name}' already{where}; choose another with --name")
    row = Source(
        name=name,
        url=url,
        origin="database",
        created_at=datetime.now(UTC),
        **settings_of(item, loaded.config),
    )
    session.add(row)
    session.flush()
    return row


def refuse_known(session: Session, url: str) -> None:
    """Raise `UserError` where an address is read already."""
    if same := session.scalar(select(Source).where(Source.url == url, Source.state != "removed")):
        raise UserError(f"{url} is read already, as '{same.name}'")


def add_all(session: Session, loaded: LoadedConfig, entries: Iterable[Outline]) -> tuple[int, int, list[str]]:
    """Add the feeds of an OPML file; return how many were added, known already, and why others were refused."""
    names = set(session.scalars(select(Source.name)))
    urls = set(session.scalars(select(Source.url).where(Source.state != "removed")))
    added, known, refused = 0, 0, []
    for entry in entries:
        if entry.url in urls:
            known += 1
            continue
        name = free_name(name_from(entry.title, entry.url), names)
        try:
            add(session, loaded, name, entry.url, {"tags": list(entry.tags)} if entry.tags else {})
        except UserError as error:
            refused.append(f"{entry.title or entry.url}: {error}")
            continue
        names.add(name)
        urls.add(entry.url)
        added += 1
    return added, known, refused


def name_from(title: str, url: str) -> str:
    """Make a name that the schema accepts from a feed's title, or else from its address."""
    kept = "".join(char if char.isalnum() or char in " ._-@" else " " for char in title)
    name = " ".join(kept.split())[:80].strip(" ._-@")
    return name or (urlsplit(url).hostname or "source")


def free_name(name: str, taken: set[str]) -> str:
    """Return the name, with a number behind it where it is taken."""
    number = 2
    free = name
    while free in taken:
        free = f"{name} {number}"
        number += 1
    return free


def refuse_if_from_file(row: Source, loaded: LoadedConfig) -> None:
    """What the configuration names is read-only to commands."""
    if row.origin == "file":
        names = [item.name for item in loaded.config.sources]
        place = f"{loaded.file}"
        if row.name in names:
            place += f":{loaded.lined.line_of(('sources', names.index(row.name)))}"
        raise UserError(f"{place}: the source '{row.name}' stands in the configuration; change it there")


def delete_with_posts(session: Session, row: Source) -> None:
    """Delete a source with everything that rests on it."""
    session.delete(row)


def as_facts(row: Source, posts: int) -> dict[str, Any]:
    """Return what is shown of a source."""
    facts: dict[str, Any] = {name: getattr(row, name) for name in SHOWN}
    facts["posts"] = posts
    return facts


def as_outline(row: Source) -> Outline:
    """Return a source as an OPML entry."""
    return Outline(title=row.name, url=row.url, tags=tuple(row.tags))
