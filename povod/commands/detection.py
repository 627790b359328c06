"""`povod detect`: detection as a filter over JSON lines; needs no database and no configuration."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated

import typer

from povod.faults import FAILED, UserError
from triggers.detector import Detector
from triggers.filter import detect_lines


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(detect)


@contextmanager
def opened(name: str, mode: str) -> Iterator[IO[str]]:
    """Open a file, or standard input or output where its name is `-`."""
    if name == "-":
        stream = sys.stdin if mode == "r" else sys.stdout
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="strict")
        yield stream
        return
    try:
        with Path(name).open(mode, encoding="utf-8") as file:
            yield file
    except OSError as error:
        verb = "read" if mode == "r" else "written"
        raise UserError(f"{name}: cannot be {verb}: {error.strerror}") from None


InOption = Annotated[str, typer.Option("--in", help="JSON lines to read; - is standard input.")]
OutOption = Annotated[str, typer.Option("--out", help="JSON lines to write; - is standard output.")]


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
    with opened(source, "r") as incoming, opened(target, "w") as outgoing:
        faults = detect_lines(incoming, outgoing, sys.stderr, detector, explain=explain)
    if faults:
        raise typer.Exit(FAILED)
