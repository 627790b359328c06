from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from models import DatabaseFault, schema
from models.base import Base
from models.session import open_database
from tests.models.postgresql import Server
from tests.models.world import fill


@pytest.fixture
def bare_postgresql(postgresql_server: Server) -> str:
    return postgresql_server.url(postgresql_server.create())


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/bare.sqlite3"
    url: str = request.getfixturevalue("bare_postgresql")
    return url


def test_the_migrated_tables_are_those_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        options = {**schema.MIGRATION_OPTIONS, "compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_a_database_full_of_data_goes_down_and_up_again(engine: Engine) -> None:
    fill(engine)
    filled = schema.status(engine)
    assert all(filled.rows.values()), filled.rows
    assert schema.downgrade(engine, "base") == (filled.head, None)
    assert set(inspect(engine).get_table_names()) <= {schema.VERSION_TABLE}
    assert schema.upgrade(engine) == (None, filled.head)
    fill(engine)
    assert schema.status(engine).rows == filled.rows


def test_status_tells_what_is_to_be_applied(bare_url: str) -> None:
    engine = open_database(bare_url)
    before = schema.status(engine)
    assert (before.revision, before.current, before.rows) == (None, False, {})
    assert before.pending
    assert schema.upgrade(engine) == (None, before.head)
    after = schema.status(engine)
    assert (after.revision, after.current, after.pending) == (before.head, True, ())
    assert after.bytes > 0
    assert after.facts()["rows"]["post"] == 0
    engine.dispose()


def test_an_upgrade_again_changes_nothing(engine: Engine) -> None:
    head = schema.status(engine).head
    assert schema.upgrade(engine) == (head, head)


def test_an_upgrade_killed_in_a_migration_leaves_nothing_of_it(bare_url: str) -> None:
    class Killed(BaseException):
        pass

    def kill(place: str) -> None:
        assert place == "migration.inside"
        raise Killed

    engine = open_database(bare_url)
    with pytest.raises(Killed):
        schema.upgrade(engine, kill)
    assert schema.status(engine).revision is None
    assert inspect(engine).get_table_names() == []
    schema.upgrade(engine)
    assert schema.status(engine).current
    engine.dispose()


def test_the_places_of_a_migration_are_passed_in_order(bare_url: str) -> None:
    engine = open_database(bare_url)
    places: list[str] = []
    schema.upgrade(engine, places.append)
    assert places == ["migration.inside", "migration.between"] * (len(places) // 2)
    assert places
    engine.dispose()


def test_two_upgrades_at_once_take_turns(bare_url: str) -> None:
    engines = [open_database(bare_url) for _ in range(2)]
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(schema.upgrade, engines))
    head = schema.status(engines[0]).head
    # The lock is held for one migration at a time, so the second may come in between two of the first's.
    assert {after for _, after in results} == {head}
    assert None in {before for before, _ in results}
    for engine in engines:
        engine.dispose()


def test_foreign_keys_are_watched_again_after_a_migration(sqlite_engine: Engine) -> None:
    schema.upgrade(sqlite_engine)
    with sqlite_engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_new_database_gets_its_tables_by_itself(bare_url: str) -> None:
    engine = open_database(bare_url)
    schema.ensure_current(engine)
    schema.ensure_current(engine)
    assert schema.status(engine).current
    engine.dispose()


def test_a_new_database_killed_between_two_migrations_gets_the_rest_by_itself(bare_url: str) -> None:
    class Killed(BaseException):
        pass

    def kill(place: str) -> None:
        if place == "migration.between":
            raise Killed

    engine = open_database(bare_url)
    with pytest.raises(Killed):
        schema.ensure_current(engine, kill)
    assert schema.status(engine).revision == "0001"
    schema.ensure_current(engine)
    assert schema.status(engine).current
    engine.dispose()


def test_a_database_of_a_newer_povod_is_refused(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE povod_version SET version_num = '9999'"))
    for use in (schema.upgrade, schema.status, schema.ensure_current):
        with pytest.raises(DatabaseFault, match=r"newer povod \(revision 9999\): upgrade povod"):
            use(engine)


def test_an_older_database_is_refused_with_the_way_to_upgrade(
    engine: Engine,
) -> None:
    fill(engine)
    schema.downgrade(engine, "0001")
    with pytest.raises(DatabaseFault, match=r"older than this povod .*: run 'povod db upgrade'"):
        schema.ensure_current(engine)


def test_somebody_elses_tables_are_left_alone(bare_url: str) -> None:
    engine = open_database(bare_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE contact (name text)"))
    with pytest.raises(DatabaseFault, match="tables that are not povod's: name another database"):
        schema.ensure_current(engine)
    assert inspect(engine).get_table_names() == ["contact"]
    engine.dispose()


def test_a_downgrade_to_an_unknown_revision_is_refused(engine: Engine) -> None:
    with pytest.raises(DatabaseFault, match="has no earlier revision nowhere"):
        schema.downgrade(engine, "nowhere")


def test_an_sqlite_file_is_marked_as_ours(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        assert connection.scalar(text("PRAGMA application_id")) == schema.APPLICATION_ID


def test_a_backup_holds_everything_and_opens_as_a_database(sqlite_engine: Engine, tmp_path: Path) -> None:
    fill(sqlite_engine)
    copy = tmp_path / "copy.sqlite3"
    schema.backup(sqlite_engine, copy)
    opened = open_database(f"sqlite:///{copy}")
    assert schema.status(opened).rows == schema.status(sqlite_engine).rows
    opened.dispose()
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("*.partial*")] == []


def test_a_backup_is_taken_while_a_writer_is_at_work(sqlite_engine: Engine, tmp_path: Path) -> None:
    fill(sqlite_engine)
    with sqlite_engine.begin() as writer:
        writer.execute(text("DELETE FROM lead"))
        schema.backup(sqlite_engine, tmp_path / "copy.sqlite3")
    with sqlite3.connect(tmp_path / "copy.sqlite3") as copy:
        assert copy.execute("SELECT count(*) FROM lead").fetchone() != (0,)
    copy.close()


def test_a_backup_never_overwrites(engine: Engine, tmp_path: Path) -> None:
    existing = tmp_path / "precious"
    existing.write_text("keep me")
    with pytest.raises(DatabaseFault, match="precious: exists already"):
        schema.backup(engine, existing)
    assert existing.read_text() == "keep me"


def test_a_backup_into_a_missing_folder_says_so(sqlite_engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(DatabaseFault, match="cannot be written: No such file or directory"):
        schema.backup(sqlite_engine, tmp_path / "missing" / "copy")


def test_without_pg_dump_its_command_is_named(
    postgresql_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DatabaseFault, match=r"pg_dump is not on the PATH: .* pg_dump --format=custom"):
        schema.backup(postgresql_engine, tmp_path / "copy.dump")
    assert list(tmp_path.iterdir()) == []


def test_pg_dump_makes_the_backup_of_a_postgresql_database(
    postgresql_server: Server, postgresql_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the pg_dump of the server that runs: an older one refuses."""
    monkeypatch.setenv("PATH", f"{postgresql_server.programs}{os.pathsep}{os.environ['PATH']}")
    fill(postgresql_engine)
    schema.backup(postgresql_engine, tmp_path / "copy.dump")
    assert (tmp_path / "copy.dump").read_bytes().startswith(b"PGDMP")


def test_a_failing_pg_dump_is_told_in_one_line(
    postgresql_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = tmp_path / "pg_dump"
    failing.write_text("#!/bin/sh\necho 'pg_dump: error: server version mismatch' >&2\nexit 1\n")
    failing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(DatabaseFault, match="no backup: pg_dump: error: server version mismatch"):
        schema.backup(postgresql_engine, tmp_path / "copy.dump")
    assert not (tmp_path / "copy.dump").exists()
