"""One crawl by several processes at once, each with its own part of the hosts, told and reported as one."""

from __future__ import annotations

import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime

from crawler.apart import crawl_apart
from crawler.events import KEPT_COUNTS, CrawlEvent, CrawlReport
from crawler.policy import FetchPolicy

EventSink = Callable[[CrawlEvent], None]


def crawl_together(
    database_url: str,
    policy: FetchPolicy,
    processes: int,
    *,
    everything: bool = False,
    now: datetime | None = None,
    on_event: EventSink = lambda _: None,
    on_start: Callable[[subprocess.Popen[str]], None] = lambda _: None,
) -> CrawlReport:
    """Like `crawler.apart.crawl_apart`, in this many processes, for each of which the whole policy holds.

    `on_start` is given each process. Whatever ends one of them, the others finish their parts; what a killed one left
    is due in the next crawl. Raises, after all have ended, what the first of them raised.
    """

    def part(which: int, tell: EventSink) -> CrawlReport:
        return crawl_apart(
            database_url,
            policy,
            everything=everything,
            share=(which, processes),
            now=now,
            on_event=tell,
            on_start=on_start,
        )

    if processes == 1:
        return part(0, on_event)
    started = time.monotonic()
    telling = _Telling(processes, on_event)

    def told_part(which: int) -> CrawlReport:
        try:
            return part(which, lambda event: telling.take(which, event))
        finally:
            telling.over(which)

    with ThreadPoolExecutor(processes) as pool:
        parts = [pool.submit(told_part, which) for which in range(processes)]
    faults = [fault for fault in map(Future.exception, parts) if fault]
    report = merged([one.result() for one in parts if not one.exception()])
    report.seconds = time.monotonic() - started
    if faults:
        report.outcome, report.error = "failed", "; ".join(dict.fromkeys(map(str, faults)))
    telling.end(report)
    if faults:
        raise faults[0]
    return report


def merged(reports: list[CrawlReport]) -> CrawlReport:
    """The sum of crawls that ran side by side: failed if one of them failed and none has read anything."""
    report = CrawlReport()
    for name in ("sources_due", *KEPT_COUNTS):
        setattr(report, name, sum(getattr(one, name) for one in reports))
    report.readers = dict(sum((Counter(one.readers) for one in reports), Counter()))
    for one in reports:
        report.failures |= one.failures
    failed = [one.error for one in reports if one.outcome == "failed"]
    report.error = "; ".join(
        f"{error} ({count} of {len(reports)})" for error, count in Counter(failed).items()
    )
    if any(one.outcome == "interrupted" for one in reports):
        report.outcome = "interrupted"
    elif failed and not report.sources_read + report.sources_unchanged:
        report.outcome = "failed"
    return report


@dataclass
class _Telling:
    """Makes one row of events of those that several processes tell: one beginning, one count, one end."""

    processes: int
    on_event: EventSink
    done: int = 0
    _totals: dict[int, int] = field(default_factory=dict)
    _early: list[CrawlEvent] = field(default_factory=list)
    _begun: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, which: int, event: CrawlEvent) -> None:
        """Tell it, or keep it until it is known how many sources are due in all."""
        with self._lock:
            self._totals[which] = event.total
            if event.kind == "begun":
                self._begin()
            elif event.kind != "ended":
                self._early.append(event)
                self._tell()

    def over(self, which: int) -> None:
        """This process has ended, perhaps before it could tell anything: the others do not wait for it."""
        with self._lock:
            self._totals.setdefault(which, 0)
            self._begin()

    def end(self, report: CrawlReport) -> None:
        """All have ended."""
        words = "; ".join(filter(None, (report.line(), report.error)))
        self.on_event(CrawlEvent("ended", message=words, done=self.done, total=self._total()))

    def _begin(self) -> None:
        if not self._begun and len(self._totals) == self.processes:
            self._begun = True
            self.on_event(CrawlEvent("begun", total=self._total()))
            self._tell()

    def _tell(self) -> None:
        while self._begun and self._early:
            self.done += 1
            self.on_event(replace(self._early.pop(0), done=self.done, total=self._total()))

    def _total(self) -> int:
        return sum(self._totals.values())
