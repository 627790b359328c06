"""Opening the database: engines and sessions that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session, sessionmaker

from models.faults import DatabaseFault, database_faults, display_url

__all__ = ["database_exists", "display_url", "open_database", "read_only", "session_factory"]

# Seconds that a writer waits for another one, and that a new connection waits for a server.
LOCK_WAIT = 30.0
CONNECT_WAIT = 10

# WAL lets readers go on while one process writes. NORMAL loses no committed transaction when a process is
# killed; after a power cut the last ones may be missing, and are then simply fetched again. No mmap: a disk
# error in mapped memory would kill the process instead of raising.
SQLITE_PRAGMAS = (
    f"PRAGMA busy_timeout = {int(LOCK_WAIT * 1000)}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16384",  # KiB
    "PRAGMA journal_size_limit = 67108864",  # The WAL file shrinks back to this after a burst.
)

_READING = "povod_reading"


def open_database(url: str) -> Engine:
    """Open a database by its SQLAlchemy URL: `sqlite:///path` or `postgresql://user@host/name`.

    An SQLite file and its folder are made when they are not there yet, readable by this user only. The tables
    are another matter: see `models.schema.ensure_current`. Engines do not survive a fork: open one per process.

    Raises:
        DatabaseFault: the URL is wrong, or the database cannot be reached, read or written.
    """
    parsed = _parse(url)
    engine = _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed)
    try:
        with database_faults(engine), engine.connect():
            pass
    except BaseException:
        engine.dispose()
        raise
    return engine


def session_factory(engine: Engine) -> sessionmaker[Session]:
    """Return the maker of sessions; what they load stays readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


def read_only(engine: Engine) -> Engine:
    """Return the same database for transactions that only read, so that they never wait for a writer."""
    return engine.execution_options(**{_READING: True, "postgresql_readonly": True})


def database_exists(url: str) -> bool:
    """Say whether there is a database at this URL, without making one.

    Raises:
        DatabaseFault: the URL is wrong, or no server answers to be asked.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        path = Path(parsed.database or "")
        if path.is_dir():
            open_database(url)  # says what is wrong with it
        return path.is_file() and path.stat().st_size > 0
    try:
        open_database(url).dispose()
    except DatabaseFault as fault:
        if "no such database" in str(fault):
            return False
        raise
    return True


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (exc.ArgumentError, ValueError) as error:
        raise DatabaseFault(
            "the database URL cannot be read; write sqlite:///path/to/povod.sqlite3 or postgresql://user@host/name"
        ) from error
    backend = parsed.get_backend_name()
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise DatabaseFault(f"database URL: '{backend}' is not supported; use sqlite or postgresql")
    if not parsed.database or parsed.database == ":memory:":
        raise DatabaseFault("database URL: SQLite needs a file, as in sqlite:///povod.sqlite3")
    return parsed.set(drivername="sqlite")


def _sqlite(url: URL) -> Engine:
    _make_private_file(Path(str(url.database)))
    engine = create_engine(url, connect_args={"timeout": LOCK_WAIT}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite_connection)
    event.listen(engine, "begin", _begin_sqlite_transaction)
    return engine


def _make_private_file(path: Path) -> None:
    """Make the file with its folder; posts and contacts in it are nobody else's business, hence the modes."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError as error:
        raise DatabaseFault(f"{path}: cannot be created: {error.strerror or error}") from error
    if path.is_dir():
        raise DatabaseFault(f"{path}: is a folder; name a file in it")


def _prepare_sqlite_connection(connection: Any, _record: Any) -> None:
    # None: the driver begins no transaction of its own; _begin_sqlite_transaction does.
    connection.isolation_level = None
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma).close()


def _begin_sqlite_transaction(connection: Connection) -> None:
    """Begin as a writer unless told otherwise.

    A transaction that begins by reading and then writes fails at once when another process has written in
    between (no waiting can help it), so the lock is taken at the start, where busy_timeout applies.
    """
    reading = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _postgresql(url: URL) -> Engine:
    arguments: dict[str, Any] = {"application_name": "povod", "connect_timeout": CONNECT_WAIT}
    arguments = {key: value for key, value in arguments.items() if key not in url.query}
    given = url.query.get("options", "")
    options = given if isinstance(given, str) else " ".join(given)
    arguments["options"] = f"{options} -c timezone=UTC".strip()
    try:
        return create_engine(url, connect_args=arguments, pool_pre_ping=True, hide_parameters=True)
    except ImportError as error:
        raise DatabaseFault(
            "PostgreSQL needs a driver that is not installed: pip install 'povod[postgresql]'"
        ) from error
