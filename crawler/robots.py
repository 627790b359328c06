"""robots.txt on the way out: each origin is asked for it once a day, and what it forbids is not fetched (RFC 9309)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.feeds.urls import origin
from crawler.middlewares import OUT_OF_TIME, Refused, seconds_left
from crawler.robots_book import LAST_RESORT, LONGEST, RobotsAnswer, RobotsBook, good_until
from crawler.robots_rules import MOST_BYTES, RobotsRules, rules_from_answer
from crawler.schedule import max_age_seconds
from crawler.words import failure_in_words
from guards.headers import retry_after_seconds

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
            raise Refused(refusal, retry_after=rules.retry_after)

    async def _find_out(self, place: str, deadline: float | None) -> RobotsRules:
        spider = self.crawler.spider
        book: RobotsBook | None = spider.robots
        now: datetime = spider.clock()
        known = await book.find(place, now) if book else None
        # Fetched in the future is what was fetched by a clock that was wrong.
        if known is not None and known.fetched_at - LONGEST < now < known.expires_at:
            return await _rules(known)
        fetched = await self._fetch(place, now, deadline)
        answer = fetched.answer or _last_copy(known, now, fetched.retry_after)
        if answer is None:
            return RobotsRules(unknown=fetched.words, retry_after=fetched.retry_after)
        if book and answer is not known:
            await book.keep(place, answer)
        return await _rules(answer)

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
            patience = retry_after_seconds(_header(response, "Retry-After"), now)
            return _Fetched(None, unknown, patience)
        until = good_until(now, max_age_seconds(_header(response, "Cache-Control")))
        body = response.body[:MOST_BYTES] if 200 <= response.status < 300 else b""
        return _Fetched(RobotsAnswer(response.status, body, now, until))


@dataclass(frozen=True, slots=True)
class _Fetched:
    """An answer that says what the rules are, or in words why it is not known."""

    answer: RobotsAnswer | None
    words: str = ""
    retry_after: int | None = None


def _last_copy(known: RobotsAnswer | None, now: datetime, retry_after: int | None) -> RobotsAnswer | None:
    """RFC 9309, 2.3.1.4: while the file cannot be had, the last copy may be used; until then if the server says when."""
    if known is None or known.fetched_at <= now - LAST_RESORT:
        return None
    if not retry_after:
        return known
    until = min(now + timedelta(seconds=retry_after), known.fetched_at + LAST_RESORT)
    return replace(known, expires_at=until)


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


async def _rules(answer: RobotsAnswer) -> RobotsRules:
    if len(answer.body) < _LARGE:
        return rules_from_answer(answer.status, answer.body)
    return await asyncio.to_thread(rules_from_answer, answer.status, answer.body)
