"""`povod links ...`: what a person must decide: whose a signal is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Protocol

import typer
from sqlalchemy.orm import Session

from leads.queries import NoSuchLead
from leads.review import By, NotACandidate, confirm, reject, review_queue
from leads.settings import Target
from models import Lead
from povod import lead_text
from povod.commands.leads import by_me
from povod.console import print_json, say
from povod.faults import UserError
from povod.options import ConfigOption, JsonOption
from povod.wiring import targets
from povod.workspace import open_workspace

app = typer.Typer(help="Who is meant: list what is open, confirm, reject.", no_args_is_help=True)
LeadArgument = Annotated[str, typer.Argument(help="The lead's key, or how it begins.", show_default=False)]
TargetArgument = Annotated[str, typer.Argument(help="The contact's or company's key.", show_default=False)]
NoteOption = Annotated[str, typer.Option(help="Why; kept with the decision.")]


class Decides(Protocol):
    """Confirming or rejecting."""

    def __call__(
        self, session: Session, key: str, target: str, by: By, targets: Sequence[Target] = ()
    ) -> Lead: ...


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the leads for which a person must say who is meant, with the candidates."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        leads = review_queue(session, limit)
    if as_json:
        print_json([lead_text.as_data(lead) for lead in leads])
        return
    if not leads:
        say("nothing to decide")
    for lead in leads:
        say(
            f"{lead.key[:8]}  {lead.subject}: {lead.kind.replace('_', ' ')}, “{lead_text.shortened(lead.quote)}”"
        )
        for link in lead_text.best_links(lead):
            say(
                f"          {link.key}  {link.name}, {link.code} {link.probability:.0%}: {'; '.join(link.reasons)}"
            )


@app.command("confirm")
def confirm_(
    key: LeadArgument, target: TargetArgument, note: NoteOption = "", config: ConfigOption = None
) -> None:
    """Say that a lead is about this contact or company. The decision sticks."""
    _decide(confirm, key, target, note, config)


@app.command("reject")
def reject_(
    key: LeadArgument, target: TargetArgument, note: NoteOption = "", config: ConfigOption = None
) -> None:
    """Say that a lead is not about this contact or company. The decision sticks."""
    _decide(reject, key, target, note, config)


def _decide(decision: Decides, key: str, target: str, note: str, config: Path | None) -> None:
    workspace = open_workspace(config)
    with workspace.session() as session:
        try:
            lead = decision(session, key, target, by_me(note), targets(session, workspace.loaded))
        except (NoSuchLead, NotACandidate) as error:
            raise UserError(str(error)) from None
        say(f"lead {lead.key[:8]} is {lead.status}")
