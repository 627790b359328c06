"""Why a search failed on a post, the reach of its clauses, and the figures of a backtest."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triggers.search import statistics
from triggers.search.mutes import read_mute
from triggers.search.percolator import Percolator
from triggers.search.posts import SearchPost
from triggers.search.why import reach, why


def reasons(query: str, text: str, **given: object) -> list[str]:
    searches = Percolator()
    searches.add("s", query)
    before = dict(searches.table.users)
    verdict = why(searches, "s", SearchPost("p", text, **given))  # type: ignore[arg-type]
    assert dict(searches.table.users) == before
    assert verdict.holds == bool(searches.match([SearchPost("p", text, **given)])[0])  # type: ignore[arg-type]
    return [f"{failure.clause}: {failure.note}" for failure in verdict.failures()]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("new job", "new job", []),
        ("new AND job", "new shoes", ["job: not there"]),
        ("a NEAR/5 b", "a 1 2 3 4 5 6 7 b", ["a NEAR/5 b: NEAR distance 7 > 5"]),
        ("a ONEAR/2 b", "b a", ["a ONEAR/2 b: ONEAR: the words stand in the other order"]),
        ("offer -job", "a job offer", ["NOT job: negated: 'job'"]),
        ("retire", "he retied his shoes", ["retire: not there; nearest is 'retied'"]),
        ('"new job"', "job new", ['"new job": 2 of its 2 words are there, not as it wants them']),
        ("hello lang:en", "hello", ["lang:en: the post does not say"]),
        ("(a OR b) c", "c", ["a: not there", "b: not there"]),
    ],
)
def test_the_clause_that_failed_is_named_and_how_nearly(query: str, text: str, expected: list[str]) -> None:
    assert reasons(query, text) == expected


def test_a_field_says_what_the_post_has_instead() -> None:
    assert reasons("followers:>100", "", followers=5) == ["followers:>100: the post has 5"]


def test_a_muted_author_and_a_search_that_is_off_are_said() -> None:
    searches = Percolator()
    searches.add("s", "hello")
    post = SearchPost("p", "hello", author="@anna")
    muted = [read_mute("site", "x.example"), read_mute("author", "@Anna")]
    assert why(searches, "s", post, mutes=muted).note == "muted author '@Anna'"
    assert why(searches, "s", post, mutes=muted[:1]).holds
    searches.enable("s", False)
    assert "switched off" in why(searches, "s", post).note


def test_the_verdict_is_written_as_a_tree() -> None:
    searches = Percolator()
    searches.add("s", "(a OR b) AND NOT c")
    lines = list(why(searches, "s", SearchPost("p", "b c")).lines())
    assert lines == [
        "no  (a OR b) AND NOT c",
        "  yes a OR b",
        "    no  a: not there",
        "    yes b: 'b'",
        "  no  NOT c: negated: 'c'",
    ]


def test_the_reach_of_each_clause_is_counted_by_itself() -> None:
    searches = Percolator()
    searches.add("s", "(a OR b) AND NOT c")
    posts = [SearchPost(str(n), text) for n, text in enumerate(("a", "b", "a c", "c", ""))]
    found = reach(searches, "s", [posts[:2], posts[2:]])
    assert [line.split(maxsplit=1) for line in found.lines()] == [
        ["2", "(a OR b) AND NOT c"], ["3", "a OR b"], ["2", "a"], ["1", "b"], ["3", "NOT c"],
    ]  # fmt: skip


def test_matches_a_day_have_their_mean_interval_and_weekdays() -> None:
    first = date(2026, 5, 4)  # a Monday
    moments = [
        datetime(2026, 5, 4 + day, 23, 59, tzinfo=UTC)
        for day in range(14)
        for _ in range(3 if day % 7 < 5 else 0)
    ]
    found = statistics.rate(moments, first, first + timedelta(days=13))
    assert (found.days, found.total) == (14, 30)
    assert found.mean == pytest.approx(30 / 14)
    assert found.weekdays == (3, 3, 3, 3, 3, 0, 0)
    # By hand: the sum of squares is 10 * (3 - 15/7)**2 + 4 * (15/7)**2 = 25.714; t(13) = 2.160.
    half = 2.160 * (25.714 / 13 / 14) ** 0.5
    assert (found.low, found.high) == (
        pytest.approx(30 / 14 - half, abs=1e-3),
        pytest.approx(30 / 14 + half, abs=1e-3),
    )


def test_no_match_in_thirty_days_still_has_an_upper_end() -> None:
    found = statistics.rate([], date(2026, 5, 1), date(2026, 5, 30))
    assert (found.mean, found.low, found.high) == (0, 0, pytest.approx(0.1))
    assert found.weekdays == (0,) * 7


def test_the_interval_holds_the_true_mean_about_nineteen_times_in_twenty() -> None:
    source = random.Random(3)
    first, held = date(2026, 5, 1), 0
    for _ in range(400):
        counts = [sum(source.random() < 0.1 for _ in range(60)) for _ in range(30)]
        moments = [
            datetime(2026, 5, 1, tzinfo=UTC) + timedelta(days=day)
            for day, count in enumerate(counts)
            for _ in range(count)
        ]
        found = statistics.rate(moments, first, first + timedelta(days=29))
        held += found.low <= 6 <= found.high
    assert 365 <= held <= 395


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_wilson_interval_holds_the_share_and_stays_between_0_and_1(hits: int, more: int) -> None:
    found = statistics.wilson(hits, hits + more)
    assert 0 <= found.low <= found.share + 1e-9
    assert found.share - 1e-9 <= found.high <= 1


def test_the_wilson_interval_agrees_with_a_published_value() -> None:
    found = statistics.wilson(15, 148)  # Newcombe 1998, table I
    assert (round(found.low, 4), round(found.high, 4)) == (0.0624, 0.1605)


def test_overlap_flood_top_and_difference() -> None:
    posts = {"a": ["1", "2", "3"], "b": ["2", "3", "4", "5"], "c": ["9"]}
    assert statistics.overlaps("a", posts) == [statistics.Overlap("b", 2, 2 / 3, 0.5, 0.4)]
    assert statistics.difference(["1", "2"], ["2", "3"]) == (["3"], ["1"])
    assert statistics.top(["x", "y", "", "y"]) == [("y", 2), ("x", 1)]
    day = datetime(2026, 5, 1, tzinfo=UTC)
    busy = statistics.rate([day] * 50, day.date(), day.date())
    assert "50.0 matches a day" in statistics.flood(busy, 20)
    assert statistics.flood(busy, 100) == ""
