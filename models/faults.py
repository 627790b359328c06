"""What a user is told when the database is missing, unreadable, full, or not ours: one line, no password."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, exc
from sqlalchemy.engine import URL, make_url

UPGRADE_ADVICE = "run 'povod db upgrade'"

# What the drivers say -> what is wrong and how to mend it. SQLite's messages are never translated; of
# PostgreSQL's only those of a failed connection are matched by words, since they carry no SQLSTATE.
_SQLITE_WORDS: tuple[tuple[str, str, bool], ...] = (
    (
        "unable to open database file",
        "cannot be opened: is its folder there, and may this user write to it?",
        False,
    ),
    (
        "attempt to write a readonly database",
        "cannot be written to: check the file's owner and permissions",
        False,
    ),
    ("file is not a database", "file is not a database: name another file, or move this one away", False),
    (
        "malformed",
        "the database file is damaged: restore a backup, or recover it with sqlite3's .recover",
        False,
    ),
    ("disk is full", "no space left on the device: free some, nothing that was stored is lost", True),
    ("disk i/o error", "the disk reported an error: check its space and its health", True),
    ("database is locked", "another process held the database for too long: try again", True),
    ("no such table", f"its tables are not those of this povod: {UPGRADE_ADVICE}", False),
    ("no such column", f"its tables are not those of this povod: {UPGRADE_ADVICE}", False),
)
_POSTGRESQL_WORDS: tuple[tuple[str, str, bool], ...] = (
    (r"password authentication failed", "the user name or the password is wrong", False),
    (r"no password supplied", "the server wants a password and the URL gives none", False),
    (r"role .* does not exist", "there is no such user on the server", False),
    (r"database .* does not exist", "there is no such database: create it with createdb", False),
    (r"no pg_hba\.conf entry", "the server does not admit this user from here (pg_hba.conf)", False),
    (r"failed to resolve host|could not translate host", "the server's name cannot be resolved", True),
    (r"connection refused|no such file or directory", "no server answers there: is it running?", True),
    (r"timeout expired|timed out", "the server does not answer in time", True),
    (r"too many clients", "the server has no connection left: try again, or raise max_connections", True),
    (
        r"starting up|shutting down|terminating connection",
        "the server is starting or stopping: try again",
        True,
    ),
    (r"server closed the connection|connection is lost|consuming input failed", "the server went away", True),
)
_POSTGRESQL_STATES: dict[str, tuple[str, bool]] = {
    "28P01": ("the user name or the password is wrong", False),
    "28000": ("the server does not admit this user from here (pg_hba.conf)", False),
    "3D000": ("there is no such database: create it with createdb", False),
    "40001": ("another process was faster: try again", True),
    "40P01": ("two processes waited for each other: try again", True),
    "42P01": (f"its tables are not those of this povod: {UPGRADE_ADVICE}", False),
    "42703": (f"its tables are not those of this povod: {UPGRADE_ADVICE}", False),
    "42501": ("this user lacks a right on the tables: grant it, or use the owner of the database", False),
    "25006": ("the database is read-only: is this a standby server?", False),
    "53100": ("no space left on the server's disk: free some, nothing that was stored is lost", True),
    "53200": ("the server is out of memory", True),
    "53300": ("the server has no connection left: try again, or raise max_connections", True),
    "55P03": ("another process held a lock for too long: try again", True),
    "57P01": ("the server is stopping: try again", True),
    "57P03": ("the server is starting: try again", True),
}


class DatabaseFault(Exception):
    """One clear line for a database that is missing, unreadable, full, not ours, too new or too old.

    `transient` says whether trying again later may help without anybody mending anything.
    """

    def __init__(self, line: str, *, transient: bool = False) -> None:
        super().__init__(line)
        self.transient = transient


def display_url(url: str | URL) -> str:
    """Name a database for people and logs: the path of an SQLite file, or a URL without any password."""
    try:
        parsed = make_url(url)
    except (exc.ArgumentError, ValueError):
        return "the configured database"  # It cannot be taken apart, so it might show a password.
    if parsed.get_backend_name() == "sqlite":
        return parsed.database or ":memory:"
    shown = {key: value for key, value in parsed.query.items() if key in ("host", "port", "dbname")}
    return without_password(parsed).set(query=shown).render_as_string()


def without_password(url: URL) -> URL:
    """Return a server's URL as libpq's own programs take it, less the password in either of its places."""
    query = {key: value for key, value in url.query.items() if key != "password"}
    return URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)


@contextmanager
def database_faults(place: Engine | URL | str) -> Iterator[None]:
    """Turn what the drivers raise about the state of a database into a `DatabaseFault` that names `place`.

    Errors that a statement itself is to blame for (a broken constraint, a value out of range, wrong SQL) are
    faults of the code, not of the database: they pass unchanged.
    """
    try:
        yield
    except (exc.DBAPIError, exc.TimeoutError, sqlite3.Error) as error:
        fault = fault_of(error, place)
        if fault is None:
            raise
        raise fault from error
    except Exception as error:
        if not type(error).__module__.startswith("psycopg"):
            raise
        fault = fault_of(error, place)
        if fault is None:
            raise
        raise fault from error


def fault_of(error: BaseException, place: Engine | URL | str) -> DatabaseFault | None:
    """Return the fault that a driver's error stands for, or None if the statement is to blame."""
    name = display_url(place.url if isinstance(place, Engine) else place)
    if isinstance(error, exc.TimeoutError):
        return DatabaseFault(f"{name}: all connections are in use: try again", transient=True)
    original = error.orig if isinstance(error, exc.DBAPIError) and error.orig is not None else error
    words = _sqlite_words(original) if isinstance(original, sqlite3.Error) else _postgresql_words(original)
    return DatabaseFault(f"{name}: {words[0]}", transient=words[1]) if words else None


def _sqlite_words(error: sqlite3.Error) -> tuple[str, bool] | None:
    text = str(error)
    for fragment, words, transient in _SQLITE_WORDS:
        if fragment in text.lower():
            return words, transient
    blames_statement = isinstance(
        error, sqlite3.IntegrityError | sqlite3.ProgrammingError | sqlite3.InterfaceError | sqlite3.DataError
    ) or (isinstance(error, sqlite3.OperationalError) and "syntax error" in text)
    return None if blames_statement else (text, False)


def _postgresql_words(error: BaseException) -> tuple[str, bool] | None:
    state = getattr(error, "sqlstate", None)
    if state in _POSTGRESQL_STATES:
        return _POSTGRESQL_STATES[state]
    if type(error).__name__ not in ("OperationalError", "InterfaceError", "ConnectionTimeout") and (
        state is None or not state.startswith(("08", "53", "57", "58"))
    ):
        return None
    text = str(error)
    for pattern, words, transient in _POSTGRESQL_WORDS:
        if re.search(pattern, text, re.IGNORECASE):
            return words, transient
    return (text.strip().splitlines() or ["the connection failed"])[0], True
