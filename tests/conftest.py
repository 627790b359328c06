"""Databases for all tests: a migrated SQLite file and a migrated database on a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine

from models.schema import upgrade
from models.session import open_database
from tests.models.postgresql import TEMPLATE, NoServer, Server

# No test fails for being slow on a busy machine. CI looks at the same examples each time, so that it is red for a
# reason in the change; developers' machines look for new ones.
settings.register_profile("povod", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("povod")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy: migrating anew for each test would take most of its time."""
    path = tmp_path_factory.mktemp("template") / "povod.sqlite3"
    engine = open_database(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a fresh, migrated SQLite file."""
    path = tmp_path / "povod.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    """A fresh, migrated SQLite file."""
    engine = open_database(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A real PostgreSQL server of this test process, with a migrated database to clone."""
    try:
        server = Server()
    except NoServer as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    try:
        server.execute("CREATE DATABASE {}", TEMPLATE)
        engine = open_database(server.url(TEMPLATE))
        upgrade(engine)
        engine.dispose()
        yield server
    finally:
        server.stop()


@pytest.fixture
def postgresql_url(postgresql_server: Server) -> Iterator[str]:
    """The URL of a fresh, migrated database on a real PostgreSQL."""
    name = postgresql_server.create(TEMPLATE)
    yield postgresql_server.url(name)
    postgresql_server.drop(name)


@pytest.fixture
def postgresql_engine(postgresql_url: str) -> Iterator[Engine]:
    """A fresh, migrated database on a real PostgreSQL."""
    engine = open_database(postgresql_url)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A fresh, migrated database, once of each kind; `engine.url` opens it in another process."""
    chosen: Engine = request.getfixturevalue(f"{request.param}_engine")
    return chosen
