"""A real HTTP server for tests: scripted answers, a log of what was asked, and every kind of bad behaviour.

It listens on all of 127.0.0.0/8, so that each test site has an address of its own (127.0.0.2, 127.0.0.3 ...).
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Self


@dataclass
class Asked:
    """One request as it arrived. Times are seconds of the monotonic clock."""

    host: str
    path: str
    headers: dict[str, str]
    at: float
    ended: float = 0.0


@dataclass
class Reply:
    """One scripted answer. `wait` is before the first byte; `drip` seconds pass between pieces of `piece` bytes.

    `endless` repeats the body for ever; `cut` ends the connection after that many bytes of the body; `length` is
    what Content-Length claims, if not the truth (-1: no such header). `raw` is sent as it is, in place of all else.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    drip: float = 0.0
    piece: int = 1024
    endless: bool = False
    cut: int | None = None
    length: int | None = None
    raw: bytes = b""


Script = Reply | Callable[[Asked], Reply]


class Server:
    """Serves what `on` was told, 404 for the rest; use it as a context manager.

    `connections` holds the address of ours that each connection came to, whether or not anything was asked over it.
    """

    def __init__(self, *, also_ipv6: bool = False) -> None:
        self.port = 0
        self.also_ipv6 = also_ipv6
        self.log: list[Asked] = []
        self.connections: list[str] = []
        self._scripts: dict[tuple[str, str], list[Script]] = {}
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def on(self, path: str, *scripts: Script | bytes, host: str = "127.0.0.1") -> str:
        """Answer `path` with these, one after another, the last one for ever; returns the full address."""
        self._scripts[host, path] = [Reply(item) if isinstance(item, bytes) else item for item in scripts]
        return self.url(path, host=host)

    def url(self, path: str, *, host: str = "127.0.0.1") -> str:
        """The address under which `path` is served."""
        return f"http://{host}:{self.port}{path}"

    def asked(self, path: str | None = None, *, host: str | None = None) -> list[Asked]:
        """The log, without robots.txt unless asked for by name."""
        return [
            entry
            for entry in self.log
            if (entry.path == path or (path is None and entry.path != "/robots.txt"))
            and (host is None or entry.host == host)
        ]

    def most_at_once(self, host: str | None = None) -> int:
        """How many requests (to this address, if one is named) were ever in flight at the same time."""
        entries = [entry for entry in self.log if host in (None, entry.host)]
        return max(
            (sum(other.at <= entry.at < (other.ended or 1e18) for other in entries) for entry in entries),
            default=0,
        )

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        listening = [self._listen("0.0.0.0", 0)]
        self.port = listening[0].sockets[0].getsockname()[1]
        if self.also_ipv6:
            listening.append(self._listen("::1", self.port))
        self._ready.set()
        try:
            self._loop.run_forever()
        finally:
            for server in listening:
                server.close()
            for task in self._tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))
            self._loop.close()

    def _listen(self, address: str, port: int) -> asyncio.Server:
        return self._loop.run_until_complete(asyncio.start_server(self._serve, address, port, backlog=512))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.connections.append(writer.get_extra_info("sockname")[0])
        self._tasks.add(task)
        try:
            while await self._answer(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, TimeoutError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:])
            if name
        }
        asked = Asked(writer.get_extra_info("sockname")[0], head[0].split()[1], headers, time.monotonic())
        self.log.append(asked)
        try:
            return await self._send(writer, self._reply(asked))
        finally:
            asked.ended = time.monotonic()

    def _reply(self, asked: Asked) -> Reply:
        scripts = self._scripts.get((asked.host, asked.path)) or self._scripts.get(("*", asked.path))
        if not scripts:
            return Reply(status=404)
        script = scripts.pop(0) if len(scripts) > 1 else scripts[0]
        return script if isinstance(script, Reply) else script(asked)

    async def _send(self, writer: asyncio.StreamWriter, reply: Reply) -> bool:
        if reply.wait:
            await asyncio.sleep(reply.wait)
        if reply.raw:
            writer.write(reply.raw)
            await writer.drain()
            return False
        length = len(reply.body) if reply.length is None else reply.length
        if reply.endless:
            length = -1
        lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in reply.headers.items()]
        lines += [f"Content-Length: {length}"] if length >= 0 and reply.status not in (204, 304) else []
        lines += ["Connection: close"] if length < 0 else []
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        if reply.status in (204, 304):
            await writer.drain()
            return True
        await self._send_body(writer, reply)
        return length == len(reply.body) and reply.cut is None

    async def _send_body(self, writer: asyncio.StreamWriter, reply: Reply) -> None:
        body = reply.body if reply.cut is None else reply.body[: reply.cut]
        while True:
            if not reply.drip:
                writer.write(body)
                await writer.drain()
            else:
                for start in range(0, len(body), reply.piece):
                    writer.write(body[start : start + reply.piece])
                    await writer.drain()
                    await asyncio.sleep(reply.drip)
            if not reply.endless:
                return
