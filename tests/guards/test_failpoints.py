from __future__ import annotations

import re
from pathlib import Path

import pytest

from guards.failpoints import FAILPOINTS, VARIABLE, UnknownFailpoint, failpoint, parse

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


def test_without_the_variable_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    failpoint("process.claimed")


def test_another_place_is_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "delivery.sent")
    failpoint("process.claimed")


@pytest.mark.parametrize(
    "wanted", ["nowhere", "process.claimed:0", "process.claimed:x", "process.claimed:-1"]
)
def test_a_failpoint_that_cannot_be_reached_is_refused(wanted: str) -> None:
    with pytest.raises(UnknownFailpoint, match="POVOD_FAILPOINT="):
        parse(wanted)


def test_the_hit_is_read() -> None:
    assert parse("process.claimed") == ("process.claimed", 1)
    assert parse("process.claimed:3") == ("process.claimed", 3)
