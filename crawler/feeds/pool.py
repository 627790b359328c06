"""Reading off the event loop: a few processes with limits, replaced when they die or take too long."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from crawler.feeds.model import ParsedFeed, Unreadable
from crawler.feeds.wire import HEADER, ReadRequest, pack_request, unpack_answer

LARGEST_ANSWER = 256 * 1024**2
# Requests that a process is given at a time: the one that it reads and the next one, so that it need not be woken.
AHEAD = 2
# A body larger than this is nobody's next one, and has no next one: it may take long.
LARGE = 512 * 1024


class ReadingPool:
    """A pool of reading processes, started when first needed; close it, or use it as an async context manager.

    Every request ends within `seconds` of the moment that its reading begins: with a feed, or with `Unreadable`.
    Processes are started by exec with nothing inherited but one socket, in a session of their own (an interrupt at
    the terminal is for the crawl to handle), and are reaped as soon as they have ended.
    """

    def __init__(self, size: int = 2, *, seconds: float = 20.0, megabytes: int = 256) -> None:
        self.size = size
        self.seconds = seconds
        self.megabytes = megabytes
        self.restarts = 0
        self._waiting: deque[_Job] = deque()
        self._processes: list[_Process] = []

    async def __aenter__(self) -> ReadingPool:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all reading processes, at once."""
        self._waiting.clear()
        for process in self._processes:
            process.stop()
        self._processes.clear()

    def pids(self) -> list[int]:
        """The processes that are alive, for whoever measures them."""
        return [process.pid for process in self._processes]

    async def read(self, request: ReadRequest) -> ParsedFeed:
        """Read one answer in another process.

        Raises `Unreadable`, also when the process died over it or took longer than `seconds`.
        """
        job = _Job(request, asyncio.get_running_loop().create_future())
        self._waiting.append(job)
        self.hand_out()
        return unpack_answer(await job.answer, request.source)

    def hand_out(self) -> None:
        """Give what waits to processes, as far as they have room for it."""
        while self._waiting:
            if self._waiting[0].answer.done():  # whoever asked no longer waits
                self._waiting.popleft()
                continue
            process = self._free_process(self._waiting[0])
            if process is None:
                return
            process.give(self._waiting.popleft())

    def lost(self, process: _Process, reason: str = "") -> None:
        """A process has ended: what it ended over fails with the reason, what it had not begun goes to another."""
        self._processes.remove(process)
        process.stop()
        if reason:
            self.restarts += 1
            process.jobs.popleft().fail(reason)
        self._waiting.extendleft(reversed(process.jobs))
        self.hand_out()

    def _free_process(self, job: _Job) -> _Process | None:
        least = min(self._processes, key=lambda process: len(process.jobs), default=None)
        if (least is None or least.jobs) and len(self._processes) < self.size:
            least = self._start(job)
        return least if least is not None and least.takes(job) else None

    def _start(self, job: _Job) -> _Process | None:
        try:
            process = _Process(self)
        except OSError as error:
            self._waiting.remove(job)
            job.fail(f"no process can be started to read the answer: {error}")
            return None
        self._processes.append(process)
        return process


@dataclass(slots=True, eq=False)
class _Job:
    """One request, and where its answer is awaited."""

    request: ReadRequest
    answer: asyncio.Future[bytes]

    @property
    def large(self) -> bool:
        return len(self.request.body) > LARGE

    def fail(self, reason: str) -> None:
        if not self.answer.done():
            self.answer.set_exception(Unreadable(reason))


class _Process(asyncio.Protocol):
    """One reading process from its start to its end, with the requests that it has been given, in order."""

    def __init__(self, pool: ReadingPool) -> None:
        self.pool = pool
        self.jobs: deque[_Job] = deque()
        self._transport: Any = None
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = False
        self._received = bytearray()
        self._loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "crawler.feeds.worker", str(theirs.fileno()), str(pool.megabytes)],
                    stdin=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
            except OSError:
                ours.close()
                raise
        self.pid = self._process.pid
        self._connecting = self._loop.create_task(self._loop.create_connection(lambda: self, sock=ours))

    def takes(self, job: _Job) -> bool:
        """Whether this process may be given one more request."""
        if not self.jobs:
            return True
        return len(self.jobs) < AHEAD and not job.large and not self.jobs[0].large

    def give(self, job: _Job) -> None:
        """Send a request, now or as soon as the process can be reached."""
        self.jobs.append(job)
        if len(self.jobs) == 1:
            self._watch()
        if self._transport is not None:
            self._transport.write(pack_request(job.request))

    def stop(self) -> None:
        """End the process and reap it."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        self._connecting.cancel()
        if self._transport is not None:
            self._transport.abort()
        self._process.kill()
        self._process.wait()

    # -- What the event loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send what has come meanwhile."""
        self._transport = transport
        for job in self.jobs:
            self._transport.write(pack_request(job.request))

    def data_received(self, data: bytes) -> None:
        """Hand answers to whoever waits for them."""
        self._received += data
        while len(self._received) >= HEADER.size:
            length, retire = HEADER.unpack_from(self._received)
            if length > LARGEST_ANSWER or not self.jobs:
                self._broken()
                return
            end = HEADER.size + length
            if len(self._received) < end:
                return
            with memoryview(self._received) as view:
                answer = bytes(view[HEADER.size : end])
            del self._received[:end]
            self._answered(answer)
            if retire:
                self.pool.lost(self)
                return

    def connection_lost(self, error: Exception | None) -> None:
        """The process has died, unless it was stopped."""
        del error
        if not self._stopped:
            self._broken()

    # -- One request

    def _answered(self, answer: bytes) -> None:
        job = self.jobs.popleft()
        if not job.answer.done():
            job.answer.set_result(answer)
        self._watch()
        self.pool.hand_out()

    def _watch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(self.pool.seconds, self._late) if self.jobs else None

    def _late(self) -> None:
        self.pool.lost(self, f"reading the answer took longer than {self.pool.seconds:g} seconds")

    def _broken(self) -> None:
        if not self.jobs:
            self.pool.lost(self)
            return
        seconds = self.jobs[0].request.cpu_seconds
        self.pool.lost(
            self,
            f"reading the answer took more than {seconds} seconds of processor time, "
            "or broke the reading process",
        )
