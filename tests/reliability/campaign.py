"""Killing the whole job again and again, and comparing what is left with a run that nothing happened to."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Protocol

from models.dump import canonical
from models.session import open_database
from tests.models.postgresql import Server as PostgreSql
from tests.reliability.field import Field
from tests.reliability.lives import FAULT, KILLED, Lives, Order

# So far the clock goes on between two lives: longer than any claim or lease lasts.
BETWEEN = 20.0


class Databases(Protocol):
    """Where empty databases come from."""

    def fresh(self) -> str:
        """Make an empty database, and return its URL."""


class SqliteFiles:
    """Files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._names = (folder / f"field-{number}.sqlite3" for number in count())

    def fresh(self) -> str:
        """Name a new file."""
        return f"sqlite:///{next(self._names)}"


class PostgreSqlDatabases:
    """Databases on one server; each is dropped when the next is made."""

    def __init__(self, server: PostgreSql) -> None:
        self._server = server
        self._name = ""

    def fresh(self) -> str:
        """Make a new one."""
        self.drop()
        self._name = self._server.create()
        return self._server.url(self._name)

    def drop(self) -> None:
        """Drop the last one."""
        if self._name:
            self._server.drop(self._name)
            self._name = ""


@dataclass(frozen=True)
class Ending:
    """All that is kept and all that was received."""

    dump: tuple[str, ...]
    received: tuple[str, ...]


@dataclass
class Tally:
    """What came of a campaign. `lost` and `extra` are lines of the dump and leads received, `doubled` both."""

    kills: int = 0
    lives: int = 0
    rounds: int = 0
    faults: int = 0
    lost: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)

    def compare(self, ending: Ending, expected: Ending) -> None:
        """Count what is missing and what is too much."""
        self.rounds += 1
        for got, wanted in ((ending.dump, expected.dump), (ending.received, expected.received)):
            self.lost += (Counter(wanted) - Counter(got)).elements()
            self.extra += (Counter(got) - Counter(wanted)).elements()

    def line(self) -> str:
        """Sum it up."""
        return (
            f"{self.kills} kills and {self.faults} faults in {self.lives} lives over {self.rounds} databases: "
            f"{len(self.lost)} lost, {len(self.extra)} doubled or changed"
        )


def ending(url: str, field: Field) -> Ending:
    """Look at what there is."""
    engine = open_database(url)
    try:
        return Ending(tuple(canonical(engine)), tuple(field.received()))
    finally:
        engine.dispose()


def uninterrupted(field: Field, lives: Lives, databases: Databases, order: Order) -> Ending:
    """The end of a run that nothing happens to."""
    url = databases.fresh()
    field.forget()
    assert lives.live(replace(order, config=str(field.configure("calm", url)))) == 0
    return ending(url, field)


# One life: what it is to do, and what becomes of it (its exit status).
Fate = Callable[[Lives, Order, int], int]


# Places that a life comes by once; the others are passed again and again.
ONCE = ("contacts.", "migration.", "crawl.leased")


def at_failpoint(name: str) -> Fate:
    """Die at a failpoint: at its first, second and third coming in turn, where there are so many."""
    hits = 1 if name.startswith(ONCE) else 3

    def live(lives: Lives, order: Order, number: int) -> int:
        return lives.live(replace(order, failpoint=f"{name}:{1 + number % hits}"))

    return live


def at_random(chance: random.Random, longest: float) -> Fate:
    """Die after a random time of at most `longest` seconds."""

    def live(lives: Lives, order: Order, number: int) -> int:
        del number
        pid = lives.begin(order)
        time.sleep(chance.uniform(0.0, longest))
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return lives.end()

    return live


def at_call(numbers: Iterator[int]) -> Fate:
    """Have the Nth database call fail."""

    def live(lives: Lives, order: Order, number: int) -> int:
        del number
        return lives.live(replace(order, fail_at=next(numbers)))

    return live


def at_call_of_first_life(numbers: Iterator[int]) -> Fate:
    """Have the Nth database call of every other life fail: each fault meets a job that was whole until then."""

    def live(lives: Lives, order: Order, number: int) -> int:
        return lives.live(replace(order, fail_at=0 if number % 2 else next(numbers)))

    return live


def campaign(
    field: Field,
    lives: Lives,
    databases: Databases,
    fate: Fate,
    *,
    times: int,
    expected: Ending,
    order: Order,
    most_lives: int = 100_000,
) -> Tally:
    """Live until `times` lives have ended badly, on a fresh database whenever the job is done; compare each end."""
    tally = Tally()
    while tally.kills + tally.faults < times and tally.lives < most_lives:
        with _round(field, databases, order) as (url, dying):
            minute = 0.0
            while tally.kills + tally.faults < times and tally.lives < most_lives:
                status = fate(lives, replace(dying, minute=minute), tally.lives)
                minute += BETWEEN
                tally.lives += 1
                if status == 0:
                    break
                assert status in (KILLED, FAULT), f"a life ended with status {status}"
                tally.kills += status == KILLED
                tally.faults += status == FAULT
            # Twice: what the last failure put off (a retry, a claim) must come due.
            for _ in range(2):
                assert lives.live(replace(dying, minute=minute)) == 0
                minute += BETWEEN
            tally.compare(ending(url, field), expected)
    return tally


@contextmanager
def _round(field: Field, databases: Databases, order: Order) -> Iterator[tuple[str, Order]]:
    url = databases.fresh()
    field.forget()
    yield url, replace(order, config=str(field.configure("dying", url)))
