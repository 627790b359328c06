"""`povod company ...`: single companies."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy import func, select

from leads.contacts.finding import NotOne, find_company
from leads.contacts.view import history_of, merges_into
from leads.ties.committee import committee
from models import Identity, Lead, Story
from povod.commands.ties import CompanyArgument
from povod.commands.ties import tell_committee as tell
from povod.console import plural, print_facts, print_json, printable, say
from povod.faults import UserError
from povod.options import ConfigOption, JsonOption
from povod.workspace import open_workspace

app = typer.Typer(help="Companies that you know: show.", no_args_is_help=True)
AllOption = Annotated[bool, typer.Option("--history", help="With every change and merge.")]


@app.callback()
def _companies() -> None:
    """Keep `show` a sub-command while it is the only one."""


@app.command("show")
def show(
    company: CompanyArgument,
    history: AllOption = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a company: names, domains, leads, whom you know there and who is missing."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        try:
            found = find_company(session, company)
        except NotOne as error:
            raise UserError(str(error)) from None
        group = committee(session, found)
        identities = session.scalars(
            select(Identity).where(Identity.company_id == found.id).order_by(Identity.type, Identity.value)
        ).all()
        leads = select(func.count()).select_from(Lead).join(Story).where(Story.company_id == found.id)
        facts = {
            "name": found.name,
            "key": found.key,
            "industry": found.industry,
            "place": found.place,
            "owner": found.owner,
            "known as": [i.value for i in identities if i.type == "name" and i.value != found.name],
            "domains": [i.value for i in identities if i.type == "domain"],
            "leads": session.scalar(leads) or 0,
        }
        merges = {merge.gone_key: merge.key for merge in merges_into(session, found.key)}
        entries = history_of(session, found.key) if history else []
    if as_json:
        print_json(facts | {"committee": asdict(group), "merges": merges})
        return
    print_facts(facts | {"leads": plural(int(str(facts["leads"])), "lead")})
    for at, entry in entries:
        say(
            f"{printable(at)}  {entry.field}: {entry.before!r} -> {entry.after!r} ({entry.source}, {entry.actor})"
        )
    for gone, key in merges.items():
        say(f"stands for {gone}: 'povod contacts unmerge {key}' takes them apart")
    tell(group)
