"""`povod detect`: detection as a filter over JSON lines; needs no database and no configuration."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from povod import streams
from povod.faults import FAILED
from povod.streams import InOption, OutOption
from triggers.detector import Detector
from triggers.filter import detect_lines


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(detect)


def detect(
    source: InOption = "-",
    target: OutOption = "-",
    packs: Annotated[
        list[Path] | None, typer.Option(help="A folder with more rules; may be repeated.")
    ] = None,
    sensitive: Annotated[
        bool, typer.Option("--sensitive", help="Also illness, bereavement, pregnancy.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Also what was dropped, and why.")] = False,
) -> None:
    """Find triggers in posts: one JSON object a line with id and text; optional lang, published, author."""
    detector = Detector.load(packs or [], sensitive=sensitive)
    with streams.filtering(source, target) as (incoming, outgoing):
        faults = detect_lines(incoming, outgoing, sys.stderr, detector, explain=explain)
    if faults:
        raise typer.Exit(FAILED)
