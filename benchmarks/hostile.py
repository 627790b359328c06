"""A thousand feeds of which one in twenty is hostile, against the same good ones without them, in one run.

    python -m benchmarks.hostile [--feeds 1000] [--share 0.05] [--rounds 3]

Asserts that every good feed is read in the same cycle, that every hostile one ends as an error in words on its own
source (or is read within the limits), and that no reading process is left behind. Prints how fast the good ones are
read beside hostile ones, as a share of the speed without them, and the peak memory of the process tree (PSS).

The speed of a cycle is told by its good feeds: from its beginning until the last of them is stored. What is slow or
silent on purpose holds the cycle's end, and nobody else, until its time is up (`timeout`, 20 s here, 60 by default).
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import psutil
from sqlalchemy.orm import Session

from benchmarks.feed_site import address
from benchmarks.hostile_site import HOSTILE, NAMES
from crawler.apart import crawl_apart
from crawler.events import CrawlEvent, CrawlReport
from crawler.policy import FetchPolicy
from models import Source
from models.schema import upgrade
from models.session import open_database
from tests.crawler.nameserver import Nameserver

POLICY = FetchPolicy(allow_networks=("127.0.0.0/8",), concurrency=32, timeout=20)


@dataclass
class Cycle:
    """What one crawl came to. Times are seconds from the first event on; `peak` is bytes of PSS.

    `processor` is what the crawl's own process (not those that read) had used when the last good feed was stored.
    """

    good: int
    report: CrawlReport = field(default_factory=CrawlReport)
    last_good: float = 0.0
    end: float = 0.0
    peak: int = 0
    processor: float = 0.0
    read: set[str] = field(default_factory=set)
    words: dict[str, str] = field(default_factory=dict)
    left: int = 0

    @property
    def speed(self) -> float:
        """Good feeds a second."""
        return self.good / self.last_good


def main() -> None:
    """Measure, print, assert."""
    arguments = _arguments()
    hostile = round(arguments.feeds * arguments.share)
    good = arguments.feeds - hostile
    speeds: dict[int, list[float]] = {0: [], hostile: []}
    processor: dict[int, list[float]] = {0: [], hostile: []}
    for _ in range(arguments.rounds):
        for bad in (0, hostile):
            cycle = _cycle(good, bad)
            speeds[bad].append(cycle.speed)
            processor[bad].append(cycle.processor)
            _check(cycle, bad)
            _print(cycle, bad)
    alone, beside = (statistics.median(speeds[bad]) for bad in (0, hostile))
    print(
        f"median of {arguments.rounds}: {alone:.0f} good feeds/s alone, {beside:.0f} beside {hostile} hostile ones: "
        f"{beside / alone:.2f} of the speed"
    )
    used, more = (statistics.median(processor[bad]) for bad in (0, hostile))
    print(
        f"processor time of the crawl until the last good feed: {used:.1f} s alone, {more:.1f} s: {used / more:.2f} of the "
        "speed on a machine that does nothing else"
    )
    sys.exit(beside / alone < 0.9)


def _check(cycle: Cycle, hostile: int) -> None:
    missing = {f"good {number}" for number in range(cycle.good)} - cycle.read
    assert not missing, f"{len(missing)} good feeds were not read: {sorted(missing)[:3]}"
    assert cycle.report.sources_due == cycle.good + hostile, "every source is asked in one cycle"
    assert len(cycle.read) + len(cycle.words) == cycle.good + hostile, "every source ends in this cycle"
    assert all(cycle.words.values()), "every failure has words"
    assert cycle.left == 0, f"{cycle.left} processes were left behind"
    assert cycle.peak < 512 * 2**20, f"the process tree took {cycle.peak / 2**20:.0f} MiB"


def _print(cycle: Cycle, hostile: int) -> None:
    print(
        f"{cycle.good} good and {hostile} hostile feeds: good ones {cycle.speed:.0f} feeds/s ({cycle.last_good:.1f} s), "
        f"cycle over after {cycle.end:.1f} s, peak memory {cycle.peak / 2**20:.0f} MiB (PSS)",
        flush=True,
    )
    shown = {}
    for name, words in sorted(cycle.words.items()):
        shown.setdefault(name.split(" ")[0], words)
    for name, words in shown.items():
        print(f"    {name}: {words}")
    also = sorted({name.split(" ")[0] for name in cycle.read} - {"good"})
    if also:
        print(f"    read within the limits: {', '.join(also)}")


def _cycle(good: int, hostile: int) -> Cycle:
    cycle = Cycle(good)
    with _site(good, hostile) as port, tempfile.TemporaryDirectory() as folder, Nameserver() as names:
        for name, records in NAMES.items():
            names.on(name, records)
        url = f"sqlite:///{folder}/povod.sqlite3"
        _prepare(url, good, hostile, port)
        memory = _Memory()
        begun = time.monotonic()

        def on_event(event: CrawlEvent) -> None:
            nonlocal begun
            if event.kind == "begun":
                begun = time.monotonic()
            elif event.kind in ("read", "unchanged"):
                cycle.read.add(event.source)
                if event.source.startswith("good"):
                    cycle.last_good = time.monotonic() - begun
                    cycle.processor = memory.processor()
            elif event.source:
                cycle.words[event.source] = event.message

        cycle.report = crawl_apart(
            url,
            replace(POLICY, nameserver=names.place),
            everything=True,
            on_event=on_event,
            on_start=lambda process: memory.watch(process.pid),
        )
        cycle.end, cycle.peak = time.monotonic() - begun, memory.peak
        cycle.left = memory.alive()
    return cycle


def _prepare(url: str, good: int, hostile: int, port: int) -> None:
    engine = open_database(url)
    upgrade(engine)
    names = [f"good {number}" for number in range(good)]
    names += [f"{HOSTILE[number % len(HOSTILE)].__name__} {number}" for number in range(good, good + hostile)]
    # Hostile ones all over, as they would be in life.
    order = sorted(range(good + hostile), key=lambda number: (number * 7919) % (good + hostile + 1))
    with Session(engine) as session, session.begin():
        for number in order:
            feed = f"http://{address(number)}:{port}/feed"
            session.add(Source(name=names[number], url=feed, created_at=datetime.now(UTC)))
    engine.dispose()


@contextmanager
def _site(good: int, hostile: int) -> Iterator[int]:
    script = [sys.executable, "-m", "benchmarks.hostile_site", str(good), str(hostile)]
    with subprocess.Popen(script, stdout=subprocess.PIPE) as site:
        assert site.stdout is not None
        try:
            yield int(site.stdout.readline())
        finally:
            site.kill()


class _Memory:
    """The largest proportional set size that a process and its children had together, and which they were."""

    def __init__(self) -> None:
        self.peak = 0
        self._seen: dict[int, psutil.Process] = {}

    def watch(self, pid: int) -> None:
        """Look ten times a second until the process has ended."""
        self._process = psutil.Process(pid)
        threading.Thread(target=self._watch, args=(self._process,), daemon=True).start()

    def processor(self) -> float:
        """Seconds of processor time that the process itself has used."""
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def alive(self) -> int:
        """How many of the processes seen are still there."""
        time.sleep(0.5)
        return sum(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in self._seen.values())

    def _watch(self, process: psutil.Process) -> None:
        while process.is_running():
            try:
                tree = [process, *process.children(recursive=True)]
                self._seen |= {one.pid: one for one in tree}
                self.peak = max(self.peak, sum(_pss(one) for one in tree))
            except psutil.Error:
                return
            time.sleep(0.1)


def _pss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.NoSuchProcess:
        return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--share", type=float, default=0.05, help="how many of them are hostile")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
