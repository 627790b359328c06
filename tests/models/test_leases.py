from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from models import Source
from models.leases import extend_lease, free_dead_leases, lease_sources, release_source, worker_name
from models.session import open_database, session_factory
from tests.models.world import NOON, make_source

TEN_MINUTES = timedelta(minutes=10)
# A second process that leases in batches until nothing is left, and prints what it got.
CRAWLER = """
import sys
from datetime import datetime, timedelta
from models.leases import lease_sources
from models.session import open_database, session_factory
sessions = session_factory(open_database(sys.argv[1]))
sys.stdin.readline()
while True:
    with sessions.begin() as session:
        got = lease_sources(session, sys.argv[2], 3, datetime.fromisoformat(sys.argv[3]), timedelta(minutes=10))
        print(*(source.name for source in got), flush=True)
    if not got:
        break
"""


def add(engine: Engine, *sources: Source) -> None:
    with session_factory(engine).begin() as session:
        session.add_all(sources)


def lease(engine: Engine, worker: str = "one", limit: int = 10, later: timedelta = timedelta(0)) -> list[str]:
    with session_factory(engine).begin() as session:
        return [source.name for source in lease_sources(session, worker, limit, NOON + later, TEN_MINUTES)]


def test_sources_that_are_due_are_leased_longest_waiting_first(engine: Engine) -> None:
    add(
        engine,
        make_source("later", next_fetch_at=NOON + timedelta(seconds=1)),
        make_source("now", next_fetch_at=NOON),
        make_source("paused", state="paused"),
        make_source("gone", state="gone"),
        make_source("long-ago", next_fetch_at=NOON - timedelta(days=1)),
        make_source("never-read"),
    )
    assert lease(engine, limit=2) == ["never-read", "long-ago"]
    assert lease(engine) == ["now"]
    assert lease(engine) == []


def test_what_a_clock_wrote_that_was_ahead_holds_up_nothing_once_it_is_right(engine: Engine) -> None:
    ahead = NOON + timedelta(days=400)
    in_an_hour = {"last_fetch_at": NOON + timedelta(minutes=45), "next_fetch_at": NOON + timedelta(hours=1)}
    add(
        engine,
        make_source("read", last_fetch_at=ahead, next_fetch_at=ahead + timedelta(hours=1)),
        make_source("leased", leased_by="elsewhere:1:1", leased_until=ahead),
        make_source("another machine's", **in_an_hour),
        make_source("in a month", last_fetch_at=NOON, next_fetch_at=NOON + timedelta(days=30)),
    )
    assert sorted(lease(engine)) == ["leased", "read"]


def test_a_lease_that_has_run_out_is_free_again(engine: Engine) -> None:
    add(engine, make_source())
    assert lease(engine, "one") == ["news"]
    assert lease(engine, "two", later=TEN_MINUTES - timedelta(seconds=1)) == []
    assert lease(engine, "two", later=TEN_MINUTES) == ["news"]


def test_an_extended_lease_lasts_and_a_lost_one_is_told(engine: Engine) -> None:
    add(engine, make_source("mine"), make_source("lost"))
    lease(engine)
    sessions = session_factory(engine)
    with sessions.begin() as session:
        mine, lost = session.scalars(select(Source).order_by(Source.id.asc())).all()
        lost.leased_by = "two"
    with sessions.begin() as session:
        later = NOON + timedelta(minutes=5)
        assert extend_lease(session, "one", [mine.id, lost.id], later, TEN_MINUTES) == {mine.id}
    assert lease(engine, "three", later=timedelta(minutes=12)) == ["lost"]


def test_a_released_source_is_due_when_told(engine: Engine) -> None:
    add(engine, make_source())
    lease(engine)
    with session_factory(engine).begin() as session:
        source = session.scalars(select(Source)).one()
        assert not release_source(session, "two", source.id, NOON)
        assert release_source(session, "one", source.id, NOON + TEN_MINUTES)
        assert not release_source(session, "one", source.id)
    assert lease(engine, later=timedelta(minutes=9)) == []
    assert lease(engine, later=timedelta(minutes=10)) == ["news"]


def test_one_source_by_name_is_leased_though_it_is_not_due(engine: Engine) -> None:
    add(engine, make_source("a", next_fetch_at=NOON + TEN_MINUTES), make_source("b"))
    with session_factory(engine).begin() as session:
        for expected in (["a"], []):
            got = lease_sources(session, "one", 9, NOON, TEN_MINUTES, among=Source.name == "a")
            assert [source.name for source in got] == expected


def test_what_a_dead_process_held_is_freed_at_once(engine: Engine) -> None:
    add(engine, make_source("mine"), make_source("dead"), make_source("elsewhere"), make_source("free"))
    mine = worker_name()
    host = mine.rsplit(":", 2)[0]
    holders = {"mine": mine, "dead": f"{host}:{mine.split(':')[-2]}:1", "elsewhere": "other-host:1:1"}
    with session_factory(engine).begin() as session:
        for source in session.scalars(select(Source).where(Source.name.in_(holders))):
            source.leased_by, source.leased_until = holders[source.name], NOON + TEN_MINUTES
    with session_factory(engine).begin() as session:
        assert free_dead_leases(session) == 1
        assert free_dead_leases(session) == 0
    assert lease(engine) == ["dead", "free"]


def test_a_worker_that_is_leasing_holds_up_no_other(postgresql_engine: Engine) -> None:
    """With a plain FOR UPDATE the second would wait here for the first to commit."""
    add(postgresql_engine, *(make_source(f"s{number}") for number in range(4)))
    with session_factory(postgresql_engine)() as first:
        held = {source.name for source in lease_sources(first, "one", 2, NOON, TEN_MINUTES)}
        with ThreadPoolExecutor() as pool:
            assert held.isdisjoint(pool.submit(lease, postgresql_engine, "two").result(timeout=10))
        first.rollback()


def test_two_processes_lease_each_source_once(engine: Engine) -> None:
    names = sorted(f"s{number:02}" for number in range(40))
    add(engine, *map(make_source, names))
    url = engine.url.render_as_string(hide_password=False)
    crawlers = [
        subprocess.Popen(
            [sys.executable, "-c", CRAWLER, url, worker, NOON.isoformat()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for worker in ("one", "two")
    ]
    answers: list[str] = [""] * 2

    def talk(index: int) -> None:
        answers[index] = crawlers[index].communicate("go\n", timeout=60)[0]

    threads = [threading.Thread(target=talk, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [crawler.returncode for crawler in crawlers] == [0, 0]
    assert sorted(" ".join(answers).split()) == names


def test_a_source_leased_by_a_process_is_seen_by_another_engine(engine: Engine) -> None:
    add(engine, make_source())
    lease(engine)
    other = open_database(engine.url.render_as_string(hide_password=False))
    assert lease(other, "two") == []
    other.dispose()


@pytest.mark.parametrize("limit", [0, 1])
def test_no_more_than_asked_for_are_leased(engine: Engine, limit: int) -> None:
    add(engine, make_source("a"), make_source("b"))
    assert len(lease(engine, limit=limit)) == limit
