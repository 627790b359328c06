"""Brings the sources that povod.yml names into the database, where their schedule and health live."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Source
from povod.config.load import LoadedConfig
from povod.config.schema import Config, SourceConfig
from povod.faults import ConfigFaults


def sync(session: Session, loaded: LoadedConfig, now: datetime) -> None:
    """Make the rows of the file's sources say what the file says.

    A source that left the file is no longer read; its posts and leads stay.

    Raises:
        ConfigFaults: a name stands both in the file and in the database.
    """
    rows = {source.name: source for source in session.scalars(select(Source))}
    refuse_names_in_both(rows, loaded)
    config = loaded.config
    for item in config.sources:
        row = rows.get(item.name)
        if row is None:
            row = Source(name=item.name, url=item.url, origin="file", created_at=now)
            session.add(row)
        _apply(row, item, config)
    named = {item.name for item in config.sources}
    for row in rows.values():
        if row.origin == "file" and row.name not in named:
            row.state = "removed"


def refuse_names_in_both(rows: dict[str, Source], loaded: LoadedConfig) -> None:
    """Raise `ConfigFaults` where the file names a source that was added on the command line."""
    faults = [
        loaded.fault(
            ("sources", index, "name"),
            f"the name '{item.name}' is taken by a source added on the command line; "
            f"rename it here, or run: povod sources remove '{item.name}' --with-posts",
        )
        for index, item in enumerate(loaded.config.sources)
        if item.name in rows and rows[item.name].origin == "database"
    ]
    if faults:
        raise ConfigFaults(faults)


def _apply(row: Source, item: SourceConfig, config: Config) -> None:
    if row.url != item.url:
        row.url = item.url
        forget_address(row)
    # What the server said for good (`gone`) holds until the file names another address.
    if item.paused:
        row.state = "paused"
    elif row.state in ("paused", "removed", None):
        row.state = "active"
    for name, value in settings_of(item, config).items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def forget_address(row: Source) -> None:
    """Forget what is known of an address that is no longer the source's."""
    row.state = "active"
    row.fetch_url = row.etag = row.last_modified = row.body_hash = row.moved_to = None
    row.page_feeds = row.rhythm = None
    row.moved_count = 0
    row.next_fetch_at = None


def settings_of(item: SourceConfig, config: Config) -> dict[str, Any]:
    """Return the columns that a source's configuration decides, with defaults of the whole filled in."""
    people = item.people or config.privacy.people
    retention = item.retention or config.retention.posts
    return {
        "kind": item.kind,
        "language": item.language,
        "tags": list(item.tags),
        "people": people,
        "basis": (item.basis or config.privacy.basis) if people == "any" else None,
        "retention_days": retention.days if retention else None,
        "interval_seconds": int(item.interval.total_seconds()) if item.interval else None,
    }
