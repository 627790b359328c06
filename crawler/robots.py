"""robots.txt as RFC 9309 has it, read with Protego."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from protego import Protego
from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from crawler.feeds.urls import origin
from crawler.middlewares import Refused
from crawler.words import failure_in_words

# RFC 9309, 2.5: a crawler may stop reading at 500 KiB.
MOST_BYTES = 512 * 1024
_PRODUCT = re.compile(r"[A-Za-z_-]+")
_SITEMAP = re.compile(r"(?im)^[ \t]*sitemap[ \t]*:.*$")


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """What one origin's robots.txt says; or that it cannot be known, in words, which forbids everything."""

    parser: Any = None
    unknown: str = ""

    def refusal(self, url: str, user_agent: str) -> str:
        """Why this address must not be fetched, or "" if it may."""
        if self.unknown:
            return f"{self.unknown} (asked for robots.txt, without which nothing is fetched)"
        if self.parser is None or self.parser.can_fetch(url, product_token(user_agent)):
            return ""
        return "robots.txt forbids this address"


def product_token(user_agent: str) -> str:
    """`povod` of `povod/0.1 (+https://...)`: the name that groups in robots.txt are matched with."""
    found = _PRODUCT.match(user_agent)
    return found[0] if found else user_agent


def parse_robots(body: bytes) -> Any:
    """Parse the file. A `Sitemap:` line belongs to no group, and must not end the one it stands in (RFC 9309, 2.2.4)."""
    text = body[:MOST_BYTES].decode("utf-8-sig", "replace")
    return Protego.parse(_SITEMAP.sub("", text))


def rules_from_answer(status: int, body: bytes) -> RobotsRules:
    """RFC 9309, 2.3.1: success is parsed; 4xx means that there are no rules; 5xx that they cannot be known."""
    if 200 <= status < 300:
        return RobotsRules(parse_robots(body))
    if status == 429 or status >= 500:
        return RobotsRules(unknown=f"the server answered {status}")
    return RobotsRules()


class ObeyRobots:
    """Asks each origin for its robots.txt once a crawl, and refuses what it forbids."""

    def __init__(self, crawler: Any) -> None:
        self.crawler = crawler
        self.obey = crawler.settings.getbool("ROBOTSTXT_OBEY")
        self.user_agent = crawler.settings.get("USER_AGENT")
        self._rules: dict[str, asyncio.Future[RobotsRules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> ObeyRobots:
        """Scrapy's way of making one."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise `Refused` if robots.txt says so, or cannot be read."""
        if not self.obey or request.meta.get("dont_obey_robotstxt"):
            return
        rules = await self._rules_of(origin(request.url))
        if refusal := rules.refusal(request.url, self.user_agent):
            raise Refused(refusal)

    async def _rules_of(self, place: str) -> RobotsRules:
        known = self._rules.get(place)
        if known is None:
            known = self._rules[place] = asyncio.get_running_loop().create_future()
            known.set_result(await self._fetch(place))
        return await asyncio.shield(known)

    async def _fetch(self, place: str) -> RobotsRules:
        request = Request(
            f"{place}/robots.txt",
            priority=1000,
            meta={"dont_obey_robotstxt": True},
            callback=NO_CALLBACK,
            dont_filter=True,
        )
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001  every kind of failure means the same here: the rules are unknown
            return RobotsRules(unknown=failure_in_words(error, request.url))
        return rules_from_answer(response.status, response.body)
