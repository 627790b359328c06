"""`povod company|committee|paths|common`: what the people you know give."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from leads.contacts.finding import NotOne, find_company, find_contact
from leads.ties.committee import Committee, Member, committee
from leads.ties.common import common_ground
from leads.ties.graph import TieGraph
from leads.ties.paths import WarmPath, warm_paths
from povod.config.schema import MeConfig
from povod.console import plural, print_json, print_table, say
from povod.faults import UserError
from povod.options import ConfigOption, JsonOption
from povod.workspace import open_workspace

CompanyArgument = Annotated[str, typer.Argument(help="A company's key or name.", show_default=False)]
PersonArgument = Annotated[
    str, typer.Argument(help="A contact's key, id, e-mail address or name.", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("committee")(committee_)
    app.command("paths")(paths)
    app.command("common")(common)


def committee_(company: CompanyArgument, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show a company's buying committee: whom you know there, which parts in a purchase they play, who is missing."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        try:
            found = committee(session, find_company(session, company))
        except NotOne as error:
            raise UserError(str(error)) from None
    if as_json:
        print_json(asdict(found))
        return
    tell_committee(found)


def tell_committee(found: Committee) -> None:
    """Print a committee as a table, with what is covered and missing."""
    say(
        f"{found.company}: {plural(len(found.members), 'contact')}; a purchase has {found.average_people} people on "
        f"average ({found.average_source})"
    )
    rows = [
        (
            m.name,
            m.role,
            ", ".join(m.parts) or "not told by the title",
            m.owner,
            f"{m.news}, {_said_by(m)}" if m.news else _said_by(m),
        )
        for m in found.members
    ]
    if rows:
        print_table(("name", "role", "part in a purchase", "owner", "from"), rows)
    if found.covered:
        say(f"covered: {', '.join(found.covered)}")
    for name, meaning in found.missing:
        say(f"missing: {name}, who {meaning}")
    for member in found.leaving:
        say(f"not counted: {member.name}, of whom a post tells: {member.news} ({_said_by(member)})")
    for member in found.former:
        say(f"was there: {member.name} (from {_said_by(member)})")


def _said_by(member: Member) -> str:
    return f"{member.source} {member.at}".strip()


def paths(
    person: PersonArgument,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 5,
    hops: Annotated[int, typer.Option(min=1, max=3, help="Of at most so many steps.")] = 3,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who can introduce you to a contact, the warmest way first: how they know each other, and from which datum."""
    workspace = open_workspace(config)
    me = workspace.loaded.config.me
    with workspace.session() as session:
        try:
            contact = find_contact(session, person)
        except NotOne as error:
            raise UserError(str(error)) from None
        graph = TieGraph(session, (me.name,), me.emails, datetime.now(UTC))
        found = warm_paths(graph, contact.id, limit, hops)
    if as_json:
        print_json([asdict(path) for path in found])
        return
    for path in found:
        _tell_path(path)
    if not found:
        say(f"{contact.name}: nobody you know is known to know them")


def _tell_path(path: WarmPath) -> None:
    say(f"{path.strength:.0%}  {path.words}")
    for step in path.steps:
        say(f"      {step.strength:.0%}  {'; '.join(step.because)} (from {'; '.join(step.sources)})")


def common(person: PersonArgument, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show what you share with a contact: employer, school, town, interest, team, and which datum says so."""
    workspace = open_workspace(config)
    me = workspace.loaded.config.me
    mine = _mine(me)
    if not any(mine.values()):
        raise UserError(
            f"{workspace.loaded.file}: nothing is said of you; add 'me:' with employers, schools, towns, interests or teams"
        )
    with workspace.session() as session:
        try:
            contact = find_contact(session, person)
        except NotOne as error:
            raise UserError(str(error)) from None
        found = common_ground(session, contact, mine, "me in povod.yml")
    if as_json:
        print_json([asdict(one) for one in found])
        return
    for one in found:
        say(f"{one.kind}: {one.theirs} (you: {one.mine}, {one.my_source}; they: {one.their_source} {one.at})")
    if not found:
        say(f"{contact.name}: nothing shared that both have told")


def _mine(me: MeConfig) -> dict[str, list[str]]:
    return {
        "employer": me.employers,
        "school": me.schools,
        "town": me.towns,
        "interest": me.interests,
        "team": me.teams,
    }
