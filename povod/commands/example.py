"""`povod demo`: the whole job on a small invented world, served on this machine."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import func, select

from leads.export.files import ExportOptions, export_file
from leads.lifecycle import ALLOWED
from leads.queries import LeadFilter, list_leads
from models import DroppedMatch, Post, Source
from povod.commands.leads import print_leads
from povod.console import note, plural, say
from povod.crawl_display import display
from povod.demo.config import write_config
from povod.demo.server import DemoWorld
from povod.faults import FAILED, UserError
from povod.passes import Passes, process_words, reasons_in_words
from povod.stopping import Stop
from povod.workspace import Workspace, open_workspace


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(demo)


def demo(
    folder: Annotated[
        Path | None,
        typer.Option(
            help="Keep database and configuration here; a temporary folder if left out.", show_default=False
        ),
    ] = None,
    leads_file: Annotated[
        Path | None,
        typer.Option("--leads", help="Where to write the leads. [default: leads.csv in the folder, or here]"),
    ] = None,
) -> None:
    """Start a small invented world on this machine, read it, and show the leads that come of it."""
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="povod-demo-") as scratch:
            _play(Path(scratch), leads_file or Path("leads.csv"))
    else:
        if (folder / "povod.sqlite3").exists():
            raise UserError(
                f"{folder}: holds a database already; name a new folder, the demo starts from nothing"
            )
        _play(folder, leads_file or folder / "leads.csv")


def _play(folder: Path, leads_file: Path) -> None:
    stop = Stop().listen()
    with DemoWorld(datetime.now(UTC)) as world, display(as_json=False) as on_event:
        note(f"an invented world of {plural(len(world.sites), 'site')} is served on this machine")
        workspace = open_workspace(write_config(folder, world))
        passes = Passes(workspace, on_event, stop)
        _pass(passes, "first pass")
        world.advance(2)
        _pass(passes, "second pass: unchanged feeds are not sent again, two posts were edited meanwhile")
    _show(workspace, leads_file)


def _pass(passes: Passes, title: str) -> None:
    note(f"-- {title}")
    report = passes.make(everything=True)
    if passes.stop or report.nothing_could_be_read:
        raise UserError(
            "the demo was interrupted" if passes.stop else "the demo's world could not be read", status=FAILED
        )
    note(process_words(report.processed))


def _show(workspace: Workspace, leads_file: Path) -> None:
    with workspace.session() as session:
        leads = list_leads(session)
        written = export_file(session, leads_file, ExportOptions(), LeadFilter(statuses=tuple(ALLOWED)))
        posts = session.scalar(select(func.count()).select_from(Post)) or 0
        by_reason = select(DroppedMatch.reason, func.count()).group_by(DroppedMatch.reason)
        dropped = dict(session.execute(by_reason).all())
        ill = session.execute(
            select(Source.name, Source.last_error).where(Source.error_count > 0).order_by(Source.name)
        ).all()
    print_leads(leads)
    reasons = reasons_in_words(dropped)
    say(f"{plural(posts, 'post')}, {plural(len(leads), 'lead')}; dropped matches: {reasons or 'none'}")
    for name, error in ill:
        say(f"ill source '{name}': {error}")
    say(f"wrote {leads_file} ({plural(written, 'lead')})")
    say("next: povod init, povod sources add URL, povod contacts import FILE, povod run --once")
