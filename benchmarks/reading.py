"""How fast are feeds read, against feedparser with its defaults? Bytes to posts with clean text, in one run.

    python benchmarks/reading.py [--data ../shared/data/feeds] [--rounds 3]

Our time includes sending each answer to the reading processes and the posts back. feedparser's is for parsing alone.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from pathlib import Path

import feedparser

from crawler.feeds import ParsedFeed, Unreadable
from crawler.feeds.pool import ReadingPool
from crawler.feeds.wire import ReadRequest


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
    ours, theirs, readers = asyncio.run(_measure(bodies, arguments.rounds, arguments.readers))
    print(f"{len(bodies)} feeds, {sum(map(len, bodies)) / 1e6:.1f} MB, {arguments.readers} reading processes")
    print(f"feedparser, defaults: {theirs:.3f} s = {len(bodies) / theirs:.0f} feeds/s")
    print(f"povod, text included: {ours:.3f} s = {len(bodies) / ours:.0f} feeds/s: {theirs / ours:.1f} times")
    patient = sum(count for name, count in readers.items() if name not in ("quick", "json"))
    print(f"read by {dict(readers)}; fell back: {patient / len(bodies):.1%}")


async def _measure(bodies: list[bytes], rounds: int, readers: int) -> tuple[float, float, Counter[str]]:
    """Rounds of either side in turn, so that whatever else the machine does falls on both."""
    ours, theirs = [], []
    read_by: Counter[str] = Counter()
    async with ReadingPool(readers) as pool:
        await asyncio.gather(*[_read(pool, body) for body in bodies])  # processes are running, modules loaded
        for _ in range(rounds):
            started = time.perf_counter()
            feeds = await asyncio.gather(*[_read(pool, body) for body in bodies])
            ours.append(time.perf_counter() - started)
            read_by = Counter(feed.reader if feed else "unreadable" for feed in feeds)
            started = time.perf_counter()
            for body in bodies:
                feedparser.parse(body)
            theirs.append(time.perf_counter() - started)
    return min(ours), min(theirs), read_by


async def _read(pool: ReadingPool, body: bytes) -> ParsedFeed | None:
    try:
        return await pool.read(ReadRequest(body, "benchmark", "https://site.example/feed"))
    except Unreadable:
        return None


if __name__ == "__main__":
    main()
