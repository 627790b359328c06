"""A served field, the processes that live in it, and how they end when nobody disturbs them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.models.postgresql import Server as PostgreSql
from tests.reliability.campaign import (
    Databases,
    Ending,
    PostgreSqlDatabases,
    SqliteFiles,
    uninterrupted,
)
from tests.reliability.field import Field, Size, open_field
from tests.reliability.lives import Lives, Order

SMALL = Size(sources=3, posts=8, keep=3, batch=5)
ORDER = Order("", keep=SMALL.keep)


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    with open_field(tmp_path_factory.mktemp("field"), SMALL) as field:
        yield field


@pytest.fixture(scope="module")
def lives() -> Iterator[Lives]:
    lives = Lives()
    yield lives
    lives.close()


@pytest.fixture(scope="module")
def calm(field: Field, lives: Lives, tmp_path_factory: pytest.TempPathFactory) -> Ending:
    """How the small field ends, on either database."""
    end = uninterrupted(field, lives, SqliteFiles(tmp_path_factory.mktemp("calm")), ORDER)
    assert len(end.received) > 10
    return end


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Databases]:
    """Empty databases of each kind."""
    if request.param == "sqlite":
        yield SqliteFiles(tmp_path_factory.mktemp("databases"))
        return
    server: PostgreSql = request.getfixturevalue("postgresql_server")
    made = PostgreSqlDatabases(server)
    yield made
    made.drop()
