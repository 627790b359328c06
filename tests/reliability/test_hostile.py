"""One bad feed holds up nobody: what the sweep in benchmarks/hostile.py measures, in small."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.feeds import Unreadable, read_feed
from crawler.frontier import Task
from crawler.harvest import Harvest
from crawler.heavy import LARGE, ROOM, HeavyLast
from crawler.writer import Writer


def test_elements_within_elements_without_end_are_no_feed() -> None:
    deep = b'<rss version="2.0"><channel>' + b"<item>" * 100_000
    with pytest.raises(Unreadable, match="nested too deeply"):
        read_feed(deep, source="deep", url="http://deep.example/feed")


def test_a_feed_that_never_closes_its_paragraphs_is_read_all_the_same() -> None:
    sloppy = "<item><title>news</title><description><p>one<p>two<br>three</description></item>" * 500
    feed = read_feed(
        f'<rss version="2.0"><channel>{sloppy}'.encode(), source="x", url="http://x.example/feed"
    )
    assert len(feed.posts) == 500


def test_a_page_without_end_is_looked_through_for_its_feeds_at_once() -> None:
    """Building the tree of this page would take many seconds."""
    page = b"<!doctype html><html><body>" + b"<div><p>Welcome" * 400_000
    late = b"<link rel=alternate type=application/rss+xml href=/feed>"
    begun = time.process_time()
    with pytest.raises(Unreadable, match=r"its feed may be at http://page\.example/feed"):
        read_feed(page + late, source="page", url="http://page.example/")
    assert time.process_time() - begun < 5


def test_large_answers_wait_for_small_ones_and_then_go_one_at_a_time() -> None:
    begun: list[str] = []
    heavy = HeavyLast()

    async def read(name: str, size: int) -> None:
        async with heavy.turn(size):
            begun.append(name)
            if size >= LARGE:
                busy.append(name)
                await asyncio.sleep(0.01)
                assert busy == [name], "one at a time"
                busy.remove(name)

    busy: list[str] = []

    async def run() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(read("huge", LARGE * 2))
            group.create_task(read("large", LARGE))
            for number in range(3):
                group.create_task(read(f"small {number}", 1000))
            await asyncio.sleep(0.01)
            assert begun == ["small 0", "small 1", "small 2"]
            heavy.release()

    asyncio.run(run())
    assert begun[3:] == ["huge", "large"]


def test_no_large_answer_waits_for_ever_nor_do_too_many_at_once() -> None:
    async def run() -> None:
        patient = HeavyLast(patience=0.05)
        async with patient.turn(LARGE):
            pass
        crowded = HeavyLast(patience=3600)
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(pass_through(crowded, ROOM))
            await asyncio.sleep(0)
            await pass_through(crowded, LARGE)
            assert not waiting.done(), "what found no room to wait has passed"
            crowded.release()

    asyncio.run(asyncio.wait_for(run(), 30))


async def pass_through(heavy: HeavyLast, size: int) -> None:
    """Take a turn."""
    async with heavy.turn(size):
        pass


class SlowKeeper:
    """Notes in which order harvests were kept."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def keep(self, harvests: list[Harvest]) -> None:
        self.kept += [harvest.task.name for harvest in harvests]


def test_ordinary_feeds_are_stored_before_a_huge_one_that_came_earlier() -> None:
    keeper: Any = SlowKeeper()
    writer = Writer(keeper)

    async def run() -> None:
        sizes = {"huge": 5_000, "a": 20, "b": 20}
        await asyncio.gather(*(writer.put(harvest(name, rows)) for name, rows in sizes.items()))
        await writer.close()

    asyncio.run(run())
    assert keeper.kept == ["a", "b", "huge"]


def harvest(name: str, rows: int) -> Harvest:
    """A harvest of so many rows."""
    task = Task(1, name, f"http://{name}.example/", f"http://{name}.example/", name)
    made = Harvest(task, "read", datetime(2026, 3, 2, tzinfo=UTC))
    made.rows = [None] * rows  # type: ignore[list-item]  # only counted
    return made
