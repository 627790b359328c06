"""Ctrl-C in the middle of `povod search try` and `backtest`: a real process with a terminal, and what it still tells."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models import Source
from models.rows import PostRow
from models.schema import upgrade
from models.session import open_database, session_factory
from models.store import store_posts
from tests.povod.terminal import started, written

NOW = datetime.now(UTC)
# Some seconds' worth: more than are looked at before the signal comes.
POSTS = 60_000
CONFIG = """\
sources: [{name: news, url: "https://news.example/feed"}]
searches: [{name: offices, query: office NEAR/2 new}]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with many stored posts, each tenth about a new office."""
    path = tmp_path_factory.mktemp("many")
    (path / "povod.yml").write_text(CONFIG, encoding="utf-8")
    engine = open_database(f"sqlite:///{path}/povod.sqlite3")
    upgrade(engine)
    with session_factory(engine).begin() as session:
        session.add(Source(name="news", url="https://news.example/feed", origin="file", created_at=NOW))
        session.flush()
        store_posts(session.connection(), [_row(number) for number in range(POSTS)])
    engine.dispose()
    return path


def _row(number: int) -> PostRow:
    text = f"A new office opens at number {number}" if number % 10 == 0 else f"Rain number {number}"
    return PostRow(
        f"k{number}",
        1,
        text,
        content_hash=f"{number:x}",
        first_seen_at=NOW,
        url=f"https://news.example/{number}",
        published_at=NOW - timedelta(minutes=number % 9000),
    )


def _interrupted(folder: Path, *command: str) -> tuple[str, str, int]:
    """Run a command with standard error on a terminal, press Ctrl-C once its bar has moved; return all it said."""
    process, terminal = started(folder, *command, stdout=subprocess.PIPE)
    shown = ""
    for piece in written(terminal):
        shown += piece
        if re.search(rf"[1-9]\d*/{POSTS}", shown):
            process.send_signal(signal.SIGINT)
            break
    shown += "".join(written(terminal))
    said = process.communicate(timeout=60)[0]
    os.close(terminal)
    return said, shown, process.returncode


def test_a_query_that_is_being_tried_tells_on_ctrl_c_what_is_known_by_then(folder: Path) -> None:
    said, shown, status = _interrupted(folder, "search", "try", "office NEAR/2 new")
    told = re.match(r"stopped after ([\d,]+) of 60,000 posts, the newest stored first; so far:\n", said)
    assert told, (said, shown)
    looked_at = int(told[1].replace(",", ""))
    assert 0 < looked_at < POSTS
    matches = re.search(r"^([\d,]+) matches in ([\d,]+) posts", said, re.MULTILINE)
    assert matches
    assert int(matches[2].replace(",", "")) == looked_at
    assert int(matches[1].replace(",", "")) == pytest.approx(looked_at / 10, rel=0.05)
    assert "matching posts" in shown
    assert "Traceback" not in shown
    assert status == 0


def test_an_interrupted_backtest_says_so_in_its_facts(folder: Path) -> None:
    said, shown, status = _interrupted(folder, "search", "backtest", "offices", "--json")
    facts = json.loads(said)
    assert facts["stopped"]
    assert 0 < facts["posts"] < facts["due"] == POSTS
    assert facts["matches"] == pytest.approx(facts["posts"] / 10, rel=0.05)
    assert "Traceback" not in shown
    assert status == 0
