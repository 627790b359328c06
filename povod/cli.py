"""The `povod` command: its sub-commands, and how faults are told."""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from typing import Annotated

import typer

# Typer carries its own copy of Click, and gives this name in no other place.
from typer._click.exceptions import UsageError

from povod import __version__
from povod.faults import FAILED, WRONG_USE, UserError
from povod.streams import speak_any_script

# Which module of povod.commands holds which command. Only the module that is called for is imported: a filter
# in a pipe must not wait for the crawler's libraries, nor `sources list` for those of detection.
COMMANDS = {
    "init": "setup",
    "check": "setup",
    "demo": "example",
    "run": "crawling",
    "crawl": "crawling",
    "process": "crawling",
    "deliver": "delivering",
    "detect": "detection",
    "match": "matching",
    "link": "linking",
    "compare-names": "linking",
    "committee": "ties",
    "paths": "ties",
    "common": "ties",
    "status": "status",
    "metrics": "status",
}
GROUPS = {
    "export": "exporting",
    "sources": "sources",
    "contacts": "contacts",
    "company": "companies",
    "leads": "leads",
    "links": "links",
    "rules": "rules",
    "search": "searching",
    "db": "database",
}


def application(called: str | None = None) -> typer.Typer:
    """Build the command line: all of it, or only what the command called for needs."""
    app = typer.Typer(
        name="povod",
        help="Hears the moments that give an honest reason to write to the people you know.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    known = called in COMMANDS or called in GROUPS
    for name in dict.fromkeys(COMMANDS.values()):
        if not known or COMMANDS.get(str(called)) == name:
            import_module(f"povod.commands.{name}").register(app)
    for group, name in GROUPS.items():
        if not known or called == group:
            app.add_typer(import_module(f"povod.commands.{name}").app, name=group)
    return app


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"povod {__version__}")
        raise typer.Exit


def _root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options before any sub-command."""


def main() -> None:
    """Run the command line; whatever goes wrong ends as lines of words and an exit status."""
    speak_any_script(sys.stdout)
    speak_any_script(sys.stderr)
    try:
        _run()
    except UserError as error:
        _tell(error.lines)
        sys.exit(error.status)
    except KeyboardInterrupt:
        _tell(["stopped"])
        sys.exit(130)
    except BrokenPipeError:
        # The reader (head, less) has gone; what was stored is stored.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 -- the last line of defence: no traceback reaches a user
        known = _known_fault(error)
        _tell(known[0] if known else _unexpected(error))
        sys.exit(known[1] if known else FAILED)


def _run() -> None:
    # --version and completion need no command at all; anything unknown gets all of them, to be told the nearest.
    command = typer.main.get_command(application(sys.argv[1] if len(sys.argv) > 1 else None))
    try:
        status = command.main(prog_name="povod", standalone_mode=False)
    except UsageError as wrong:
        message = wrong.format_message()
        if not message:  # no arguments: the help has been shown
            sys.exit(WRONG_USE)
        where = wrong.ctx.command_path if wrong.ctx else "povod"
        # A query such as -spam is taken for options.
        hint = "; what begins with a minus comes after --" if message.startswith("No such option") else ""
        raise UserError(f"{message.rstrip('.')}{hint} (see {where} --help)") from None
    except typer.Abort:
        raise KeyboardInterrupt from None
    sys.exit(status if isinstance(status, int) else 0)


def _tell(lines: tuple[str, ...] | list[str]) -> None:
    for line in lines:
        sys.stderr.write(f"povod: {line}\n")


def _unexpected(error: Exception) -> list[str]:
    if os.environ.get("POVOD_DEBUG"):
        traceback.print_exception(error)
    where = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(where.filename)}:{where.lineno}"  # noqa: PTH119 -- a traceback's names are strings
    return [f"unexpected fault in {place}: {type(error).__name__}: {error} (POVOD_DEBUG=1 shows more)"]


def _known_fault(error: Exception) -> tuple[list[str], int] | None:
    """Return the lines and the exit status of the packages' own faults, which need no traceback."""
    from models import DatabaseFault  # noqa: PLC0415 -- --help must not wait for the database layer
    from triggers.faults import RuleFaults  # noqa: PLC0415

    if isinstance(error, DatabaseFault):
        return str(error).splitlines(), FAILED
    if isinstance(error, RuleFaults):
        return str(error).splitlines(), WRONG_USE
    return None
