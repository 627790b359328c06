"""`povod link` and `povod compare-names`: linking as filters over JSON lines; they need no database."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from leads.contacts.faults import ContactsFault
from leads.contacts.file_index import file_index
from leads.linking.filter import compare_lines, link_lines
from leads.linking.linker import Linker, spare_collector
from povod import streams
from povod.console import note
from povod.faults import FAILED, UserError
from povod.streams import InOption, OutOption


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(link)
    app.command("compare-names")(compare_names)


def link(
    contacts: Annotated[Path, typer.Option(help="A file of contacts: a table, vCards.", show_default=False)],
    source: InOption = "-",
    target: OutOption = "-",
    folder: Annotated[
        Path | None,
        typer.Option(
            "--cache",
            help="A folder where the index of a large file is kept for the next time.",
            show_default="that of the user's caches",
        ),
    ] = None,
    *,
    keep: Annotated[bool, typer.Option("--keep/--no-keep", help="Whether the index is kept.")] = True,
) -> None:
    """Say whose each mention is: one JSON object a line with any of name, handle, email, url, company, role, place."""
    folder = (folder or _caches()) if keep else None
    try:
        index, refused = file_index(contacts, folder, note)
    except ContactsFault as fault:
        raise UserError(*str(fault).splitlines()) from None
    for row in refused:
        note(f"refused  {row}")
    linker = Linker.over(index.people, index.organisations)
    spare_collector()
    with streams.filtering(source, target) as (incoming, outgoing):
        faults = link_lines(incoming, outgoing, sys.stderr, linker)
    if faults:
        raise typer.Exit(FAILED)


def _caches() -> Path:
    """Where programs keep what they can make again (the XDG Base Directory Specification)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "povod"


def compare_names(source: InOption = "-", target: OutOption = "-") -> None:
    """Say how alike two names are: one JSON object a line with name1, name2 and schema (Person, Company)."""
    with streams.filtering(source, target) as (incoming, outgoing):
        faults = compare_lines(incoming, outgoing, sys.stderr)
    if faults:
        raise typer.Exit(FAILED)
