"""How fast posts are stored: ours, the bare driver and SQLAlchemy's insert(), side by side in one run.

    python -m benchmarks.storage                  300,000 posts, SQLite and PostgreSQL
    python -m benchmarks.storage --rows 20000     a quick look

Every batch goes to each way in turn, so that whatever else the machine does falls on all of them alike; only
storing and committing are timed. All ways end with the same posts, tied to the same authors, in the same tables
with the same indexes. The bare driver is given ready-made tuples and finds the authors stored already. insert() is given
ready-made dictionaries and stores authors and posts with ON CONFLICT DO NOTHING. Ours also takes out doubles, sees
edits and further sources, checks the texts and converts times and JSON.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Author, Post, Source
from models.rows import PostRow
from models.schema import upgrade
from models.session import SQLITE_PRAGMAS, open_database
from models.store import store_posts

START = datetime(2026, 1, 1, tzinfo=UTC)
ENGLISH = "anna boris clara orchid lantern starts moves hires opens raises round office team march london"
RUSSIAN = "анна борис клара орхидея фонарь начинает переезжает ищет открывает команда офис март москва"
WORDS = [*ENGLISH.split(), *RUSSIAN.split()]
COLUMNS = [
    "key", "source_id", "kind", "guid", "url", "title", "text", "language", "tags", "extra", "content_hash",
    "published_at", "updated_at", "first_seen_at",
]  # fmt: skip
Store = Callable[[list[PostRow]], float]


def batches(rows: int, size: int) -> Iterator[list[PostRow]]:
    """Invent posts of 20 to 200 words in both languages, by one author in twenty posts."""
    chance = random.Random(7)
    for start in range(0, rows, size):
        yield [invent(number, chance) for number in range(start, min(start + size, rows))]


def invent(number: int, chance: random.Random) -> PostRow:
    """Make one post."""
    text = " ".join(chance.choices(WORDS, k=chance.randint(20, 200)))
    author = number // 20 + 1
    return PostRow(
        key=hashlib.blake2b(str(number).encode(), digest_size=16).hexdigest(),
        source_id=1,
        text=text,
        content_hash=hashlib.blake2b(text.encode(), digest_size=16).hexdigest(),
        first_seen_at=START + timedelta(seconds=number),
        title=text[:60],
        guid=f"tag:news.example,2026:{number}",
        url=f"https://news.example/{number}",
        language="en",
        tags=chance.sample(WORDS, k=2),
        published_at=START + timedelta(minutes=number),
        author_key=f"author-{author}",
        author_name=f"Author {author}",
    )


def as_dict(row: PostRow) -> dict[str, Any]:
    """Return the post columns of a row, as insert() takes them."""
    return {name: getattr(row, name) for name in COLUMNS} | {"revision": 1, "author_id": author_number(row)}


def author_number(row: PostRow) -> int:
    """Return the number in an author's key: also its row id, where authors are stored beforehand."""
    return int(row.author_key.removeprefix("author-"))


def prepared(url: str, authors: int = 0) -> Engine:
    """Open a database with our tables, one source and so many authors in it."""
    engine = open_database(url)
    upgrade(engine)
    with Session(engine) as session, session.begin():
        session.add(Source(name="news", url="https://news.example/feed", created_at=START))
    if authors:
        named = [{"key": f"author-{number}", "name": f"Author {number}"} for number in range(1, authors + 1)]
        with engine.begin() as connection:
            connection.execute(insert(Author), named)
    return engine


def ours(engine: Engine) -> Store:
    """Store through models.store."""

    def store(rows: list[PostRow]) -> float:
        begun = time.perf_counter()
        with engine.begin() as connection:
            store_posts(connection, rows)
        return time.perf_counter() - begun

    return store


def core_insert(engine: Engine) -> Store:
    """Store through SQLAlchemy's insert() with ready-made dictionaries."""
    dialect: Any = sqlite if engine.dialect.name == "sqlite" else postgresql
    posts = dialect.insert(Post.__table__).on_conflict_do_nothing(index_elements=["key"])
    authors = dialect.insert(Author.__table__).on_conflict_do_nothing(index_elements=["key"])

    def store(rows: list[PostRow]) -> float:
        values = [as_dict(row) for row in rows]
        named = [
            {"key": key, "name": key, "source_id": 1} for key in sorted({row.author_key for row in rows})
        ]
        keys = [author["key"] for author in named]
        begun = time.perf_counter()
        with engine.begin() as connection:
            connection.execute(authors, named)
            found = connection.execute(select(Author.key, Author.id).where(Author.key.in_(keys)))
            ids = {author.key: author.id for author in found}
            for row, value in zip(rows, values, strict=True):
                value["author_id"] = ids[row.author_key]
            connection.execute(posts, values)
        return time.perf_counter() - begun

    return store


def bare_driver(path: Path) -> Store:
    """Store through sqlite3.executemany with ready-made tuples, under the same pragmas."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)
    columns = [*COLUMNS, "revision", "author_id"]
    statement = f"INSERT OR IGNORE INTO post ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"

    def plain(value: Any) -> Any:
        if isinstance(value, datetime):
            return value.replace(tzinfo=None).isoformat(" ", "microseconds")
        return str(value) if isinstance(value, list | dict) else value

    def store(rows: list[PostRow]) -> float:
        values = [tuple(map(plain, as_dict(row).values())) for row in rows]
        begun = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(statement, values)
        connection.execute("COMMIT")
        return time.perf_counter() - begun

    return store


def compare(title: str, ways: dict[str, Store], rows: int, size: int) -> None:
    """Give every batch to every way in turn, then the last batches again, and print the table."""
    spent = dict.fromkeys(ways, 0.0)
    again = dict.fromkeys(ways, 0.0)
    for batch in batches(rows, size):
        for name, store in ways.items():
            spent[name] += store(batch)
            again[name] += store(batch)
    base = next(iter(ways))
    print(f"\n{title}, {rows:,} posts in batches of {size:,}")
    print(f"{'':28}{'new posts/s':>14}{'ratio':>8}{'known posts/s':>16}{'ratio':>8}")
    for name in ways:
        print(
            f"{name:28}{rows / spent[name]:14,.0f}{spent[base] / spent[name]:8.2f}"
            f"{rows / again[name]:16,.0f}{again[base] / again[name]:8.2f}"
        )


def on_sqlite(folder: Path, rows: int, size: int) -> None:
    """Compare the ways on SQLite, each in a file of its own."""
    authors = rows // 20 + 1
    prepared(f"sqlite:///{folder}/bare.sqlite3", authors).dispose()
    ways = {
        "sqlite3 executemany": bare_driver(folder / "bare.sqlite3"),
        "povod models.store": ours(prepared(f"sqlite:///{folder}/ours.sqlite3")),
        "SQLAlchemy insert()": core_insert(prepared(f"sqlite:///{folder}/core.sqlite3")),
    }
    compare("SQLite", ways, rows, size)


def on_postgresql(rows: int, size: int) -> None:
    """Compare the ways on a PostgreSQL server of our own, each in a database of its own."""
    from tests.models.postgresql import NoServer, Server

    try:
        server = Server()
    except NoServer as missing:
        print(f"\nPostgreSQL left out: {missing}")
        return
    try:
        ways = {
            "SQLAlchemy insert()": core_insert(prepared(server.url(server.create()))),
            "povod models.store": ours(prepared(server.url(server.create()))),
        }
        compare("PostgreSQL", ways, rows, size)
    finally:
        server.stop()


def main() -> None:
    """Read the options and run both comparisons."""
    parser = argparse.ArgumentParser(description="how fast posts are stored")
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--batch", type=int, default=1_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    options = parser.parse_args()
    if options.only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            on_sqlite(Path(folder), options.rows, options.batch)
    if options.only != "sqlite":
        on_postgresql(options.rows, options.batch)


if __name__ == "__main__":
    main()
