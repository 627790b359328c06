"""`povod sources ...`: what is read, how it is doing, and what to add or take away."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler import opml
from crawler.check import SourceCheck, check_source
from models import Post, Source
from povod import source_book
from povod.console import ago, note, plural, print_facts, print_json, print_table, say, span_text
from povod.faults import FAILED, UserError, nearest
from povod.health import posts_a_day
from povod.options import ConfigOption, JsonOption
from povod.wiring import fetch_policy
from povod.workspace import Workspace, open_workspace

app = typer.Typer(help="What is read: add, list, show, check, pause, resume, remove.", no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(help="The source's name.", show_default=False)]


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="A feed, or a page that names its feed.", show_default=False)],
    name: Annotated[str | None, typer.Option(help="What to call it. [default: the feed's title]")] = None,
    language: Annotated[str | None, typer.Option(help="Two-letter code of its language.")] = None,
    interval: Annotated[str | None, typer.Option(help="How often to read it, such as 1h.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option(help="A word to group sources by; may be repeated.")
    ] = None,
    people: Annotated[str | None, typer.Option(help="'known' or 'any' (any needs --basis).")] = None,
    basis: Annotated[str | None, typer.Option(help="The lawful basis for --people any.")] = None,
    no_check: Annotated[bool, typer.Option("--no-check", help="Add it without reading it first.")] = False,
    config: ConfigOption = None,
) -> None:
    """Add a source to the database, after reading it once."""
    workspace = open_workspace(config)
    given = {"language": language, "interval": interval, "tags": tag or [], "people": people, "basis": basis}
    given = {key: value for key, value in given.items() if value}
    source_book.validate(name or "unnamed", url, given)
    with workspace.session() as session:
        source_book.refuse_known(session, url)
    if not no_check:
        checked = _read_once(workspace, url)
        url, name = checked.url, name or source_book.name_from(checked.title, checked.url)
    with workspace.session() as session:
        row = source_book.add(session, workspace.loaded, name or source_book.name_from("", url), url, given)
        say(f"added '{row.name}': {row.url}")


def _read_once(workspace: Workspace, url: str) -> SourceCheck:
    """Read an address; where it is a page that names one feed, read that feed instead."""
    policy = fetch_policy(workspace.loaded)
    checked = check_source(url, policy)
    if not checked.ok and len(checked.feeds) == 1:
        note(f"{url} is a page; it names the feed {checked.feeds[0]}")
        checked = check_source(checked.feeds[0], policy)
    if not checked.ok:
        also = [f"it names the feed {feed}" for feed in checked.feeds]
        raise UserError(
            f"{url}: {checked.error}", *also, "nothing was added (--no-check adds it unread)", status=FAILED
        )
    return checked


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Also those that were removed.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the sources with their health."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        rows = _listed(session, everything)
    if as_json:
        print_json(rows)
        return
    if not rows:
        say("no sources yet: 'povod sources add URL' adds one")
        return
    now = datetime.now(UTC)
    columns = ("name", "state", "posts", "a day", "last read", "next read", "health")
    print_table(
        columns,
        [
            (
                row["name"],
                row["state"],
                row["posts"],
                f"{row['posts_a_day']:g}",
                ago(row["last_success_at"], now),
                ago(row["next_fetch_at"], now)
                if row["next_fetch_at"]
                else "now"
                if row["state"] == "active"
                else "",
                _health(row, now),
            )
            for row in rows
        ],
    )


def _listed(session: Session, everything: bool) -> list[dict[str, Any]]:
    counts = dict(session.execute(select(Post.source_id, func.count()).group_by(Post.source_id)).all())
    query = select(Source).order_by(Source.name)
    if not everything:
        query = query.where(Source.state != "removed")
    rates = posts_a_day(session, datetime.now(UTC))
    return [
        source_book.as_facts(row, counts.get(row.id, 0)) | {"posts_a_day": rates.get(row.name, 0.0)}
        for row in session.scalars(query)
    ]


def _health(row: dict[str, Any], now: datetime) -> str:
    if not row["last_error"] or not row["error_count"]:
        return f"well{_choice(row)}" if row["last_success_at"] else "not read yet"
    since = f", since {span_text(now - row['ill_since'])}" if row["ill_since"] else ""
    return f"{row['last_error']} ({row['error_count']} in a row{since})"


def _choice(row: dict[str, Any]) -> str:
    """Which feed is read, where a page names several: the user may have meant another."""
    others = [feed for feed in row["page_feeds"] or () if feed != row["fetch_url"]]
    return (
        f"; its page names several feeds: {row['fetch_url']} is read, not {', '.join(others)}"
        if others
        else ""
    )


@app.command()
def show(name: NameArgument, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show all that is known of one source."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        row = find(session, name)
        count = session.scalar(select(func.count()).where(Post.source_id == row.id)) or 0
        rate = posts_a_day(session, datetime.now(UTC)).get(row.name, 0.0)
        facts = source_book.as_facts(row, count) | {"posts_a_day": rate}
    if as_json:
        print_json(facts)
    else:
        print_facts(facts)


@app.command()
def check(
    name_or_url: Annotated[str, typer.Argument(help="A source's name, or an address.", show_default=False)],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read a source or an address once, and say what is there. Stores nothing."""
    workspace = open_workspace(config)
    url = name_or_url
    if "://" not in url:
        with workspace.session() as session:
            url = find(session, name_or_url).url
    checked = check_source(url, fetch_policy(workspace.loaded))
    if as_json:
        print_json(checked.facts())
    else:
        print_facts(checked.facts())
    if not checked.ok:
        raise typer.Exit(FAILED)


@app.command()
def pause(name: NameArgument, config: ConfigOption = None) -> None:
    """Stop reading a source; keep it and its posts."""
    _set_state(name, config, "paused")


@app.command()
def resume(name: NameArgument, config: ConfigOption = None) -> None:
    """Read a paused, gone or removed source again, from now on."""
    _set_state(name, config, "active")


@app.command()
def remove(
    name: NameArgument,
    with_posts: Annotated[
        bool, typer.Option("--with-posts", help="Also delete its posts and what was found in them.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Take a source away. Its posts and leads stay, unless --with-posts."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        row = find(session, name)
        source_book.refuse_if_from_file(row, workspace.loaded)
        if with_posts:
            count = session.scalar(select(func.count()).where(Post.source_id == row.id)) or 0
            source_book.delete_with_posts(session, row)
            say(f"deleted '{name}' with {plural(count, 'post')}")
        else:
            row.state = "removed"
            say(f"removed '{name}'; its posts and leads stay ('povod sources resume' brings it back)")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="An OPML file.", show_default=False)],
    config: ConfigOption = None,
) -> None:
    """Add every feed that an OPML file lists. Feeds that are known already are left as they are."""
    workspace = open_workspace(config)
    try:
        entries = opml.read(file.read_bytes())
    except OSError as error:
        raise UserError(f"{file}: cannot be read: {error.strerror}", status=FAILED) from None
    except ValueError as error:
        raise UserError(f"{file}: {error}", status=FAILED) from None
    with workspace.session() as session:
        added, known, refused = source_book.add_all(session, workspace.loaded, entries)
    for line in refused:
        note(f"{file}: {line}")
    say(f"{plural(added, 'source')} added, {known} known already, {len(refused)} refused")
    if refused and not added and not known:
        raise typer.Exit(FAILED)


@app.command()
def export(
    file: Annotated[
        Path | None, typer.Argument(help="Where to write it; standard output if left out.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Write the sources as OPML."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        rows = session.scalars(select(Source).where(Source.state != "removed").order_by(Source.name))
        document = opml.write([source_book.as_outline(row) for row in rows])
    if file is None:
        typer.echo(document, nl=False)
        return
    try:
        file.write_text(document, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{file}: cannot be written: {error.strerror}", status=FAILED) from None
    say(f"wrote {file}")


def _set_state(name: str, config: Path | None, state: str) -> None:
    workspace = open_workspace(config)
    with workspace.session() as session:
        row = find(session, name)
        source_book.refuse_if_from_file(row, workspace.loaded)
        row.state = state
        if state == "active":
            row.next_fetch_at = None
        say(f"'{name}' is {state}")


def find(session: Session, name: str) -> Source:
    """Return the source of that name, or say which one is spelled most like it."""
    row = session.scalar(select(Source).where(Source.name == name))
    if row is None:
        names = list(session.scalars(select(Source.name).order_by(Source.name)))
        raise UserError(f"there is no source '{name}'{nearest(name, names)}")
    return row
