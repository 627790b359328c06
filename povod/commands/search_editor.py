"""`povod search edit NAME` without options: the search in the user's editor, as `git commit` and `crontab -e` do it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import click
import typer

from leads.searches import store
from povod.console import note
from povod.faults import UserError, nearest
from triggers.lined import Lined, YamlFault, read_lined
from triggers.search.definitions import KEYS, read_items

HEAD = """\
# The search '{name}'. What stands here when the editor is closed takes its place; an empty file changes nothing.
# query: is required; {keys} may be set.
"""


def edited(name: str, settings: Mapping[str, Any], save: Callable[[dict[str, Any]], None]) -> bool:
    """Let the user edit a search until it can be saved; return whether anything was.

    On a terminal the user is asked whether to go on where something is wrong. Elsewhere, and where the user gives up,
    raises UserError with all that is wrong; nothing is changed then.
    """
    text = HEAD.format(name=name, keys=", ".join(sorted(KEYS))) + store.written(settings)
    while True:
        text = _opened(text) or ""
        if not text.strip():
            return False
        try:
            save(_read(name, text))
        except UserError as fault:
            if not sys.stdin.isatty():
                raise UserError(*fault.lines, "nothing is changed") from None
            note("\n".join(fault.lines))
            if not typer.confirm("Edit it again?", default=True, err=True):
                raise UserError("nothing is changed") from None
        else:
            return True


def _opened(text: str) -> str | None:
    try:
        return click.edit(text, extension=".yml")
    except click.ClickException as error:
        raise UserError(f"{error.message}; set $EDITOR to an editor that is there") from None


def _read(name: str, text: str) -> dict[str, Any]:
    """Return the settings that an edited text has. Raises UserError with the line of each fault in it."""
    try:
        lined = read_lined(text)
    except YamlFault as fault:
        raise UserError(f"line {fault.line}: {fault.what}") from None
    if not isinstance(lined.data, dict):
        raise UserError("line 1: a search holds keys and values: query at least")
    if "name" in lined.data:
        tip = "the name stays; 'povod search add' takes a new one"
        raise UserError(f"line {lined.line_of(('name',))}: unknown key 'name': {tip}")
    lines = {("search", 0, *path): line for path, line in lined.lines.items()}
    found, faults = read_items([{"name": name, **lined.data}], Lined(None, lines), ("search",), "line")
    if not found:
        raise UserError(*(told.replace("line:", "line ", 1) for _, told in faults))
    return {key: value for key, value in found[0].settings.items() if key != "name"}


def without(settings: Mapping[str, Any], keys: list[str]) -> dict[str, Any]:
    """Return settings with some keys taken out. Raises UserError for one that is not set."""
    for key in keys:
        if key not in settings or key == "query":
            raise UserError(f"--unset {key}: not set{nearest(key, [k for k in settings if k != 'query'])}")
    return {key: value for key, value in settings.items() if key not in keys}
