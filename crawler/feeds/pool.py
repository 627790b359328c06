"""Reading off the event loop: a few processes with limits, restarted when they die or take too long."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from types import TracebackType

from crawler.feeds.model import ParsedFeed, Unreadable
from crawler.feeds.wire import HEADER, ReadRequest, pack_request, unpack_answer

LARGEST_ANSWER = 256 * 1024**2


class ReadingPool:
    """A pool of reading processes, started when first needed; close it, or use it as an async context manager.

    Every request ends within `seconds`: with a feed, or with `Unreadable`. Processes are started by exec with
    nothing inherited but one socket, in a session of their own (an interrupt at the terminal is for the crawl to
    handle), and are reaped as soon as they have ended.
    """

    def __init__(self, size: int = 2, *, seconds: float = 20.0, megabytes: int = 256) -> None:
        self.size = size
        self.seconds = seconds
        self.megabytes = megabytes
        self.restarts = 0
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        self._workers = [_Worker(megabytes) for _ in range(size)]
        for worker in self._workers:
            self._idle.put_nowait(worker)

    async def __aenter__(self) -> ReadingPool:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all reading processes, at once."""
        for worker in self._workers:
            worker.stop()

    def pids(self) -> list[int]:
        """The processes that are alive, for whoever measures them."""
        return [worker.process.pid for worker in self._workers if worker.process is not None]

    async def read(self, request: ReadRequest) -> ParsedFeed:
        """Read one answer in another process.

        Raises `Unreadable`, also when the process died over it or took longer than `seconds`.
        """
        worker = await self._idle.get()
        try:
            answer = await asyncio.wait_for(worker.ask(request), self.seconds)
        except TimeoutError:
            self.restarts += 1
            worker.stop()
            raise Unreadable(f"reading the answer took longer than {self.seconds:g} seconds") from None
        except (ConnectionError, asyncio.IncompleteReadError):
            self.restarts += 1
            worker.stop()
            raise Unreadable(
                f"reading the answer took more than {request.cpu_seconds} seconds of processor time, "
                "or broke the reading process"
            ) from None
        except BaseException:
            worker.stop()  # cancelled in the middle of an answer: what it still sends belongs to nobody
            raise
        finally:
            self._idle.put_nowait(worker)
        return unpack_answer(answer, request.source)


class _Worker:
    """One reading process, started when first needed and again after it has ended."""

    def __init__(self, megabytes: int) -> None:
        self.megabytes = megabytes
        self.process: subprocess.Popen[bytes] | None = None
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, request: ReadRequest) -> bytes:
        """Send a request and wait for the answer. Raises `ConnectionError` when the process dies over it."""
        reader, writer = await self._streams()
        writer.write(pack_request(request))
        await writer.drain()
        length, retire = HEADER.unpack(await reader.readexactly(HEADER.size))
        if length > LARGEST_ANSWER:
            raise ConnectionError("the reading process answers with more than can be right")
        answer = await reader.readexactly(length)
        if retire:
            self.stop()
        return answer

    def stop(self) -> None:
        """End the process, if there is one, and reap it."""
        if self._writer is not None:
            self._writer.close()
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.process = self._reader = self._writer = None

    async def _streams(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._reader is None or self._writer is None:
            ours, theirs = socket.socketpair()
            with theirs:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", "crawler.feeds.worker", str(theirs.fileno()), str(self.megabytes)],
                    stdin=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
            self._reader, self._writer = await asyncio.open_connection(sock=ours, limit=2**20)
        return self._reader, self._writer
