"""Several crawlers and several processors at once on one database do each thing once."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from crawler.apart import as_job, crawl_apart
from models import CrawlRun, Source
from models.session import open_database
from tests.crawler.conftest import NOW, POLICY, item, rss, wait_until
from tests.crawler.forked import crawl_forked
from tests.crawler.server import Reply, Server
from tests.reliability.campaign import Databases, Ending, SqliteFiles, ending, uninterrupted
from tests.reliability.field import Field, Size, open_field
from tests.reliability.lives import Lives, Order

# Leased two at a time, answered slowly: enough for both crawlers to find something to do.
SIZE = Size(sources=12, posts=8, keep=10, batch=4, wait=0.15)
ORDER = Order("", keep=SIZE.keep, lease=2)


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    with open_field(tmp_path_factory.mktemp("field"), SIZE) as field:
        yield field


@pytest.fixture(scope="module")
def calm(field: Field, lives: Lives, tmp_path_factory: pytest.TempPathFactory) -> Ending:
    return uninterrupted(field, lives, SqliteFiles(tmp_path_factory.mktemp("calm")), ORDER)


@pytest.fixture(scope="module")
def others() -> Iterator[Lives]:
    lives = Lives()
    yield lives
    lives.close()


def together(order: Order, *workers: Lives) -> None:
    """Have all of them do the same at once."""
    for worker in workers:
        worker.begin(order)
    for worker in workers:
        assert worker.end() == 0


def test_two_crawlers_and_two_processors_at_once_do_each_thing_once(
    field: Field, lives: Lives, others: Lives, databases: Databases, calm: Ending
) -> None:
    url = databases.fresh()
    field.forget()
    order = replace(ORDER, config=str(field.configure("shared", url)))
    assert lives.live(replace(order, steps="contacts")) == 0
    together(replace(order, steps="crawl"), lives, others)
    asked = Counter(one.host for one in field.server.asked("/feed"))
    assert set(asked.values()) == {1}, "no feed is asked twice"
    assert len(asked) == SIZE.sources + 1
    assert crawlers_that_read(url) == 2
    together(replace(order, steps="process"), lives, others)
    assert not field.receiver.got
    # Nothing is left but to deliver, which both do at once.
    together(order, lives, others)
    sent = Counter(one["id"] for one in field.receiver.got)
    assert set(sent.values()) == {1}, "no lead is sent twice"
    assert ending(url, field) == calm


def test_a_lease_in_use_is_kept_by_its_heartbeat_and_a_dead_crawler_s_is_free_at_once(
    postgresql_engine: Engine,
) -> None:
    """The lease is for four seconds, the answer takes nine: without a heartbeat the second crawler would ask, too."""
    engine = postgresql_engine
    url = engine.url.render_as_string(hide_password=False)
    policy = replace(POLICY, timeout=30)
    with Server() as server, ThreadPoolExecutor(1) as pool:
        slow = server.on("/feed", Reply(rss(item(1)), wait=9))
        with Session(engine) as session, session.begin():
            session.add(Source(name="slow", url=slow, created_at=NOW))
        first = pool.submit(crawl_forked, url, policy, lease=4)
        wait_until(lambda: len(server.asked("/feed")) == 1)
        time.sleep(6)
        assert crawl_apart(url, policy).sources_due == 0
        assert first.result().sources_read == 1
        assert len(server.asked("/feed")) == 1

        with Session(engine) as session, session.begin():
            session.execute(update(Source).values(next_fetch_at=None, last_fetch_at=None))
        victims: list[subprocess.Popen[str]] = []
        killed = pool.submit(crawl_apart, url, policy, on_start=victims.append)
        wait_until(lambda: len(server.asked("/feed")) == 2)
        victims[0].kill()
        assert killed.result().outcome == "failed"
        server.on("/feed", rss(item(1), item(2)))
        assert crawl_apart(url, policy).posts_new == 1


def test_what_another_crawler_has_taken_over_is_left_to_it(postgresql_engine: Engine) -> None:
    """As if this one had slept for longer than its leases last: it finds that they are another's, and lets go."""
    engine = postgresql_engine
    url = engine.url.render_as_string(hide_password=False)
    with Server() as server, ThreadPoolExecutor(1) as pool:
        with Session(engine) as session, session.begin():
            for number in range(20):
                address = server.on(f"/{number}", Reply(rss(item(number)), wait=0.4))
                session.add(Source(name=str(number), url=address, created_at=NOW))
        crawling = pool.submit(crawl_forked, url, POLICY, lease=4)
        wait_until(lambda: len(server.asked()) == 1)
        with Session(engine) as session, session.begin():
            waiting = update(Source).where(Source.name != server.asked()[0].path[1:])
            session.execute(
                waiting.values(leased_by="other", leased_until=datetime.now(UTC) + timedelta(hours=1))
            )
        report = crawling.result()
        assert len(server.asked()) < 10, "the heartbeat comes every second"
        assert report.sources_read == report.sources_due == len(server.asked())
        with Session(engine) as session:
            held = session.scalar(select(func.count()).where(Source.leased_by == "other"))
        assert held == 19, "the other crawler's leases stand, also of what was read in between"


def test_a_heartbeat_that_fails_is_followed_by_the_next(sqlite_engine: Engine) -> None:
    """The database refuses the first of them, as one that restarts does; the lease is kept all the same."""
    url = sqlite_engine.url.render_as_string(hide_password=False)
    with Server() as server:
        with Session(sqlite_engine) as session, session.begin():
            address = server.on("/feed", Reply(rss(item(1)), wait=7))
            session.add(Source(name="slow", url=address, created_at=NOW))
        job = json.dumps(as_job(url, replace(POLICY, timeout=30)))
        with ThreadPoolExecutor(1) as pool:
            command = [sys.executable, "-c", FAILING_HEARTBEAT]
            crawling = pool.submit(subprocess.run, command, input=job, capture_output=True, text=True)
            wait_until(lambda: len(server.asked("/feed")) == 1)
            time.sleep(5)
            with Session(sqlite_engine) as session:
                until = session.scalars(select(Source.leased_until)).one()
            assert until is not None
            assert until > datetime.now(UTC)
            done = crawling.result()
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout.splitlines()[-1])["content"]["sources_read"] == 1


FAILING_HEARTBEAT = """
import json, sys
from datetime import timedelta
import crawler.due, crawler.run
from crawler.apart import work

crawler.due.LEASE = crawler.run.LEASE = timedelta(seconds=4)
extend, beats = crawler.due.Due.extend, []

def shaky(self, now):
    beats.append(now)
    if len(beats) == 1:
        raise OSError("the server went away")
    return extend(self, now)

crawler.due.Due.extend = shaky
work(json.load(sys.stdin))
"""


def crawlers_that_read(url: str) -> int:
    """How many crawls have read something, to show that the work was shared."""
    engine = open_database(url)
    with Session(engine) as session:
        count = session.scalar(select(func.count()).where(CrawlRun.sources_read > 0)) or 0
    engine.dispose()
    return count
