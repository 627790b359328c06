"""`povod search ...`: saved searches, and queries in other tools' words."""

from __future__ import annotations

from typing import Annotated

import typer

from povod.console import note, say
from povod.faults import UserError, nearest
from triggers.search.dialects import DIALECTS
from triggers.search.faults import QueryFault
from triggers.search.translate import translate as translated

app = typer.Typer(
    help="Saved searches: add, change, list, and try them on the past.",
    no_args_is_help=True,
)


@app.command()
def translate(
    query: Annotated[str, typer.Argument(help="The query.", show_default=False)],
    source: Annotated[str, typer.Option("--from", help=f"One of: {', '.join(DIALECTS)}.")] = "povod",
    target: Annotated[str, typer.Option("--to", help="The same.")] = "povod",
) -> None:
    """Write a query in another tool's words; what that tool cannot say is told on standard error."""
    for name in (source, target):
        if name not in DIALECTS:
            raise UserError(f"there is no dialect '{name}'{nearest(name, list(DIALECTS))}")
    try:
        written, losses = translated(query, source, target)
    except QueryFault as fault:
        raise UserError(*fault.shown().splitlines()) from None
    except ValueError as error:
        raise UserError(str(error)) from None
    say(written)
    for loss in losses:
        note(f"lost: {loss}")
