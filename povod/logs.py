"""What a run tells while it goes on: lines of words for people, or one JSON object a line for machines.

The JSON log holds names of sources and targets, ids, counts, durations and reasons in our own words; never a post's
text, never the name, address or handle of a person. It goes to standard error, one object a line.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import uuid4

from crawler.events import CrawlEvent
from leads.contacts.report import ImportReport
from povod.console import note, plural
from povod.faults import UserError

VARIABLE = "POVOD_LOG"
FORMS = ("text", "json")
_REFUSALS_SHOWN = 20


class Log(Protocol):
    """What the steps of a pass tell beside their results."""

    def contacts(self, report: ImportReport) -> None:
        """A contacts file was imported."""

    def retained(self, posts: int) -> None:
        """Old posts were blanked."""

    def failed(self, line: str) -> None:
        """A pass broke off over something that may pass by itself."""

    def stopped(self) -> None:
        """The run ends because somebody asked it to."""


class WordLog:
    """Lines for people. They may quote a refused row of the user's own file."""

    def contacts(self, report: ImportReport) -> None:
        """Say what was imported, and why rows were refused."""
        refused = f", {report.refused_count} refused" if report.refused_count else ""
        note(f"{report.file}: {report.imported} contacts imported, {report.merged} merged{refused}")
        for row in report.refused[:_REFUSALS_SHOWN]:
            note(f"refused  {row}")

    def retained(self, posts: int) -> None:
        """Say how many posts were blanked."""
        note(f"retention: {plural(posts, 'old post')} blanked")

    def failed(self, line: str) -> None:
        """Say why, and that it is tried again."""
        note(f"{line}; this is tried again in the next pass")

    def stopped(self) -> None:
        """Say that it ends."""
        note("stopped")


class JsonLog:
    """One JSON object a line, each with its time and the id of the run. `write` takes whole lines; by default to standard error."""

    def __init__(self, write: Callable[[str], Any] | None = None) -> None:
        self._write = write or sys.stderr.write
        self.run = uuid4().hex[:12]
        self.passes = 0

    def event(self, name: str, **fields: Any) -> None:
        """Write one line. `fields` must hold no texts of posts and nothing of a person."""
        head = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "run": self.run, "event": name}
        self._write(json.dumps(head | {"pass": self.passes} | fields, ensure_ascii=False) + "\n")

    def crawled(self, event: CrawlEvent) -> None:
        """Take an event of the crawl. A source's title is its publisher's text; its name is the user's own."""
        fields = asdict(event)
        kind, message = fields.pop("kind"), fields.pop("message")
        fields = {name: value for name, value in fields.items() if value}
        if kind in ("failed", "gone", "moved"):
            fields["reason"] = message
        self.event(f"crawl.{kind}" if kind in ("begun", "ended") else f"source.{kind}", **fields)

    def passed(self, facts: dict[str, Any], seconds: float) -> None:
        """A pass is over. The crawl's failures were told source by source."""
        crawl = {name: value for name, value in facts["crawl"].items() if name != "failures"}
        told = facts | {"crawl": crawl, "dropped": _by_kind(facts["dropped"])}
        self.event("pass.ended", seconds=round(seconds, 3), **told)
        self.passes += 1

    def contacts(self, report: ImportReport) -> None:
        """Counts only: the reasons for a refusal quote the row."""
        names = ("rows", "imported", "merged", "unchanged", "suppressed", "refused_count")
        self.event("contacts.imported", **{name: getattr(report, name) for name in names})

    def retained(self, posts: int) -> None:
        """Old posts were blanked."""
        self.event("posts.blanked", posts=posts)

    def failed(self, line: str) -> None:
        """A pass broke off; the line names the database, never what is in it."""
        self.event("pass.failed", reason=line)

    def stopped(self) -> None:
        """The run ends because somebody asked it to."""
        self.event("run.stopped")


def _by_kind(dropped: dict[str, int]) -> dict[str, int]:
    """Counts of drops by the first word of their reasons; what follows the colon are words of the post."""
    counts: Counter[str] = Counter()
    for reason, count in dropped.items():
        counts[reason.partition(":")[0]] += count
    return dict(sorted(counts.items()))


def json_wanted(*, asked: bool) -> bool:
    """Say whether logs are to be JSON: asked for by the option, or by POVOD_LOG=json.

    Raises:
        UserError: POVOD_LOG is something else than text or json.
    """
    form = os.environ.get(VARIABLE) or "text"
    if form not in FORMS:
        raise UserError(f"{VARIABLE}={form}: it is one of {', '.join(FORMS)}")
    return asked or form == "json"
