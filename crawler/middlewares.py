"""What happens to every request on its way out: time, conditions, the address guard, redirects, one at a time."""

from __future__ import annotations

import time
from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.feeds.urls import origin
from guards.addresses import AddressGuard, AddressRefused


class Refused(IgnoreRequest):
    """A request that is not made, or not followed further; the message says why, in words for the user.

    `retry_after` are seconds that the server wants to be left alone for.
    """

    def __init__(self, words: str, *, retry_after: int | None = None) -> None:
        super().__init__(words)
        self.retry_after = retry_after


OUT_OF_TIME = "the whole answer did not arrive in time"


def seconds_left(request: Request) -> float | None:
    """What is left of the time that a source has for all its hops, robots.txt included; None where nobody counts."""
    deadline = request.meta.get("deadline")
    return None if deadline is None else max(0.0, deadline - time.monotonic())


class KeepDeadline:
    """Ends a source whose time is over before its next hop is made; the download itself gets what is left of it."""

    def process_request(self, request: Request) -> None:
        """Raise `Refused` if there is no time left."""
        if seconds_left(request) == 0:
            raise Refused(OUT_OF_TIME)


class AskConditionally:
    """Sends what the last answer said of itself, so that a server may answer 304 Not Modified."""

    def process_request(self, request: Request) -> None:
        """Add If-None-Match and If-Modified-Since."""
        task = request.meta.get("task")
        if task is None or request.url != (task.moved_to or task.fetch_url):
            return  # what one address said of its answer means nothing at another one
        if task.etag:
            request.headers["If-None-Match"] = task.etag
        if task.last_modified:
            request.headers["If-Modified-Since"] = task.last_modified


class RefuseAddresses:
    """Refuses addresses that are wrong as they stand; those that names resolve to are checked by the resolver."""

    def __init__(self, guard: AddressGuard) -> None:
        self.guard = guard

    @classmethod
    def from_crawler(cls, crawler: Any) -> RefuseAddresses:
        """Scrapy's way of making one."""
        return cls(AddressGuard(crawler.settings.getlist("POVOD_ALLOW_NETWORKS")))

    def process_request(self, request: Request) -> None:
        """Raise `Refused` for a private literal, another scheme, or credentials in the address."""
        try:
            self.guard.check_url(request.url)
        except AddressRefused as refusal:
            via = request.meta.get("redirect_urls")
            raise Refused(f"redirected to {request.url}: {refusal}" if via else str(refusal)) from None


class OneAtATime:
    """Puts every request, redirects and robots.txt included, into the slot of its scheme, host and port."""

    def process_request(self, request: Request) -> None:
        """Scrapy's own slots would be one per host name, whatever the port."""
        request.meta["download_slot"] = origin(request.url)


class FollowRedirects(RedirectMiddleware):
    """Scrapy's redirects with words: too many of them, or one that leads off the web, is an error of the source."""

    @classmethod
    def from_crawler(cls, crawler: Any) -> FollowRedirects:
        """Scrapy's way of making one, without its warning that no Referer middleware was found: none is wanted."""
        made = cls(crawler.settings)
        made.crawler = crawler
        return made

    def handle_referer(self, request: Request, response: Response) -> None:
        """Send no Referer."""
        del response
        request.headers.pop("Referer", None)

    def process_response(
        self, request: Request, response: Response, spider: Any = None
    ) -> Request | Response:
        """Follow within the limits, without the conditions that were meant for the first address."""
        del spider  # Scrapy no longer gives it
        try:
            followed = super().process_response(request, response)
        except IgnoreRequest:
            raise Refused(f"the server redirects more than {self.max_redirect_times} times") from None
        if isinstance(followed, Request):
            if followed.url in followed.meta.get("redirect_urls", ()):
                raise Refused("the server redirects in a circle")
            for name in ("If-None-Match", "If-Modified-Since"):
                followed.headers.pop(name, None)
        return followed
