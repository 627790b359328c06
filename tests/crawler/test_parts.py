"""The parts that decide: identity, schedule, frontier, robots, OPML, and the pool of reading processes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler import opml
from crawler.feeds import Rhythm, Unreadable
from crawler.feeds.model import ParsedFeed
from crawler.feeds.pool import ReadingPool
from crawler.feeds.wire import ReadRequest, pack_feed, unpack_answer
from crawler.frontier import Frontier, Task
from crawler.identity import content_hash, post_key
from crawler.items import PostItem
from crawler.policy import FetchPolicy
from crawler.schedule import (
    Wishes,
    max_age_seconds,
    next_after_failure,
    next_after_success,
    skip,
    suggested_interval,
)
from tests.crawler.conftest import item, rss

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
POLICY = FetchPolicy(jitter=0)


def post(**values: str) -> PostItem:
    return PostItem(**{"source": "anna", "guid": "", "url": "", "title": "T", "text": "x", **values})  # type: ignore[arg-type]


def test_a_short_guid_names_a_post_within_its_source_only() -> None:
    assert post_key(post(guid="7")) != post_key(post(guid="7", source="boris"))
    assert post_key(post(guid="7")) == post_key(post(guid="7", url="https://a.example/other", text="edited"))


@pytest.mark.parametrize(
    "guid", ["https://a.example/?p=1", "tag:a.example,2026:1", "urn:uuid:1-2", "yt:video:abc"]
)
def test_an_absolute_uri_names_a_post_everywhere(guid: str) -> None:
    assert post_key(post(guid=guid)) == post_key(post(guid=guid, source="boris"))


def test_a_post_without_guid_is_its_link_and_without_link_its_words() -> None:
    link = "https://a.example/1"
    assert post_key(post(url=link)) == post_key(post(url=link, text="edited"))
    assert post_key(post(url=link)) == post_key(post(url=link, guid=link + "?utm_source=feed"))
    assert post_key(post()) == post_key(post())
    assert post_key(post()) != post_key(post(text="y"))


def test_only_words_make_a_post_a_changed_one() -> None:
    assert content_hash(post()) == content_hash(post(url="https://a.example/"))
    assert content_hash(post(title="a", text="b")) != content_hash(post(title="ab", text=""))


def test_a_busy_source_is_read_often_and_a_quiet_one_seldom() -> None:
    hourly = [NOW - timedelta(hours=number) for number in range(10)]
    old = [NOW - timedelta(days=100 + number) for number in range(10)]
    assert suggested_interval(NOW, hourly, POLICY) == 900
    assert next_after_success("a", NOW, POLICY, Wishes(), old) == NOW + timedelta(days=1)
    assert next_after_success("a", NOW, POLICY, Wishes(), []) == NOW + timedelta(hours=1)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10**7) | st.none(),
    st.integers(0, 10**7) | st.none(),
    st.integers(0, 10**7) | st.none(),
    st.lists(st.datetimes(timezones=st.just(UTC)), max_size=5),
    st.floats(0, 1),
)
def test_the_next_reading_is_never_sooner_or_much_later_than_the_policy_says(
    interval: int | None, ttl: int | None, max_age: int | None, recent: list[datetime], jitter: float
) -> None:
    policy = FetchPolicy(jitter=jitter)
    pause = (
        next_after_success("a", NOW, policy, Wishes(interval, Rhythm(ttl), max_age), recent) - NOW
    ).total_seconds()
    assert policy.min_interval <= pause <= policy.max_interval * (1 + jitter) + 1


def test_failures_double_the_pause_up_to_the_longest() -> None:
    pauses = [
        (next_after_failure("a", NOW, POLICY, Wishes(), count) - NOW).total_seconds()
        for count in (1, 2, 3, 50)
    ]
    assert pauses == [900, 1800, 3600, 86_400]


def test_skipped_hours_and_days_are_skipped_unless_nothing_is_left() -> None:
    assert skip(NOW, Rhythm(skip_hours=[12, 13])) == NOW.replace(hour=14)
    assert skip(NOW, Rhythm(skip_days=[NOW.weekday()])) == NOW.replace(hour=0) + timedelta(days=1)
    assert skip(NOW, Rhythm(skip_days=list(range(7)))) == NOW


def test_how_long_an_answer_is_good_for_is_read() -> None:
    assert max_age_seconds("public, max-age=600") == 600
    assert max_age_seconds("no-cache, max-age=600") is None
    assert max_age_seconds("s-max-age=5") is None


def task(number: int, origin: str, **values: int) -> Task:
    return Task(number, str(number), origin, origin, origin, **values)  # type: ignore[arg-type]


def test_the_frontier_never_hands_out_two_tasks_of_one_origin() -> None:
    frontier = Frontier(concurrency=10, slow_after=3)
    frontier.add([task(1, "a"), task(2, "a"), task(3, "b")])
    first, second = frontier.take(0), frontier.take(0)
    assert first is not None
    assert second is not None
    assert (first.id, second.id, frontier.take(0)) == (1, 3, None)
    frontier.done(1)
    third = frontier.take(0)
    assert third is not None
    assert third.id == 2


def test_tasks_that_were_lost_are_dropped_unless_they_have_begun() -> None:
    frontier = Frontier(concurrency=8, slow_after=1)
    frontier.add([task(1, "a"), task(2, "a"), task(3, "b"), task(4, "c"), task(5, "c")])
    assert frontier.take(0) is not None, "task 1 has begun"
    assert frontier.drop({1, 2, 3, 4, 99}) == {2, 3, 4}
    frontier.done(1)
    last = frontier.take(0)
    assert last is not None
    assert last.id == 5
    assert frontier.take(0) is None
    frontier.done(5)
    assert frontier.empty
    frontier.add([task(6, "a"), task(7, "b")])
    assert {one.id for one in (frontier.take(0), frontier.take(0)) if one} == {6, 7}


def test_slow_tasks_give_up_their_places_and_ill_sources_come_last() -> None:
    frontier = Frontier(concurrency=1, slow_after=3)
    frontier.add([task(1, "a", error_count=4), task(2, "b")])
    first = frontier.take(0)
    assert first is not None
    assert first.id == 2
    assert frontier.take(2.9) is None
    assert frontier.take(3.1) is not None
    assert (frontier.in_flight, frontier.empty) == (2, True)


def test_a_subscription_list_is_read_with_its_folders_and_written_back() -> None:
    data = b"""<opml version="1.0"><body><outline text="People"><outline text="Anna" xmlUrl="https://anna.example/f"
    type="rss"/></outline><outline text="Again" xmlUrl="https://anna.example/f"/></body></opml>"""
    outlines = opml.read(data)
    assert outlines == [opml.Outline("Anna", "https://anna.example/f", "", ("People",))]
    assert opml.read(opml.write(outlines).encode()) == outlines


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<opml>", "not well-formed"),
        (b"<rss><body/></rss>", "no OPML"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><opml><body/></opml>", "defines XML entities"),
    ],
)
def test_what_is_no_subscription_list_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(opml.BadOpml, match=words):
        opml.read(data)


def test_what_was_read_travels_unchanged_between_processes() -> None:
    original = PostItem(
        "s", "g", "https://a.example/", "T🎉", "x\n\né", NOW, None, "Anna", "", "https://a.example/me", "a@a.example",
        None, ["t"], "post", {"k": 1},
    )  # fmt: skip
    feed = ParsedFeed(
        "rss2.0", "quick", "F", "https://a.example/", [original, original], Rhythm(60, [1], [2]), "w"
    )
    assert unpack_answer(pack_feed(feed), "s") == feed


def test_a_reader_that_runs_away_is_ended_and_the_next_feed_is_read() -> None:
    runaway = (
        b"<rss><channel><item><description>&lt;table&gt;"  # tables are left to the HTML parser
        + b"&lt;div&gt;" * 300_000
        + b"</description></item></channel></rss>"
    )

    async def read_both() -> tuple[str, int, list[int]]:
        async with ReadingPool(1, seconds=30) as pool:
            words = ""
            try:
                await pool.read(ReadRequest(runaway, "s", "https://a.example/", cpu_seconds=1))
            except Unreadable as reason:
                words = str(reason)
            feed = await pool.read(ReadRequest(rss(item(1)), "s", "https://a.example/"))
            return words, len(feed.posts), pool.pids()

    words, posts, pids = asyncio.run(read_both())
    assert "more than 1 seconds of processor time" in words
    assert posts == 1
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_a_feed_that_takes_too_much_memory_is_refused_and_the_next_one_read() -> None:
    """Half a million entries of nine bytes: what they take once read is far beyond what they take on the wire."""
    greedy = b'{"version": "https://jsonfeed.org/version/1.1", "items": [' + b'{"id":1},' * 500_000 + b"{}]}"

    async def read_both() -> tuple[str, int]:
        async with ReadingPool(1, seconds=30, megabytes=48) as pool:
            words = ""
            try:
                await pool.read(ReadRequest(greedy, "s", "https://a.example/", "application/feed+json"))
            except Unreadable as reason:
                words = str(reason)
            feed = await pool.read(ReadRequest(rss(item(1)), "s", "https://a.example/"))
            return words, len(feed.posts)

    words, posts = asyncio.run(read_both())
    assert words == "reading the answer takes more than 48 MB of memory"
    assert posts == 1


def test_a_reader_that_does_not_answer_in_time_is_ended() -> None:
    async def read() -> None:
        async with ReadingPool(1, seconds=0.001) as pool:
            await pool.read(ReadRequest(rss(item(1)), "s", "https://a.example/"))

    with pytest.raises(Unreadable, match=r"took longer than 0\.001 seconds"):
        asyncio.run(read())
