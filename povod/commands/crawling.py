"""`povod crawl`, `povod process`, `povod run`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from crawler.run import crawl as crawl_sources
from povod.console import note, print_json, say
from povod.crawl_display import display
from povod.faults import FAILED
from povod.options import ConfigOption, JsonOption
from povod.passes import Passes, process_words
from povod.stopping import Stop
from povod.wiring import fetch_policy
from povod.workspace import open_workspace


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(crawl)
    app.command()(process)
    app.command()(run)


def crawl(
    everything: Annotated[bool, typer.Option("--all", help="Read all active sources, due or not.")] = False,
    source: Annotated[
        list[str] | None, typer.Option(help="Read this source, due or not; may be repeated.")
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the sources that are due, and store their posts."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        for name in source or []:
            find(session, name)
    with display(as_json=as_json) as on_event:
        report = crawl_sources(
            workspace.engine,
            fetch_policy(workspace.loaded),
            names=source,
            everything=everything,
            now=datetime.now(UTC),
            on_event=on_event,
        )
        on_event(report)
    if report.nothing_could_be_read:
        raise typer.Exit(FAILED)


def process(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Find signals in stored posts that the present rules and contacts have not seen; link them; make leads."""
    passes = Passes(open_workspace(config), lambda event: None, Stop().listen())
    passes.import_contacts()
    report = passes.process()
    if as_json:
        print_json(report)
    else:
        say(process_words(report))


def run(
    once: Annotated[bool, typer.Option("--once", help="Make one pass and end.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Crawl, process and deliver in a loop. Stops cleanly on SIGTERM and Ctrl-C; safe to start again at any time."""
    stop = Stop().listen()
    workspace = open_workspace(config)
    every = workspace.loaded.config.run.every.total_seconds()
    status = 0
    with display(as_json=as_json) as on_event:
        passes = Passes(workspace, on_event, stop)
        while not stop:
            report = passes.make()
            status = report.status
            if as_json:
                print_json({"event": "pass"} | report.facts())
            elif report.processed.posts or once:
                say(process_words(report.processed))
            if once:
                break
            stop.wait(every)
    if stop:
        note("stopped")
    if once and status:
        raise typer.Exit(status)
