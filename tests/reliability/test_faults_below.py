"""A full disk and a clock that jumps: the job says so in words, loses nothing, and goes on when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Source
from models.session import open_database
from tests.reliability.campaign import BETWEEN, Databases, Ending, SqliteFiles, ending
from tests.reliability.conftest import ORDER
from tests.reliability.field import Field, minutes
from tests.reliability.lives import FAULT, Lives

KIB = 1024


@pytest.mark.long
@pytest.mark.parametrize("room", [260, 300, 340, 400, 460])
def test_a_disk_that_is_full_is_told_in_words_and_made_good_later(
    room: int, field: Field, lives: Lives, calm: Ending, tmp_path: Path
) -> None:
    url = SqliteFiles(tmp_path).fresh()
    field.forget()
    order = replace(ORDER, config=str(field.configure("full", url)))
    statuses = [lives.live(replace(order, minute=n * BETWEEN, file_limit=room * KIB)) for n in range(2)]
    assert set(statuses) <= {0, FAULT}
    assert lives.live(replace(order, minute=3 * BETWEEN)) == 0
    assert lives.live(replace(order, minute=4 * BETWEEN)) == 0
    assert ending(url, field) == calm


def test_a_disk_without_any_room_is_a_fault_and_no_traceback(
    field: Field, lives: Lives, calm: Ending, tmp_path: Path
) -> None:
    url = SqliteFiles(tmp_path).fresh()
    field.forget()
    order = replace(ORDER, config=str(field.configure("full", url)))
    assert lives.live(replace(order, file_limit=64 * KIB)) == FAULT
    assert lives.live(order) == 0
    assert ending(url, field) == calm


@pytest.mark.long
@pytest.mark.parametrize("jump", [-30 * 24 * 60, -60, 24 * 60, 400 * 24 * 60])
def test_a_clock_that_jumps_changes_nothing_that_is_kept(
    jump: int, field: Field, lives: Lives, calm: Ending, databases: Databases
) -> None:
    url = databases.fresh()
    field.forget()
    order = replace(ORDER, config=str(field.configure("jump", url)))
    for n, minute in enumerate((0, jump, BETWEEN)):
        lives.live(replace(order, minute=minute, failpoint="process.batch.between" if n < 2 else ""))
    assert lives.live(replace(order, minute=2 * BETWEEN)) == 0
    assert ending(url, field) == calm
    assert latest_reading(url) <= minutes(48 * 60), "no source waits for a time that is far off"


def latest_reading(url: str) -> datetime:
    """When the last of the active sources is read again."""
    engine = open_database(url)
    with Session(engine) as session:
        times = [
            time
            for time in session.scalars(select(Source.next_fetch_at).where(Source.state == "active"))
            if time
        ]
    engine.dispose()
    return max(times)
