"""One pass over the user's own world, step by step, in order: contacts, crawl, process, deliver, retain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from leads.process import ProcessReport, process
from models import Source
from models.retention import purge
from povod import contact_files
from povod.console import note, plural
from povod.crawling import Event, crawl_in_child
from povod.delivering import deliver_due
from povod.progress import bar, counting
from povod.stopping import Stop
from povod.wiring import load_detector, load_linker, process_settings
from povod.workspace import Workspace

RETAIN_EVERY = timedelta(hours=12)


@dataclass(slots=True)
class PassReport:
    """What one pass did."""

    crawl: Event = field(default_factory=dict)
    processed: ProcessReport = field(default_factory=ProcessReport)
    delivered: Counter[str] = field(default_factory=Counter)
    status: int = 0

    def facts(self) -> dict[str, Any]:
        """Return it as plain data."""
        done = self.processed
        return {
            "crawl": self.crawl,
            "posts_processed": done.posts,
            "signals_added": done.signals_added,
            "signals_removed": done.signals_removed,
            "leads_made": done.leads_made,
            "dropped": dict(sorted(done.dropped.items())),
            "delivered": dict(sorted(self.delivered.items())),
        }


class Passes:
    """Makes passes over one workspace. Rules are loaded once; contacts again when they have changed."""

    def __init__(self, workspace: Workspace, on_event: Callable[[Event], None], stop: Stop) -> None:
        self.workspace = workspace
        self.on_event = on_event
        self.stop = stop
        self.detector = load_detector(workspace.loaded)
        self._retained_at: datetime | None = None

    def make(self, crawl_options: Sequence[str] = ()) -> PassReport:
        """Make one pass. Every step is safe to repeat, so an interrupted pass is made good by the next."""
        report = PassReport()
        self.import_contacts()
        if crawl_options or due_count(self.workspace):
            report.status = self._crawl(report, crawl_options)
        if not self.stop:
            report.processed = self.process()
        if not self.stop:
            report.delivered = deliver_due(self.workspace, self.stop)
            self._retain()
        return report

    def import_contacts(self) -> None:
        """Import the contacts files that have changed."""
        with counting("contacts") as progress:
            for done in contact_files.sync(self.workspace, progress):
                refused = f", {done.refused_count} refused" if done.refused_count else ""
                note(f"{done.file}: {done.imported} contacts imported, {done.merged} merged{refused}")
                for row in done.refused[:20]:
                    note(f"refused  {row}")

    def _crawl(self, report: PassReport, options: Sequence[str]) -> int:
        def on_event(event: Event) -> None:
            if event.get("event") == "crawl":
                report.crawl = event
            self.on_event(event)

        return crawl_in_child(self.workspace.loaded.file, options, on_event, self.stop)

    def process(self) -> ProcessReport:
        """Process what these rules and contacts have not seen yet."""
        workspace = self.workspace
        with workspace.session() as session:
            linker, contacts_version = load_linker(session, workspace.loaded)
            settings = process_settings(session, workspace.loaded, workspace.secret("suppression_key"))
        with bar("processing posts") as progress:
            return process(
                workspace.engine,
                self.detector,
                linker,
                contacts_version=contacts_version,
                settings=settings,
                batch=workspace.loaded.config.run.batch,
                on_progress=(lambda done: progress(done.posts, done.due)) if progress else None,
                stop=self.stop,
            )

    def _retain(self) -> None:
        now = datetime.now(UTC)
        if self._retained_at and now - self._retained_at < RETAIN_EVERY:
            return
        blanked = purge(self.workspace.engine, now)
        if blanked:
            note(f"retention: {plural(blanked, 'old post')} blanked")
        self._retained_at = now


def due_count(workspace: Workspace) -> int:
    """Return how many sources are due."""
    now = datetime.now(UTC)
    query = select(func.count()).where(
        Source.state == "active",
        or_(Source.next_fetch_at.is_(None), Source.next_fetch_at <= now),
        or_(Source.leased_until.is_(None), Source.leased_until <= now),
    )
    with workspace.session() as session:
        return session.scalar(query) or 0


def process_words(report: ProcessReport) -> str:
    """Say in one line what processing did."""
    words = [f"{plural(report.posts, 'post')} processed", plural(report.signals_added, "new signal")]
    if report.signals_removed:
        words.append(f"{report.signals_removed} no longer hold")
    words.append(plural(report.leads_made, "new lead"))
    dropped = ", ".join(f"{count} {reason}" for reason, count in report.dropped.most_common())
    return "; ".join(words) + (f"; dropped: {dropped}" if dropped else "")
