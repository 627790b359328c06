"""`povod init` and `povod check`."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from povod import check as checks
from povod.config.load import load_config
from povod.console import print_json, say
from povod.faults import UserError
from povod.options import ConfigOption, JsonOption
from povod.workspace import CONFIG_NAME, config_file


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(init)
    app.command()(check)


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where to write it.", show_default=False)
    ] = Path(),
) -> None:
    """Write a commented povod.yml."""
    target = folder / CONFIG_NAME
    template = files("povod.config").joinpath("template.yml").read_text(encoding="utf-8")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as file:
            file.write(template)
    except FileExistsError:
        what = "is there already; it was left as it is" if target.exists() else "is a file, not a folder"
        raise UserError(f"{target if target.exists() else folder}: {what}") from None
    except OSError as error:
        raise UserError(f"{target}: cannot be written: {error.strerror}") from None
    say(f"wrote {target}")
    say("next: add a source (povod sources add URL, or in that file), then: povod check, povod run --once")


def check(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Validate the configuration and say what would run. Writes nothing, fetches nothing."""
    file = config_file(config)
    report = checks.inspect(load_config(file))
    if as_json:
        print_json(report)
        return
    for line in checks.in_words(report):
        say(line)
