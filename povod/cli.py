"""The `povod` command: its sub-commands, and how faults are told."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Annotated

import typer

from povod import __version__
from povod.commands import (
    contacts,
    crawling,
    database,
    detection,
    example,
    exporting,
    leads,
    links,
    rules,
    setup,
    sources,
)
from povod.faults import FAILED, UserError

app = typer.Typer(
    name="povod",
    help="Hears the moments that give an honest reason to write to the people you know.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (setup, example, crawling, detection, exporting):
    module.register(app)
for name, group in {
    "sources": sources.app,
    "contacts": contacts.app,
    "leads": leads.app,
    "links": links.app,
    "rules": rules.app,
    "db": database.app,
}.items():
    app.add_typer(group, name=name)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"povod {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options before any sub-command."""


def main() -> None:
    """Run the command line; whatever goes wrong ends as lines of words and an exit status."""
    try:
        app()
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
        _tell_unexpected(error)
        sys.exit(FAILED)


def _tell(lines: tuple[str, ...] | list[str]) -> None:
    for line in lines:
        sys.stderr.write(f"povod: {line}\n")


def _tell_unexpected(error: Exception) -> None:
    known = _known_faults(error)
    if known:
        _tell(known)
        return
    if os.environ.get("POVOD_DEBUG"):
        traceback.print_exception(error)
    where = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(where.filename)}:{where.lineno}"  # noqa: PTH119 -- a traceback's names are strings
    _tell([f"unexpected fault in {place}: {type(error).__name__}: {error} (POVOD_DEBUG=1 shows more)"])


def _known_faults(error: Exception) -> list[str]:
    """Return the lines of the packages' own faults, which need no traceback."""
    from models import DatabaseFault  # noqa: PLC0415 -- --help must not wait for the database layer
    from triggers.loader import RuleFaults  # noqa: PLC0415

    if isinstance(error, DatabaseFault | RuleFaults):
        return str(error).splitlines()
    return []
