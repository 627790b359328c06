"""Several writers at once on one database: nobody gives up because another was there."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, event, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from crawler.frontier import Task
from crawler.harvest import Harvest
from crawler.keep import Keeper
from models import Post, PostRevision, Sighting, Source
from models.retry import TRIES, lost_against_another, retried
from models.rows import PostRow
from models.session import open_database
from tests.crawler.conftest import NOW, POLICY, on_both_databases

AddSource = Callable[..., int]


def harvest(source_id: int, *keys: str, words: str = "told", day: int = 0) -> Harvest:
    """What a source said, as posts with these keys by one author each."""
    name = f"source {source_id}"
    now = NOW + timedelta(days=day)
    made = Harvest(
        Task(source_id, name, "http://a.example/", "http://a.example/", "http://a.example"), "read", now
    )
    made.rows = [
        PostRow(key, source_id, words, f"hash of {words}", now, author_key=f"by {key}", author_name=words)
        for key in keys
    ]
    return made


@on_both_databases
def test_two_writers_of_the_same_posts_store_each_once(database: Engine, add_source: AddSource) -> None:
    sources = [add_source(f"source {number}", f"https://{number}.example/") for number in range(6)]
    keys = [f"{number:04}" for number in range(40)]

    carried: set[tuple[str, int]] = set()

    def write(seed: int) -> int:
        engine, chance, new = (
            open_database(database.url.render_as_string(hide_password=False)),
            random.Random(seed),
            0,
        )
        for day in range(12):
            group = [
                harvest(source, *chance.sample(keys, 12), words=f"{source} told {day}", day=day)
                for source in chance.sample(sources, 4)
            ]
            carried.update((row.key, row.source_id) for one in group for row in one.rows)
            Keeper(engine, POLICY).keep(group)
            new += sum(one.counts.new for one in group)
        engine.dispose()
        return new

    with ThreadPoolExecutor(2) as pool:
        new = sum(pool.map(write, (1, 2)))
    with Session(database) as session:
        assert session.scalar(select(func.count()).select_from(Post)) == new == len(keys)
        assert session.scalar(select(func.count()).select_from(Sighting)) == len(carried) - len(keys)
        assert (session.scalar(select(func.count()).select_from(PostRevision)) or 0) > len(keys)


def test_a_writer_that_postgresql_gives_up_in_a_deadlock_tries_again(
    postgresql_engine: Engine, postgresql_url: str
) -> None:
    with Session(postgresql_engine) as session, session.begin():
        session.add(Source(id=1, name="source 1", url="https://a.example/", created_at=NOW))
    Keeper(postgresql_engine, POLICY).keep([harvest(1, "a", "b")])
    other = open_database(postgresql_url)
    change = text("UPDATE post SET title = 'mine' WHERE key = :key")
    with other.begin() as connection, ThreadPoolExecutor(1) as pool, lost(postgresql_engine) as codes:
        # The other one does not look for deadlocks, so that it is the keeper who finds this one.
        connection.execute(text("SET LOCAL deadlock_timeout = '60s'"))
        connection.execute(change, {"key": "b"})
        edited = harvest(1, "a", "b", words="told anew")
        keeping = pool.submit(Keeper(postgresql_engine, POLICY).keep, [edited])
        wait_for_a_lock(postgresql_engine)
        connection.execute(change, {"key": "a"})
        connection.commit()
        keeping.result(timeout=30)
    other.dispose()
    assert codes == ["40P01"]
    assert (edited.counts.changed, edited.counts.seen) == (2, 2)
    with Session(postgresql_engine) as session:
        assert session.scalars(select(Post.text)).all() == ["told anew"] * 2


@contextmanager
def lost(engine: Engine) -> Iterator[list[str]]:
    """The SQLSTATEs of what fails meanwhile."""
    codes: list[str] = []

    def note(context: object) -> None:
        codes.append(getattr(context.original_exception, "sqlstate", ""))  # type: ignore[attr-defined]

    event.listen(engine, "handle_error", note)
    yield codes
    event.remove(engine, "handle_error", note)


def wait_for_a_lock(engine: Engine) -> None:
    """Until somebody waits for somebody."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    for _ in range(200):
        with engine.connect() as connection:
            if connection.scalar(waiting):
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def test_a_writer_tries_again_while_an_sqlite_file_is_busy(sqlite_engine: Engine, sqlite_url: str) -> None:
    with Session(sqlite_engine) as session, session.begin():
        session.add(Source(id=1, name="source 1", url="https://a.example/", created_at=NOW))
    hasty = open_database(sqlite_url)
    event.listen(hasty, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout = 1"))
    hasty.dispose()
    kept = harvest(1, "a")
    with sqlite_engine.connect() as busy:
        busy.execute(text("UPDATE source SET title = 'busy'"))
        timer = threading.Timer(0.3, finish, [busy])
        timer.start()
        Keeper(hasty, POLICY).keep([kept])
        timer.join()
    hasty.dispose()
    assert kept.counts.new == 1


def finish(connection: Connection) -> None:
    """Let go."""
    connection.commit()


def test_tries_are_bounded_and_other_faults_are_raised_at_once() -> None:
    class Lost(Exception):
        sqlstate = "40001"

    tries: list[float] = []

    def lose() -> None:
        tries.append(0)
        raise OperationalError("", None, Lost())

    pauses: list[float] = []
    with pytest.raises(OperationalError):
        retried(lose, sleep=pauses.append)
    assert len(tries) == TRIES
    assert len(pauses) == TRIES - 1
    assert sum(pauses) < 2
    assert not lost_against_another(OperationalError("", None, Exception("disk full")))


def test_a_source_is_kept_with_what_it_said_last(sqlite_engine: Engine) -> None:
    """A group of which one has nothing new to say."""
    with Session(sqlite_engine) as session, session.begin():
        session.add_all(
            Source(id=n, name=f"source {n}", url=f"https://{n}.example/", created_at=NOW) for n in (1, 2)
        )
    quiet = replace(harvest(2), outcome="unchanged")
    told = harvest(1, "a", "b")
    Keeper(sqlite_engine, POLICY).keep([quiet, told])
    assert (told.counts.new, quiet.counts.new, quiet.counts.seen) == (2, 0, 0)
    with Session(sqlite_engine) as session:
        assert all(session.scalars(select(Source.last_success_at)))
