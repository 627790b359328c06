"""One bad feed holds up nobody: what the sweep in benchmarks/hostile.py measures, in small."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.feeds import Unreadable, read_feed
from crawler.frontier import Task
from crawler.harvest import Harvest
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
