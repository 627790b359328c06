"""Crawls from a real server into a real database, each in a process of its own."""

from __future__ import annotations

import gzip
import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from crawler.apart import as_job, crawl_apart
from crawler.due import UnknownSources
from crawler.events import CrawlEvent, CrawlReport
from crawler.policy import FetchPolicy
from models import CrawlRun, Post, PostRevision, Sighting, Source
from models.session import open_database
from tests.crawler.conftest import NOW, POLICY, item, on_both_databases, rss
from tests.crawler.forked import crawl_forked
from tests.crawler.server import Asked, Reply, Server

AddSource = Callable[..., int]
SourceNamed = Callable[[str], Source]
PostsOf = Callable[[str], list[Post]]


def crawl(url: str, policy: FetchPolicy = POLICY, **options: Any) -> CrawlReport:
    return crawl_forked(url, policy, **options)


@on_both_databases
def test_a_crawl_stores_posts_and_the_next_one_asks_conditionally(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed, posts_of: PostsOf
) -> None:
    def answer(asked: Asked) -> Reply:
        known = asked.headers.get("if-none-match") == '"v1"' and "if-modified-since" in asked.headers
        headers = {"ETag": '"v1"', "Last-Modified": "Wed, 04 Mar 2026 11:00:00 GMT"}
        return Reply(status=304) if known else Reply(rss(item(1), item(2)), headers=headers)

    add_source("anna", server.on("/feed", answer))
    events: list[CrawlEvent] = []
    first = crawl(database_url, now=NOW, on_event=events.append)
    assert (first.sources_read, first.posts_new) == (1, 2)
    assert [event.kind for event in events] == ["begun", "read", "ended"]
    assert [post.title for post in posts_of("anna")] == ["Post 2", "Post 1"] or len(posts_of("anna")) == 2
    assert source_named("anna").title == "Site"
    assert crawl(database_url, now=NOW + timedelta(minutes=5)).sources_due == 0
    again = crawl(database_url, now=NOW + timedelta(days=2))
    assert (again.sources_unchanged, again.posts_new) == (1, 0)
    assert len(server.asked("/feed")) == 2


@on_both_databases
def test_an_edited_post_keeps_its_earlier_text_and_another_source_is_a_sighting(
    database_url: str, database: Engine, server: Server, add_source: AddSource
) -> None:
    shared = "<guid>https://anna.example/1</guid><title>One</title><description>{}</description>"
    add_source("anna", server.on("/feed", rss(shared.format("before")), rss(shared.format("after"))))
    add_source("copy", server.on("/copy", rss(shared.format("copied")), host="127.0.0.2"))
    crawl(database_url, now=NOW, names=["anna"])
    crawl(database_url, now=NOW, names=["copy"])
    report = crawl(database_url, now=NOW + timedelta(days=1), names=["anna"])
    assert report.posts_changed == 1
    with Session(database) as session:
        post = session.scalars(select(Post)).one()
        assert post.text == "after"
        assert session.scalars(select(PostRevision.text)).all() == ["before"]
        assert len(session.scalars(select(Sighting)).all()) == 1


def test_each_hostile_source_ends_as_words_on_itself_and_the_good_ones_are_read(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed, posts_of: PostsOf
) -> None:
    bomb = gzip.compress(b"<rss>" + b" " * 30_000_000)
    hostile: dict[str, tuple[Reply | bytes, str]] = {
        "endless": (Reply(b"x" * 65_536, endless=True), "larger than allowed"),
        "slow": (Reply(rss(item(1)) * 50, drip=0.5, piece=10), "did not arrive in time"),
        "silent": (Reply(rss(item(1)), wait=30), "did not arrive in time"),
        "gzip bomb": (Reply(bomb, headers={"Content-Encoding": "gzip"}), "larger than allowed"),
        "too large": (Reply(b"", length=99_000_000), "larger than allowed"),
        "cut": (Reply(rss(item(1)), cut=30), "broke before the answer was complete"),
        "missing": (Reply(status=404), "404 Not Found: there is nothing at this address"),
        "angry": (Reply(status=500), "500 Internal Server Error"),
        "busy": (
            Reply(status=429, headers={"Retry-After": "86400"}),
            "429 Too Many Requests: it is asked too often",
        ),
        "unavailable": (
            Reply(status=503, headers={"Retry-After": "86400"}),
            "503 Service Unavailable",
        ),
        "gone": (Reply(status=410), "410 Gone"),
        "circle": (Reply(status=302, headers={"Location": "/circle"}), "redirects in a circle"),
        "inside": (
            Reply(status=302, headers={"Location": "http://10.0.0.1/x"}),
            "not on the public internet",
        ),
        "metadata": (
            Reply(status=302, headers={"Location": "http://169.254.169.254/"}),
            "not on the public internet",
        ),
        "numbers": (
            Reply(status=302, headers={"Location": "http://0xa9fea9fe/"}),
            "not on the public internet",
        ),
        "a file": (Reply(status=302, headers={"Location": "file:///etc/passwd"}), "redirects to nowhere"),
        "page": (
            b"<!doctype html><link rel=alternate type='application/rss+xml' href=/f>",
            "its feed may be at",
        ),
        "empty": (b"", "the answer is empty"),
        "no HTTP": (Reply(raw=rss(item(1))), "breaks the rules of HTTP (Bad status line)"),
        "two lengths": (
            Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
            "breaks the rules of HTTP (Duplicate Content-Length)",
        ),
        "many headers": (
            Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10_000 + b"\r\n"),
            "breaks the rules of HTTP (Too many headers received)",
        ),
        "no answer": (Reply(raw=b"H"), "broke before the answer was complete"),
        "not modified": (Reply(status=304), "304 Not Modified to a request that did not ask for changes"),
        "an hour of twenty digits": (
            Reply(status=503, headers={"Retry-After": f"Wed, 04 Mar 2026 {'9' * 20}:00:00 GMT"}),
            "503 Service Unavailable",
        ),
    }
    for number, (name, (reply, _)) in enumerate(hostile.items()):
        add_source(name, server.on(f"/{name.replace(' ', '')}", reply, host=f"127.0.2.{number + 1}"))
    server.on("/feed", rss(item(1)), host="*")
    for number in range(40):
        server.on("/feed", rss(f"<guid>g</guid><title>good {number}</title>"), host=f"127.0.3.{number + 1}")
        add_source(f"good {number}", server.url("/feed", host=f"127.0.3.{number + 1}"))
    add_source("refused", "http://127.0.0.1:1/feed")
    add_source("unknown", "http://nobody.invalid/feed")
    add_source("private", "http://10.0.0.1/feed")

    report = crawl(
        database_url, now=NOW, policy=replace(POLICY, max_size=1_000_000, concurrency=8, slow_after=0.5)
    )

    assert report.sources_read == 40
    assert all(len(posts_of(f"good {number}")) == 1 for number in range(40))
    for name, (_, words) in hostile.items():
        source = source_named(name)
        assert words in (source.last_error or ""), (name, source.last_error)
        assert (source.error_count, source.ill_since) == (1, NOW), name
    assert "refuses connections" in (source_named("refused").last_error or "")
    assert "is not known (DNS)" in (source_named("unknown").last_error or "")
    assert "not on the public internet" in (source_named("private").last_error or "")
    assert source_named("gone").state == "gone"
    retry = source_named("busy").next_fetch_at
    assert retry is not None
    assert retry >= NOW + timedelta(days=1)
    assert report.sources_failed == len(hostile) + 3


@on_both_databases
def test_an_answer_that_the_database_refuses_is_an_error_of_its_source_and_of_no_other(
    database_url: str, database: Engine, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    refuse_posts(database, "Post 13")
    add_source("refused", server.on("/feed", rss(item(1), item(13))))
    add_source("good", server.on("/feed", rss(item(2)), host="127.0.0.2"))
    events: list[CrawlEvent] = []
    report = crawl(database_url, now=NOW, on_event=events.append)
    assert (report.sources_read, report.sources_failed) == (1, 1)
    refused = source_named("refused")
    assert re.fullmatch(
        r"povod failed over this source: \w+ at models/store_\w+\.py:\d+", refused.last_error or ""
    )
    assert (refused.error_count, refused.next_fetch_at, refused.leased_by) == (
        1,
        NOW + timedelta(minutes=15),
        None,
    )
    assert not any("Anna" in event.message for event in events), "no words of posts in what is told"
    assert crawl(database_url, now=NOW + timedelta(minutes=5)).sources_due == 0


def refuse_posts(database: Engine, title: str) -> None:
    """Have the database refuse posts with this title, as it would one that breaks a constraint."""
    statements = [
        f"CREATE TRIGGER refuse BEFORE INSERT ON post WHEN NEW.title = '{title}' "
        "BEGIN SELECT RAISE(ABORT, 'Anna is refused'); END"
    ]
    if database.dialect.name == "postgresql":
        statements = [
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION 'Anna is refused'; END $$",
            "CREATE TRIGGER refuse BEFORE INSERT ON post FOR EACH ROW "
            f"WHEN (NEW.title = '{title}') EXECUTE FUNCTION refuse()",
        ]
    with database.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


BROKEN_SPIDER = """
import json, sys
from crawler.apart import work
from crawler.spiders import feed

def broken(*_):
    raise ValueError("Anna starts a new job")

setattr(feed, {name!r}, broken)
work(json.load(sys.stdin))
"""


@pytest.mark.parametrize("name", ["max_age_seconds", "failure_in_words"])
def test_a_fault_of_the_program_is_an_error_of_the_source_that_it_happened_with(
    name: str, database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    """Once over what was answered, once over why nothing was."""
    add_source("answers", server.on("/feed", rss(item(1))))
    add_source("refuses", "http://127.0.0.1:1/feed")
    job = as_job(database_url, POLICY, now=NOW)
    done = subprocess.run(
        [sys.executable, "-c", BROKEN_SPIDER.format(name=name)],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "Anna" not in done.stdout + done.stderr
    broken = source_named("answers" if name == "max_age_seconds" else "refuses")
    assert "povod failed over this source: ValueError at crawler/spiders/feed.py" in (broken.last_error or "")
    assert (broken.error_count, broken.next_fetch_at) == (1, NOW + timedelta(minutes=15))
    report = json.loads(done.stdout.splitlines()[-1])["content"]
    assert report["sources_failed"] == report["sources_due"] - report["sources_read"]


def test_ten_thousand_entries_are_cut_with_a_word_on_the_source(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    add_source("large", server.on("/feed", rss(*[item(number) for number in range(10_000)])))
    report = crawl(database_url, now=NOW)
    assert report.posts_new == 5_000
    assert source_named("large").last_error == "the feed holds 10000 entries; the first 5000 were read"
    assert source_named("large").error_count == 0


def test_sources_of_one_server_are_asked_one_at_a_time_and_others_meanwhile(
    database_url: str, server: Server, add_source: AddSource
) -> None:
    for host in ("127.0.0.2", "127.0.0.3"):
        for number in range(4):
            path = f"/{number}"
            server.on(path, Reply(rss(item(number)), wait=0.2), host=host)
            add_source(f"{host} {number}", server.url(path, host=host))
    crawl(database_url, now=NOW)
    assert server.most_at_once("127.0.0.2") == server.most_at_once("127.0.0.3") == 1
    assert server.most_at_once() == 2


@on_both_databases
def test_a_moved_feed_is_followed_for_good_after_three_readable_answers(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    new = server.on("/new", lambda asked: Reply(rss(item(1)), headers={"ETag": '"n"'}))
    add_source("moved", server.on("/old", Reply(status=301, headers={"Location": "/new"})))
    for day in range(3):
        assert source_named("moved").fetch_url is None
        crawl(database_url, now=NOW + timedelta(days=day), names=["moved"])
    assert source_named("moved").fetch_url == new
    crawl(database_url, now=NOW + timedelta(days=3), names=["moved"])
    assert [entry.path for entry in server.asked()] == ["/old", "/new"] * 3 + ["/new"]
    conditions = [entry.headers.get("if-none-match") for entry in server.asked()]
    assert conditions == [None, None, None, '"n"', None, '"n"', '"n"']


def test_robots_txt_is_obeyed_and_its_failure_is_told(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    robots = (
        b"User-agent: other\nSitemap: https://site.example/map.xml\nUser-agent: povod\nDisallow: /private\n"
    )
    server.on("/robots.txt", robots, host="127.0.0.2")
    server.on("/robots.txt", Reply(status=503), host="127.0.0.3")
    add_source("forbidden", server.on("/private/feed", rss(item(1)), host="127.0.0.2"))
    add_source("allowed", server.on("/feed", rss(item(2)), host="127.0.0.2"))
    add_source("unsure", server.on("/feed", rss(item(3)), host="127.0.0.3"))
    add_source("no rules", server.on("/feed", rss(item(4)), host="127.0.0.4"))
    report = crawl(database_url, now=NOW, policy=replace(POLICY, obey_robots=True))
    assert report.sources_read == 2
    assert source_named("forbidden").last_error == "robots.txt forbids this address"
    assert "the server answered 503" in (source_named("unsure").last_error or "")
    assert not server.asked("/private/feed")
    assert len(server.asked("/robots.txt", host="127.0.0.2")) == 1


def test_servers_and_feeds_may_ask_for_longer_pauses(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    add_source("cached", server.on("/a", Reply(rss(item(1)), headers={"Cache-Control": "max-age=30000"})))
    add_source("slow", server.on("/b", rss(item(2), head="<ttl>600</ttl>")))
    add_source("fixed", server.on("/c", rss(item(3))), interval_seconds=7200)
    crawl(database_url, now=NOW)
    pauses = {name: source_named(name).next_fetch_at for name in ("cached", "slow", "fixed")}
    assert pauses == {
        "cached": NOW + timedelta(seconds=30000),
        "slow": NOW + timedelta(minutes=600),
        "fixed": NOW + timedelta(seconds=7200),
    }


@on_both_databases
def test_errors_double_the_pause_and_a_good_answer_ends_the_illness(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    add_source("shaky", server.on("/feed", Reply(status=500), Reply(status=500), rss(item(1))))
    crawl(database_url, now=NOW)
    assert source_named("shaky").next_fetch_at == NOW + timedelta(minutes=15)
    later = NOW + timedelta(minutes=15)
    crawl(database_url, now=later)
    shaky = source_named("shaky")
    assert (shaky.next_fetch_at, shaky.error_count, shaky.ill_since) == (
        later + timedelta(minutes=30),
        2,
        NOW,
    )
    crawl(database_url, now=later + timedelta(minutes=30))
    shaky = source_named("shaky")
    assert (shaky.last_error, shaky.error_count, shaky.ill_since) == (None, 0, None)


@on_both_databases
def test_an_interrupt_stores_what_has_come_and_leaves_the_rest_due(
    database_url: str, database: Engine, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    add_source("quick", server.on("/feed", rss(item(1))))
    add_source("slow", server.on("/feed", Reply(rss(item(2)), wait=60), host="127.0.0.2"))

    def stop(event: CrawlEvent) -> None:
        if event.source == "quick":
            processes[0].send_signal(signal.SIGTERM)

    processes: list = []
    report = crawl_apart(
        database_url,
        replace(POLICY, timeout=60, grace=0.5),
        now=NOW,
        on_event=stop,
        on_start=processes.append,
    )
    assert (report.outcome, report.sources_read) == ("interrupted", 1)
    slow = source_named("slow")
    assert (slow.next_fetch_at, slow.leased_by, slow.error_count) == (None, None, 0)
    with Session(database) as session:
        assert session.scalars(select(CrawlRun.outcome)).all() == ["interrupted"]


@pytest.mark.parametrize(
    "place",
    ["crawl.fetched", "crawl.parsed", "crawl.batch.inside", "crawl.batch.between", "crawl.source.finished"],
)
def test_a_crawl_killed_anywhere_is_made_good_by_the_next(
    place: str, database_url: str, server: Server, add_source: AddSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = Reply(rss(*[item(number) for number in range(1200)]), headers={"ETag": '"1"'})
    add_source("anna", server.on("/feed", feed))
    monkeypatch.setenv("POVOD_FAILPOINT", place)
    assert crawl_apart(database_url, POLICY, now=NOW).outcome == "failed"
    assert stored(database_url)[1] is None
    monkeypatch.delenv("POVOD_FAILPOINT")
    crawl(database_url, now=NOW)
    assert stored(database_url) == (1200, '"1"')


def stored(url: str) -> tuple[int, str | None]:
    """How many posts there are, and what is known of the only source's last answer."""
    with Session(open_database(url)) as session:
        return len(session.scalars(select(Post.id)).all()), session.scalars(select(Source.etag)).one()


def test_a_name_that_no_source_has_is_told_with_the_nearest_that_there_is(
    database_url: str, add_source: AddSource
) -> None:
    add_source("Anna's blog", "https://anna.example/feed")
    words = re.escape("no source is called 'anas blog' (did you mean \"Anna's blog\"?), 'nobody'")
    with pytest.raises(UnknownSources, match=words):
        crawl(database_url, names=["nobody", "anas blog"])


def test_times_are_in_utc(
    database_url: str, server: Server, add_source: AddSource, posts_of: PostsOf
) -> None:
    add_source(
        "future",
        server.on(
            "/feed", rss("<guid>1</guid><pubDate>Wed, 04 Mar 2099 00:00:00 GMT</pubDate>x<title>t</title>")
        ),
    )
    crawl(database_url, now=NOW)
    post = posts_of("future")[0]
    assert post.published_at == NOW.astimezone(UTC)
    assert post.extra["claimed_published"].startswith("2099")
