from __future__ import annotations

import stat
import threading
from datetime import UTC
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from models import Source
from models.session import open_database, read_only, session_factory
from tests.models.world import NOON, make_source


def test_what_is_stored_is_read_back_in_utc(engine: Engine) -> None:
    sessions = session_factory(engine)
    with sessions.begin() as session:
        session.add(make_source())
    with sessions() as session:
        source = session.scalars(select(Source)).one()
        assert (source.name, source.created_at) == ("news", NOON)
        assert source.created_at.tzinfo is UTC


def test_a_loaded_row_stays_readable_after_the_commit(engine: Engine) -> None:
    with session_factory(engine).begin() as session:
        source = make_source()
        session.add(source)
    assert source.name == "news"


def test_a_postgresql_session_runs_in_utc_under_our_name(postgresql_engine: Engine) -> None:
    with postgresql_engine.connect() as connection:
        assert connection.scalar(text("show timezone")) == "UTC"
        assert connection.scalar(text("show application_name")) == "povod"


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 1), ("busy_timeout", 30000)],
)
def test_sqlite_runs_with_its_pragmas(sqlite_engine: Engine, pragma: str, value: object) -> None:
    with sqlite_engine.connect() as connection:
        assert connection.scalar(text(f"PRAGMA {pragma}")) == value


def test_a_new_sqlite_file_and_its_folder_belong_to_this_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "povod.sqlite3"
    open_database(f"sqlite:///{path}").dispose()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_two_writers_that_read_first_wait_for_each_other(sqlite_engine: Engine) -> None:
    """With plain BEGIN the second writer would fail at once: its snapshot is out of date."""
    sessions = session_factory(sqlite_engine)
    with sessions.begin() as session:
        session.add(make_source(error_count=0))

    def count_up() -> None:
        for _ in range(25):
            with sessions.begin() as session:
                session.scalars(select(Source)).one().error_count += 1

    threads = [threading.Thread(target=count_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sessions() as session:
        assert session.scalars(select(Source)).one().error_count == 50


def test_a_reader_does_not_wait_for_a_writer(engine: Engine) -> None:
    with session_factory(engine).begin() as writer:
        writer.add(make_source())
        writer.flush()
        with session_factory(read_only(engine))() as reader:
            assert reader.scalars(select(Source)).all() == []
