"""What `povod search add` and `edit` can set: the keys of a file of searches, each as an option, written once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from povod.faults import UserError
from triggers.search.definitions import BUYER
from triggers.search.dialects import DIALECTS, dialect_named
from triggers.search.faults import QueryFault
from triggers.search.parser import parse

QueryArgument = Annotated[
    str, typer.Argument(help="The query; one that begins with a minus after '--'.", show_default=False)
]
Texts = list[str] | None
Word = str | None
# Options by the key that they set.
SETTINGS: dict[str, Any] = {
    "dialect": Annotated[Word, typer.Option(help=f"One of: {', '.join(DIALECTS)}.")],
    "languages": Annotated[
        Texts, typer.Option("--language", help="Only posts in this language; may be repeated.")
    ],
    "sources": Annotated[Texts, typer.Option("--source", help="Only posts of this source; may be repeated.")],
    "kinds": Annotated[Texts, typer.Option("--kind", help="Only posts of this kind; may be repeated.")],
    "contacts": Annotated[Texts, typer.Option(help="known, unknown, any or @list; may be repeated.")],
    "industry": Annotated[Texts, typer.Option(help="The buyer's industry; may be repeated.")],
    "role": Annotated[Texts, typer.Option(help="The buyer's role; may be repeated.")],
    "place": Annotated[Texts, typer.Option(help="The buyer's place; may be repeated.")],
    "owner": Annotated[Word, typer.Option(help="Whose leads these are.")],
    "priority": Annotated[int | None, typer.Option(help="-100 to 100.")],
    "dedupe": Annotated[
        Word, typer.Option(help="Within it the same subject makes one lead, such as 7d.")
    ],
    "daily_cap": Annotated[int | None, typer.Option(help="No more leads than this a day.")],
    "deliver": Annotated[Texts, typer.Option(help="The target that leads go to; may be repeated.")],
    "enabled_from": Annotated[
        Word, typer.Option(help="Look also at stored posts since this day: 2026-05-17.")
    ],
}  # fmt: skip


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `SETTINGS`; what was given reaches it as `settings`, as a file would have it."""
    own = inspect.signature(command, eval_str=True)
    keyword = inspect.Parameter.KEYWORD_ONLY
    plain = [parameter for name, parameter in own.parameters.items() if name != "settings"]
    options = [
        inspect.Parameter(name, keyword, default=None, annotation=held) for name, held in SETTINGS.items()
    ]

    @wraps(command)
    def run(**arguments: Any) -> None:
        given = {name: arguments.pop(name) for name in SETTINGS}
        command(**arguments, settings=_as_in_a_file(given))

    parameters = [parameter.replace(kind=keyword) for parameter in plain] + options
    # Last, as everywhere: which configuration it is about.
    parameters.sort(key=lambda parameter: parameter.name == "config")
    vars(run)["__signature__"] = own.replace(parameters=parameters)
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters} | {
        "return": None
    }
    return run


def _as_in_a_file(options: dict[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in options.items() if value not in (None, [])}
    buyer = {name: given.pop(name) for name in BUYER if name in given}
    return given | ({"buyer": buyer} if buyer else {})


def refuse_wrong(query: str, dialect: str | None) -> None:
    """Refuse a query that cannot be read, with a caret below the place. Raises UserError."""
    try:
        parse(query, dialect_named(dialect or "povod"))
    except QueryFault as fault:
        raise UserError(*fault.shown().splitlines()) from None
    except ValueError as error:
        raise UserError(f"--dialect: {error}") from None
