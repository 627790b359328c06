"""`povod crawl`, `povod process`, `povod run`."""

from __future__ import annotations

import subprocess
import time
from contextlib import ExitStack
from typing import Annotated

import typer

from crawler.due import UnknownSources
from crawler.events import CrawlReport
from crawler.run import crawl as crawl_sources
from crawler.together import crawl_together
from models import DatabaseFault
from povod.console import print_json, say
from povod.crawl_display import EventSink, display
from povod.delivering import tell_deliveries
from povod.faults import FAILED, UserError
from povod.logs import JsonLog, json_wanted
from povod.options import ConfigOption, JsonOption
from povod.passes import Passes, PassReport, nothing_could_be_read, process_words
from povod.stopping import Stop
from povod.wiring import fetch_policy
from povod.workspace import Workspace, open_workspace


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
    processes: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=16,
            help="Share the hosts among this many processes; sources that are named are read by one. "
            "[default: fetch.processes]",
            show_default=False,
        ),
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the sources that are due, and store their posts."""
    workspace = open_workspace(config)
    processes = processes or workspace.loaded.config.fetch.processes
    with display(as_json=as_json) as on_event:
        if processes > 1 and source is None:
            report = _crawl_together(workspace, processes, on_event, everything=everything)
            if nothing_could_be_read(report):
                raise typer.Exit(FAILED)
            return
        try:
            report = crawl_sources(
                workspace.engine,
                fetch_policy(workspace.loaded),
                names=source,
                everything=everything,
                on_event=on_event,
            )
        except UnknownSources as error:
            raise UserError(str(error)) from None
    if nothing_could_be_read(report):
        raise typer.Exit(FAILED)


def _crawl_together(
    workspace: Workspace, processes: int, on_event: EventSink, *, everything: bool
) -> CrawlReport:
    stop = Stop().listen()
    with ExitStack() as while_they_run:

        def stoppable(child: subprocess.Popen[str]) -> None:
            while_they_run.enter_context(stop.telling(child.terminate))

        return crawl_together(
            workspace.loaded.database_url(),
            fetch_policy(workspace.loaded),
            processes,
            everything=everything,
            on_event=on_event,
            on_start=stoppable,
        )


def process(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Find signals in stored posts that the present rules and contacts have not seen; link them; make leads."""
    passes = Passes(open_workspace(config), lambda _event: None, Stop().listen())
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
    log_json: Annotated[
        bool,
        typer.Option(
            "--log-json", help="Log JSON lines to standard error, ids and no texts; so does POVOD_LOG=json."
        ),
    ] = False,
) -> None:
    """Crawl, process and deliver in a loop. Stops cleanly on SIGTERM and Ctrl-C; safe to start again at any time."""
    log = JsonLog() if json_wanted(asked=log_json) else None
    stop = Stop().listen()
    workspace = open_workspace(config)
    every = workspace.loaded.config.run.every.total_seconds()
    failed = False
    with display(as_json=as_json) as on_event:
        passes = Passes(workspace, log.crawled if log else on_event, stop, log=log)
        while not stop:
            begun = time.monotonic()
            report = _pass(passes, last=once)
            if report is None:
                stop.wait(every)
                continue
            failed = report.nothing_could_be_read
            if log:
                log.passed(report.facts(), time.monotonic() - begun)
            if as_json:
                print_json({"event": "pass"} | report.facts())
            elif not log:
                _tell(report, even_nothing=once)
            if once:
                break
            stop.wait(every)
    if stop:
        passes.log.stopped()
    if once and failed:
        raise typer.Exit(FAILED)


def _tell(report: PassReport, *, even_nothing: bool) -> None:
    if report.processed.posts or even_nothing:
        say(process_words(report.processed))
    delivered = report.delivered
    if delivered.sent + delivered.failed + delivered.dead:
        tell_deliveries(delivered)


def _pass(passes: Passes, *, last: bool) -> PassReport | None:
    """Make a pass; None if the database had a fault that may pass by itself, unless it is the last one.

    A full disk, a server that restarts: a monitor that has died does not see that it is over.
    """
    try:
        return passes.make()
    except DatabaseFault as fault:
        if last or not fault.transient:
            raise
        passes.log.failed(str(fault))
        return None
