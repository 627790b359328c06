from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, Engine, exc, text

from models import DatabaseFault, schema
from models.faults import database_faults, display_url
from models.session import database_exists, open_database
from tests.models.postgresql import LOCKED_PASSWORD, LOCKED_USER, Server


@contextmanager
def as_an_ordinary_user() -> Iterator[None]:
    """Root may write anywhere, so tests of permissions step down."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def fault(url: str) -> str:
    with pytest.raises(DatabaseFault) as caught:
        schema.ensure_current(open_database(url))
    line = str(caught.value)
    assert "\n" not in line
    return line


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("", "the database URL cannot be read"),
        ("/var/povod.sqlite3", "the database URL cannot be read"),
        (
            "mysql://root:secret@host/povod",
            "database URL: 'mysql' is not supported; use sqlite or postgresql",
        ),
        ("sqlite://", "SQLite needs a file"),
        ("sqlite:///:memory:", "SQLite needs a file"),
    ],
)
def test_a_url_that_leads_nowhere(url: str, line: str) -> None:
    assert line in fault(url)
    assert "secret" not in fault(url)


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert fault(f"sqlite:///{tmp_path}/file/povod.sqlite3").endswith(
        "povod.sqlite3: cannot be created: File exists"
    )


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    assert fault(f"sqlite:///{tmp_path}").endswith("is a folder; name a file in it")


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with as_an_ordinary_user():
        assert "cannot be created: Permission denied" in fault(f"sqlite:///{closed}/povod.sqlite3")


def test_a_file_that_cannot_be_written(sqlite_engine: Engine) -> None:
    with database_faults(sqlite_engine), sqlite_engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
        wrong = pytest.raises(DatabaseFault, match=r"povod\.sqlite3: cannot be written to: check")
        with wrong, database_faults(sqlite_engine):
            connection.execute(text("DELETE FROM post"))
        connection.exec_driver_sql("PRAGMA query_only = OFF")


def test_a_file_that_is_not_a_database(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Dear diary, " * 100)
    assert fault(f"sqlite:///{tmp_path}/notes.txt").endswith(
        "notes.txt: file is not a database: name another file, or move this one away"
    )
    assert (tmp_path / "notes.txt").read_text() == "Dear diary, " * 100


def test_a_damaged_database(sqlite_engine: Engine) -> None:
    path = Path(str(sqlite_engine.url.database))
    with sqlite_engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").close()
        connection.exec_driver_sql("BEGIN")
    sqlite_engine.dispose()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    assert "the database file is damaged: restore a backup" in fault(str(sqlite_engine.url))


def test_somebody_elses_sqlite_file(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "photos.db") as other:
        other.execute("CREATE TABLE album (name text)")
    other.close()
    assert fault(f"sqlite:///{tmp_path}/photos.db").endswith(
        "holds tables that are not povod's: name another database"
    )


def _fill(connection: Connection) -> None:
    # Pages that migrations have freed are filled first.
    for number in range(100):
        connection.exec_driver_sql(f"CREATE TABLE more_{number} (x)")


def test_a_full_disk(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        with (
            pytest.raises(DatabaseFault, match="no space left on the device") as caught,
            database_faults(sqlite_engine),
        ):
            _fill(connection)
    assert caught.value.transient


def test_a_lock_that_is_held_too_long(sqlite_engine: Engine) -> None:
    other = sqlite3.connect(str(sqlite_engine.url.database), timeout=0)
    waited = pytest.raises(DatabaseFault, match="held the database for too long")
    with sqlite_engine.begin(), waited as caught, database_faults(sqlite_engine.url):
        other.execute("BEGIN IMMEDIATE")
    other.close()
    assert caught.value.transient


def test_tables_that_are_missing(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE delivery"))
    wrong = pytest.raises(DatabaseFault, match="not those of this povod: run 'povod db upgrade'")
    with wrong, database_faults(engine), engine.connect() as connection:
        connection.execute(text("SELECT 1 FROM delivery"))


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    line = fault(f"postgresql://anna:secret@/povod?host={tmp_path}")
    assert "no server answers there: is it running?" in line
    assert "secret" not in line
    assert "no server answers there" in fault("postgresql://anna:secret@127.0.0.1:1/povod")


def test_a_host_that_does_not_exist() -> None:
    assert "the server's name cannot be resolved" in fault("postgresql://anna@nowhere.invalid/povod")


def test_a_wrong_password(postgresql_server: Server) -> None:
    postgresql_server.execute(f"CREATE ROLE {{}} LOGIN PASSWORD '{LOCKED_PASSWORD}'", LOCKED_USER)
    host = postgresql_server.folder
    line = fault(f"postgresql://{LOCKED_USER}:secret@/postgres?host={host}")
    assert line.endswith("the user name or the password is wrong")
    assert "secret" not in line
    assert "the server wants a password" in fault(f"postgresql://{LOCKED_USER}@/postgres?host={host}")


def test_a_database_or_user_that_the_server_does_not_know(postgresql_server: Server) -> None:
    assert fault(postgresql_server.url("nothing")).endswith(
        "there is no such database: create it with createdb"
    )
    assert fault(postgresql_server.url("postgres", "boris")).endswith("there is no such user on the server")


def test_a_statement_that_is_wrong_is_not_the_databases_fault(engine: Engine) -> None:
    with pytest.raises(exc.DBAPIError), database_faults(engine), engine.connect() as connection:
        connection.execute(text("SELEC 1"))
    with pytest.raises(exc.IntegrityError), database_faults(engine), engine.connect() as connection:
        connection.execute(text("INSERT INTO povod_version VALUES (NULL)"))


def test_a_killed_connection_is_a_passing_fault(postgresql_engine: Engine) -> None:
    killed, connecting = pytest.raises(DatabaseFault), postgresql_engine.connect()
    with killed as caught, database_faults(postgresql_engine), connecting as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert caught.value.transient


def test_errors_of_the_bare_drivers_become_faults_too(postgresql_server: Server) -> None:
    with pytest.raises(DatabaseFault, match="no such database"), database_faults("postgresql://host/povod"):
        psycopg.connect(f"host={postgresql_server.folder} user=povod dbname=nothing")
    with pytest.raises(DatabaseFault, match="cannot be opened"), database_faults("sqlite:///x.sqlite3"):
        sqlite3.connect("/nonexistent/folder/x.sqlite3")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:///data/povod.sqlite3", "data/povod.sqlite3"),
        ("postgresql://anna:secret@db.example:5433/povod", "postgresql://anna@db.example:5433/povod"),
        ("postgresql://db.example/povod?user=anna&password=secret", "postgresql://db.example/povod"),
        ("postgresql://anna:sec@ret:port/povod?", "the configured database"),
    ],
)
def test_a_database_is_named_without_its_password(url: str, shown: str) -> None:
    assert display_url(url) == shown


def test_whether_a_database_is_there_is_asked_without_making_one(
    postgresql_server: Server, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/povod.sqlite3"
    assert not database_exists(url)
    assert list(tmp_path.iterdir()) == []
    open_database(url).dispose()
    assert database_exists(url)
    assert database_exists(postgresql_server.url("postgres"))
    assert not database_exists(postgresql_server.url("nothing"))
