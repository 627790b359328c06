"""Serves recorded feeds from loopback, each from an address of its own: `python benchmarks/feed_site.py FOLDER [COUNT]`.

The first line it prints is its port. Feed number N is at http://127.0.X.Y:PORT/feed with X.Y = N; it answers 304 to
the ETag that it gave. `/stop` ends it; `/asked` counts requests for feeds: all, and those answered with 304. Answers
are made beforehand, so that the site takes next to nothing of the processors from what is measured.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from pathlib import Path

NOTHING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def address(number: int) -> str:
    """The loopback address of a feed, from 127.0.1.1 on."""
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


def feed_files(folder: Path) -> list[Path]:
    """The recorded feeds of a folder, in order."""
    return sorted(path for path in folder.iterdir() if path.is_file() and path.name != "manifest.json")


class Page:
    """One feed: its tag, and its answers as they go over the wire."""

    def __init__(self, body: bytes) -> None:
        self.tag = b'"%s"' % hashlib.sha256(body).hexdigest()[:16].encode()
        kind = b"application/json" if body[:1] == b"{" else b"application/xml"
        head = b"HTTP/1.1 200 OK\r\nETag: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
        self.whole = head % (self.tag, kind, len(body)) + body
        self.unchanged = b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n" % self.tag


class Site:
    """One listening socket for all addresses."""

    def __init__(self, pages: dict[str, Page]) -> None:
        self.pages = pages
        self.asked = self.unchanged = 0
        self.stop = asyncio.Event()

    async def serve(self) -> None:
        """Serve until told to stop."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(self), "0.0.0.0", 0, backlog=4096)
        print(server.sockets[0].getsockname()[1], flush=True)
        await self.stop.wait()

    def answer(self, head: bytes, host: str) -> bytes:
        """What is sent for this request."""
        path = head.split(b" ", 2)[1]
        if path == b"/stop":
            self.stop.set()
            return NOTHING
        if path == b"/asked":
            body = json.dumps([self.asked, self.unchanged]).encode()
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        page = self.pages.get(host)
        if path != b"/feed" or page is None:
            return NOTHING
        self.asked += 1
        if page.tag in head:
            self.unchanged += 1
            return page.unchanged
        return page.whole


class Connection(asyncio.Protocol):
    """One client; it asks one thing after the other."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Learn which site this is meant to be."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.host = transport.get_extra_info("sockname")[0]

    def data_received(self, data: bytes) -> None:
        """Answer what has come in whole."""
        self.received += data
        while b"\r\n\r\n" in self.received:
            head, _, self.received = self.received.partition(b"\r\n\r\n")
            self.transport.write(self.site.answer(head, self.host))


def main() -> None:
    """Serve the folder named on the command line, its feeds repeated if a larger number is asked for."""
    pages = [Page(path.read_bytes()) for path in feed_files(Path(sys.argv[1]))]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else len(pages)
    asyncio.run(Site({address(number): pages[number % len(pages)] for number in range(count)}).serve())


if __name__ == "__main__":
    main()
