"""Writes docs/commands.md from the commands themselves, so that the two cannot differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

INTRODUCTION = """\
# Command reference

<!-- Written by `make docs` from the commands' own help: change it there. -->

Every command takes `--help`. Those that read a configuration take `--config FILE` (or a folder that holds
`povod.yml`); without it `$POVOD_CONFIG` counts, then `./povod.yml`. Where a command takes `--json`, its result is one
JSON document (or one a line) on standard output, and everything else goes to standard error.

Exit status: **0** all right; **1** nothing could be read, storage failed, or (for the filters) some line was bad;
**2** wrong usage or configuration. One sick source among others is reported on that source and is no failure.
"""


def reference(app: typer.Typer) -> str:
    """Return the reference of all commands as Markdown."""
    root = typer.main.get_command(app)
    return "\n".join([INTRODUCTION, *_command(root, "povod")]).rstrip() + "\n"


def _command(command: Any, path: str) -> Iterator[str]:
    children = getattr(command, "commands", None)
    if children is None:
        yield from _leaf(command, path)
        return
    if command.invoke_without_command:
        yield from _leaf(command, path)
    elif path != "povod":
        yield f"## `{path}`\n\n{command.help or ''}\n"
    plain = {name: child for name, child in children.items() if not hasattr(child, "commands")}
    groups = {name: child for name, child in children.items() if hasattr(child, "commands")}
    for name, child in (plain | groups).items():
        if not child.hidden:
            yield from _command(child, f"{path} {name}")


def _leaf(command: Any, path: str) -> Iterator[str]:
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    options = [param for param in command.params if param.param_type_name == "option" and not param.hidden]
    level = "##" if path.count(" ") == 1 else "###"
    usage = " ".join(
        [path, *(_metavar(argument) for argument in arguments), *(["[options]"] if options else [])]
    )
    yield f"{level} `{path}`\n\n{(command.help or '').strip()}\n\n    {usage}\n"
    rows = [(f"`{_metavar(param)}`", param) for param in arguments]
    rows += [
        (", ".join(f"`{name}`" for name in (*param.opts, *param.secondary_opts)), param) for param in options
    ]
    if rows:
        yield "| option | meaning | default |"
        yield "| --- | --- | --- |"
        for names, param in rows:
            yield f"| {names} | {(param.help or '').replace('|', ' or ')} | {_default(param)} |"
        yield ""


def _metavar(param: Any) -> str:
    name = (param.metavar or param.name or "").strip("[]").upper()
    many = "..." if param.nargs == -1 else ""
    return f"{name}{many}" if param.required else f"[{name}{many}]"


def _default(param: Any) -> str:
    value = param.default
    if value is None or callable(value) or value in (False, "", [], ()) or type(value).__name__ == "Sentinel":
        return ""
    return f"`{value}`"
