"""Harvests to the database: the posts first, then, in the same transaction, what the source's answer said of itself.

Killed anywhere, a source is either as it was, or has some of its posts stored (which storing again does not double)
and will be read again, or has all of them and its new schedule.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, func, select, update

from crawler.harvest import Harvest
from crawler.identity import keys_of_guids
from crawler.policy import FetchPolicy
from crawler.robots_book import write_answers
from crawler.schedule import Wishes, next_after_failure, next_after_success
from guards.failpoints import failpoint
from models import Post, Source
from models.deletions import take_back
from models.retry import retried
from models.store import PostRow, StoreCounts, store_by_source, store_posts

# Posts in one transaction. A thousand rows are near the best speed of storing; half of it keeps locks short.
BATCH = 500
# A moved feed is followed for good after this many readable answers in a row from the new address.
MOVES_AFTER = 3
# After so many failures in a row at an address that was found or moved to, the source's own address is asked again.
BACK_AFTER = 5


class Keeper:
    """Stores harvests, several in one transaction where they are small."""

    def __init__(self, engine: Engine, policy: FetchPolicy, worker: str = "") -> None:
        self.engine = engine
        self.worker = worker
        self.policy = policy

    def keep(self, harvests: list[Harvest]) -> None:
        """Store these harvests; their `counts` say what was new.

        Two crawlers that bring the same posts may lock each other out; the one that the database gives up tries again
        (`models.retry`). Raises what the driver raises; then none of the sources has moved on, and keeping them again
        does no harm.
        """
        for harvest in harvests:
            self._keep_early_batches(harvest)
        counts = retried(lambda: self._keep_together(harvests))
        failpoint("crawl.source.moved_on")
        for harvest in harvests:
            harvest.counts += counts.get(harvest.task.id, StoreCounts())
            harvest.rows = []

    def _keep_together(self, harvests: list[Harvest]) -> dict[int, StoreCounts]:
        """Store all posts as one batch, in the order of their keys, so that two crawlers wait for each other in turn."""
        rows = [row for harvest in harvests for row in harvest.rows]
        robots = {origin: answer for harvest in harvests for origin, answer in harvest.robots.items()}
        with self.engine.begin() as connection:
            if robots:
                write_answers(connection, robots)
            counts = store_by_source(connection, rows)
            if rows:
                failpoint("crawl.batch.inside")
            failpoint("crawl.source.finished")
            self._finish(connection, harvests)
        return counts

    def _keep_early_batches(self, harvest: Harvest) -> None:
        """All but the last batch of a large feed, oldest first, each in a transaction of its own."""
        while len(harvest.rows) > BATCH:
            harvest.counts += retried(lambda: self._keep_batch(harvest.rows[-BATCH:]))
            harvest.rows = harvest.rows[:-BATCH]
            failpoint("crawl.batch.between")

    def _keep_batch(self, rows: list[PostRow]) -> StoreCounts:
        with self.engine.begin() as connection:
            counts = store_posts(connection, rows)
            failpoint("crawl.batch.inside")
        return counts

    def _finish(self, connection: Connection, harvests: list[Harvest]) -> None:
        """Write what the answers said of their sources: all are read at once, and written at once."""
        found = connection.execute(_KNOWN, {"ids": [harvest.task.id for harvest in harvests]})
        known = {row.id: row._mapping for row in found}
        values = [
            self._facts(connection, harvest, known[harvest.task.id])
            for harvest in harvests
            if harvest.task.id in known  # not removed from the database while it was being read
        ]
        if not values:
            return
        connection.execute(_WRITE, values)
        seldom = [one for one in values if any(one[name] != known[one["the_id"]][name] for name in _SELDOM)]
        if seldom:
            connection.execute(_WRITE_SELDOM, seldom)

    def _facts(self, connection: Connection, harvest: Harvest, known: Any) -> dict[str, Any]:
        """All columns that a crawl writes, as they are to be."""
        if harvest.outcome in ("read", "unchanged"):
            values = self._success(connection, harvest, known)
        else:
            values = self._failure(harvest, known)
        values["last_fetch_at"] = harvest.now
        if known["leased_by"] == self.worker:
            values |= {"leased_until": None, "leased_by": None}
        return {"the_id": harvest.task.id, **{name: known[name] for name in _WRITTEN + _SELDOM}, **values}

    def _success(self, connection: Connection, harvest: Harvest, known: Any) -> dict[str, Any]:
        values: dict[str, Any] = {
            "last_success_at": harvest.now,
            "last_error": harvest.message or None,
            "ill_since": None,
            "error_count": 0,
            **_moved(harvest, known),
        }
        if harvest.found_at:
            values |= {"fetch_url": harvest.found_at, "page_feeds": list(harvest.page_feeds)}
        if known["state"] == "gone":
            values["state"] = "active"
        if harvest.deleted:
            keys = keys_of_guids(harvest.task.name, harvest.deleted)
            take_back(connection, harvest.task.id, keys, harvest.now)
        if harvest.outcome == "read":
            values |= {"body_hash": harvest.body_hash, "title": harvest.title or known["title"]}
        if harvest.outcome == "read" or harvest.body_hash:  # an answer with a body, not a 304
            values |= {"etag": harvest.etag, "last_modified": harvest.last_modified}
        else:
            values |= {"etag": harvest.etag or known["etag"]}
        recent = _recent_posts(connection, harvest)
        latest = [*recent[:1], *[time for time in [known["last_post_at"]] if time]]
        values["last_post_at"] = max(latest, default=None)
        wishes = _wishes(harvest, known)
        values["rhythm"] = wishes.to_keep()
        values["next_fetch_at"] = next_after_success(
            harvest.task.name, harvest.now, self.policy, wishes, recent
        )
        return values

    def _failure(self, harvest: Harvest, known: Any) -> dict[str, Any]:
        count = known["error_count"] + 1
        wishes = _wishes(harvest, known)
        values: dict[str, Any] = {
            "last_error": harvest.message,
            "last_error_at": harvest.now,
            "ill_since": known["ill_since"] or harvest.now,
            "error_count": count,
            "moved_count": 0,
            "next_fetch_at": next_after_failure(harvest.task.name, harvest.now, self.policy, wishes, count),
        }
        if harvest.feeds and not harvest.found_at:
            # The page's feed is on another server, which has its own turn: it is asked at the next opportunity.
            values |= {
                "fetch_url": harvest.feeds[0], "page_feeds": list(harvest.feeds), "next_fetch_at": harvest.now,
            }  # fmt: skip
        elif known["fetch_url"] and (count >= BACK_AFTER or harvest.outcome == "gone"):
            values |= {"fetch_url": None, "page_feeds": None}
        elif harvest.outcome == "gone":
            values |= {"state": "gone", "next_fetch_at": None}
        return values


# What a crawl writes of a source, whatever came of it; and what seldom changes.
_WRITTEN = tuple(
    "state title fetch_url etag last_modified body_hash moved_to moved_count next_fetch_at last_fetch_at"
    " last_success_at last_post_at last_error last_error_at ill_since error_count leased_until leased_by".split()
)
_SELDOM = ("page_feeds", "rhythm")
# Statements are made once: making one takes longer than running it. The rows stay locked from reading to writing, so
# that nobody's change in between is undone, and are locked in one order, so that two crawls wait for each other in turn.
_KNOWN = (
    select(Source.id, Source.interval_seconds, *[getattr(Source, name) for name in _WRITTEN + _SELDOM])
    .where(Source.id.in_(bindparam("ids", expanding=True)))
    .order_by(Source.id)
    .with_for_update()
)
_MINE = update(Source).where(Source.id == bindparam("the_id"))
_WRITE = _MINE.values({name: bindparam(name) for name in _WRITTEN})
_WRITE_SELDOM = _MINE.values({name: bindparam(name) for name in _SELDOM})

# The latest posts that a source's rhythm is told from.
_LATEST = 10
_DATED = (
    select(Post.published_at)
    .where(Post.source_id == bindparam("source"), Post.published_at.is_not(None))
    .order_by(Post.published_at.desc())
    .limit(_LATEST)
)
_UNDATED = select(func.max(func.coalesce(Post.published_at, Post.first_seen_at))).where(
    Post.source_id == bindparam("source")
)


def _wishes(harvest: Harvest, known: Any) -> Wishes:
    """What the answer asks for, and where it says nothing what the last one asked for that did.

    A 304 has no feed in it, and speaks for the answer that it stands for (RFC 9111, 4.3.4); so does a body that is
    the same as the last one, except that its headers are its own.
    """
    before = Wishes.kept(known["rhythm"])
    with_body = harvest.outcome == "read" or (harvest.outcome == "unchanged" and harvest.body_hash)
    return Wishes(
        known["interval_seconds"],
        harvest.rhythm if harvest.outcome == "read" else before.rhythm,
        harvest.max_age if with_body or harvest.max_age is not None else before.max_age,
        harvest.retry_after,
    )


def _recent_posts(connection: Connection, harvest: Harvest) -> list[datetime]:
    """Times of the source's latest posts, newest first: those of its answer, or where these are few, those stored.

    Posts without a date count from when they were first seen.
    """
    dated = sorted((row.published_at for row in harvest.rows if row.published_at), reverse=True)
    if len(dated) >= _LATEST:
        return dated[:_LATEST]
    source = {"source": harvest.task.id}
    times = [time for (time,) in connection.execute(_DATED, source) if time is not None]
    if times:
        return times
    newest = connection.execute(_UNDATED, source).scalar()
    return [newest] if isinstance(newest, datetime) else []


def _moved(harvest: Harvest, known: Any) -> dict[str, Any]:
    """Count permanent redirects to one and the same address; after the third the source lives there.

    Where a temporary redirect led is remembered too, uncounted: what the answer said of itself (its ETag) was said
    there, and is only told there again.
    """
    if harvest.moved_to is None:
        return {"moved_to": None, "moved_count": 0}
    if not harvest.moved_for_good:
        return {"moved_to": harvest.moved_to, "moved_count": 0}
    count = known["moved_count"] + 1 if known["moved_to"] == harvest.moved_to else 1
    if count < MOVES_AFTER:
        return {"moved_to": harvest.moved_to, "moved_count": count}
    return {"fetch_url": harvest.moved_to, "moved_to": None, "moved_count": 0}
