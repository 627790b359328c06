"""How a crawl shows itself: a bar and the sick sources on a terminal, one-line logs in a pipe, JSON for machines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from crawler.events import CrawlEvent
from povod.console import note, print_json, printable

EventSink = Callable[[CrawlEvent], None]


@contextmanager
def display(*, as_json: bool) -> Iterator[EventSink]:
    """Give the function that shows a crawl's events in the way that fits where the output goes."""
    if as_json:
        yield _as_json
    elif sys.stderr.isatty():
        with _Bar() as shown:
            yield shown.show
    else:
        yield _as_log


def _as_json(event: CrawlEvent) -> None:
    fields = asdict(event)
    print_json({"event": fields.pop("kind")} | fields)
    sys.stdout.flush()


def _as_log(event: CrawlEvent) -> None:
    note(printable(event.line()))


class _Bar:
    """A bar of the sources done; whatever needs attention is printed above it and stays."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        columns = (
            SpinnerColumn(),
            TextColumn("reading"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._progress = Progress(*columns, console=self._console, transient=True)
        self._task = self._progress.add_task("", total=None, visible=False)

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._progress.stop()

    def show(self, event: CrawlEvent) -> None:
        """Move the bar; keep a line for what failed, moved or is gone, and for the end."""
        if event.kind == "begun":
            self._progress.update(self._task, completed=0, total=event.total, visible=event.total > 0)
        elif event.kind == "ended":
            self._progress.update(self._task, visible=False)
            self._console.print(Text(printable(event.line())))
        else:
            self._progress.update(self._task, completed=event.done, total=event.total)
            if event.kind in ("failed", "gone", "moved"):
                self._console.print(Text(printable(f"{event.source}: {event.message}"), style="yellow"))
