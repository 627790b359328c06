"""The commands themselves, on the demo's world and with the real rules: killed and started again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from guards.failpoints import VARIABLE
from models.dump import canonical
from models.session import open_database
from povod.demo.config import write_config
from povod.demo.server import DemoWorld

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def world() -> Iterator[DemoWorld]:
    with DemoWorld(datetime.now(UTC)) as world:
        yield world


def run(config: Path, failpoint: str = "") -> int:
    """`povod run --once`, as a shell would start it; its crawl is a child of its own."""
    command = [sys.executable, "-m", "povod", "run", "--once", "--config", str(config)]
    environment = os.environ | {VARIABLE: failpoint}
    return subprocess.run(command, env=environment, capture_output=True, timeout=300, check=False).returncode


def dump(config: Path) -> list[str]:
    engine = open_database(f"sqlite:///{config.parent}/povod.sqlite3")
    try:
        return list(canonical(engine))
    finally:
        engine.dispose()


def test_the_demo_killed_at_one_place_after_another_ends_as_the_demo(
    world: DemoWorld, tmp_path: Path
) -> None:
    calm = write_config(tmp_path / "calm", world)
    assert run(calm) == 0
    dying = write_config(tmp_path / "dying", world)
    for name in ("migration.inside", "contacts.inside", "crawl.parsed", "process.lead.made"):
        assert run(dying, name) != 0
    assert run(dying) == 0
    assert dump(dying) == dump(calm)
