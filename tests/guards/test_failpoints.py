from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from guards.failpoints import FAILPOINTS, VARIABLE, UnknownFailpoint, parse

ROOT = Path(__file__).parents[2]
CALL = re.compile(r'failpoint\("([^"]+)"\)')


def test_every_failpoint_in_the_code_is_registered() -> None:
    used = {
        name
        for package in ("crawler", "leads", "models", "povod")
        for path in (ROOT / package).rglob("*.py")
        for name in CALL.findall(path.read_text("utf-8"))
    }
    assert used <= set(FAILPOINTS)
    assert {name for name in FAILPOINTS if name.split(".")[0] in ("process", "delivery", "export")} <= used


@pytest.mark.parametrize(
    ("wanted", "ends"),
    [
        ("", "came through"),
        ("delivery.sent", "came through"),
        ("process.claimed:3", "came through"),
        ("process.claimed", "died"),
        ("process.claimed:2", "died"),
    ],
)
def test_a_process_dies_at_the_named_place_and_coming_and_nowhere_else(wanted: str, ends: str) -> None:
    passing = "from guards.failpoints import failpoint as f; f('process.claimed'); f('process.claimed')"
    done = subprocess.run(
        [sys.executable, "-c", passing],
        env=os.environ | {VARIABLE: wanted},
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert done.returncode == (0 if ends == "came through" else -signal.SIGKILL)


@pytest.mark.parametrize(
    "wanted", ["nowhere", "process.claimed:0", "process.claimed:x", "process.claimed:-1"]
)
def test_a_failpoint_that_cannot_be_reached_is_refused(wanted: str) -> None:
    with pytest.raises(UnknownFailpoint, match="POVOD_FAILPOINT="):
        parse(wanted)


def test_the_hit_is_read() -> None:
    assert parse("process.claimed") == ("process.claimed", 1)
    assert parse("process.claimed:3") == ("process.claimed", 3)
