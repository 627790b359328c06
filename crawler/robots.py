"""robots.txt on the way out: each origin is asked for it once a day, and what it forbids is not fetched (RFC 9309)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.feeds.urls import origin
from crawler.middlewares import OUT_OF_TIME, Refused, seconds_left
from crawler.robots_book import LAST_RESORT, RobotsAnswer, RobotsBook, good_until
from crawler.robots_rules import MOST_BYTES, RobotsRules, rules_from_answer
from crawler.schedule import max_age_seconds
from crawler.words import failure_in_words

# Larger files are parsed in a thread: half a megabyte of rules takes half a second.
_LARGE = 16 * 1024


class ObeyRobots:
    """Refuses what an origin's robots.txt forbids; the file itself comes from the book, or is fetched for it."""

    def __init__(self, crawler: Any) -> None:
        self.crawler = crawler
        self.obey = crawler.settings.getbool("ROBOTSTXT_OBEY")
        self.user_agent = crawler.settings.get("USER_AGENT")
        self._rules: dict[str, asyncio.Task[RobotsRules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> ObeyRobots:
        """Scrapy's way of making one."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise `Refused` if robots.txt says so, or cannot be read."""
        if not self.obey or request.meta.get("dont_obey_robotstxt"):
            return
        place = origin(request.url)
        if place not in self._rules:
            self._rules[place] = asyncio.ensure_future(self._find_out(place, request.meta.get("deadline")))
        try:
            # Whoever waits for a file that another source has asked for does not wait beyond its own time.
            rules = await asyncio.wait_for(asyncio.shield(self._rules[place]), seconds_left(request))
        except TimeoutError:
            raise Refused(OUT_OF_TIME) from None
        if refusal := rules.refusal(request.url, self.user_agent):
            raise Refused(refusal)

    async def _find_out(self, place: str, deadline: float | None) -> RobotsRules:
        spider = self.crawler.spider
        book: RobotsBook | None = spider.robots
        now: datetime = spider.clock()
        known = await book.find(place, now) if book else None
        if known is not None and known.expires_at > now:
            return await _rules(known)
        fetched = await self._fetch(place, now, deadline)
        if fetched.answer is None:
            # 2.3.1.4: as long as the file cannot be had, the last copy may still be used.
            usable = known is not None and known.fetched_at > now - LAST_RESORT
            return await _rules(known) if known is not None and usable else RobotsRules(unknown=fetched.words)
        if book:
            await book.keep(place, fetched.answer)
        return await _rules(fetched.answer)

    async def _fetch(self, place: str, now: datetime, deadline: float | None) -> _Fetched:
        request = Request(
            f"{place}/robots.txt",
            priority=1000,
            meta={"dont_obey_robotstxt": True, "deadline": deadline},
            callback=NO_CALLBACK,
            dont_filter=True,
        )
        try:
            response: Response = await self.crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001  every kind of failure means the same here: the rules are unknown
            return _Fetched(None, failure_in_words(error, request.url))
        if unknown := rules_from_answer(response.status, b"").unknown:
            return _Fetched(None, unknown)
        cache = response.headers.get("Cache-Control")
        until = good_until(now, max_age_seconds(cache.decode("latin-1") if cache else None))
        body = response.body[:MOST_BYTES] if 200 <= response.status < 300 else b""
        return _Fetched(RobotsAnswer(response.status, body, now, until))


@dataclass(frozen=True, slots=True)
class _Fetched:
    """An answer that says what the rules are, or in words why it is not known."""

    answer: RobotsAnswer | None
    words: str = ""


async def _rules(answer: RobotsAnswer) -> RobotsRules:
    if len(answer.body) < _LARGE:
        return rules_from_answer(answer.status, answer.body)
    return await asyncio.to_thread(rules_from_answer, answer.status, answer.body)
