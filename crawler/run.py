"""One crawl: the sources that are due, fetched, read and stored. It owns the reactor, so one crawl per process.

`crawl` runs it in this process, `crawl_apart` (in `crawler.apart`) in a process of its own.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from sqlalchemy import Engine, update

from crawler import settings as defaults
from crawler.due import LEASE, Due, begin_run
from crawler.events import KEPT_COUNTS, CrawlEvent, CrawlReport
from crawler.feeds.pool import ReadingPool
from crawler.frontier import Frontier, Task
from crawler.harvest import Harvest
from crawler.keep import Keeper
from crawler.policy import FetchPolicy
from crawler.robots_book import RobotsBook
from crawler.spiders.feed import FeedSpider
from crawler.writer import Writer
from guards.traces import fault_in_brief
from models import CrawlRun, DatabaseFault
from models.faults import database_faults
from models.retry import retried

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
    share: tuple[int, int] = (0, 1),
    now: Callable[[], datetime] = utc_now,
    on_event: EventSink = lambda _: None,
) -> CrawlReport:
    """Fetch what is due (or all active sources, or the named ones; of these its `share`) and store its posts.

    SIGINT and SIGTERM end it early: what is in flight gets `policy.grace` seconds, what was fetched is stored, the
    rest stays due. So does `on_event` if it raises, such as over a pipe that nobody reads any more; what it raised is
    raised at the end. Raises `UnknownSources` for names that no source has, and `DatabaseFault` when the database
    cannot be used; a source that cannot be read is no failure of the crawl.
    """
    with database_faults(engine):
        due = Due(engine, now(), names=names, everything=everything, share=share)
        on_event(CrawlEvent("begun", total=due.total))
        run_id = begin_run(engine, now())
        job = _Job(engine, policy, due, now, on_event)
        if due.total:
            job.run()
        due.release()
        _end_run(engine, run_id, now(), job.report)
    if job.unheard is not None:
        raise job.unheard
    on_event(CrawlEvent("ended", message=job.report.line(), done=job.done, total=due.total))
    if job.fault is not None:
        raise job.fault
    return job.report


def scrapy_settings(policy: FetchPolicy, more: dict[str, Any] | None = None) -> Settings:
    """The project's settings with the policy, and whatever else is given, laid over them."""
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
            "POVOD_NAMESERVER": policy.nameserver,
            **(more or {}),
        },
        priority="cmdline",
    )
    return settings


async def _nothing_more() -> bool:
    return False


def run_spider(
    policy: FetchPolicy,
    frontier: Frontier,
    store: Callable[[Harvest], Awaitable[None]],
    clock: Callable[[], datetime],
    *,
    refill: Callable[[], Awaitable[bool]] = _nothing_more,
    robots: RobotsBook | None = None,
    settings: dict[str, Any] | None = None,
    on_crawler: Callable[[Any], None] = lambda _: None,
) -> None:
    """Run the feed spider over a frontier until it is empty and `refill` adds nothing. Once per process."""
    gc.freeze()  # what was imported stays: the collector need not look at it again and again
    gc.set_threshold(50_000)
    process = AsyncCrawlerProcess(scrapy_settings(policy, settings))
    for name in ("scrapy", "twisted"):  # what they would print is told by events and kept with the sources
        logging.getLogger(name).addHandler(logging.NullHandler())
        logging.getLogger(name).setLevel(logging.ERROR)  # and is not even put into words
    crawler = process.create_crawler(FeedSpider)
    on_crawler(crawler)
    with closing(
        ReadingPool(policy.readers, seconds=policy.reader_seconds, megabytes=policy.reader_megabytes)
    ) as pool:
        process.crawl(
            crawler,
            frontier=frontier,
            policy=policy,
            clock=clock,
            pool=pool,
            store=store,
            refill=refill,
            robots=robots,
        )
        process.start(install_signal_handlers=False)


class _Job:
    """One crawl while it runs: its frontier, pool and writer, and what it has come to so far."""

    def __init__(
        self,
        engine: Engine,
        policy: FetchPolicy,
        due: Due,
        clock: Callable[[], datetime],
        on_event: EventSink,
    ) -> None:
        self.policy = policy
        self.due = due
        self.clock = clock
        self.on_event = on_event
        self.unheard: BaseException | None = None
        self.done = 0
        self.report = CrawlReport(sources_due=due.total)
        self.fault: DatabaseFault | None = None
        self.frontier = Frontier(policy.concurrency, policy.slow_after)
        self.writer = Writer(Keeper(engine, policy, due.worker))
        self.robots = RobotsBook(engine, self.writer.run) if policy.obey_robots else None
        self._crawler: Any = None
        self._heartbeat: asyncio.Task[None] | None = None
        self._faults: list[asyncio.Task[None]] = []

    def run(self) -> None:
        """Run Scrapy until all is fetched and stored, or a signal comes."""
        started = time.monotonic()
        run_spider(
            self.policy,
            self.frontier,
            self.store,
            self.clock,
            refill=self._refill,
            robots=self.robots,
            on_crawler=self._attach,
        )
        self.report.seconds = time.monotonic() - started

    async def store(self, harvest: Harvest) -> None:
        """Store one harvest and count it."""
        if self.robots:
            harvest.robots = self.robots.take()
        try:
            await self.writer.put(harvest)
        except DatabaseFault as fault:
            self._give_up(fault)
            return
        self._count(harvest)

    def _attach(self, crawler: Any) -> None:
        self._crawler = crawler
        crawler.signals.connect(self._item_failed, signals.item_error)
        crawler.signals.connect(self._reading_failed, signals.spider_error)
        crawler.signals.connect(self._close, signals.spider_closed)
        loop = asyncio.get_event_loop()
        loop.call_soon(self._listen_for_signals)
        self._heartbeat = loop.create_task(self._keep_leases())

    async def _close(self) -> None:
        if self._heartbeat is not None:
            self._heartbeat.cancel()
        await asyncio.gather(*self._faults)
        if self.robots and self.fault is None:
            await self.robots.close(self.clock())
        await self.writer.close()

    async def _refill(self) -> bool:
        """Lease more sources when the frontier has run dry; false when there are none."""
        if self.report.outcome != "finished":
            return False
        tasks = await self.writer.run(self.due.lease, self.clock())
        if self.robots:
            await self.robots.look_up((task.origin for task in tasks), self.clock())
        self.frontier.add(tasks)
        self.report.sources_due = self.due.total
        return bool(tasks)

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 4)
            with suppress(Exception):  # a database that stays away is told of by what is to be stored
                lost = await self.writer.run(lambda now: retried(lambda: self.due.extend(now)), self.clock())
                self.due.lost(self.frontier.drop(lost))

    # -- Counting and telling

    def _count(self, harvest: Harvest) -> None:
        report, counts = self.report, harvest.counts
        self.done += 1
        self.due.finished(harvest.task.id)
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
        if self.unheard is not None:
            return
        counts = harvest.counts
        event = CrawlEvent(
            harvest.outcome,
            harvest.task.name,
            "; ".join(filter(None, (harvest.message, harvest.notice))),
            counts.new,
            counts.changed,
            counts.seen,
            self.done,
            self.due.total,
        )
        try:
            self.on_event(event)
        except (Exception, SystemExit) as error:  # noqa: BLE001  no fault of the source: raised when the crawl has ended
            self.unheard = error
            self._interrupt()

    async def _item_failed(self, item: Harvest, failure: Any) -> None:
        await self._fault_of_ours(item.task, failure)

    def _reading_failed(self, failure: Any, response: Any) -> None:
        # An answer that never came is a failure, too, and stands in the place of a response.
        request = response if hasattr(response, "meta") else response.request
        self._faults.append(asyncio.ensure_future(self._fault_of_ours(request.meta["task"], failure)))

    async def _fault_of_ours(self, task: Task, failure: Any) -> None:
        """Kept with the source that it happened with, so that it is told and tried later; the crawl goes on."""
        self.frontier.done(task.id)
        message = f"povod failed over this source: {fault_in_brief(failure.value)}"
        harvest = Harvest(task, "failed", self.clock(), message)
        try:
            await self.store(harvest)
        except Exception:  # noqa: BLE001  what was to be stored was only words; they are told all the same
            self._count(harvest)

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

        running: Any = reactor  # its interface is declared by zope, which the type checker cannot see
        if running.running:
            running.stop()


def _end_run(engine: Engine, run_id: int, now: datetime, report: CrawlReport) -> None:
    values = {name: getattr(report, name) for name in KEPT_COUNTS}
    with engine.begin() as connection:
        connection.execute(
            update(CrawlRun)
            .where(CrawlRun.id == run_id)
            .values(finished_at=now, outcome=report.outcome, **values)
        )
