"""`povod leads ...`: what was found, with its evidence."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from leads.lifecycle import ALLOWED, TransitionRefused
from leads.queries import LeadFilter, LeadView, NoSuchLead, count_leads, list_leads, show_lead
from leads.review import By, set_status
from povod import lead_text
from povod.config.values import parse_duration
from povod.console import plural, print_json, say
from povod.faults import UserError, nearest
from povod.options import ConfigOption, JsonOption
from povod.wiring import targets
from povod.workspace import open_workspace
from triggers.kinds import KINDS

app = typer.Typer(help="What was found: list, show, set-status.", no_args_is_help=True)

StatusOption = Annotated[list[str] | None, typer.Option("--status", help="Only these; may be repeated.")]
KindOption = Annotated[list[str] | None, typer.Option("--kind", help="Only these kinds; may be repeated.")]
OwnerOption = Annotated[str | None, typer.Option(help="Only this owner's.")]
SinceOption = Annotated[str | None, typer.Option(help="Told within this time, such as 7d.")]
ScoreOption = Annotated[float, typer.Option(help="With at least this score.")]


def lead_filter(
    status: list[str] | None, kind: list[str] | None, owner: str | None, since: str | None, min_score: float
) -> LeadFilter:
    """Make a filter of the options, refusing words that are none."""
    for word in status or []:
        if word not in ALLOWED:
            raise UserError(f"--status {word}: no such status{nearest(word, list(ALLOWED))}")
    for word in kind or []:
        if word not in KINDS and not word.startswith("search:"):
            raise UserError(f"--kind {word}: no such kind{nearest(word, list(KINDS))}")
    return LeadFilter(tuple(status or ()), tuple(kind or ()), owner, _moment(since), min_score)


def _moment(since: str | None) -> datetime | None:
    if since is None:
        return None
    try:
        span = parse_duration(since)
    except ValueError as error:
        raise UserError(f"--since {since}: {error}") from None
    return datetime.now(UTC) - timedelta(seconds=span.total_seconds())


@app.command("list")
def list_(
    status: StatusOption = None,
    kind: KindOption = None,
    owner: OwnerOption = None,
    since: SinceOption = None,
    min_score: ScoreOption = 0.0,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List leads, the highest score first."""
    wanted = lead_filter(status, kind, owner, since, min_score)
    workspace = open_workspace(config)
    with workspace.session() as session:
        total = count_leads(session, wanted)
        leads = list_leads(session, _limited(wanted, limit))
    if as_json:
        print_json([lead_text.as_data(lead) for lead in leads])
        return
    print_leads(leads)
    if total > len(leads):
        say(f"{len(leads)} of {plural(total, 'lead')} shown; --limit shows more")


def _limited(wanted: LeadFilter, limit: int) -> LeadFilter:
    return LeadFilter(wanted.statuses, wanted.kinds, wanted.owner, wanted.since, wanted.min_score, limit)


def print_leads(leads: list[LeadView]) -> None:
    """Print leads as a table, or say that there are none."""
    if not leads:
        say("no leads")
        return
    lead_text.print_table_of(leads)


@app.command()
def show(
    key: Annotated[str, typer.Argument(help="The lead's key, or how it begins.", show_default=False)],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one lead with all its evidence."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        try:
            lead = show_lead(session, key)
        except NoSuchLead as error:
            raise UserError(str(error)) from None
    if as_json:
        print_json(lead_text.as_data(lead))
        return
    for line in lead_text.evidence(lead):
        say(line)


@app.command("set-status")
def set_status_(
    key: Annotated[str, typer.Argument(help="The lead's key, or how it begins.", show_default=False)],
    status: Annotated[str, typer.Argument(help=f"One of: {', '.join(ALLOWED)}.", show_default=False)],
    note: Annotated[str, typer.Option(help="Why; kept with the change.")] = "",
    config: ConfigOption = None,
) -> None:
    """Move a lead to another status. The change is recorded with who made it."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        try:
            lead = set_status(session, key, status, by_me(note), targets(session, workspace.loaded))
        except (NoSuchLead, TransitionRefused) as error:
            raise UserError(str(error)) from None
        say(f"lead {lead.key[:8]} is {lead.status}")


def by_me(note: str) -> By:
    """Return who is at the keyboard, for what is recorded."""
    try:
        actor = getpass.getuser()
    except (OSError, KeyError):
        actor = "unknown"  # a container's user may have no name
    return By(actor, datetime.now(UTC), note)
