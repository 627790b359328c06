"""Storing off the event loop: one thread writes, and takes along whatever else is waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from crawler.harvest import Harvest
from crawler.keep import BATCH, Keeper
from models.faults import fault_of

MOST_TOGETHER = 64
# Seconds that a small group waits for more to join it: a transaction costs as much as storing several feeds.
GATHER = 0.05
T = TypeVar("T")


class Writer:
    """Groups harvests into transactions. `put` returns when a harvest is stored, or raises why it cannot be.

    A harvest that the database refuses (which no harvest should be) fails alone; a database that is full or gone
    fails them all, as `models.DatabaseFault`.
    """

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._waiting: list[tuple[Harvest, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    async def put(self, harvest: Harvest) -> None:
        """Wait until the harvest is stored."""
        loop = asyncio.get_running_loop()
        stored: asyncio.Future[None] = loop.create_future()
        self._waiting.append((harvest, stored))
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._write())
        await stored

    async def run(self, work: Callable[[datetime], T], now: datetime) -> T:
        """Other database work, in the same thread: it never waits for a lock that this process holds."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, now)

    async def close(self) -> None:
        """Finish what is waiting, then end the thread."""
        self._closing = True
        if self._task is not None:
            await self._task
        self._thread.shutdown(wait=True)

    async def _write(self) -> None:
        while self._waiting:
            if sum(len(harvest.rows) for harvest, _ in self._waiting) < BATCH and not self._closing:
                await asyncio.sleep(GATHER)
            group = self._next_group()
            try:
                await self._in_thread([harvest for harvest, _ in group])
            except Exception as error:  # noqa: BLE001  handed to whoever waits, and raised there
                await self._write_apart(group, error)
            else:
                _settle(group, None)

    async def _write_apart(self, group: list[tuple[Harvest, asyncio.Future[None]]], error: Exception) -> None:
        """Find out whether the database is at fault, or one harvest of the group."""
        fault = fault_of(error, self.keeper.engine)
        if fault is not None or len(group) == 1:
            _settle(group, fault or error)
            return
        for one in group:
            try:
                await self._in_thread([one[0]])
            except Exception as own:  # noqa: BLE001  as above
                _settle([one], own)
            else:
                _settle([one], None)

    def _next_group(self) -> list[tuple[Harvest, asyncio.Future[None]]]:
        # The smallest first: a feed of ten thousand entries must not hold up a hundred ordinary ones.
        self._waiting.sort(key=lambda waiting: len(waiting[0].rows))
        rows = taken = 0
        for harvest, _ in self._waiting[:MOST_TOGETHER]:
            rows += len(harvest.rows)
            if taken and rows > BATCH:
                break
            taken += 1
        group, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return group

    async def _in_thread(self, harvests: list[Harvest]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self.keeper.keep, harvests)


def _settle(group: list[tuple[Harvest, asyncio.Future[None]]], error: Exception | None) -> None:
    for _, stored in group:
        if stored.done():
            continue
        if error is None:
            stored.set_result(None)
        else:
            stored.set_exception(error)
