"""Crawl all recorded feeds from loopback, twice, with everything that a real crawl does; optionally beside others.

    python benchmarks/crawl.py [--data ../shared/data/feeds] [--compare TIMES]

Asserts that every feed is read, that as many distinct posts are stored as feedparser sees distinct keys, and that the
second crawl is conditional and stores nothing new. Prints feeds/s, posts/s and peak memory (PSS of the process tree).
`--compare 10` also crawls ten times as many feeds with plain Scrapy, which reads them inline, in the same run. All make
posts with clean text, obey robots.txt, and fetch with the same concurrency; none but the last line stores anything. The
clock begins with the crawl, start-up of our reading processes included. Processor time is that of all processes that
take part, but for the site.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import psutil
from feed_site import address, feed_files
from peer_posts import READERS
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.apart import crawl_apart
from crawler.events import CrawlReport
from crawler.feeds import read_feed
from crawler.feeds.urls import absolute, canonical
from crawler.identity import post_key
from crawler.items import PostItem
from crawler.policy import FetchPolicy
from models import Post, Source
from models.schema import upgrade
from models.session import open_database

HERE = Path(__file__).parent
POLICY = FetchPolicy(allow_networks=("127.0.0.0/8",), concurrency=32)


def main() -> None:
    """Measure, print, assert."""
    arguments = _arguments()
    count = len(feed_files(arguments.data))
    with _site(arguments.data, count) as port, tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/povod.sqlite3"
        _prepare(url, count, port)
        first, memory = _crawl(url)
        asked, unchanged = _asked(port)
        stored = _stored(url)
        second, _ = _crawl(url)
        asked_again, unchanged_again = _asked(port)
        _print(first, memory)
        _check(first, second, stored, _expected(arguments.data, port), count)
        assert (asked, unchanged) == (count, 0), "every feed is asked once"
        assert (asked_again, unchanged_again) == (2 * count, count), (
            "the second crawl is conditional throughout"
        )
        print(f"second crawl: {second.seconds:.2f} s, all conditional, nothing new")
    if arguments.compare:
        _compare(arguments.data, count * arguments.compare)


def _crawl(url: str) -> tuple[CrawlReport, int]:
    memory = _Memory()
    report = crawl_apart(url, POLICY, everything=True, on_start=lambda process: memory.watch(process.pid))
    return report, memory.peak


def _check(first: CrawlReport, second: CrawlReport, stored: set[str], expected: set[str], count: int) -> None:
    assert first.sources_read == count, f"every feed is read: {first.failures}"
    assert stored == expected, (
        f"{len(stored - expected)} posts too many, {len(expected - stored)} are missing"
    )
    assert second.sources_unchanged == count, f"the second time nothing has changed: {second}"
    assert not second.posts_new, "the second time nothing is new"
    print(
        f"{len(stored)} distinct posts stored, as many as feedparser sees distinct keys: none lost, none doubled"
    )


def _print(report: CrawlReport, memory: int) -> None:
    print(
        f"first crawl: {report.seconds:.2f} s, {report.sources_read / report.seconds:.0f} feeds/s, "
        f"{report.posts_seen / report.seconds:.0f} posts/s, peak memory {memory / 2**20:.0f} MB (PSS), "
        f"read by {report.readers}"
    )


def _expected(data: Path, port: int) -> set[str]:
    """The keys of what feedparser sees; of what it sees nothing in, of what we read."""
    keys: set[str] = set()
    for number, path in enumerate(feed_files(data)):
        body, url, name = path.read_bytes(), f"http://{address(number)}:{port}/feed", f"feed {number}"
        parsed = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
        ours = read_feed(body, source=name, url=url)
        if not parsed.entries:
            keys |= {post_key(post) for post in ours.posts}
        for entry, post in zip(parsed.entries, ours.posts, strict=True):
            link = absolute(ours.link or url, entry.get("link", ""))
            item = PostItem(name, entry.get("id", ""), canonical(link) if link else "", post.title, post.text)
            keys.add(post_key(item))
    return keys


def _prepare(url: str, count: int, port: int) -> None:
    engine = open_database(url)
    upgrade(engine)
    with Session(engine) as session, session.begin():
        for number in range(count):
            feed = f"http://{address(number)}:{port}/feed"
            session.add(Source(name=f"feed {number}", url=feed, created_at=datetime.now(UTC)))
    engine.dispose()


def _stored(url: str) -> set[str]:
    engine = open_database(url)
    with Session(engine) as session:
        assert session.scalar(select(func.count(Post.id))) == session.scalar(
            select(func.count(Post.key.distinct()))
        )
        keys = set(session.scalars(select(Post.key)))
    engine.dispose()
    return keys


@contextmanager
def _site(data: Path, count: int) -> Iterator[int]:
    script = [sys.executable, str(HERE / "feed_site.py"), str(data), str(count)]
    with subprocess.Popen(script, stdout=subprocess.PIPE) as site:
        assert site.stdout is not None
        port = int(site.stdout.readline())
        try:
            yield port
        finally:
            site.terminate()


def _asked(port: int) -> tuple[int, int]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/asked") as answer:
        asked, unchanged = json.load(answer)
    return asked, unchanged


class _Memory:
    """The largest proportional set size that a process and its children had together."""

    def __init__(self) -> None:
        self.peak = 0

    def watch(self, pid: int) -> None:
        """Look five times a second until the process has ended."""
        threading.Thread(target=self._watch, args=(psutil.Process(pid),), daemon=True).start()

    def _watch(self, process: psutil.Process) -> None:
        try:
            while process.is_running():
                tree = [process, *process.children(recursive=True)]
                self.peak = max(self.peak, sum(one.memory_full_info().pss for one in tree))
                time.sleep(0.2)
        except psutil.Error:
            return


@dataclass
class Crawled:
    """One way to crawl: its seconds by the clock, its posts, its processor time."""

    seconds: float
    posts: int
    processor: float


def _compare(data: Path, count: int) -> None:
    """Plain Scrapy and ours on the same feeds, one after the other."""
    print(f"\n{count} feeds, the recorded ones over and over; crawl and read, nothing stored:")
    with _site(data, count) as port:
        peers = {
            f"plain Scrapy, {name} inline": _run("plain_scrapy.py", name, port, count, POLICY.concurrency)
            for name in ("nothing", *READERS)
        }
        ours = {
            "povod, one process and two readers": _ours(port, count, 1, 2),
            "povod, two processes, a reader each": _ours(port, count, 2, 1),
        }
        stored = _stored_too(port, count)
    for name, way in (peers | ours).items():
        print(
            f"{name:42}{way.seconds:7.2f} s{count / way.seconds:6.0f} feeds/s{way.posts:8} posts,"
            f" processor time {way.processor * 1000 / count:5.1f} ms a feed"
        )
    print(f"{'povod, one process, stored in SQLite':42}{stored:7.2f} s{count / stored:6.0f} feeds/s")
    for name, way in ours.items():
        for reader in READERS:
            peer = peers[f"plain Scrapy, {reader} inline"]
            print(
                f"{name}: {peer.seconds / way.seconds:.2f} times Scrapy with {reader} inline by the clock, "
                f"{peer.processor / way.processor:.2f} times by processor time"
            )


def _ours(port: int, count: int, processes: int, readers: int) -> Crawled:
    """Our crawl, the feeds shared out among processes; its time is that of the slowest."""
    jobs = [
        _start("our_crawl.py", port, first, count, processes, POLICY.concurrency, readers)
        for first in range(processes)
    ]
    done = [_result(job) for job in jobs]
    return Crawled(
        max(way.seconds for way in done), sum(way.posts for way in done), sum(way.processor for way in done)
    )


def _stored_too(port: int, count: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/povod.sqlite3"
        _prepare(url, count, port)
        report, _ = _crawl(url)
        assert report.sources_read == count, report.failures
        return report.seconds


def _run(script: str, *arguments: object) -> Crawled:
    return _result(_start(script, *arguments))


def _start(script: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _result(job: subprocess.Popen[str]) -> Crawled:
    output, _ = job.communicate()
    assert not job.returncode, job.args
    return Crawled(*json.loads(output))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data/feeds"))
    parser.add_argument(
        "--compare",
        type=int,
        default=0,
        metavar="TIMES",
        help="also measure plain Scrapy, on TIMES as many feeds",
    )
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        sys.exit(f"no folder {arguments.data}: name one with recorded feeds in it (--data)")
    return arguments


if __name__ == "__main__":
    main()
