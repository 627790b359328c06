"""`povod match`: saved searches as a filter over JSON lines; needs no database and no configuration."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from leads.contacts.faults import ContactsFault
from leads.contacts.records import file_records
from leads.linking.linker import Linker
from leads.linking.load import load_records
from leads.searches.dangling import Names, dangling
from leads.searches.known import KnownPeople
from povod import streams
from povod.console import note
from povod.faults import FAILED, UserError
from povod.options import ConfigOption
from povod.streams import InOption, OutOption
from povod.workspace import open_workspace
from triggers.detector import Detector
from triggers.search.definitions import SearchFaults, load_searches, needs
from triggers.search.filter import match_lines


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("match")(match)


def match(
    searches: Annotated[Path, typer.Option(help="A YAML file of searches.", show_default=False)],
    source: InOption = "-",
    target: OutOption = "-",
    contacts: Annotated[
        Path | None, typer.Option(help="A CSV file of contacts, for contact:, company: and score:.")
    ] = None,
    packs: Annotated[
        list[Path] | None, typer.Option(help="A folder with more rules for trigger:; may be repeated.")
    ] = None,
    sensitive: Annotated[
        bool, typer.Option("--sensitive", help="trigger: may ask for illness, bereavement, pregnancy.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Match posts against saved searches: one JSON object a line with id and text; --config asks its contacts."""
    try:
        found = load_searches(searches)
        asked = needs(found)
        known = _known(contacts, config) if "contacts" in asked else None
        if "contacts" in asked and known is None:
            raise UserError(
                f"{searches}: contact:, company: and score: need --contacts FILE, or --config with a database"
            )
        detector = Detector.load(packs or [], sensitive=sensitive) if "detection" in asked else None
        names = Names(
            lists=known.lists if known else None,
            rules={rule.id for rule in detector.rules} if detector else None,
        )
        if faults := list(dangling(found, names)):
            raise UserError(*faults)
        with streams.filtering(source, target) as (incoming, outgoing):
            bad_lines = match_lines(
                found,
                incoming,
                outgoing,
                sys.stderr,
                detector=detector,
                contacts=known.people if known else None,
            )
    except SearchFaults as fault:
        raise UserError(*fault.lines) from None
    if bad_lines:
        raise typer.Exit(FAILED)


@dataclass(frozen=True, slots=True)
class _Known:
    """Who is known, and the lists that there are."""

    people: KnownPeople
    lists: frozenset[str]


def _known(contacts: Path | None, config: Path | None) -> _Known | None:
    """Return who is known, from a file or from a database; None where neither is given."""
    if contacts is not None:
        try:
            people, companies, refused = file_records(contacts)
        except ContactsFault as fault:
            raise UserError(*str(fault).splitlines()) from None
        for row in refused:
            note(f"refused  {row}")
    elif config is not None:
        with open_workspace(config, sync=False).session() as session:
            people, companies = load_records(session)
    else:
        return None
    lists = frozenset(name for person in people for name in person.lists)
    return _Known(KnownPeople(Linker(people, companies)), lists)
