"""Trying a transaction again that lost against another one: a deadlock, a serialization failure, a busy file.

The database has undone such a transaction as a whole, so that beginning it again does no harm. Anything else that
goes wrong is raised at once.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

T = TypeVar("T")

TRIES = 6
# Seconds before the second try; each further pause is twice as long, and a random part of it shorter, so that two
# transactions that met once do not meet again.
PAUSE = 0.05
# https://www.postgresql.org/docs/current/errcodes-appendix.html: serialization_failure, deadlock_detected,
# lock_not_available.
_LOST = {"40001", "40P01", "55P03"}


def retried(work: Callable[[], T], *, tries: int = TRIES, sleep: Callable[[float], None] = time.sleep) -> T:
    """Do a piece of work that is one transaction, again where it lost against another; at most `tries` times.

    Raises what the last try raised.
    """
    for done in range(tries - 1):
        try:
            return work()
        except Exception as error:
            if not lost_against_another(error):
                raise
        sleep(PAUSE * 2**done * (0.5 + random.random() / 2))  # noqa: S311  nothing to be guessed
    return work()


def lost_against_another(error: BaseException) -> bool:
    """Whether a transaction failed only because another one was at work at the same time."""
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, sqlite3.OperationalError):
        # The low byte is the primary code of an extended one (https://www.sqlite.org/rescode.html).
        return (getattr(original, "sqlite_errorcode", 0) & 0xFF) in (
            sqlite3.SQLITE_BUSY,
            sqlite3.SQLITE_LOCKED,
        )
    return getattr(original, "sqlstate", None) in _LOST
