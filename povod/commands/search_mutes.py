"""`povod search mute ...`: whose posts, from where and about what nobody wants to hear."""

from __future__ import annotations

from typing import Annotated

import typer

from leads.searches import muting
from leads.searches.store import Change
from povod import search_book
from povod.commands.leads import by_me
from povod.console import print_json, print_table, say
from povod.faults import UserError
from povod.options import ConfigOption, JsonOption
from povod.workspace import Workspace, open_workspace
from triggers.search.faults import QueryFault
from triggers.search.mutes import KEYS, Mute, read_mute

app = typer.Typer(
    help="The mute list: what is found in such posts is dropped, and counted.", no_args_is_help=True
)
WhatArgument = Annotated[str, typer.Argument(help=f"One of: {', '.join(KEYS)}.", show_default=False)]
ValueArgument = Annotated[
    str, typer.Argument(help="A name or handle, a host, words, or a query.", show_default=False)
]


@app.command()
def add(what: WhatArgument, value: ValueArgument, config: ConfigOption = None) -> None:
    """Mute an author, a site, words, or whatever a query matches. Leads from such posts go unless acted on."""
    entry = _entry(what, value)
    workspace = open_workspace(config)
    _refuse_in_file(workspace, entry, " already")
    with workspace.session() as session:
        by = by_me("")
        new = muting.mute(session, entry, Change(by.actor, by.at))
    say(f"{entry.what} '{entry.value}' is muted{'' if new else ' already'}")


@app.command()
def remove(what: WhatArgument, value: ValueArgument, config: ConfigOption = None) -> None:
    """Take an entry out of the database's mute list. Posts that it has muted are looked at again."""
    entry = _entry(what, value)
    workspace = open_workspace(config)
    _refuse_in_file(workspace, entry, "; take it out there")
    with workspace.session() as session:
        if not muting.unmute(session, entry):
            raise UserError(
                f"{entry.what} '{entry.value}' is not muted; 'povod search mute list' shows what is"
            )
    say(f"{entry.what} '{entry.value}' is muted no longer")


@app.command("list")
def list_(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List what is muted in the configuration and in the database."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        mutes = search_book.muted(session, workspace.loaded)
    facts = [
        {"what": mute.what, "value": mute.value, "place": mute.place or "the database"} for mute in mutes
    ]
    if as_json:
        print_json(facts)
    elif facts:
        print_table(("what", "value", "place"), [list(fact.values()) for fact in facts])
    else:
        say("nothing is muted: 'povod search mute add author NAME' does it")


def _entry(what: str, value: str) -> Mute:
    try:
        return read_mute(what, value)
    except QueryFault as fault:
        raise UserError(*fault.shown().splitlines()) from None
    except ValueError as error:
        raise UserError(str(error)) from None


def _refuse_in_file(workspace: Workspace, entry: Mute, then: str) -> None:
    for held in workspace.loaded.mutes:
        if held.key == entry.key:
            raise UserError(f"{held.place}: {entry.what} '{entry.value}' stands in the configuration{then}")
