"""`povod deliver`, `povod export retry`: sending what waits in the outbox."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from leads.outbox import dead_letters, retry
from povod.console import plural, print_json, print_table, say
from povod.delivering import deliver_due, tell_deliveries
from povod.faults import FAILED, UserError, nearest
from povod.options import ConfigOption, JsonOption
from povod.stopping import Stop
from povod.workspace import Workspace, open_workspace


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(deliver)


def deliver(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Send the deliveries that are due, each once. What fails is kept for a later run, with the reason."""
    workspace = open_workspace(config)
    if not workspace.loaded.config.deliver.webhooks:
        raise UserError(f"{workspace.loaded.file}: names no target to deliver to (deliver: webhooks:)")
    report = deliver_due(workspace, Stop().listen())
    if as_json:
        print_json(asdict(report))
    else:
        tell_deliveries(report)
    if report.errors and not report.sent:
        raise typer.Exit(FAILED)


def retry_dead(
    keys: Annotated[
        list[str] | None,
        typer.Argument(help="Ids of deliveries; all dead ones if left out.", show_default=False),
    ] = None,
    target: Annotated[str | None, typer.Option(help="Only those to this target.")] = None,
    only_list: Annotated[
        bool, typer.Option("--list", help="Change nothing: show what was given up, with ids and reasons.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Let deliveries that were given up be tried again, under the same ids; 'povod deliver' or a run sends them."""
    workspace = open_workspace(config)
    _check_target(workspace, target)
    with workspace.session() as session:
        if only_list:
            _list_dead(session, target)
            return
        count = retry(session, target=target, keys=keys or ())
    say("no such delivery was given up" if not count else f"{_deliveries(count)} will be tried again")


def _list_dead(session: Session, target: str | None) -> None:
    rows = [
        (one.key, one.target, lead.key[:8], one.attempts, one.last_error)
        for one, lead in dead_letters(session, target=target)
    ]
    if not rows:
        say("no delivery was given up")
        return
    print_table(("id", "target", "lead", "attempts", "why"), rows)


def _check_target(workspace: Workspace, target: str | None) -> None:
    names = [hook.name for hook in workspace.loaded.config.deliver.webhooks]
    if target is not None and target not in names:
        raise UserError(f"there is no target '{target}'{nearest(target, names)}")


def _deliveries(count: int) -> str:
    return plural(count, "delivery") if count == 1 else f"{count:,} deliveries"
