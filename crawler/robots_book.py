"""robots.txt as it is remembered in the database, so that every origin is asked once a day and not once a crawl."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, select

from models import RobotsFile
from models.portable import among, upsert
from models.retry import retried
from models.session import read_only

# RFC 9309, 2.4: a copy is not used for more than a day, unless the file cannot be had; 2.3.1.4: then for 30 days.
LONGEST = timedelta(hours=24)
SHORTEST = timedelta(hours=1)
LAST_RESORT = timedelta(days=30)
# Answers stored in one transaction. Those that a killed crawl had not stored yet are asked for again, no more.
TOGETHER = 50

Run = Callable[[Callable[[datetime], Any], datetime], Coroutine[Any, Any, Any]]


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """What an origin answered when asked for its robots.txt, and until when that holds."""

    status: int
    body: bytes
    fetched_at: datetime
    expires_at: datetime


def good_until(now: datetime, max_age: int | None) -> datetime:
    """A day from now; sooner if the server's Cache-Control says so, but not within the hour."""
    asked = LONGEST if max_age is None else timedelta(seconds=min(max_age, LONGEST.total_seconds()))
    return now + max(asked, SHORTEST)


class RobotsBook:
    """What is remembered of the origins of a crawl. `run` does database work off the event loop (`Writer.run`)."""

    def __init__(self, engine: Engine, run: Run) -> None:
        self.engine = engine
        self._run = run
        self._known: dict[str, RobotsAnswer | None] = {}
        self._new: dict[str, RobotsAnswer] = {}

    async def look_up(self, origins: Iterable[str], now: datetime) -> None:
        """Read what is known of these origins, all at once; those asked about later are read one by one."""
        wanted = sorted(set(origins) - self._known.keys())
        if wanted:
            self._known |= await self._run(lambda _: self._read(wanted), now)

    async def find(self, origin: str, now: datetime) -> RobotsAnswer | None:
        """The last answer of an origin, which may have expired."""
        await self.look_up([origin], now)
        return self._known[origin]

    async def keep(self, origin: str, answer: RobotsAnswer) -> None:
        """Remember an answer."""
        self._known[origin] = self._new[origin] = answer
        if len(self._new) >= TOGETHER:
            await self.flush(answer.fetched_at)

    def take(self) -> dict[str, RobotsAnswer]:
        """What is not stored yet, to be stored by whoever takes it (`write_answers`)."""
        new, self._new = self._new, {}
        return new

    async def flush(self, now: datetime) -> None:
        """Store what is not stored yet."""
        new, self._new = self._new, {}
        if new:
            await self._run(lambda _: retried(lambda: self._write(new)), now)

    async def close(self, now: datetime) -> None:
        """Store what is not stored yet, and forget what is too old to be of any use."""
        await self.flush(now)
        await self._run(lambda _: retried(lambda: self._forget(now)), now)

    def _read(self, origins: list[str]) -> dict[str, RobotsAnswer | None]:
        found: dict[str, RobotsAnswer | None] = dict.fromkeys(origins)
        columns = (
            RobotsFile.origin,
            RobotsFile.status,
            RobotsFile.body,
            RobotsFile.fetched_at,
            RobotsFile.expires_at,
        )
        with read_only(self.engine).connect() as connection:
            for row in connection.execute(
                select(*columns).where(among(connection, RobotsFile.origin, origins))
            ):
                found[row.origin] = RobotsAnswer(
                    row.status, row.body.encode(), row.fetched_at, row.expires_at
                )
        return found

    def _write(self, new: dict[str, RobotsAnswer]) -> None:
        with self.engine.begin() as connection:
            write_answers(connection, new)

    def _forget(self, now: datetime) -> None:
        with self.engine.begin() as connection:
            connection.execute(delete(RobotsFile).where(RobotsFile.fetched_at < now - LAST_RESORT))


def write_answers(connection: Connection, new: dict[str, RobotsAnswer]) -> None:
    """Store answers, in the caller's transaction."""
    values = [
        {
            "origin": origin,
            "status": new[origin].status,
            "body": new[origin].body.decode("utf-8-sig", "replace").replace("\0", ""),
            "fetched_at": new[origin].fetched_at,
            "expires_at": new[origin].expires_at,
        }
        for origin in sorted(new)
    ]
    statement = upsert(connection, RobotsFile)
    changes = {name: statement.excluded[name] for name in ("status", "body", "fetched_at", "expires_at")}
    connection.execute(statement.on_conflict_do_update(index_elements=["origin"], set_=changes), values)
