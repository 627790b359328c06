"""Kill the whole job hundreds of times, and count what is lost or doubled against a run that nothing happened to.

    python -m benchmarks.kill [--quick] [--only sqlite|postgresql] [--kills 250] [--times 20]

Import, crawl, process and deliver, in processes of their own, against feeds and a webhook receiver on loopback. Each
failpoint is hit `--times` times, then processes are killed at random moments, `--kills` times on each database. After
each round the canonical dump and the leads that the receiver kept (one for each webhook-id) are compared line by line.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

from guards.failpoints import FAILPOINTS
from tests.models.postgresql import NoServer, Server
from tests.reliability.campaign import (
    Databases,
    Ending,
    Fate,
    PostgreSqlDatabases,
    SqliteFiles,
    Tally,
    at_call,
    at_call_of_first_life,
    at_failpoint,
    at_random,
    campaign,
    uninterrupted,
)
from tests.reliability.field import Field, Size, open_field
from tests.reliability.lives import Lives, Order

SIZE = Size(sources=3, posts=8, keep=3, batch=5)
ORDER = Order("", keep=SIZE.keep)
# More database calls than a whole life makes.
CALLS = 620


class Campaigns:
    """All campaigns against one kind of database."""

    def __init__(self, kind: str, field: Field, lives: Lives, databases: Databases, expected: Ending) -> None:
        self.kind = kind
        self.field, self.lives, self.databases, self.expected = field, lives, databases, expected
        self.failed = False

    def life(self) -> float:
        """Return a little more than a whole life takes here and now, in seconds: random kills are spread over it."""
        begun = time.monotonic()
        assert uninterrupted(self.field, self.lives, self.databases, ORDER) == self.expected
        return 1.25 * (time.monotonic() - begun)

    def run(self, words: str, fate: Fate, times: int, most_lives: int = 100_000) -> Tally:
        """Run one and print what came of it."""
        begun = time.monotonic()
        tally = campaign(
            self.field,
            self.lives,
            self.databases,
            fate,
            times=times,
            expected=self.expected,
            order=ORDER,
            most_lives=most_lives,
        )
        self.failed |= bool(tally.lost or tally.extra)
        print(f"{self.kind:<11}{words:<28}{tally.line()} ({time.monotonic() - begun:.0f} s)", flush=True)
        for line in [*tally.lost[:3], *tally.extra[:3]]:
            print(f"    {line[:300]}")
        return tally


def main() -> None:
    """Kill, compare, print; exit status 1 if anything was lost or doubled."""
    arguments = _arguments()
    times, kills, calls = (2, 10, 10) if arguments.quick else (arguments.times, arguments.kills, 90)
    failed, killed = False, 0
    with (
        tempfile.TemporaryDirectory() as scratch,
        open_field(Path(scratch), SIZE) as field,
        _lives() as lives,
    ):
        calm = SqliteFiles(_folder(scratch, "calm"))
        expected = uninterrupted(field, lives, calm, ORDER)
        print(f"a calm run keeps {len(expected.dump)} rows and delivers {len(expected.received)} leads")
        for kind, databases in _databases(arguments.only, Path(scratch)):
            campaigns = Campaigns(kind, field, lives, databases, expected)
            if not arguments.random_only:
                for name in FAILPOINTS:
                    if not name.startswith("export."):
                        campaigns.run(name, at_failpoint(name), times, 4 * times)
            killed += campaigns.run(
                "random kills", at_random(random.Random(7), campaigns.life()), kills
            ).kills
            campaigns.run("every 7th database call", at_call(cycle(range(1, CALLS, 7))), calls)
            singly = range(1, CALLS, 29 if arguments.quick else 1)
            fate = at_call_of_first_life(iter(singly))
            campaigns.run("each database call by itself", fate, CALLS, 2 * len(singly))
            failed |= campaigns.failed
    print(f"{killed} random kills; {'SOMETHING WAS LOST OR DOUBLED' if failed else '0 lost, 0 doubled'}")
    sys.exit(failed)


@contextmanager
def _lives() -> Iterator[Lives]:
    lives = Lives()
    try:
        yield lives
    finally:
        lives.close()


def _folder(scratch: Path | str, name: str) -> Path:
    folder = Path(scratch) / f"{name}-databases"
    folder.mkdir()
    return folder


def _databases(only: str | None, scratch: Path) -> Iterator[tuple[str, Databases]]:
    if only != "postgresql":
        yield "sqlite", SqliteFiles(_folder(scratch, "dying"))
    if only == "sqlite":
        return
    try:
        server = Server()
    except NoServer as missing:
        print(f"not on PostgreSQL: {missing}")
        return
    try:
        yield "postgresql", PostgreSqlDatabases(server)
    finally:
        server.stop()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a few of each, in some minutes")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--kills", type=int, default=250, help="random kills on each database")
    parser.add_argument("--times", type=int, default=20, help="kills at each failpoint on each database")
    parser.add_argument("--random-only", action="store_true", help="no failpoints")
    return parser.parse_args()


if __name__ == "__main__":
    main()
