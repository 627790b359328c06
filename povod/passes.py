"""One pass over the user's own world, step by step, in order: contacts, crawl, process, deliver, retain."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from crawler.events import CrawlReport
from crawler.together import crawl_together
from leads.linking.mentions import MentionScanner
from leads.outbox import DeliveryReport
from leads.process import ProcessReport, process, utc_now
from models.leases import due_sources, free_dead_leases
from models.retention import purge
from povod import contact_files
from povod.console import plural
from povod.crawl_display import EventSink
from povod.delivering import deliver_due
from povod.logs import Log, WordLog
from povod.progress import bar
from povod.stopping import Stop
from povod.wiring import fetch_policy, load_detector, load_linker, load_searches, process_settings
from povod.workspace import Workspace

RETAIN_EVERY = timedelta(hours=12)


@dataclass(slots=True)
class PassReport:
    """What one pass did."""

    crawl: CrawlReport = field(default_factory=CrawlReport)
    processed: ProcessReport = field(default_factory=ProcessReport)
    delivered: DeliveryReport = field(default_factory=DeliveryReport)

    @property
    def nothing_could_be_read(self) -> bool:
        """Whether sources were due and not one could be read, or storing failed."""
        return nothing_could_be_read(self.crawl)

    def facts(self) -> dict[str, Any]:
        """Return it as plain data."""
        done = self.processed
        return {
            "crawl": self.crawl.as_json(),
            "posts_processed": done.posts,
            "signals_added": done.signals_added,
            "signals_removed": done.signals_removed,
            "leads_made": done.leads_made,
            "dropped": dict(sorted(done.dropped.items())),
            "delivered": asdict(self.delivered),
        }


class Passes:
    """Makes passes over one workspace. Rules are loaded once; contacts again when they have changed.

    `clock` tells what is due and when things happened, for tests and simulations; a crawl is at one moment of it.
    """

    def __init__(
        self,
        workspace: Workspace,
        on_event: EventSink,
        stop: Stop,
        *,
        log: Log | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.workspace = workspace
        self.on_event = on_event
        self.stop = stop
        self.log = log or WordLog()
        self.clock = clock
        self.detector = load_detector(workspace.loaded)
        self._retained_at: datetime | None = None

    def make(self, *, everything: bool = False) -> PassReport:
        """Make one pass. Every step is safe to repeat, so an interrupted pass is made good by the next."""
        report = PassReport()
        self.import_contacts()
        if everything or due_count(self.workspace, self.clock()):
            report.crawl = self._crawl(everything)
        if not self.stop:
            report.processed = self.process()
        if not self.stop:
            report.delivered = deliver_due(self.workspace, self.stop, self.clock)
            self._retain()
        return report

    def import_contacts(self) -> None:
        """Import the contacts files that have changed."""
        with bar("importing contacts") as progress:
            for done in contact_files.sync(self.workspace, progress):
                self.log.contacts(done)

    def _crawl(self, everything: bool) -> CrawlReport:
        with ExitStack() as while_it_runs:

            def stoppable(child: subprocess.Popen[str]) -> None:
                while_it_runs.enter_context(self.stop.telling(child.terminate))

            return crawl_together(
                self.workspace.loaded.database_url(),
                fetch_policy(self.workspace.loaded),
                self.workspace.loaded.config.fetch.processes,
                everything=everything,
                now=None if self.clock is utc_now else self.clock(),
                on_event=self.on_event,
                on_start=stoppable,
            )

    def process(self) -> ProcessReport:
        """Process what these rules and contacts have not seen yet."""
        workspace = self.workspace
        with workspace.session() as session:
            known = load_linker(session, workspace.loaded)
            searches = load_searches(session, workspace.loaded, known)
            settings = process_settings(session, workspace.loaded, workspace.secret("suppression_key"))
        with bar("processing posts") as progress:
            return process(
                workspace.engine,
                self.detector,
                known.linker,
                contacts_version=known.version,
                settings=settings,
                batch=workspace.loaded.config.run.batch,
                on_progress=(lambda done: progress(done.posts, done.due)) if progress else None,
                stop=self.stop,
                clock=self.clock,
                searches=searches,
                scan=MentionScanner(known.linker).scan,
            )

    def _retain(self) -> None:
        now = self.clock()
        if self._retained_at and now - self._retained_at < RETAIN_EVERY:
            return
        blanked = purge(self.workspace.engine, now)
        if blanked:
            self.log.retained(blanked)
        self._retained_at = now


def nothing_could_be_read(crawl: CrawlReport) -> bool:
    """Whether sources were due and every one failed, or storing failed: what ends with exit status 1."""
    read = crawl.sources_read + crawl.sources_unchanged
    return crawl.outcome == "failed" or (crawl.sources_failed > 0 and not read)


def due_count(workspace: Workspace, now: datetime) -> int:
    """Return how many sources are due, those included that a killed crawl has left leased."""
    with workspace.session() as session:
        free_dead_leases(session)
        return session.scalar(select(func.count()).where(due_sources(now))) or 0


def process_words(report: ProcessReport) -> str:
    """Say in one line what processing did."""
    words = [f"{plural(report.posts, 'post')} processed", plural(report.signals_added, "new signal")]
    if report.signals_removed:
        words.append(f"{report.signals_removed} no longer hold")
    words.append(plural(report.leads_made, "new lead"))
    faults = {reason: count for reason, count in report.dropped.items() if reason.startswith("fault:")}
    if faults:
        places = ", ".join(reason.removeprefix("fault: ") for reason in sorted(faults))
        words.append(
            f"{plural(sum(faults.values()), 'post')} passed over, since povod failed over it: {places}"
        )
    dropped = reasons_in_words(report.dropped - Counter(faults))
    return "; ".join(words) + (f"; dropped: {dropped}" if dropped else "")


def reasons_in_words(dropped: Mapping[str, int]) -> str:
    """Say how many matches were dropped for each kind of reason, commonest first; details are with each match."""
    kinds: Counter[str] = Counter()
    for reason, count in dropped.items():
        kinds[reason.partition(":")[0]] += count
    return ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
