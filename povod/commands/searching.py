"""`povod search ...`: saved searches, and queries in other tools' words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from leads.searches import store
from leads.searches.store import Change
from models import Search, Signal
from povod import search_book
from povod.commands import search_mutes, search_past
from povod.commands.leads import by_me
from povod.commands.search_editor import edited, without
from povod.commands.search_options import QueryArgument, refuse_wrong, with_settings
from povod.console import note, out, plural, print_json, print_table, say
from povod.faults import FAILED, UserError, nearest
from povod.options import ConfigOption, JsonOption
from povod.search_book import Book
from povod.workspace import open_workspace
from triggers.search.definitions import SearchDefinition, SearchFaults, load_searches
from triggers.search.dialects import DIALECTS
from triggers.search.faults import QueryFault
from triggers.search.printer import canonical
from triggers.search.translate import translate as translated

app = typer.Typer(
    help="Saved searches: add, change, list, and try them on the past.",
    no_args_is_help=True,
)
search_past.register(app)
app.add_typer(search_mutes.app, name="mute")
# On a terminal with fewer columns a table would leave no room for the query.
NARROW = 100
NameArgument = Annotated[str, typer.Argument(help="The search's name.", show_default=False)]


@app.command()
@with_settings
def add(
    name: NameArgument,
    query: QueryArgument,
    settings: dict[str, Any],
    config: ConfigOption = None,
) -> None:
    """Add a search to the database. It looks at posts from now on, or from --enabled-from."""
    refuse_wrong(query, settings.get("dialect"))
    workspace = open_workspace(config)
    with workspace.session() as session:
        row = store.rows(session).get(name)
        if row is not None and row.state == "active" and row.origin == store.DATABASE:
            raise UserError(f"there is a search '{name}' already; 'povod search edit' changes it")
        wanted = {"query": query, **settings}
        search = search_book.change(session, workspace.loaded, name, wanted, by=_me())
        _tell(search)
    say(f"added '{name}': {canonical(search.node)}")


@app.command()
@with_settings
def edit(
    name: NameArgument,
    settings: dict[str, Any],
    query: Annotated[str | None, typer.Option(help="The new query.")] = None,
    unset: Annotated[list[str] | None, typer.Option(help="A key to take out; may be repeated.")] = None,
    config: ConfigOption = None,
) -> None:
    """Change a search of the database: what the options name, and no more. Without any, all of it in your editor."""
    given = settings | ({"query": query} if query is not None else {})
    workspace = open_workspace(config)
    with workspace.session() as session:
        row = search_book.writable(search_book.open_book(session, workspace.loaded), name)
        before = dict(row.settings)
    if query is not None:
        refuse_wrong(query, settings.get("dialect", before.get("dialect")))

    def save(wanted: dict[str, Any]) -> None:
        with workspace.session() as session:
            _tell(search_book.change(session, workspace.loaded, name, wanted, by=_me()))
        say("\n".join(store.difference(before, wanted)) or f"'{name}' is that way already")

    if given or unset:
        save(without(before, unset or []) | given)
    elif not edited(name, before, save):
        say("nothing is changed")


@app.command()
def enable(name: NameArgument, config: ConfigOption = None) -> None:
    """Let a search match posts again."""
    _switch(name, config, enabled=True)


@app.command()
def disable(name: NameArgument, config: ConfigOption = None) -> None:
    """Let a search match no posts; others can still include it."""
    _switch(name, config, enabled=False)


def _switch(name: str, config: Path | None, *, enabled: bool) -> None:
    workspace = open_workspace(config)
    with workspace.session() as session:
        row = search_book.writable(search_book.open_book(session, workspace.loaded), name)
        settings = {key: value for key, value in row.settings.items() if key != "enabled"}
        wanted = settings if enabled else settings | {"enabled": False}
        word = "enabled" if enabled else "disabled"
        search_book.change(session, workspace.loaded, name, wanted, by=_me(), what=word)
    say(f"'{name}' is {word}")


@app.command()
def remove(name: NameArgument, config: ConfigOption = None) -> None:
    """Take a search out of the database. Its history stays."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        row = search_book.writable(search_book.open_book(session, workspace.loaded), name)
        search_book.open_book(session, workspace.loaded, without=name)
        store.remove(session, row, _me())
    say(f"removed '{name}'")


@app.command("list")
def list_(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the searches of files and database, with the signals that they have made."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        book = search_book.open_book(session, workspace.loaded)
        facts = [_facts(search, book, count) for search, count in _counted(session, book)]
    if as_json:
        print_json(facts)
        return
    if not facts:
        say("no saved searches yet: 'povod search add NAME QUERY' adds one")
        return
    if out().width < NARROW:
        for fact in facts:
            about = (fact["state"], fact["place"], f"version {fact['number']}", fact["owner"])
            say(f"{fact['name']}: {', '.join(filter(None, about))}, {plural(fact['signals'], 'signal')}")
            say(f"    {_short(fact['query'], out().width - 4)}")
        return
    columns = {name: name for name in ("name", "state", "place", "number", "owner", "signals", "query")}
    columns["number"] = "version"
    print_table(list(columns.values()), [[_short(fact[name]) for name in columns] for fact in facts])


def _counted(session: Session, book: Book) -> list[tuple[SearchDefinition, int]]:
    query = select(Signal.kind, func.count()).where(Signal.kind.like("search:%")).group_by(Signal.kind)
    counts = {row[0]: row[1] for row in session.execute(query)}
    return [(search, counts.get(f"search:{search.name}", 0)) for search in book.searches]


def _facts(search: SearchDefinition, book: Book, signals: int) -> dict[str, Any]:
    row = book.rows.get(search.name)
    return {
        "name": search.name,
        "state": "enabled" if search.enabled else "disabled",
        "place": search.place(),
        "number": row.number if row else 0,
        "version": book.versions[search.name],
        "signals": signals,
        "owner": search.owner,
        "query": search.query,
        "settings": dict(search.settings),
    }


def _short(value: Any, most: int = 60) -> Any:
    text = " ".join(value.split()) if isinstance(value, str) else value
    return text[: most - 1] + "…" if isinstance(text, str) and len(text) > most else text


@app.command()
def show(name: NameArgument, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show a search as a file of searches would have it, and how its query is understood."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        book = search_book.open_book(session, workspace.loaded)
        search = book.get(name)
        facts = _facts(search, book, dict(_names_counted(session, book))[name])
    if as_json:
        print_json(facts | {"canonical": canonical(search.node)})
        return
    say(f"# {name}: {facts['place']}, version {facts['number']} ({facts['version']}), {facts['state']}")
    say(store.written(facts["settings"]).rstrip())
    say(f"# understood as: {canonical(search.node)}")
    say(f"# {plural(facts['signals'], 'signal')} so far")
    _tell(search)


def _names_counted(session: Session, book: Book) -> list[tuple[str, int]]:
    return [(search.name, count) for search, count in _counted(session, book)]


@app.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(help="A file of searches, by itself.", show_default=False)
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Look for every fault in all searches, or in one file; doubts are told, too."""
    if file is not None:
        try:
            searches: list[SearchDefinition] = load_searches(file)
        except SearchFaults as fault:
            raise UserError(*fault.lines) from None
    else:
        workspace = open_workspace(config)
        with workspace.session() as session:
            searches = list(search_book.open_book(session, workspace.loaded).searches)
    for warning in search_book.warnings(searches):
        note(warning)
    counted = f"{len(searches):,} search{'' if len(searches) == 1 else 'es'}"
    say(f"{counted}: no faults")


@app.command()
def history(name: NameArgument, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show every version of a search: by whom, when, and what was changed."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        versions = store.history(session, _row(session, name))
        columns = ("number", "change", "match_version", "author", "created_at", "diff", "settings")
        facts = [{column: getattr(version, column) for column in columns} for version in versions]
    if as_json:
        print_json(facts)
        return
    for fact in facts:
        when = fact["created_at"].strftime("%Y-%m-%d %H:%M")
        say(f"{fact['number']}  {when}  {fact['change']} by {fact['author']}  ({fact['match_version']})")
        for line in fact["diff"].splitlines():
            say(f"     {line}")


def _row(session: Session, name: str) -> Search:
    rows = store.rows(session)
    if name not in rows:
        raise UserError(f"there is no search '{name}'{nearest(name, list(rows))}")
    return rows[name]


def _me() -> Change:
    by = by_me("")
    return Change(by.actor, by.at)


def _tell(search: SearchDefinition) -> None:
    for warning in search.parsed.warnings:
        note(f"warning: {warning}")


@app.command()
def translate(
    query: QueryArgument,
    source: Annotated[str, typer.Option("--from", help=f"One of: {', '.join(DIALECTS)}.")] = "povod",
    target: Annotated[str, typer.Option("--to", help="The same.")] = "povod",
) -> None:
    """Write a query in another tool's words; what that tool cannot say is told on standard error."""
    for name in (source, target):
        if name not in DIALECTS:
            raise UserError(f"there is no dialect '{name}'{nearest(name, list(DIALECTS))}")
    try:
        written, losses = translated(query, source, target)
    except QueryFault as fault:
        raise UserError(*fault.shown().splitlines()) from None
    except ValueError as error:
        raise UserError(str(error), status=FAILED) from None
    say(written)
    for loss in losses:
        note(f"lost: {loss}")
