"""A server, a database and a policy for crawls in tests."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from crawler.policy import FetchPolicy
from models import Post, Source
from tests.crawler.server import Server

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
POLICY = FetchPolicy(
    allow_networks=("127.0.0.0/8",), obey_robots=False, timeout=3, reader_seconds=15, jitter=0
)


@pytest.fixture
def server() -> Iterator[Server]:
    """A fresh server with an empty log."""
    with Server() as running:
        yield running


on_both_databases = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Engine:
    """A fresh database: SQLite, or both kinds in turn where a test is marked `on_both_databases`."""
    kind = getattr(request, "param", "sqlite")
    chosen: Engine = request.getfixturevalue(f"{kind}_engine")
    return chosen


@pytest.fixture
def database_url(database: Engine) -> str:
    """Where another process finds it."""
    return database.url.render_as_string(hide_password=False)


@pytest.fixture
def add_source(database: Engine) -> Callable[..., int]:
    """Adds a source, and returns its id."""

    def add(name: str, url: str, **values: Any) -> int:
        with Session(database) as session, session.begin():
            source = Source(name=name, url=url, created_at=NOW, **values)
            session.add(source)
            session.flush()
            return source.id

    return add


@pytest.fixture
def source_named(database: Engine) -> Callable[[str], Source]:
    """Reads a source back."""

    def read(name: str) -> Source:
        with Session(database) as session:
            return session.scalars(select(Source).where(Source.name == name)).one()

    return read


@pytest.fixture
def posts_of(database: Engine) -> Callable[[str], list[Post]]:
    """The posts that a source owns, in order."""

    def read(name: str) -> list[Post]:
        with Session(database) as session:
            query = select(Post).join(Source).where(Source.name == name).order_by(Post.id)
            return list(session.scalars(query))

    return read


def rss(*items: str, head: str = "") -> bytes:
    """An RSS 2.0 feed of these items."""
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f"<rss version='2.0'><channel><title>Site</title>{head}{inside}</channel></rss>".encode()


def item(number: int, text: str = "Anna starts a new job") -> str:
    """One item with its own guid."""
    return f"<guid isPermaLink='false'>post-{number}</guid><title>Post {number}</title><description>{text}</description>"


def wait_until(happened: Callable[[], bool], seconds: float = 30) -> None:
    """Look again and again."""
    for _ in range(int(seconds * 20)):
        if happened():
            return
        time.sleep(0.05)
    raise AssertionError("this never happened")
