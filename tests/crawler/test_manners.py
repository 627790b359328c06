"""Manners that outlast a process: each test crawls in separate processes, and reads the servers' own logs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from crawler.events import CrawlEvent, CrawlReport
from models import Post, Source
from tests.crawler.conftest import NOW, POLICY, item, on_both_databases, rss
from tests.crawler.forked import crawl_forked
from tests.crawler.server import Asked, Reply, Server

AddSource = Callable[..., int]
SourceNamed = Callable[[str], Source]
POLITE = replace(POLICY, obey_robots=True)
DAY = timedelta(days=1)


def crawl(url: str, now: datetime, *, polite: bool = False, everything: bool = False) -> CrawlReport:
    return crawl_forked(url, POLITE if polite else POLICY, now=now, everything=everything)


# -- robots.txt


@on_both_databases
def test_robots_txt_is_asked_for_once_a_day_and_not_once_a_crawl(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    server.on("/robots.txt", b"User-agent: *\nDisallow: /private\n")
    add_source("open", server.on("/feed", rss(item(1))))
    add_source("private", server.on("/private/feed", rss(item(2))))
    for hours in (0, 1, 23.9):
        crawl(database_url, NOW + timedelta(hours=hours), polite=True, everything=True)
    assert len(server.asked("/robots.txt")) == 1
    assert source_named("private").last_error == "robots.txt forbids this address"
    crawl(database_url, NOW + timedelta(hours=24.1), polite=True, everything=True)
    assert len(server.asked("/robots.txt")) == 2
    assert len(server.asked("/feed")) == 4
    assert server.asked("/private/feed") == []


def test_a_missing_robots_txt_is_remembered_too_and_a_shorter_life_is_obeyed(
    database_url: str, server: Server, add_source: AddSource
) -> None:
    short = Reply(b"", headers={"Cache-Control": "max-age=7200"})
    server.on("/robots.txt", short, host="127.0.0.2")
    add_source("missing", server.on("/feed", rss(item(1))))
    add_source("short", server.on("/feed", rss(item(2)), host="127.0.0.2"))
    for hours in (0, 1.9, 2.1):
        crawl(database_url, NOW + timedelta(hours=hours), polite=True, everything=True)
    assert len(server.asked("/robots.txt", host="127.0.0.1")) == 1
    assert len(server.asked("/robots.txt", host="127.0.0.2")) == 2


def test_the_last_robots_txt_holds_while_it_cannot_be_had_but_not_for_ever(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    server.on("/robots.txt", b"User-agent: *\nDisallow: /private\n", Reply(status=503))
    add_source("open", server.on("/feed", rss(item(1))))
    add_source("private", server.on("/private/feed", rss(item(2))))
    crawl(database_url, NOW, polite=True, everything=True)
    crawl(database_url, NOW + 2 * DAY, polite=True, everything=True)
    assert source_named("open").last_error is None
    assert source_named("private").last_error == "robots.txt forbids this address"
    crawl(database_url, NOW + 31 * DAY, polite=True, everything=True)
    assert "the server answered 503 (asked for robots.txt" in (source_named("open").last_error or "")
    assert server.asked("/private/feed") == []


def test_a_clock_that_was_ahead_and_is_right_again_leaves_no_source_and_no_robots_txt_unasked(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    server.on("/robots.txt", b"")
    add_source("site", server.on("/feed", rss(item(1))))
    crawl(database_url, NOW + 400 * DAY, polite=True)
    crawl(database_url, NOW, polite=True)
    assert [one.path for one in server.log] == ["/robots.txt", "/feed"] * 2
    following = source_named("site").next_fetch_at
    assert following is not None
    assert following < NOW + 2 * DAY
    assert crawl(database_url, NOW + timedelta(minutes=1)).sources_due == 0


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_wants_to_be_left_alone_when_asked_for_robots_txt_is(
    status: int, database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    busy = Reply(status=status, headers={"Retry-After": "7200"})
    server.on("/robots.txt", busy, b"")
    server.on("/robots.txt", Reply(b"", headers={"Cache-Control": "max-age=3600"}), busy, host="127.0.0.2")
    add_source("new", server.on("/feed", rss(item(1))))
    add_source("known", server.on("/feed", rss(item(2)), host="127.0.0.2"))
    crawl(database_url, NOW, polite=True)
    assert source_named("new").next_fetch_at == NOW + timedelta(hours=2)
    crawl(database_url, NOW + timedelta(hours=1.9), polite=True)
    assert len(server.asked("/robots.txt", host="127.0.0.1")) == 1
    assert server.asked("/feed", host="127.0.0.1") == []
    for hours in (2, 3, 3.8):
        crawl(database_url, NOW + timedelta(hours=hours), polite=True, everything=True)
    assert source_named("new").last_error is None
    assert len(server.asked("/robots.txt", host="127.0.0.2")) == 2, "it said when to ask again"
    crawl(database_url, NOW + timedelta(hours=4), polite=True, everything=True)
    assert len(server.asked("/robots.txt", host="127.0.0.2")) == 3
    assert source_named("known").last_error is None


# -- When to come back


@on_both_databases
def test_a_feed_s_rhythm_holds_also_when_the_answer_is_304(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    """Noon, and six hours of ttl; the hours from 17 to 19 and the day after are skipped."""
    head = (
        "<ttl>360</ttl><skipHours><hour>17</hour><hour>18</hour><hour>19</hour></skipHours>"
        f"<skipDays><day>{(NOW + DAY):%A}</day></skipDays>"
    )
    add_source("slow", server.on("/feed", not_modified(rss(item(1), head=head))))
    crawl(database_url, NOW)
    first = NOW.replace(hour=20)
    assert source_named("slow").next_fetch_at == first
    assert crawl(database_url, first - timedelta(minutes=1)).sources_due == 0
    assert crawl(database_url, first).sources_unchanged == 1
    assert source_named("slow").next_fetch_at == (NOW + 2 * DAY).replace(hour=0), (
        "after the day to be skipped"
    )
    assert [asked.headers.get("if-none-match") for asked in server.asked("/feed")] == [None, '"1"']


def not_modified(body: bytes, **headers: str) -> Callable[[Asked], Reply]:
    """A server that knows what it has said, and says so with a bare 304."""

    def answer(asked: Asked) -> Reply:
        known = asked.headers.get("if-none-match") == '"1"'
        return Reply(status=304) if known else Reply(body, headers={"ETag": '"1"'} | headers)

    return answer


def test_a_server_s_cache_control_holds_for_its_304_until_it_says_otherwise(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    stale = Reply(status=304, headers={"Cache-Control": "max-age=18000"})
    first = Reply(rss(item(1)), headers={"ETag": '"1"', "Cache-Control": "max-age=36000"})
    add_source("cached", server.on("/feed", first, Reply(status=304), stale))
    now, pauses = NOW, []
    for _ in range(3):
        crawl(database_url, now)
        following = source_named("cached").next_fetch_at
        assert following is not None
        pauses.append((following - now).total_seconds())
        now = following
    assert pauses == [36_000, 36_000, 18_000]


@on_both_databases
def test_a_source_s_own_pace_outlasts_the_process(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    hours = "".join(dated(number, NOW - timedelta(hours=8 * number)) for number in range(10))
    add_source("steady", server.on("/feed", not_modified(rss(hours))))
    crawl(database_url, NOW)
    assert source_named("steady").next_fetch_at == NOW + timedelta(hours=2), "a quarter of eight hours"
    assert crawl(database_url, NOW + timedelta(hours=1.9)).sources_due == 0
    later = NOW + timedelta(hours=40)
    assert crawl(database_url, later).sources_unchanged == 1
    assert source_named("steady").next_fetch_at == later + timedelta(hours=5), "an eighth of the silence"


def dated(number: int, told: datetime) -> str:
    """One item, closed and opened so that several make a feed."""
    return f"{item(number)}<pubDate>{told:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item><item>"


@on_both_databases
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed_by_the_next_process(
    status: int, database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    seconds = Reply(status=status, headers={"Retry-After": "7200"})
    date = Reply(status=status, headers={"Retry-After": "Wed, 04 Mar 2026 18:00:00 GMT"})
    add_source("seconds", server.on("/feed", seconds, rss(item(1))))
    add_source("date", server.on("/feed", date, rss(item(2)), host="127.0.0.2"))
    crawl(database_url, NOW)
    crawl(database_url, NOW + timedelta(hours=1.9))
    assert len(server.asked("/feed")) == 2
    assert f"the server answered {status}" in (source_named("seconds").last_error or "")
    crawl(database_url, NOW + timedelta(hours=2))
    assert [one.host for one in server.asked("/feed")[2:]] == ["127.0.0.1"]
    crawl(database_url, NOW.replace(hour=18))
    assert len(server.asked("/feed", host="127.0.0.2")) == 2
    assert source_named("date").last_error is None


@on_both_databases
def test_what_is_gone_is_not_asked_again(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    add_source("gone", server.on("/feed", Reply(status=410)))
    crawl(database_url, NOW)
    gone = source_named("gone")
    assert (gone.state, gone.next_fetch_at) == ("gone", None)
    assert "410 Gone: it says that the feed is gone for good" in (gone.last_error or "")
    for days in (1, 30):
        crawl(database_url, NOW + days * DAY)
        crawl(database_url, NOW + days * DAY + timedelta(hours=1), everything=True)
    assert len(server.asked("/feed")) == 1


def test_a_301_to_ever_other_places_is_never_followed_for_good(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    places = [Reply(status=301, headers={"Location": f"/new{number}"}) for number in (1, 1, 2, 1, 1)]
    add_source("restless", server.on("/old", *places))
    for number in (1, 2):
        server.on(f"/new{number}", rss(item(1)))
    for day in range(5):
        crawl(database_url, NOW + day * DAY, everything=True)
    assert source_named("restless").fetch_url is None
    assert len(server.asked("/old")) == 5


def test_jitter_spreads_what_would_come_all_at_once(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    for number in range(12):
        add_source(str(number), server.on("/feed", rss(item(number)), host=f"127.0.4.{number + 1}"))
    crawl_forked(database_url, replace(POLICY, jitter=0.5), now=NOW)
    times = {source_named(str(number)).next_fetch_at for number in range(12)}
    assert len(times) == 12
    assert all(time and timedelta(minutes=15) <= time - NOW <= timedelta(minutes=22.5) for time in times)


# -- One time for all hops


def test_all_hops_of_a_source_share_one_deadline(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    """Each hop is quick enough by itself, robots.txt included; together they are not."""
    robots = Reply(b"", wait=0.8)
    for host in ("127.0.0.2", "127.0.0.3", "127.0.0.4"):
        server.on("/robots.txt", robots, host=host)
    hops = [server.url(path, host=host) for host, path in (("127.0.0.3", "/b"), ("127.0.0.4", "/c"))]
    start = server.on("/a", Reply(status=302, headers={"Location": hops[0]}, wait=0.8), host="127.0.0.2")
    server.on("/b", Reply(status=302, headers={"Location": hops[1]}, wait=0.8), host="127.0.0.3")
    server.on("/c", Reply(rss(item(1)), wait=0.8), host="127.0.0.4")
    add_source("slow hops", start)
    add_source("patient", server.on("/d", Reply(rss(item(2)), wait=1), host="127.0.0.5"))
    report = crawl_forked(database_url, replace(POLITE, timeout=2), now=NOW)
    assert report.sources_read == 1
    assert source_named("slow hops").last_error == "the whole answer did not arrive in time"
    paths = [(one.host[-1], one.path) for one in server.log if one.host != "127.0.0.5"]
    assert paths == [("2", "/robots.txt"), ("2", "/a"), ("3", "/robots.txt")]
    assert server.log[0].at + 2 + 1.5 > max(one.ended for one in server.log), (
        "cut off where the time was over"
    )


def test_waiting_for_a_slow_server_s_turn_counts(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    """Ten sources are all led to one server that lets each wait: they end together, not one after another."""
    slow = server.on("/slow", Reply(rss(item(1)), wait=30), host="127.0.0.9")
    for number in range(10):
        lead = Reply(status=302, headers={"Location": slow})
        add_source(str(number), server.on("/feed", lead, host=f"127.0.5.{number + 1}"))
    report = crawl_forked(database_url, replace(POLICY, timeout=1.5), now=NOW)
    assert report.sources_failed == 10
    assert {source_named(str(number)).last_error for number in range(10)} == {
        "the whole answer did not arrive in time"
    }
    assert report.seconds < 8, "ten times 1.5 would be 15"


# -- Pages and deletions


def test_a_page_that_names_several_feeds_says_which_was_taken_and_lists_the_others(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    links = "".join(
        f"<link rel=alternate type='application/rss+xml' href=/{name}>" for name in ("news", "sport")
    )
    add_source("paper", server.on("/", f"<!doctype html><head>{links}</head>".encode()))
    news, sport = server.on("/news", rss(item(1))), server.on("/sport", rss(item(2)))
    events: list[CrawlEvent] = []
    crawl_forked(database_url, POLICY, now=NOW, on_event=events.append)
    assert events[1].message == f"a web page that names several feeds: {news} is read, not {sport}"
    paper = source_named("paper")
    assert (paper.fetch_url, paper.page_feeds, paper.last_error) == (news, [news, sport], None)


TOMBSTONES = "xmlns:at='http://purl.org/atompub/tombstones/1.0'"


@on_both_databases
def test_a_deletion_at_the_source_is_followed_and_processed(
    database: Engine,
    database_url: str,
    server: Server,
    add_source: AddSource,
    posts_of: Callable[[str], list[Post]],
) -> None:
    entries = {
        key: f"<entry><id>{key}</id><title>One</title><content>{key} is here</content></entry>"
        for key in ("tag:a.example,2026:1", "2")
    }
    gone = "".join(f"<at:deleted-entry ref='{key}' when='2026-03-04T00:00:00Z'/>" for key in entries)
    both = "".join(entries.values())
    add_source("anna", server.on("/feed", atom(both), atom(gone + both), atom(gone), atom(both)))
    crawl(database_url, NOW, everything=True)
    with Session(database) as session, session.begin():
        session.execute(update(Post).values(processed_with="rules:1"))
    later = NOW + DAY
    crawl(database_url, later, everything=True)
    assert [(one.deleted_at, one.processed_with, one.text) for one in posts_of("anna")] == [
        (later, None, "")
    ] * 2
    crawl(database_url, NOW + 2 * DAY, everything=True)
    assert {one.deleted_at for one in posts_of("anna")} == {later}, "once is enough"
    crawl(database_url, NOW + 3 * DAY, everything=True)
    back = posts_of("anna")
    assert [one.deleted_at for one in back] == [None, None]
    assert {one.text for one in back} == {"tag:a.example,2026:1 is here", "2 is here"}


def test_no_source_can_take_back_another_s_posts(
    database_url: str, server: Server, add_source: AddSource, posts_of: Callable[[str], list[Post]]
) -> None:
    entry = "<entry><id>tag:a.example,2026:1</id><title>One</title></entry>"
    add_source("anna", server.on("/feed", atom(entry)))
    tombstone = "<at:deleted-entry ref='tag:a.example,2026:1' when='2026-03-04T00:00:00Z'/>"
    add_source("boris", server.on("/feed", atom(tombstone + entry), host="127.0.0.2"))
    for day in range(2):
        crawl(database_url, NOW + day * DAY, everything=True)
    assert [one.deleted_at for one in posts_of("anna")] == [None]


def atom(entries: str) -> bytes:
    """An Atom feed of these entries."""
    return f"<feed xmlns='http://www.w3.org/2005/Atom' {TOMBSTONES}><title>T</title>{entries}</feed>".encode()
