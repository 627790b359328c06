"""Serves the example world on loopback: every site on a port of its own."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import urlsplit

from povod.demo.layout import DemoSource, Route, load_layout, read_text
from povod.demo.templates import render

HOST = "127.0.0.1"
ROBOTS = "User-agent: *\nDisallow: /login\nDisallow: /admin/\n"


@dataclass(frozen=True, slots=True)
class Request:
    """One request that a site has answered."""

    method: str
    path: str
    status: int
    conditional: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path has at a stage: `modified` is when its text last changed."""

    status: int
    body: bytes = b""
    type: str = "text/plain; charset=utf-8"
    modified: datetime | None = None

    @property
    def etag(self) -> str:
        """A strong entity tag."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'

    def is_known(self, headers: Message) -> bool:
        """Say whether the asker's copy is still good (RFC 9110, 13.2.2: the tag goes before the date)."""
        tags = headers.get("If-None-Match")
        if tags is not None:
            return tags.strip() == "*" or self.etag in [tag.strip() for tag in tags.split(",")]
        since = headers.get("If-Modified-Since")
        if since is None or self.modified is None:
            return False
        try:
            return parsedate_to_datetime(since) >= self.modified
        except (ValueError, TypeError):
            return False


@dataclass(slots=True)
class DemoSite:
    """One site: its routes as they are now, where it listens, and what it was asked."""

    name: str
    url: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)


class DemoWorld:
    """The example world, served while the `with` block lasts.

    Everything that is served depends on `start` and the stage alone. `start` is an aware time; posts
    are dated from it backwards.
    """

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("the start of the demo world needs a time zone")
        self.start = start.astimezone(UTC).replace(microsecond=0)
        self.layout = load_layout()
        self.sites = {name: DemoSite(name) for name in self.layout.sites}
        self._running: list[tuple[ThreadingHTTPServer, threading.Thread]] = []
        self.advance(1)

    @property
    def sources(self) -> tuple[DemoSource, ...]:
        """The sources, in the order of the configuration."""
        return self.layout.sources

    def url(self, source: DemoSource) -> str:
        """Return the address under which a source is configured. The world must be running."""
        return self.sites[source.site].url + source.path

    def advance(self, stage: int) -> None:
        """Go to a stage: 1 is the first morning; at 2 two posts have been edited."""
        self.stage = stage
        for name, routes in self.layout.sites.items():
            pages = {path: self._answer(route) for path, route in routes.items()}
            self.sites[name].answers = {"/robots.txt": self._page(ROBOTS.encode()), **pages}

    def _answer(self, route: Route) -> Answer:
        if not route.file:
            return Answer(route.status)
        body = self._body(route, self.stage)
        edited = body != self._body(route, 1)
        return self._page(body, route.type, edited=edited)

    def _body(self, route: Route, stage: int) -> bytes:
        rfc822 = not route.file.endswith((".atom", ".rdf", ".json"))
        text = render(read_text(route.file), start=self.start, stage=stage, rfc822=rfc822)
        return text.encode(route.encoding, errors="xmlcharrefreplace")

    def _page(self, body: bytes, type_: str = "text/plain; charset=utf-8", *, edited: bool = False) -> Answer:
        modified = self.start if edited else self.start - timedelta(hours=1)
        return Answer(HTTPStatus.OK, body, type_, modified)

    def __enter__(self) -> DemoWorld:
        try:
            for site in self.sites.values():
                self._serve(site)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _serve(self, site: DemoSite) -> None:
        server = _Server((HOST, 0), _handler_for(site))
        site.url = f"http://{HOST}:{server.server_port}"
        # Asked ten times a second whether to stop: the default half second per site is felt at the end.
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), name=f"demo-{site.name}")
        self._running.append((server, thread))
        thread.start()

    def close(self) -> None:
        """Stop all servers and wait for their threads. Closing twice does no harm."""
        for server, thread in self._running:
            if thread.is_alive():
                server.shutdown()
                thread.join()
            server.server_close()
        self._running.clear()


class _Server(ThreadingHTTPServer):
    # Wait for requests in flight when closing, so that no thread outlives the world.
    daemon_threads = False


class _Handler(BaseHTTPRequestHandler):
    """Answers for one site. HTTP/1.0: no idle connection is left to wait for at the end."""

    server_version = "povod-demo"
    sys_version = ""
    timeout = 10
    site: DemoSite

    def do_GET(self) -> None:
        answer = self.site.answers.get(urlsplit(self.path).path, Answer(HTTPStatus.NOT_FOUND))
        known = answer.status == HTTPStatus.OK and answer.is_known(self.headers)
        status = HTTPStatus.NOT_MODIFIED if known else answer.status
        conditional = "If-None-Match" in self.headers or "If-Modified-Since" in self.headers
        self.site.requests.append(Request(self.command, self.path, status, conditional))
        self._send(answer, status)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _send(self, answer: Answer, status: int) -> None:
        self.send_response(status)
        if answer.modified is not None:
            self.send_header("ETag", answer.etag)
            self.send_header("Last-Modified", format_datetime(answer.modified, usegmt=True))
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", answer.type)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if status != HTTPStatus.NOT_MODIFIED and self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: the site's own list of requests is the log."""


def _handler_for(site: DemoSite) -> type[_Handler]:
    return type("_SiteHandler", (_Handler,), {"site": site})
