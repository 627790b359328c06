"""The spider for feeds: asks each due source once, and makes of each answer one `Harvest`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from hashlib import blake2b
from typing import Any

import scrapy
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler.feeds import Limits, ParsedFeed, Unreadable
from crawler.feeds.pool import ReadingPool
from crawler.feeds.urls import origin
from crawler.feeds.wire import ReadRequest
from crawler.frontier import Frontier, Task
from crawler.harvest import Harvest
from crawler.heavy import LARGE, HeavyLast
from crawler.middlewares import Refused
from crawler.policy import FetchPolicy
from crawler.robots_book import RobotsBook
from crawler.schedule import max_age_seconds
from crawler.words import failure_in_words, status_in_words
from guards.failpoints import failpoint
from guards.headers import retry_after_seconds

_PERMANENT = {301, 308}
# How often the spider looks whether a slow source has given up its place, in seconds.
_LOOK = 0.25


class FeedSpider(scrapy.Spider):
    """Walks the frontier: one request per source, its answer read in another process."""

    name = "feed"

    def __init__(
        self,
        *,
        frontier: Frontier,
        policy: FetchPolicy,
        clock: Callable[[], datetime],
        pool: ReadingPool,
        store: Callable[[Harvest], Awaitable[None]],
        refill: Callable[[], Awaitable[bool]],
        robots: RobotsBook | None = None,
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments)
        self.frontier = frontier
        self.policy = policy
        self.clock = clock
        self.pool = pool
        self.store = store
        self.refill = refill
        self.robots = robots
        self.limits = Limits(posts=policy.max_posts, text=policy.max_text)
        self.heavy = HeavyLast()
        self._place_free = asyncio.Event()

    async def start(self) -> AsyncIterator[Request]:
        """Hand out requests as places become free."""
        while not self.frontier.empty or await self.refill():
            task = self.frontier.take(asyncio.get_running_loop().time())
            if task is not None:
                yield self._request(task)
                continue
            self._place_free.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._place_free.wait(), _LOOK)
        self.heavy.release()

    def finished(self, task: Task) -> None:
        """The source's answer is read: its server may be asked for another one."""
        self.frontier.done(task.id)
        self._place_free.set()

    def _request(self, task: Task) -> Request:
        return Request(
            task.fetch_url,
            callback=self.parse,
            errback=self.fail,
            meta={
                "task": task,
                "download_slot": task.origin,
                "deadline": time.monotonic() + self.policy.timeout,
            },
            dont_filter=True,
        )

    def _request_of_page(self, page: Response, harvest: Harvest) -> Request:
        """Ask the first feed that a page names, within the page's own time."""
        request = self._request(harvest.task).replace(url=harvest.feeds[0])
        request.meta.update({"deadline": page.meta["deadline"], "page_feeds": harvest.feeds})
        return request

    async def parse(self, response: Response, **_: Any) -> AsyncIterator[Harvest | Request]:
        """Whatever the answer is, exactly one harvest comes of it; a page's own feed is asked first."""
        failpoint("crawl.fetched")
        harvest = self._about(response)
        if response.status == 304 and _asked_for_changes(response):
            harvest.outcome = "unchanged"
        elif response.status == 410:
            harvest.outcome, harvest.message = "gone", status_in_words(410)
        elif not 200 <= response.status < 300:
            harvest.outcome, harvest.message = "failed", _failed_status(response)
        elif harvest.body_hash and harvest.body_hash == harvest.task.body_hash:
            harvest.outcome = "unchanged"
        else:
            await self._read(response, harvest)
        if harvest.feeds and origin(harvest.feeds[0]) == harvest.task.origin and not harvest.found_at:
            yield self._request_of_page(response, harvest)
        else:
            yield _naming_the_page(harvest)

    def fail(self, failure: Failure) -> Harvest:
        """No answer at all."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        message = failure_in_words(failure.value or ConnectionError(), request.url)
        page_feeds = request.meta.get("page_feeds", ())
        harvest = Harvest(request.meta["task"], "failed", self.clock(), message, page_feeds=page_feeds)
        if isinstance(failure.value, Refused):
            harvest.retry_after = failure.value.retry_after
        return _naming_the_page(harvest)

    async def _read(self, response: Response, harvest: Harvest) -> None:
        request = ReadRequest(
            response.body,
            harvest.task.name,
            response.url,
            _header(response, "Content-Type") or "",
            self.limits,
            cpu_seconds=_processor_seconds(len(response.body)),
        )
        try:
            feed = await self._feed_of(request, harvest.task)
        except Unreadable as reason:
            harvest.outcome, harvest.message = "failed", str(reason)
            harvest.moved_for_good = False
            harvest.feeds = reason.feeds
            return
        harvest.outcome, harvest.message = "read", feed.warning
        harvest.posts, harvest.title, harvest.reader = feed.posts, feed.title, feed.reader
        harvest.rhythm, harvest.deleted = feed.rhythm, feed.deleted
        failpoint("crawl.parsed")

    async def _feed_of(self, request: ReadRequest, task: Task) -> ParsedFeed:
        if len(request.body) >= LARGE:
            self.frontier.give_way(task.id)
            self._place_free.set()
        async with self.heavy.turn(len(request.body)):
            return await self.pool.read(request)

    def _about(self, response: Response) -> Harvest:
        """What the answer says of itself."""
        task: Task = response.meta["task"]
        now = self.clock()
        reasons = response.meta.get("redirect_reasons", [])
        return Harvest(
            task,
            "failed",
            now,
            etag=_header(response, "ETag"),
            last_modified=_header(response, "Last-Modified"),
            body_hash=blake2b(response.body, digest_size=16).hexdigest() if response.body else None,
            max_age=max_age_seconds(_header(response, "Cache-Control")),
            retry_after=retry_after_seconds(_header(response, "Retry-After"), now),
            moved_to=response.url if reasons else None,
            moved_for_good=bool(reasons) and all(reason in _PERMANENT for reason in reasons),
            page_feeds=response.meta.get("page_feeds", ()),
        )


def _naming_the_page(harvest: Harvest) -> Harvest:
    """Say that there is a page, which of the feeds that it names was asked, and which others there are."""
    if not harvest.found_at:
        return harvest
    others = harvest.page_feeds[1:]
    if harvest.outcome in ("failed", "gone"):
        harvest.message = (
            f"this is a web page, not a feed; its feed may be at {harvest.found_at}, but: {harvest.message}"
        )
    elif others:
        harvest.notice = (
            f"a web page that names several feeds: {harvest.found_at} is read, not {', '.join(others)}"
        )
    return harvest


def _processor_seconds(size: int) -> int:
    """What reading so many bytes may take: the slowest reader needs a second for a megabyte of small entries."""
    return min(2 + 2 * size // 2**20, 10)


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1")[:1000] if value else None


def _asked_for_changes(response: Response) -> bool:
    """A 304 to any other request has no answer behind it that would be known."""
    headers = response.request.headers if response.request is not None else {}
    return "If-None-Match" in headers or "If-Modified-Since" in headers


def _failed_status(response: Response) -> str:
    if response.status == 304:
        return "the server answered 304 Not Modified to a request that did not ask for changes"
    if 300 <= response.status < 400:
        return "the server redirects to nowhere that can be followed"
    return status_in_words(response.status)
