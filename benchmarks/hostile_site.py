"""A site of a thousand feeds, each on a loopback address of its own, some of them hostile: run by `benchmarks.hostile`.

    python -m benchmarks.hostile_site GOOD HOSTILE

The first line it prints is its port. Numbers below GOOD are feeds of twenty posts; those from GOOD on are hostile, each
in the way of `HOSTILE[number % len(HOSTILE)]`. `/log` on 127.0.0.1 gives how often each number was asked.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cache

from benchmarks.feed_site import address

Writer = asyncio.StreamWriter
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"


@cache
def good(number: int) -> bytes:
    """Twenty posts of a paragraph each."""
    items = "".join(
        f"<item><guid>https://feed{number}.example/{n}</guid><title>News {n} of {number}</title>"
        f"<pubDate>Mon, 02 Mar 2026 09:{n:02}:00 GMT</pubDate>"
        f"<description>&lt;p&gt;{'Somebody told something about something. ' * 12}&lt;/p&gt;</description></item>"
        for n in range(20)
    )
    return f'<rss version="2.0"><channel><title>Feed {number}</title>{items}</channel></rss>'.encode()


async def _whole(writer: Writer, body: bytes, extra: bytes = b"") -> None:
    writer.write(HEAD + extra + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()


def _bare(status: str, extra: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\n{extra}Content-Length: 0\r\n\r\n".encode()


async def endless(writer: Writer) -> None:
    """A body without end."""
    writer.write(HEAD + b"Connection: close\r\n\r\n<rss><channel>")
    while True:
        writer.write(b"<item><title>more and more</title></item>" * 1600)
        await writer.drain()


async def slow(writer: Writer) -> None:
    """A byte every so often."""
    writer.write(HEAD + b"Content-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"<")
        await writer.drain()
        await asyncio.sleep(0.5)


async def silent(writer: Writer) -> None:
    """No answer at all."""
    await writer.drain()
    await asyncio.sleep(3600)


# What takes long to make is made before the site opens, so that its other feeds do not wait for it.
@cache
def _bomb() -> bytes:
    return gzip.compress(b"<rss><channel>" + b" " * 200_000_000)


@cache
def _many_attributes() -> bytes:
    many = " ".join(f'a{n}="{n}"' for n in range(50_000))
    return f'<rss version="2.0"><channel><title>x</title><item {many}><title>y</title></item></channel></rss>'.encode()


@cache
def _many_entries() -> bytes:
    items = "".join(
        f"<item><guid>https://heap.example/{n}</guid><title>Entry {n}</title></item>" for n in range(10_000)
    )
    return f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()


async def gzip_bomb(writer: Writer) -> None:
    """200 kB that unpack to 200 MB."""
    await _whole(writer, _bomb(), b"Content-Encoding: gzip\r\n")


async def redirect_loop(writer: Writer) -> None:
    """Here, and here, and here."""
    writer.write(_bare("302 Found", "Location: /feed\r\n"))
    await writer.drain()


async def billion_laughs(writer: Writer) -> None:
    """Entities within entities."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    body = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{entities}]><rss version="2.0"><channel>'
        "<title>&l11;</title><item><title>&l11;</title></item></channel></rss>"
    )
    await _whole(writer, body.encode())


async def attributes(writer: Writer) -> None:
    """50,000 attributes on one element: quadratic time in some readers."""
    await _whole(writer, _many_attributes())


async def wrong_encoding(writer: Writer) -> None:
    """Says UTF-16, is something else, and broken besides."""
    body = b'<?xml version="1.0" encoding="utf-16"?><rss><channel><title>\xff\xfe\xd0\x9f\xf0</title><item>'
    await _whole(writer, body * 200)


async def web_page(writer: Writer) -> None:
    """HTML under a feed's name."""
    await _whole(writer, b"<!DOCTYPE html><html><body>" + b"<div><p>Welcome" * 20_000)


async def ten_thousand(writer: Writer) -> None:
    """10,000 entries at once."""
    await _whole(writer, _many_entries())


async def too_many_requests(writer: Writer) -> None:
    """429 with a long Retry-After."""
    writer.write(_bare("429 Too Many Requests", "Retry-After: 999999999\r\n"))
    await writer.drain()


async def cut_short(writer: Writer) -> None:
    """Half of what was promised, then the connection goes."""
    writer.write(HEAD + b"Content-Length: 90000\r\n\r\n" + good(0)[:3000])
    await writer.drain()
    writer.close()


async def deep(writer: Writer) -> None:
    """100,000 elements, each within the last."""
    await _whole(writer, b'<rss version="2.0"><channel>' + b"<item>" * 100_000)


async def missing(writer: Writer) -> None:
    """404."""
    writer.write(_bare("404 Not Found"))
    await writer.drain()


async def gone(writer: Writer) -> None:
    """410: not to be asked again."""
    writer.write(_bare("410 Gone"))
    await writer.drain()


async def broken_server(writer: Writer) -> None:
    """500."""
    writer.write(_bare("500 Internal Server Error"))
    await writer.drain()


async def unavailable(writer: Writer) -> None:
    """503 with a date to come back at."""
    writer.write(_bare("503 Service Unavailable", "Retry-After: Fri, 31 Dec 2100 23:59:59 GMT\r\n"))
    await writer.drain()


async def redirect_inside(writer: Writer) -> None:
    """To where cloud providers serve secrets."""
    writer.write(_bare("301 Moved Permanently", "Location: http://169.254.169.254/latest/meta-data/\r\n"))
    await writer.drain()


async def redirect_to_hidden_name(writer: Writer) -> None:
    """To a name that resolves to a private address only (see NAMES)."""
    writer.write(_bare("302 Found", "Location: http://hidden.test/feed\r\n"))
    await writer.drain()


async def redirect_to_mixed_name(writer: Writer) -> None:
    """To a name that resolves to an address that is allowed, and to one that is not."""
    writer.write(_bare("302 Found", "Location: http://mixed.test/feed\r\n"))
    await writer.drain()


# What the names above resolve to, by the DNS server that the crawl is told to ask.
NAMES = {"hidden.test": ["10.0.0.1", "fd00::1"], "mixed.test": ["127.0.0.1", "169.254.169.254"]}

HOSTILE: tuple[Callable[[Writer], Awaitable[None]], ...] = (
    endless, slow, silent, gzip_bomb, redirect_loop, billion_laughs, attributes, wrong_encoding, web_page,
    ten_thousand, too_many_requests, cut_short, deep, missing, gone, broken_server, unavailable, redirect_inside,
    redirect_to_hidden_name, redirect_to_mixed_name,
)  # fmt: skip


class Site:
    """One listening socket for all addresses."""

    def __init__(self, good_count: int, hostile_count: int) -> None:
        self.good_count = good_count
        self.numbers = {address(number): number for number in range(good_count + hostile_count)}
        self.asked: Counter[int] = Counter()
        for make in (_bomb, _many_attributes, _many_entries) if hostile_count else ():
            make()

    async def serve(self) -> None:
        """Serve until the process is ended."""
        server = await asyncio.start_server(self._connection, "0.0.0.0", 0, backlog=1024)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    async def _connection(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(maxsplit=2)[1].decode()
                await self._answer(writer, path, writer.get_extra_info("sockname")[0])
        writer.close()

    async def _answer(self, writer: Writer, path: str, host: str) -> None:
        number = self.numbers.get(host)
        if path == "/log":
            await _whole(writer, json.dumps(self.asked).encode())
        elif path != "/feed" or number is None:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
        else:
            self.asked[number] += 1
            if number < self.good_count:
                await _whole(writer, good(number))
            else:
                await HOSTILE[number % len(HOSTILE)](writer)


if __name__ == "__main__":
    asyncio.run(Site(int(sys.argv[1]), int(sys.argv[2])).serve())
