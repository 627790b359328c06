"""Killed anywhere and begun again, processing and delivery end where an uninterrupted run ends."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from guards.failpoints import FAILPOINTS
from models.session import open_database
from tests.leads.receiver import Receiver
from tests.leads.village import live, prepare, settle
from tests.leads.world import World

OURS = [name for name in FAILPOINTS if name.split(".")[0] in ("process", "delivery")]
ROOT = Path(__file__).parents[2]
Ending = tuple[list[tuple[Any, ...]], list[str]]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def ending(template: Path, folder: Path, posts: int) -> Ending:
    """The state and the received leads after a run that nothing happened to."""
    path = folder / "uninterrupted.sqlite3"
    path.write_bytes(template.read_bytes())
    engine = open_database(f"sqlite:///{path}")
    receiver = Receiver()
    settle(engine, posts)
    live(engine, receiver.url, 500)
    receiver.close()
    state = World(engine).state()
    engine.dispose()
    assert len(receiver.leads) > 5
    return state, sorted(receiver.leads)


@pytest.fixture(scope="module")
def uninterrupted(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Ending:
    """How the small village ends."""
    return ending(sqlite_template, tmp_path_factory.mktemp("ending"), 14)


@pytest.fixture
def calm(sqlite_template: Path, tmp_path: Path) -> Callable[[int], Ending]:
    """How a village of so many posts ends."""
    return partial(ending, sqlite_template, tmp_path)


class Forge:
    """Makes processes that live the village's life, one at a time."""

    def __init__(self) -> None:
        command = [sys.executable, "-W", "error", "-m", "tests.leads.village"]
        self.server = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, engine: Engine, receiver: Receiver, today: float, failpoint: str = "") -> int:
        """Begin one and return its pid."""
        url = engine.url.render_as_string(hide_password=False)
        order = {"database": url, "receiver": receiver.url, "day": today, "failpoint": failpoint}
        assert self.server.stdin is not None
        self.server.stdin.write(json.dumps(order) + "\n")
        self.server.stdin.flush()
        return self._read()

    def finish(self) -> int:
        """Wait for it; anything but an end or a kill is a fault of the test, its traceback in this one's output."""
        status = self._read()
        assert status in (0, -signal.SIGKILL)
        return status

    def run(self, engine: Engine, receiver: Receiver, today: float, failpoint: str = "") -> int:
        """Begin one and wait for it."""
        self.start(engine, receiver, today, failpoint)
        return self.finish()

    def _read(self) -> int:
        assert self.server.stdout is not None
        return int(self.server.stdout.readline())

    def close(self) -> None:
        """Let the server go."""
        self.server.communicate(timeout=10)


@pytest.fixture(scope="module")
def forge() -> Iterator[Forge]:
    forge = Forge()
    yield forge
    forge.close()


@pytest.mark.parametrize("name", OURS)
def test_a_kill_at_each_failpoint_loses_and_doubles_nothing(
    name: str, engine: Engine, receiver: Receiver, uninterrupted: Ending, forge: Forge
) -> None:
    settle(engine)
    assert forge.run(engine, receiver, 500, f"{name}:2") == -signal.SIGKILL, "never reached"
    assert forge.run(engine, receiver, 501) == 0
    assert World(engine).state() == uninterrupted[0]
    assert sorted(receiver.leads) == uninterrupted[1]


def test_two_processors_at_once_do_each_thing_once(
    engine: Engine,
    uninterrupted: Ending,
    receiver: Receiver,
) -> None:
    settle(engine)
    workers = [threading.Thread(target=lambda: prepare(World(engine)).run(batch=1)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    live(engine, receiver.url, 500)
    assert World(engine).state() == uninterrupted[0]
    assert sorted(receiver.leads) == uninterrupted[1]


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_random_kills_lose_and_double_nothing(
    engine: Engine, receiver: Receiver, forge: Forge, calm: Callable[[int], Ending]
) -> None:
    settle(engine, 700)
    chance = random.Random(7)
    killed = 0
    for n in range(250):
        pid = forge.start(engine, receiver, 500 + n)
        time.sleep(chance.uniform(0.0, 0.2))
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        killed += forge.finish() != 0
    assert forge.run(engine, receiver, 900) == 0
    state, leads = calm(700)
    assert World(engine).state() == state
    assert sorted(receiver.leads) == leads
    assert killed > 50


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", OURS)
def test_twenty_kills_at_each_failpoint_lose_and_double_nothing(
    name: str, engine: Engine, receiver: Receiver, forge: Forge, calm: Callable[[int], Ending]
) -> None:
    settle(engine, 140)
    killed = sum(forge.run(engine, receiver, 500 + n, f"{name}:{1 + n % 3}") != 0 for n in range(20))
    assert killed
    assert forge.run(engine, receiver, 900) == 0
    state, leads = calm(140)
    assert World(engine).state() == state
    assert sorted(receiver.leads) == leads
