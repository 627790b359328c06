"""All saved searches of a workspace: those of its files, which commands only read, and those of its database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from leads.linking.linker import Linker
from leads.searches import muting, store
from leads.searches.dangling import Names, asks_for_rules, dangling
from leads.searches.processing import Known, Profile, Searches
from leads.searches.renewal import renew
from models import Company, Contact, Search, Source
from povod.config.load import LoadedConfig
from povod.faults import UserError, nearest
from triggers.loader import load_rules
from triggers.search.definitions import SearchDefinition, check_together, match_versions
from triggers.search.mutes import Mute
from triggers.search.syntax import Field, walk


@dataclass(frozen=True, slots=True)
class Book:
    """Searches that fit together, with what their matches are marked with, and their rows by name."""

    searches: tuple[SearchDefinition, ...]
    versions: Mapping[str, str]
    rows: Mapping[str, Search]

    def get(self, name: str) -> SearchDefinition:
        """Return a search by its name. Raises UserError with the nearest spelling."""
        for search in self.searches:
            if search.name == name:
                return search
        raise UserError(
            f"there is no search '{name}'{nearest(name, [search.name for search in self.searches])}"
        )


def sync(session: Session, loaded: LoadedConfig, now: datetime) -> None:
    """Bring the searches of the files into the database: what has changed there becomes a version.

    Raises:
        UserError: they do not fit together with those of the database.
    """
    rows = store.rows(session)
    left = [row for row in rows.values() if row.origin == store.FILE and row.state == "active"]
    if not loaded.searches and not left:
        return
    in_file = {search.name: search for search in loaded.searches}
    change = store.Change(loaded.file.name, now)
    changed = [
        search
        for search in loaded.searches
        if not _is_as(rows.get(search.name), search) or rows[search.name].origin != store.FILE
    ]
    gone = [row for row in left if row.name not in in_file]
    if not changed and not gone:
        return
    for row in gone:
        store.remove(session, row, change)
    book = open_book(session, loaded)
    for search in changed:
        store.put(session, search, book.versions[search.name], origin=store.FILE, change=change)


def _is_as(row: Search | None, search: SearchDefinition) -> bool:
    return row is not None and row.state == "active" and row.settings == dict(search.settings)


def open_book(
    session: Session,
    loaded: LoadedConfig,
    *,
    instead: SearchDefinition | None = None,
    without: str = "",
) -> Book:
    """Return all searches, checked together. `instead` takes the place of one of that name, or is added.

    Raises:
        UserError: what is wrong with them, each fault with its place.
    """
    rows = store.rows(session)
    found = [search for search in loaded.searches if not instead or search.name != instead.name]
    faults: list[str] = []
    names = {search.name: search for search in loaded.searches}
    for row in rows.values():
        if row.origin != store.DATABASE or row.state != "active" or row.name == without:
            continue
        if instead and row.name == instead.name:
            continue
        if row.name in names:
            faults.append(
                f"{names[row.name].place('name')}: the name '{row.name}' is taken by a search added on the "
                f"command line; rename it here, or run: povod search remove '{row.name}'"
            )
            continue
        search, wrong = store.definition_of(row.name, row.settings)
        faults += [text for _, text in wrong]
        found += [search] if search else []
    found += [instead] if instead else []
    faults += [text for _, text in sorted(check_together(found))]
    faults += dangling(found, names_in(session, loaded, found))
    if faults:
        raise UserError(*dict.fromkeys(faults))
    return Book(tuple(found), match_versions(found), rows)


def refuse_together(searches: Sequence[SearchDefinition]) -> None:
    """Raise UserError where searches do not fit together, by themselves."""
    faults = [text for _, text in sorted(check_together(searches))]
    if faults:
        raise UserError(*faults)


def names_in(session: Session, loaded: LoadedConfig, searches: Iterable[SearchDefinition]) -> Names:
    """Return what searches may name. All contacts are asked for their lists only if some search names one."""
    sources = {item.name for item in loaded.config.sources} | set(session.scalars(select(Source.name)))
    asked = any(
        isinstance(node, Field) and node.name == "contact" and node.value.startswith("@")
        for search in searches
        for node in walk(search.node)
    )
    known = asked and session.scalar(select(Contact.id).limit(1)) is not None
    lists = {name for held in session.scalars(select(Contact.lists)) for name in held} if known else None
    targets = {hook.name for hook in loaded.config.deliver.webhooks}
    return Names(sources, targets, lists, rule_ids(loaded) if asks_for_rules(searches) else None)


def rule_ids(loaded: LoadedConfig) -> set[str]:
    """Return the ids of all rules there are, those too that are switched off."""
    packs = [loaded.path(pack) for pack in loaded.config.rules.packs]
    return {rule.id for rule in load_rules(packs, sensitive=True).rules}


def for_processing(
    session: Session,
    loaded: LoadedConfig,
    linker: Linker,
) -> Searches | None:
    """Return the searches ready for processing, and make stored posts due that a change of them concerns.

    Raises:
        UserError: they do not fit together, or name what is not there.
    """
    book = open_book(session, loaded)
    renew(session, book.searches, book.versions)
    mutes = muted(session, loaded)
    if not mutes and not any(search.enabled for search in book.searches):
        return None
    asked = any(search.buyer for search in book.searches)
    known = Known(linker, profiles(session) if asked else {})
    after = {name: row.after_post for name, row in book.rows.items()}
    return Searches(book.searches, book.versions, after, known, mutes)


def profiles(session: Session) -> dict[tuple[str, str], Profile]:
    """Return what a buyer profile can ask of all contacts and companies."""
    people = session.execute(
        select(Contact.key, Contact.role, Contact.place, Company.industry, Company.place).outerjoin(
            Company, Contact.company_id == Company.id
        )
    )
    found = {
        ("person", key): Profile(industry or "", role, place or company_place or "")
        for key, role, place, industry, company_place in people
    }
    for key, industry, place in session.execute(select(Company.key, Company.industry, Company.place)):
        found["company", key] = Profile(industry, "", place)
    return found


def writable(book: Book, name: str) -> Search:
    """Return the row of a search that commands may change. Raises UserError."""
    search = book.get(name)
    row = book.rows.get(name)
    if row is None or row.origin == store.FILE:
        raise UserError(f"{search.place()}: the search '{name}' stands in the configuration; change it there")
    return row


def change(
    session: Session,
    loaded: LoadedConfig,
    name: str,
    settings: Mapping[str, Any],
    *,
    by: store.Change,
    what: str = "edited",
) -> SearchDefinition:
    """Check and store a search of the database.

    Raises:
        UserError: all that is wrong with it.
    """
    for held in loaded.searches:
        if held.name == name:
            raise UserError(f"{held.place('name')}: the search '{name}' stands in the configuration already")
    search, faults = store.definition_of(name, settings, "this search")
    if search is None:
        raise UserError(*(text for _, text in faults))
    book = open_book(session, loaded, instead=search)
    store.put(session, search, book.versions[name], origin=store.DATABASE, change=by, what=what)
    return search


def muted(session: Session, loaded: LoadedConfig) -> list[Mute]:
    """Return the mute list: what the configuration names, and what the database has.

    Raises:
        UserError: an entry stands in both.
    """
    in_file = {mute.key: mute for mute in loaded.mutes}
    faults, found = [], list(loaded.mutes)
    for mute, _ in muting.entries(session):
        held = in_file.get(mute.key)
        if held is None:
            found.append(mute)
            continue
        faults.append(
            f"{held.place}: {mute.what} '{mute.value}' is muted on the command line, too; take it out here, "
            f"or run: povod search mute remove {mute.what} '{mute.value}'"
        )
    if faults:
        raise UserError(*faults)
    return found


def warnings(searches: Iterable[SearchDefinition]) -> list[str]:
    """Return what is doubtful in the queries, each with its place."""
    return [
        f"{search.place('query')}: search '{search.name}': {warning}"
        for search in searches
        for warning in search.parsed.warnings
    ]
