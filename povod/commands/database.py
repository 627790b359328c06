"""`povod db ...`: upgrade, status, backup and dump of the database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from guards.failpoints import failpoint
from models import schema
from models.dump import canonical as canonical_dump
from models.session import open_database
from povod.config.load import load_config
from povod.console import print_facts, print_json, say
from povod.faults import UserError
from povod.options import ConfigOption, JsonOption
from povod.workspace import config_file

app = typer.Typer(help="The database: upgrade, status, backup, dump.", no_args_is_help=True)


def _engine(config: Path | None) -> Engine:
    return open_database(load_config(config_file(config)).database_url())


@app.command()
def upgrade(config: ConfigOption = None) -> None:
    """Bring the database to the shape that this version of povod needs. Safe to run again."""
    before, after = schema.upgrade(_engine(config), failpoint)
    say(
        f"the database is up to date ({after})"
        if before == after
        else f"upgraded {before or 'nothing'} -> {after}"
    )


@app.command()
def status(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show the database's shape and what it holds."""
    report = schema.status(_engine(config))
    if as_json:
        print_json(report.facts())
    else:
        print_facts(report.facts())


@app.command()
def backup(
    file: Annotated[
        Path, typer.Argument(help="Where to write the copy; must not exist.", show_default=False)
    ],
    config: ConfigOption = None,
) -> None:
    """Copy the database while it is in use."""
    schema.backup(_engine(config), file)
    say(f"wrote {file}")


@app.command()
def dump(
    canonical: Annotated[
        bool,
        typer.Option("--canonical", help="Without clocks and row ids, so that two runs can be compared."),
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Write everything as JSON lines to standard output."""
    if not canonical:
        raise UserError("povod db dump writes the canonical form only: add --canonical")
    for line in canonical_dump(_engine(config)):
        sys.stdout.write(line + "\n")
