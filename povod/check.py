"""What `povod check` looks at, beyond the configuration file itself. It writes nothing and fetches nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

from sqlalchemy import func, select

from leads.contacts.csv_import import peek
from leads.contacts.faults import ContactsFault
from models import Source
from models.faults import database_faults
from models.schema import status
from models.session import database_exists, display_url, open_database, read_only, session_factory
from povod import search_book
from povod.config.load import LoadedConfig
from povod.console import plural
from povod.delivering import senders_of
from povod.faults import ConfigFaults, Fault
from povod.source_sync import refuse_names_in_both
from povod.wiring import load_detector


def inspect(loaded: LoadedConfig) -> dict[str, Any]:
    """Look at rules, contacts files and database; return what would run.

    Raises:
        ConfigFaults: a contacts file cannot be read, a secret is of the wrong form, a rule that is switched off
            does not exist, or a name stands both in the file and in the database.
        RuleFaults: a rule pack is wrong.
        models.DatabaseFault: the database is there and cannot be used.
    """
    contacts = _contacts(loaded)
    with ExitStack() as clients:
        senders_of(loaded, clients)  # their secrets must be of the right form
    detector = load_detector(loaded)
    return {
        "config": str(loaded.file),
        "database": _database(loaded),
        "sources": [_source(item) for item in loaded.config.sources],
        "contacts": contacts,
        "rules": {"count": len(detector.rules), "kinds": sorted({rule.kind for rule in detector.rules})},
        "searches": _searches(loaded),
        "targets": [hook.name for hook in loaded.config.deliver.webhooks],
    }


def _source(item: Any) -> dict[str, Any]:
    return {"name": item.name, "url": item.url, "paused": item.paused}


def _contacts(loaded: LoadedConfig) -> list[dict[str, Any]]:
    found, faults = [], []
    for index, item in enumerate(loaded.config.contacts):
        try:
            seen = peek(loaded.path(item.file), item.mapping or None, item.kind)
        except ContactsFault as fault:
            faults += [Fault(*_place(loaded, index), line) for line in str(fault).splitlines()]
            continue
        mapping = {field: list(columns) for field, columns in seen.mapping.items()}
        found.append({"file": str(item.file), "mapping": mapping, "unused": list(seen.unused_columns)})
    if faults:
        raise ConfigFaults(faults)
    return found


def _place(loaded: LoadedConfig, index: int) -> tuple[str, int]:
    return str(loaded.file), loaded.lined.line_of(("contacts", index, "file"))


def _database(loaded: LoadedConfig) -> dict[str, Any]:
    url = loaded.database_url()
    if not database_exists(url):
        return {"address": display_url(url), "exists": False}
    engine = read_only(open_database(url))
    report = status(engine)
    added = 0
    if report.current:
        with database_faults(engine), session_factory(engine)() as session:
            rows = {row.name: row for row in session.scalars(select(Source))}
            refuse_names_in_both(rows, loaded)
            wanted = select(func.count()).where(Source.origin == "database", Source.state == "active")
            added = session.scalar(wanted) or 0
    return {"address": display_url(url), "exists": True, "current": report.current, "added_sources": added}


def _searches(loaded: LoadedConfig) -> int:
    """Check all saved searches together, those of a database that is there too; return how many there are."""
    url = loaded.database_url()
    there = database_exists(url)
    if not loaded.searches and not there:
        return 0
    engine = read_only(open_database(url)) if there else None
    if engine is None or not status(engine).current:
        search_book.refuse_together(loaded.searches)
        return len(loaded.searches)
    with database_faults(engine), session_factory(engine)() as session:
        return len(search_book.open_book(session, loaded).searches)


def in_words(report: Mapping[str, Any]) -> Iterator[str]:
    """Say what would run, line by line."""
    database, sources = report["database"], report["sources"]
    yield f"{report['config']}: no faults"
    state = "is there" if database["exists"] else "would be created"
    if database["exists"] and not database["current"]:
        state = "needs 'povod db upgrade'"
    yield f"database  {database['address']} {state}"
    paused = sum(item["paused"] for item in sources)
    total = len(sources) - paused + database.get("added_sources", 0)
    beside = f", {paused} paused" if paused else ""
    added = (
        f" ({database['added_sources']} of them added on the command line)"
        if database.get("added_sources")
        else ""
    )
    yield f"sources   {plural(total, 'source')} would be read{added}{beside}"
    for item in sources:
        yield f"          {'paused  ' if item['paused'] else ''}{item['name']}: {item['url']}"
    for item in report["contacts"]:
        columns = ", ".join(f"{field} from '{'; '.join(names)}'" for field, names in item["mapping"].items())
        yield f"contacts  {item['file']}: {columns}"
        if item["unused"]:
            yield f"          not used: {', '.join(item['unused'])}"
    rules = report["rules"]
    yield f"rules     {plural(rules['count'], 'rule')} for {len(rules['kinds'])} kinds: {', '.join(rules['kinds'])}"
    if report["searches"]:
        yield f"searches  {report['searches']:,} saved"
    if report["targets"]:
        yield f"targets   {', '.join(report['targets'])}"
    if not total:
        yield "nothing to read yet: add a source with 'povod sources add URL', or in the file"
