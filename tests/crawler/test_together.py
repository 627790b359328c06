"""One crawl by several processes: each source is read once, each host asked by one of them, and one sum told."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from crawler.apart import crawl_apart
from crawler.events import CrawlEvent, CrawlReport
from crawler.together import crawl_together, merged
from models import CrawlRun, DatabaseFault, Post, Source
from tests.crawler.conftest import NOW, POLICY, item, on_both_databases, rss, wait_until
from tests.crawler.server import Reply, Server

AddSource = Callable[..., int]
HOSTS = 16
PATHS = [(f"127.0.7.{1 + number % HOSTS}", f"/feed-{number}") for number in range(24)]


@pytest.fixture
def sites(server: Server, add_source: AddSource) -> Server:
    """Twenty-four feeds on sixteen hosts, each with a post of its own."""
    for number, (host, path) in enumerate(PATHS):
        feed = Reply(rss(item(number, f"Words of feed {number}")), wait=0.1)
        add_source(f"feed {number}", server.on(path, feed, host=host))
    return server


def asked(server: Server) -> Counter[tuple[str, str]]:
    return Counter((one.host, one.path) for one in server.asked())


def state(engine: Engine) -> tuple[int, int, int]:
    """How many posts there are, sources that somebody holds, and crawls that read something."""
    with Session(engine) as session:
        return (
            session.scalar(select(func.count(Post.id))) or 0,
            session.scalar(select(func.count(Source.id)).where(Source.leased_by.is_not(None))) or 0,
            session.scalar(select(func.count(CrawlRun.id)).where(CrawlRun.sources_read > 0)) or 0,
        )


@on_both_databases
def test_two_processes_read_each_source_once_and_tell_of_it_as_one(
    database_url: str, database: Engine, sites: Server
) -> None:
    events: list[CrawlEvent] = []
    report = crawl_together(database_url, POLICY, 2, on_event=events.append)
    assert (report.outcome, report.sources_due, report.sources_read, report.posts_new) == (
        "finished",
        24,
        24,
        24,
    )
    assert sum(report.readers.values()) == 24
    assert asked(sites) == Counter(PATHS)
    assert max(sites.most_at_once(host) for host, _ in PATHS) == 1, "a host belongs to one process"
    assert state(database) == (24, 0, 2), "both had something to read"
    assert [event.kind for event in events] == ["begun", *["read"] * 24, "ended"]
    assert {event.total for event in events} == {24}
    assert [event.done for event in events] == [0, *range(1, 25), 24]
    assert events[-1].message == report.line()

    # Those that are not due are not read by the one because the other has just done so.
    again = crawl_together(database_url, POLICY, 2, everything=True)
    assert again.sources_read + again.sources_unchanged == 24
    assert asked(sites) == Counter(PATHS * 2)
    assert crawl_together(database_url, POLICY, 2).sources_due == 0


@on_both_databases
def test_a_process_that_dies_is_told_and_its_part_is_read_next_time(
    database_url: str, database: Engine, sites: Server
) -> None:
    children: list[subprocess.Popen[str]] = []

    def kill_the_first(child: subprocess.Popen[str]) -> None:
        children.append(child)
        children[0].kill()

    events: list[CrawlEvent] = []
    report = crawl_together(database_url, POLICY, 2, on_event=events.append, on_start=kill_the_first)
    assert report.outcome == "finished", "the other one went on"
    assert report.error == "the crawl's process was killed (1 of 2)"
    assert 0 < report.sources_read < 24
    assert events[-1].message.endswith(report.error)
    crawl_apart(database_url, POLICY)
    assert state(database)[:2] == (24, 0)


def test_it_has_failed_when_all_have(database_url: str, sites: Server) -> None:
    events: list[CrawlEvent] = []
    report = crawl_together(
        database_url, POLICY, 3, on_event=events.append, on_start=lambda child: child.kill()
    )
    assert (report.outcome, report.error) == ("failed", "the crawl's process was killed (3 of 3)")
    assert [event.kind for event in events] == ["begun", "ended"]
    assert sites.asked() == []


def test_what_a_process_raises_is_raised_when_all_have_ended(sqlite_url: str) -> None:
    events: list[CrawlEvent] = []
    with pytest.raises(DatabaseFault):
        crawl_together(f"{sqlite_url}/nowhere", POLICY, 2, now=NOW, on_event=events.append)
    assert [event.kind for event in events] == ["begun", "ended"]
    assert events[-1].message.startswith("failed: ")


@on_both_databases
def test_a_signal_ends_all_and_leaves_the_rest_due(
    database_url: str, database: Engine, server: Server, add_source: AddSource
) -> None:
    for number in range(24):
        slow = Reply(rss(item(number)), wait=60 if number % 2 else 0)
        add_source(str(number), server.on("/feed", slow, host=f"127.0.8.{number + 1}"))
    children: list[subprocess.Popen[str]] = []

    def stop(event: CrawlEvent) -> None:
        if event.kind == "read" and event.done == 1:
            for child in children:
                child.terminate()

    policy = replace(POLICY, timeout=60, grace=2.0)
    report = crawl_together(database_url, policy, 2, on_event=stop, on_start=children.append)
    assert report.outcome == "interrupted"
    assert 1 <= report.sources_read <= 12
    assert report.seconds < 30
    assert [child.poll() is None for child in children] == [False, False]
    with Session(database) as session:
        unread = select(func.count(Source.id)).where(Source.next_fetch_at.is_(None))
        assert session.scalar(unread) == 24 - report.sources_read


WHO_BEGINS_A_CRAWL = """
import json, sys
from crawler.apart import crawl_apart
from tests.crawler.conftest import POLICY

crawl_apart(sys.argv[1], POLICY)
"""


def test_a_crawl_ends_when_whoever_began_it_was_killed(
    database_url: str, database: Engine, server: Server, add_source: AddSource
) -> None:
    for number in range(30):
        path = f"/{number}"
        add_source(path, server.on(path, Reply(rss(item(number)), wait=0.3)))
    beginner = subprocess.Popen(
        [sys.executable, "-c", WHO_BEGINS_A_CRAWL, database_url], stderr=subprocess.PIPE, text=True
    )
    wait_until(lambda: len(server.asked()) > 1)
    beginner.kill()
    killed_at = len(server.asked())
    _, told = beginner.communicate(
        timeout=30
    )  # the crawl has inherited standard error, and ends it by ending
    assert told == ""
    assert len(server.asked()) < killed_at + 10
    with Session(database) as session:
        assert session.scalars(select(CrawlRun.outcome)).all() == ["interrupted"]
    assert state(database)[1] == 0, "nothing is held by it"


def test_a_sum_has_failed_only_when_nothing_was_read() -> None:
    killed = CrawlReport("failed", error="killed")
    assert merged([killed, CrawlReport(sources_unchanged=1)]).outcome == "finished"
    assert merged([killed, CrawlReport()]).outcome == "failed"
    assert merged([killed, CrawlReport("interrupted")]).outcome == "interrupted"
    both = merged([CrawlReport(failures={"a": "x"}, readers={"fast": 1}), CrawlReport(readers={"fast": 2})])
    assert (both.failures, both.readers, both.error) == ({"a": "x"}, {"fast": 3}, "")
