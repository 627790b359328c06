"""How long it takes to hold stored posts against 50 searches, and how much memory.

    python -m benchmarks.backtest                     1,000,000 invented posts on SQLite
    python -m benchmarks.backtest --posts 50000       a quick look
    python -m benchmarks.backtest --keep FILE         keep the database, or use the one that is there

One process, so one of two cores; reading, matching and counting all included. "Of work" is the processor's time, which
other programs on the machine do not lengthen. Memory is the process's own peak, filling the database included.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from leads.searches.past import backtest
from leads.searches.stored import count_posts, stored_posts
from models import Source
from models.rows import PostRow
from models.schema import upgrade
from models.session import database_exists, open_database
from models.store import store_posts
from triggers.search.percolator import Percolator

NOW = datetime(2026, 6, 1, tzinfo=UTC)
COMMON = """the a and of to in we our new for with on at is are it this that you they team work time day year people
market product customer service price office city company business project plan news today week month and but not
в и на не мы что с по для это как новый работа команда проект город рынок цена офис клиент день год люди неделя
""".split()
RARE = [f"{left}{right}" for left in ("orchid", "lantern", "heron", "lark", "harbour", "pilot") for right in (
    "ware", "works", "soft", "line", "base", "trade", "craft", "net")]  # fmt: skip


def queries(count: int, chance: random.Random) -> Iterator[str]:
    """Yield searches as users write them: words and phrases, OR groups, NEAR, NOT, fields."""
    shapes = (
        "{r} {c}", '"{c} {d}" {r}', "({r} OR {s} OR {t}) NOT {c}", "{r} NEAR/5 {c}", "({c} OR {d}) NEAR/3 ({r} OR {s})",
        "{r} lang:en", "{c} {d} {r}", "{r}* -{d}", "title:{r}", "({r} OR {s}) AND ({c} OR {d}) AND NOT {t}",
    )  # fmt: skip
    for number in range(count):
        r, s, t = chance.sample(RARE, 3)
        c, d = chance.sample(COMMON, 2)
        yield shapes[number % len(shapes)].format(r=r, s=s, t=t, c=c, d=d)


def fill(engine: Engine, posts: int) -> None:
    """Store invented posts of the last 30 days: 30 words on average, a rare one in every tenth."""
    chance = random.Random(5)
    with Session(engine) as session, session.begin():
        session.add(Source(name="news", url="https://news.example/feed", created_at=NOW))
    for start in range(0, posts, 5_000):
        rows = [post(number, chance) for number in range(start, min(start + 5_000, posts))]
        with engine.begin() as connection:
            store_posts(connection, rows)


def post(number: int, chance: random.Random) -> PostRow:
    """Make one post."""
    words = chance.choices(COMMON, k=chance.randint(10, 50))
    if number % 10 == 0:
        words[chance.randrange(len(words))] = chance.choice(RARE)
    text = " ".join(words)
    digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
    told = NOW - timedelta(seconds=chance.randrange(30 * 86400))
    return PostRow(
        key=hashlib.blake2b(str(number).encode(), digest_size=16).hexdigest(),
        source_id=1,
        text=text,
        content_hash=digest,
        first_seen_at=NOW,
        title=text[:40],
        url=f"https://news.example/{number}",
        language="en",
        published_at=told,
        author_key=f"author-{number % 5000}",
        author_name=f"Author {number % 5000}",
    )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--posts", type=int, default=1_000_000)
    options.add_argument("--searches", type=int, default=50)
    options.add_argument("--keep", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{given.keep or Path(folder) / 'posts.sqlite3'}"
        there = database_exists(url)
        engine = open_database(url)
        if not there:
            upgrade(engine)
            fill(engine, given.posts)
        measure(engine, given.searches)
        engine.dispose()


def measure(engine: Engine, searches: int) -> None:
    """Hold all stored posts against the searches, and say how it went."""
    percolator = Percolator()
    names = [f"search {number}" for number in range(searches)]
    for name, query in zip(names, queries(searches, random.Random(3)), strict=True):
        percolator.add(name, query)
    with Session(engine) as session:
        due = count_posts(session, None)
    begun, worked = time.perf_counter(), time.process_time()
    done = backtest(percolator, stored_posts(engine), names, due=due, last=NOW.date())
    seconds, worked = time.perf_counter() - begun, time.process_time() - worked
    found = sum(len(brought.posts) for brought in done.brought.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{done.posts:,} posts, {searches} searches, {found:,} matches")
    print(
        f"{seconds:.1f} s ({worked:.1f} s of work), {done.posts / seconds:,.0f} posts/s, peak memory {peak:,.0f} MiB"
    )


if __name__ == "__main__":
    main()
