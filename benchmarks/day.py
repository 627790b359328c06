"""A day of `povod run` by a fast clock: does memory grow, do files stay open, does the write-ahead log?

    python -m benchmarks.day [--hours 24] [--step 15] [--feeds 20]

One long-lived process makes a pass every `--step` simulated minutes with the real rules: contacts, a crawl in a child
process, processing, delivery to a webhook receiver. Feeds publish as the hours go by. After each pass its own memory
(USS), its open files and the size of the write-ahead log are noted; the first quarter is warming up. Asserts less than
1 MB an hour, no more open files than after the warm-up, and a log below its limit.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import psutil
import yaml

from tests.crawler.server import Asked, Reply, Server
from tests.leads.receiver import SECRET, Receiver
from tests.reliability.field import CONTACTS, START

MEGABYTE = 2**20
WAL_LIMIT = 64 * MEGABYTE  # journal_size_limit in models.session
POSTS = 20
SAID = (
    "{name} joined Lark as head of logistics.",
    "I got a new job at {company}, starting on Monday!",
    "{company} raised $12 million in a Series A round.",
    "{company} opens a new warehouse in Tver.",
)


@dataclass(frozen=True)
class Sample:
    """The state after one pass. `memory` and `wal` are bytes, `hour` is simulated, `seconds` are real."""

    hour: float
    memory: int
    files: int
    wal: int
    posts: int
    leads: int
    seconds: float


def main() -> None:
    """Simulate, print, assert."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as scratch, Server() as server:
        receiver = Receiver()
        site = _Site(server, arguments.feeds)
        try:
            config = _configure(Path(scratch), site.urls, receiver.url)
            samples = _live(config, site, arguments.hours, arguments.step)
        finally:
            receiver.close()
    _judge(samples, receiver, arguments.hours / 4)


def _judge(samples: list[Sample], receiver: Receiver, warm_up: float) -> None:
    settled = [sample for sample in samples if sample.hour >= warm_up]
    slope = statistics.linear_regression(
        [s.hour for s in settled], [s.memory / MEGABYTE for s in settled]
    ).slope
    first, last = settled[0], settled[-1]
    files = max(sample.files for sample in settled)
    wal = max(sample.wal for sample in samples)
    print(
        f"{last.hour:.0f} hours in {sum(s.seconds for s in samples):.0f} s: {len(samples)} passes, {sum(s.posts for s in samples)} posts, "
        f"{sum(s.leads for s in samples)} leads, {len(set(receiver.leads))} delivered (what waits for review is not sent)"
    )
    print(
        f"memory {first.memory / MEGABYTE:.1f} -> {last.memory / MEGABYTE:.1f} MB, slope {slope:+.3f} MB/h after the first "
        f"{warm_up:.0f} hours; open files {first.files} -> {last.files} (most {files}); largest log {wal / MEGABYTE:.1f} MB"
    )
    assert slope < 1, "memory grows"
    assert files <= first.files, "files stay open"
    assert wal <= WAL_LIMIT, "the write-ahead log grows"


class _Site:
    """Feeds whose posts come with the hours."""

    def __init__(self, server: Server, feeds: int) -> None:
        self.now = START
        self.urls = [
            server.on("/feed", self._answer(number), host=f"127.0.7.{number + 1}") for number in range(feeds)
        ]

    def _answer(self, number: int) -> Callable[[Asked], Reply]:
        def answer(_: Asked) -> Reply:
            return Reply(_feed(number, self.now), headers={"ETag": f'"{_latest(number, self.now)}"'})

        return answer


def _latest(number: int, now: datetime) -> int:
    """The number of a feed's latest post: one every half to three hours, as the feed is."""
    return int((now - START + timedelta(days=2)) / timedelta(minutes=30 + 8 * (number % 20)))


def _feed(number: int, now: datetime) -> bytes:
    latest = _latest(number, now)
    items = "".join(_item(number, n) for n in range(latest, max(latest - POSTS, 0), -1))
    return f'<rss version="2.0"><channel><title>Feed {number}</title>{items}</channel></rss>'.encode()


def _item(number: int, n: int) -> str:
    chance = random.Random(f"{number} {n}")
    told = START - timedelta(days=2) + n * timedelta(minutes=30 + 8 * (number % 20))
    # New words all the time, as in life: whatever remembers words for ever is found out.
    words = " ".join(
        "".join(chance.choices("abcdefghiklmnoprstuvwy", k=chance.randint(3, 9))) for _ in range(60)
    )
    name = f"Anna Known{chr(97 + chance.randrange(20))}"
    company = words.split(" ", 1)[0].title()
    text = f"{chance.choice(SAID).format(name=name, company=company)} {words}."
    return (
        f"<item><guid>https://feed{number}.example/{n}</guid><pubDate>{format_datetime(told)}</pubDate>"
        f"<description>{text}</description></item>"
    )


def _configure(folder: Path, urls: list[str], receiver: str) -> Path:
    (folder / "contacts.csv").write_text(CONTACTS)
    (folder / "secret").write_text(SECRET)
    settings = {
        "database": "sqlite:///povod.sqlite3",
        "contacts": [{"file": "contacts.csv"}],
        "sources": [{"name": f"feed-{n}", "url": url} for n, url in enumerate(urls)],
        "fetch": {"allow_networks": ["127.0.0.0/8"]},
        "privacy": {"people": "any", "basis": "invented people"},
        "deliver": {"webhooks": [{"name": "crm", "url": receiver, "secret": {"file": "secret"}}]},
    }
    path = folder / "povod.yml"
    path.write_text(yaml.safe_dump(settings))
    return path


def _live(config: Path, site: _Site, hours: float, step: float) -> list[Sample]:
    command = [sys.executable, "-m", "benchmarks.day", "--worker", str(config)]
    samples = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        for number in range(int(hours * 60 / step) + 1):
            site.now = START + number * timedelta(minutes=step)
            worker.stdin.write(f"{number * step}\n")
            worker.stdin.flush()
            samples.append(Sample(**json.loads(worker.stdout.readline())))
            if number % 8 == 0:
                print(samples[-1], file=sys.stderr, flush=True)
        worker.stdin.close()
    return samples


def _work(config: Path) -> None:
    """The long-lived process: a pass for every line, which says the minute."""
    from povod.passes import Passes
    from povod.stopping import Stop
    from povod.workspace import open_workspace

    now = START
    workspace = open_workspace(config)
    passes = Passes(workspace, lambda _: None, Stop(), clock=lambda: now)
    own = psutil.Process()
    log = config.with_name("povod.sqlite3-wal")
    for line in sys.stdin:
        now = START + timedelta(minutes=float(line))
        begun = time.monotonic()
        report = passes.make()
        sample = {
            "hour": float(line) / 60,
            "memory": own.memory_full_info().uss,
            "files": own.num_fds(),
            "wal": log.stat().st_size if log.exists() else 0,
            "posts": report.processed.posts,
            "leads": report.processed.leads_made,
            "seconds": time.monotonic() - begun,
        }
        sys.stdout.write(json.dumps(sample) + "\n")
        sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--step", type=float, default=15, help="simulated minutes between passes")
    parser.add_argument("--feeds", type=int, default=20)
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    if _arguments().worker:
        _work(_arguments().worker)
    else:
        main()
