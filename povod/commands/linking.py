"""`povod link` and `povod compare-names`: linking as filters over JSON lines; they need no database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from leads.contacts.faults import ContactsFault
from leads.contacts.records import file_records
from leads.linking.filter import compare_lines, link_lines
from leads.linking.linker import Linker
from povod import streams
from povod.console import note
from povod.faults import FAILED, UserError
from povod.streams import InOption, OutOption


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(link)
    app.command("compare-names")(compare_names)


def link(
    contacts: Annotated[Path, typer.Option(help="A CSV file of contacts.", show_default=False)],
    source: InOption = "-",
    target: OutOption = "-",
) -> None:
    """Say whose each mention is: one JSON object a line with any of name, handle, email, url, company, role, place."""
    try:
        people, companies, refused = file_records(contacts)
    except ContactsFault as fault:
        raise UserError(*str(fault).splitlines()) from None
    for row in refused:
        note(f"refused  {row}")
    linker = Linker(people, companies)
    with streams.filtering(source, target) as (incoming, outgoing):
        faults = link_lines(incoming, outgoing, sys.stderr, linker)
    if faults:
        raise typer.Exit(FAILED)


def compare_names(source: InOption = "-", target: OutOption = "-") -> None:
    """Say how alike two names are: one JSON object a line with name1, name2 and schema (Person, Company)."""
    with streams.filtering(source, target) as (incoming, outgoing):
        faults = compare_lines(incoming, outgoing, sys.stderr)
    if faults:
        raise typer.Exit(FAILED)
