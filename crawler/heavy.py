"""Large answers wait for small ones: what one feed brings too much of must not cost a hundred others their turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

# Nine in ten feeds are smaller.
LARGE = 256 * 1024
# Bytes that may wait at a time; Scrapy takes in no further answers above 20 MiB.
ROOM = 8 * 1024**2


class HeavyLast:
    """Holds back large answers until a crawl has nothing more to begin, then lets them pass one at a time.

    No answer waits for longer than `patience` seconds, and none where too many bytes wait already.
    """

    def __init__(self, patience: float = 20.0) -> None:
        self.patience = patience
        self._waiting = 0
        self._nothing_else = asyncio.Event()
        self._one = asyncio.Lock()

    def release(self) -> None:
        """Nothing else is to be begun."""
        self._nothing_else.set()

    @asynccontextmanager
    async def turn(self, size: int) -> AsyncIterator[None]:
        """Enter when an answer of so many bytes may be worked on."""
        if size < LARGE:
            yield
            return
        if self._waiting + size <= ROOM:
            await self._wait(size)
        async with self._one:
            yield

    async def _wait(self, size: int) -> None:
        self._waiting += size
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._nothing_else.wait(), self.patience)
        finally:
            self._waiting -= size
