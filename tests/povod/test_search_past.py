"""Saved searches tried on the posts that are stored."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from leads.searches.stored import StoredPost
from models import Source
from models.rows import PostRow
from models.schema import upgrade
from models.session import open_database, session_factory
from models.store import store_posts
from povod import past
from tests.povod.conftest import Povod

NOW = datetime.now(UTC)
CONFIG = """\
sources: [{name: news, url: "https://news.example/feed"}]
searches:
  - {name: offices, query: office NEAR/2 new, daily_cap: 1}
  - {name: moves, query: office OR moving}
"""
POSTS = [
    ("A new office opens", 1),
    ("A new office opens", 1),  # the same words once more
    ("Our new bright office", 1),
    ("The office is not at all anything new", 2),
    ("Moving soon, new desk", 3),
    ("rain", 20),
    ("An old new office", 200),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Seven stored posts, one of them long ago."""
    (tmp_path / "povod.yml").write_text(CONFIG, encoding="utf-8")
    engine = open_database(f"sqlite:///{tmp_path}/povod.sqlite3")
    upgrade(engine)
    with session_factory(engine).begin() as session:
        session.add(Source(name="news", url="https://news.example/feed", origin="file", created_at=NOW))
        session.flush()
        rows = [
            PostRow(
                f"k{n}",
                1,
                text,
                content_hash=f"{hash(text):x}",
                first_seen_at=NOW,
                url=f"https://news.example/{n}",
                published_at=NOW - timedelta(days=days),
                author_key=f"a{n % 2}",
                author_name=("Anna Sokolova", "Boris Petrov")[n % 2],
            )
            for n, (text, days) in enumerate(POSTS)
        ]
        store_posts(session.connection(), rows)
    engine.dispose()
    return tmp_path


def test_a_query_is_tried_on_the_past_before_it_is_a_search(povod: Povod, folder: Path) -> None:
    ran = povod("search", "try", "office NEAR/2 new", "--json")
    assert ran.status == 0, ran.err
    told = json.loads(ran.out)
    assert (told["posts"], told["matches"], told["duplicates"], told["stopped"]) == (6, 2, 1, False)
    assert told["rate"]["days"] == 20  # today is not over
    assert sum(count for _, count in told["rate"]["per_day"]) == 2
    assert told["sources"] == [["news", 2]]
    assert {one["name"]: one["shared"] for one in told["overlaps"]} == {"offices": 3, "moves": 3}
    assert told["reach"]["posts"] == 3
    assert [part["posts"] for part in told["reach"]["parts"]] == [4, 5]
    assert sorted(sample["words"] for sample in told["samples"]) == [
        "A [new] [office] opens",
        "Our [new] bright [office]",
    ]
    assert json.loads(povod("search", "try", "office", "--days", "365", "--json").out)["posts"] == 7
    assert "search try" not in povod("search", "list").out


def test_a_backtest_says_in_words_what_a_search_would_bring(povod: Povod, folder: Path) -> None:
    ran = povod("search", "backtest", "offices")
    assert ran.status == 0, ran.err
    for part in (
        "2 matches in 6 posts of 21 days",
        "1 more with words",
        "a day: 0.1 (95 %",
        "Mon ",
        "sources: news 2",
    ):
        assert part in ran.out
    assert "overlap with 'moves': 3 posts, 100% of these" in ran.out
    assert "A [new] [office] opens" in ran.out
    assert povod("search", "backtest", "ofices").err.rstrip().endswith("did you mean 'offices'?")


def test_a_search_that_would_flood_its_owner_is_told(povod: Povod, folder: Path) -> None:
    (folder / "povod.yml").write_text(CONFIG.replace("office NEAR/2 new", "office | new | rain"), "utf-8")
    assert "warning" not in povod("search", "backtest", "moves").out
    assert "warning: may bring 1.3 matches a day" in povod("search", "backtest", "offices", "--days", "4").out


def test_labelled_matches_give_the_precision(
    povod: Povod, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["y", "n"])
    monkeypatch.setattr("builtins.input", lambda _prompt: next(answers))
    ran = povod("search", "label", "offices")
    assert "1 of 2 labelled are right: 50% (95 %: 9% to 91%)" in ran.out
    again = povod("search", "label", "offices")
    assert again.out == "1 of 2 labelled are right: 50% (95 %: 9% to 91%)\n"
    assert "1 of 2 labelled are right" in povod("search", "backtest", "offices").out


def test_a_new_version_is_compared_with_an_earlier_one(povod: Povod, folder: Path) -> None:
    povod("search", "add", "mine", "bright office")
    povod("search", "edit", "mine", "--query", "moving OR opens")
    told = json.loads(povod("search", "diff", "mine", "--against", "1", "--json").out)
    assert sorted(one["post"] for one in told["gained"]) == ["k0", "k1", "k4"]
    assert [one["post"] for one in told["lost"]] == ["k2"]
    assert "3 gained, 1 lost, 0 in both" in povod("search", "diff", "mine", "--against", "1").out
    assert "has no version 9; there are 1, 2" in povod("search", "diff", "mine", "--against", "9").err


def test_why_names_the_clause_that_failed_and_how_nearly(povod: Povod, folder: Path) -> None:
    ran = povod("search", "why", "offices", "--post", "https://news.example/3")
    assert "NEAR distance 5 > 2" in ran.out
    assert povod("search", "why", "offices", "--text", "a new office").out.startswith("yes")
    assert "there is no such post" in povod("search", "why", "offices", "--post", "zzz").err
    assert povod("search", "why", "offices").status == 2


def test_a_backtest_that_is_stopped_tells_what_it_knows_by_then(
    povod: Povod, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = past.stored_posts

    def one_by_one(engine: Engine, since: datetime | None) -> Iterator[list[StoredPost]]:
        for batch in stored(engine, since, size=2):
            yield batch
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(past, "stored_posts", one_by_one)
    ran = povod("search", "backtest", "moves")
    assert ran.status == 0
    assert "stopped after" in ran.out
    assert "of 6 posts, the newest stored first; so far:" in ran.out
