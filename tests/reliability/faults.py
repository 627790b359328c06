"""Things that go wrong below us: a database call that fails, a disk that is full."""

from __future__ import annotations

import resource
import signal
import sqlite3
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event, exc


def fail_at(number: int) -> None:
    """Make the Nth statement or commit from now on, in any engine of this process, fail as a lost disk or server does."""
    if not number:
        return
    calls = 0

    def count(connection: Connection) -> None:
        nonlocal calls
        calls += 1
        if calls == number:
            raise _error(connection)

    @event.listens_for(Engine, "before_cursor_execute")
    def _execute(connection: Connection, *_: Any) -> None:
        count(connection)

    @event.listens_for(Engine, "commit")
    def _commit(connection: Connection) -> None:
        count(connection)


def _error(connection: Connection) -> Exception:
    if connection.dialect.name == "sqlite":
        original: Exception = sqlite3.OperationalError("disk I/O error")
    else:
        original = psycopg.OperationalError("server closed the connection unexpectedly")
    return exc.OperationalError("a statement", {}, original)


def limit_files(size: int) -> None:
    """Let no file of this process grow beyond so many bytes: a full disk, for one process."""
    if size:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
