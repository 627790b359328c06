"""How fast are feeds read, against feedparser with its defaults? Bytes to posts with clean text, in one run.

    python benchmarks/reading.py [--data ../shared/data/feeds] [--rounds 3]

Our time includes sending each answer to the reading processes and the posts back, feedparser's making posts with clean
text of its entries; for parsing alone it is printed, too. Beside the clock, processor time is compared, of all processes
that take part: the clock favours whoever uses two processors, and processor time tells who does less.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import feedparser
import psutil
from peer_posts import with_feedparser

from crawler.feeds import ParsedFeed, Unreadable
from crawler.feeds.pool import ReadingPool
from crawler.feeds.wire import ReadRequest

URL = "https://site.example/feed"


def main() -> None:
    """Measure, best of some rounds on either side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data/feeds"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--readers", type=int, default=2, help="reading processes")
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        sys.exit(f"no folder {arguments.data}: name one with recorded feeds in it (--data)")
    bodies = [path.read_bytes() for path in sorted(arguments.data.iterdir()) if path.name != "manifest.json"]
    asyncio.run(_measure(bodies, arguments.rounds, arguments.readers))


@dataclass
class Spent:
    """The best round so far: seconds by the clock, and of processor time."""

    clock: float = float("inf")
    processor: float = float("inf")

    def beat(self, clock: float, processor: float) -> None:
        """Keep the better ones."""
        self.clock, self.processor = min(self.clock, clock), min(self.processor, processor)


async def _measure(bodies: list[bytes], rounds: int, readers: int) -> None:
    """Rounds of either side in turn, so that whatever else the machine does falls on both."""
    ours, theirs, parsing = Spent(), Spent(), Spent()
    async with ReadingPool(readers) as pool:
        await asyncio.gather(*[_read(pool, body) for body in bodies])  # processes are running, modules loaded
        for _ in range(rounds):
            before, started = _processor(pool), time.perf_counter()
            feeds = await asyncio.gather(*[_read(pool, body) for body in bodies])
            ours.beat(time.perf_counter() - started, _processor(pool) - before)
            _time(lambda body: with_feedparser(body, "benchmark", URL), bodies, theirs)
            _time(feedparser.parse, bodies, parsing)
    read_by = Counter(feed.reader if feed else "unreadable" for feed in feeds)
    print(f"{len(bodies)} feeds, {sum(map(len, bodies)) / 1e6:.1f} MB, {readers} reading processes")
    _print(len(bodies), ours, theirs, parsing)
    patient = sum(count for name, count in read_by.items() if name not in ("quick", "json"))
    print(f"read by {dict(read_by)}; fell back: {patient / len(bodies):.1%}")


def _time(read: Callable[[bytes], Any], bodies: list[bytes], spent: Spent) -> None:
    before, started = time.process_time(), time.perf_counter()
    for body in bodies:
        read(body)
    spent.beat(time.perf_counter() - started, time.process_time() - before)


def _processor(pool: ReadingPool) -> float:
    """Processor time so far of this process and of those that read for it."""
    times = [psutil.Process(pid).cpu_times() for pid in pool.pids()]
    return time.process_time() + sum(spent.user + spent.system for spent in times)


def _print(count: int, ours: Spent, theirs: Spent, parsing: Spent) -> None:
    for name, spent in (
        ("feedparser, defaults, and posts with clean text", theirs),
        ("feedparser, defaults, parsing alone", parsing),
        ("povod, posts with clean text", ours),
    ):
        speed = f"{spent.clock:7.3f} s ={count / spent.clock:6.0f} feeds/s"
        print(f"{name:50}{speed}; processor time {spent.processor:.3f} s")
    for name, spent in (("at equal fields", theirs), ("against parsing alone", parsing)):
        print(
            f"{name}: {spent.clock / ours.clock:.1f} times by the clock,"
            f" {spent.processor / ours.processor:.1f} times by processor time"
        )


async def _read(pool: ReadingPool, body: bytes) -> ParsedFeed | None:
    try:
        return await pool.read(ReadRequest(body, "benchmark", URL))
    except Unreadable:
        return None


if __name__ == "__main__":
    main()
