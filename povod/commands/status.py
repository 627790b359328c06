"""`povod status`, `povod metrics`: how everything is doing, for people and for machines."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from leads.export.files import write_whole
from models import schema
from povod.console import ago, plural, print_json, print_table, printable, say, span_text
from povod.faults import FAILED, UserError
from povod.health import Delay, Health, examine
from povod.metrics import exposition
from povod.options import ConfigOption, JsonOption
from povod.workspace import Workspace, open_workspace

PUBLIC = 0o644  # Metrics name sources and count things; whoever collects them is another user.


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(status)
    app.command()(metrics)


def status(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show what is due, ill or silent, what waits to be processed and delivered, and how long leads take."""
    health = _examine(open_workspace(config))
    if as_json:
        print_json(health.facts())
        return
    for name, value in _lines(health):
        say(f"{name:<14}{value}")
    _print_ill(health)
    _print_silent(health)
    _print_refusals(health)


def metrics(
    out: Annotated[
        str,
        typer.Option("--out", "-o", help="The file to write, complete or not at all; - is standard output."),
    ] = "-",
    config: ConfigOption = None,
) -> None:
    """Write the same as Prometheus metrics, such as for the node exporter's textfile collector."""
    workspace = open_workspace(config)
    text = exposition(_examine(workspace), schema.status(workspace.engine).bytes)
    if out == "-":
        sys.stdout.write(text)
        return
    try:
        write_whole(Path(out), [text], rights=PUBLIC)
    except OSError as error:
        raise UserError(f"{out}: cannot be written: {error.strerror or error}", status=FAILED) from None


def _examine(workspace: Workspace) -> Health:
    with workspace.session() as session:
        return examine(session, datetime.now(UTC))


def _lines(health: Health) -> list[tuple[str, str]]:
    counts = ", ".join(f"{count} {state}" for state, count in health.sources.items())
    due = f"{health.due_count} due now, {health.being_read} being read"
    run = health.last_crawl
    crawl = f"{ago(run['started_at'], health.at)}, {run['outcome']}" if run else "never"
    posts = f"{health.posts} stored, {health.posts_waiting} wait to be processed"
    if health.posts_of_other_versions:
        posts += f", {health.posts_of_other_versions} were seen by other rules or contacts"
    lines = [
        ("sources", f"{counts or 'none'}; {due}"),
        ("last crawl", crawl),
        ("posts", posts),
        ("leads", ", ".join(f"{count} {state}" for state, count in health.leads.items()) or "none"),
    ]
    for target, states in health.deliveries.items():
        words = ", ".join(f"{count} {state}" for state, count in states.items())
        lines.append(("deliveries", f"{target}: {words}"))
    lines.append(("post to lead", _delay(health.post_to_lead)))
    lines.append(("store to lead", _delay(health.stored_to_lead)))
    return lines


def _delay(delay: Delay) -> str:
    if delay.p50 is None or delay.p95 is None:
        return "nothing to tell yet: no lead of 30 days rests on a post told since its source was added"
    return f"p50 {_span(delay.p50)}, p95 {_span(delay.p95)}, over {plural(delay.count, 'lead')} of 30 days"


def _print_ill(health: Health) -> None:
    if not health.ill:
        say("no source is ill")
        return
    rows = [
        (
            one.name,
            ago(one.since, health.at),
            one.count,
            ago(one.next_try, health.at) if one.next_try else "never",
            one.error,
        )
        for one in health.ill
    ]
    print_table(("ill source", "since", "failures", "next try", "error"), rows)


def _print_silent(health: Health) -> None:
    if not health.silent:
        say("no source has gone silent")
        return
    rows = [
        (
            one.name,
            printable(one.since),
            _span(one.usual),
            _span(one.limit),
            health.posts_a_day.get(one.name, 0.0),
        )
        for one in health.silent
    ]
    print_table(("silent source", "last post", "usual gap", "alarm after", "posts a day"), rows)


def _print_refusals(health: Health) -> None:
    if health.refusals:
        rows = [(one.target, one.state, one.count, one.error) for one in health.refusals]
        print_table(("target", "state", "deliveries", "why"), rows)


def _span(seconds: float) -> str:
    return span_text(timedelta(seconds=seconds))
