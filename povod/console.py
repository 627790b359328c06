"""How povod speaks: tables for people on a terminal, plain lines in a pipe, JSON for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPE_WIDTH = 160


def out() -> Console:
    """Return the console for results. In a pipe it has a fixed width and no colours."""
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False, soft_wrap=False)


def note(message: str) -> None:
    """Say something beside the result, on standard error."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(Text(message))


def say(message: str = "") -> None:
    """Print one line of the result; never markup, whatever the text holds."""
    out().print(Text(message), soft_wrap=True)


def print_json(value: Any) -> None:
    """Print one JSON document on a line of its own."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=_plain) + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str = "") -> None:
    """Print a table; cells are shown as they are, control characters taken out."""
    table = Table(*columns, title=title or None, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(printable(cell)) for cell in row))
    out().print(table)


def print_facts(facts: Mapping[str, Any]) -> None:
    """Print names and values, one a line, values aligned."""
    width = max(map(len, facts), default=0)
    for name, value in facts.items():
        if value not in (None, "", [], {}):
            say(f"{name:<{width}}  {printable(value)}")


def printable(value: Any) -> str:
    """Write a value for people. Control characters would let a post paint over the terminal."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, list | tuple):
        return ", ".join(printable(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {printable(item)}" for key, item in value.items())
    return "".join(char if char == "\n" or char.isprintable() else " " for char in str(value))


def ago(moment: datetime | None, now: datetime) -> str:
    """Say how long ago a moment was, or how soon it will be."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    span = span_text(timedelta(seconds=abs(seconds)))
    return f"{span} ago" if seconds >= 0 else f"in {span}"


def span_text(span: timedelta) -> str:
    """Write a length of time in its largest unit."""
    seconds = int(span.total_seconds())
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def plural(count: int, noun: str) -> str:
    """Write a count with its noun: `1 lead`, `3 leads`, `2 stories`."""
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun[:-1]}ies" if noun.endswith("ry") else f"{count:,} {noun}s"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)
