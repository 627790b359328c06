"""Serves recorded feeds from loopback, each from an address of its own: `python benchmarks/feed_site.py FOLDER`.

The first line it prints is its port. Feed number N is at http://127.0.X.Y:PORT/feed with X.Y = N; it answers 304 to
the ETag that it gave. `/stop` ends it; `/asked` counts requests for feeds: all, and those answered with 304.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from pathlib import Path


def address(number: int) -> str:
    """The loopback address of a feed, from 127.0.1.1 on."""
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


def feed_files(folder: Path) -> list[Path]:
    """The recorded feeds of a folder, in order."""
    return sorted(path for path in folder.iterdir() if path.is_file() and path.name != "manifest.json")


class Site:
    """One listening socket for all addresses."""

    def __init__(self, bodies: dict[str, bytes]) -> None:
        self.bodies = bodies
        self.tags = {host: f'"{hashlib.sha256(body).hexdigest()[:16]}"' for host, body in bodies.items()}
        self.asked = self.unchanged = 0
        self.stop = asyncio.Event()

    async def serve(self) -> None:
        """Serve until told to stop."""
        server = await asyncio.start_server(self._connection, "0.0.0.0", 0, backlog=1024)
        print(server.sockets[0].getsockname()[1], flush=True)
        await self.stop.wait()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(self._answer(head.decode("latin-1"), writer.get_extra_info("sockname")[0]))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _answer(self, head: str, host: str) -> bytes:
        path = head.split(maxsplit=2)[1]
        if path == "/stop":
            self.stop.set()
            return b"HTTP/1.1 204 No Content\r\n\r\n"
        if path == "/asked":
            body = json.dumps([self.asked, self.unchanged]).encode()
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        body = self.bodies.get(host)
        if path != "/feed" or body is None:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        self.asked += 1
        tag = self.tags[host]
        if tag in head:
            self.unchanged += 1
            return f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode()
        return f"HTTP/1.1 200 OK\r\nETag: {tag}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def main() -> None:
    """Serve the folder named on the command line, its feeds repeated if a larger number is asked for."""
    files = feed_files(Path(sys.argv[1]))
    count = int(sys.argv[2]) if len(sys.argv) > 2 else len(files)
    bodies = {address(number): files[number % len(files)].read_bytes() for number in range(count)}
    asyncio.run(Site(bodies).serve())


if __name__ == "__main__":
    main()
