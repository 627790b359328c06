"""One crawl: the sources that are due, fetched, read and stored. It owns the reactor, so one crawl per process.

`crawl` runs it in this process, `crawl_apart` (in `crawler.apart`) in a process of its own.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from sqlalchemy import Engine, update

from crawler import settings as defaults
from crawler.due import begin_run, due_tasks
from crawler.events import CrawlEvent, CrawlReport
from crawler.feeds.pool import ReadingPool
from crawler.frontier import Frontier, Task
from crawler.harvest import Harvest
from crawler.keep import Keeper
from crawler.policy import FetchPolicy
from crawler.spiders.feed import FeedSpider
from crawler.writer import Writer
from models import CrawlRun, DatabaseFault

EventSink = Callable[[CrawlEvent], None]


def utc_now() -> datetime:
    """The clock of a crawl, unless a test brings another one."""
    return datetime.now(UTC)


def crawl(
    engine: Engine,
    policy: FetchPolicy,
    *,
    names: Sequence[str] | None = None,
    everything: bool = False,
    now: Callable[[], datetime] = utc_now,
    on_event: EventSink = lambda _: None,
) -> CrawlReport:
    """Fetch what is due (or all active sources, or the named ones) and store its posts.

    SIGINT and SIGTERM end it early: what is in flight gets `policy.grace` seconds, what was fetched is stored, the
    rest stays due. Raises `UnknownSources` for names that no source has, and `DatabaseFault` when the database
    cannot be used; a source that cannot be read is no failure of the crawl.
    """
    tasks = due_tasks(engine, now(), names=names, everything=everything)
    job = _Job(engine, policy, tasks, now, on_event)
    run_id = begin_run(engine, now())
    on_event(CrawlEvent("begun", total=len(tasks)))
    if tasks:
        job.run()
    _end_run(engine, run_id, now(), job.report)
    on_event(CrawlEvent("ended", message=job.report.line(), done=job.done, total=len(tasks)))
    if job.fault is not None:
        raise job.fault
    return job.report


def scrapy_settings(policy: FetchPolicy) -> Settings:
    """The project's settings with the policy laid over them."""
    settings = Settings()
    settings.setmodule(defaults, priority="project")
    settings.setdict(
        {
            "USER_AGENT": policy.user_agent,
            "ROBOTSTXT_OBEY": policy.obey_robots,
            "DOWNLOAD_TIMEOUT": policy.timeout,
            "DOWNLOAD_MAXSIZE": policy.max_size,
            "REDIRECT_MAX_TIMES": policy.max_redirects,
            "DOWNLOAD_VERIFY_CERTIFICATES": policy.verify_tls,
            "POVOD_ALLOW_NETWORKS": list(policy.allow_networks),
        },
        priority="cmdline",
    )
    return settings


class _Job:
    """One crawl while it runs: its frontier, pool and writer, and what it has come to so far."""

    def __init__(
        self,
        engine: Engine,
        policy: FetchPolicy,
        tasks: list[Task],
        clock: Callable[[], datetime],
        on_event: EventSink,
    ) -> None:
        self.policy = policy
        self.clock = clock
        self.on_event = on_event
        self.total = len(tasks)
        self.done = 0
        self.report = CrawlReport(sources_due=len(tasks))
        self.fault: DatabaseFault | None = None
        self.frontier = Frontier(policy.concurrency, policy.slow_after)
        self.frontier.add(tasks)
        self.pool = ReadingPool(
            policy.readers, seconds=policy.reader_seconds, megabytes=policy.reader_megabytes
        )
        self.writer = Writer(Keeper(engine, policy))
        self._crawler: Any = None

    def run(self) -> None:
        """Run Scrapy until all is fetched and stored, or a signal comes."""
        started = time.monotonic()
        process = AsyncCrawlerProcess(scrapy_settings(self.policy))
        crawler = process.create_crawler(FeedSpider)
        crawler.signals.connect(self._item_failed, signals.item_error)
        crawler.signals.connect(self._close, signals.spider_closed)
        self._crawler = crawler
        process.crawl(
            crawler,
            frontier=self.frontier,
            policy=self.policy,
            clock=self.clock,
            pool=self.pool,
            store=self.store,
        )
        asyncio.get_event_loop().call_soon(self._listen_for_signals)
        try:
            process.start(install_signal_handlers=False)
        finally:
            self.pool.close()
        self.report.seconds = time.monotonic() - started

    async def store(self, harvest: Harvest) -> None:
        """Store one harvest and count it."""
        try:
            await self.writer.put(harvest)
        except DatabaseFault as fault:
            self._give_up(fault)
            return
        self._count(harvest)

    # -- Counting and telling

    def _count(self, harvest: Harvest) -> None:
        report, counts = self.report, harvest.counts
        self.done += 1
        report.posts_new += counts.new
        report.posts_changed += counts.changed
        report.posts_seen += counts.seen
        if harvest.outcome == "read":
            report.sources_read += 1
            report.readers[harvest.reader] = report.readers.get(harvest.reader, 0) + 1
        elif harvest.outcome == "unchanged":
            report.sources_unchanged += 1
        else:
            self._failed(harvest.task.name, harvest.message)
        self._tell(harvest)

    def _failed(self, name: str, message: str) -> None:
        self.report.sources_failed += 1
        self.report.failures[name] = message

    def _tell(self, harvest: Harvest) -> None:
        counts = harvest.counts
        self.on_event(
            CrawlEvent(
                harvest.outcome,
                harvest.task.name,
                harvest.message,
                counts.new,
                counts.changed,
                counts.seen,
                self.done,
                self.total,
            )
        )

    def _item_failed(self, item: Harvest, failure: Any) -> None:
        """A fault of ours with one source: told on that source, and the crawl goes on."""
        self.done += 1
        message = f"povod failed over this source: {failure.type.__name__}: {failure.value}"
        self._failed(item.task.name, message)
        self.on_event(CrawlEvent("failed", item.task.name, message, done=self.done, total=self.total))
        self.frontier.done(item.task.id)

    # -- Ending

    def _listen_for_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._interrupt)

    def _interrupt(self) -> None:
        """First: begin nothing more, give what is in flight a moment. Again: stop at once."""
        first = self.report.outcome != "interrupted"
        self.report.outcome = "interrupted"
        self.frontier.drop_waiting()
        loop = asyncio.get_running_loop()
        loop.call_later(self.policy.grace if first else 0, self._stop_now)
        if first:
            self._stop_engine()

    def _give_up(self, fault: DatabaseFault) -> None:
        self.fault = self.fault or fault
        self.report.outcome, self.report.error = "failed", str(fault)
        self.frontier.drop_waiting()
        self._stop_engine()

    def _stop_engine(self) -> None:
        asyncio.ensure_future(self._crawler.stop_async())  # noqa: RUF006  the reactor ends with it

    def _stop_now(self) -> None:
        from twisted.internet import reactor  # noqa: PLC0415  importing it earlier would install the wrong one

        if reactor.running:  # type: ignore[attr-defined]
            reactor.stop()  # type: ignore[attr-defined]

    async def _close(self) -> None:
        await self.writer.close()
        self.pool.close()


def _end_run(engine: Engine, run_id: int, now: datetime, report: CrawlReport) -> None:
    values = {
        name: getattr(report, name)
        for name in (
            "sources_read",
            "sources_unchanged",
            "sources_failed",
            "posts_new",
            "posts_changed",
            "posts_seen",
        )
    }
    with engine.begin() as connection:
        connection.execute(
            update(CrawlRun)
            .where(CrawlRun.id == run_id)
            .values(finished_at=now, outcome=report.outcome, **values)
        )
