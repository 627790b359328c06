"""The running world."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from povod.demo.server import DemoWorld

START = datetime(2025, 3, 12, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def first_morning() -> Iterator[DemoWorld]:
    """One world for all who only read it, and leave its stage and its list of requests alone."""
    with DemoWorld(START) as running:
        yield running


@pytest.fixture
def world() -> Iterator[DemoWorld]:
    """A world of the test's own, at stage 1."""
    with DemoWorld(START) as running:
        yield running
