"""A world with the usual cast, once on SQLite and once on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.leads.world import World


def furnish(engine: Engine) -> World:
    """Anna is a contact with an account; two contacts are called Boris Petrov; Clara is nobody's contact."""
    world = World(engine)
    world.add_source("wire")
    world.add_source("blog")
    world.add_source("open", people="any", basis="consent of the members")
    world.add_contact(
        "anna",
        "Anna Sokolova",
        handle="@anna",
        owner="olga",
        email="anna@lark.example",
        phone="+7 900 000-00-01",
    )
    world.add_contact("boris-1", "Boris Petrov")
    world.add_contact("boris-2", "Boris Petrov")
    return world


@pytest.fixture
def world(sqlite_engine: Engine) -> World:
    """The world on SQLite, for what does not depend on the database."""
    return furnish(sqlite_engine)


@pytest.fixture
def both(engine: Engine) -> World:
    """The world on SQLite and on PostgreSQL."""
    return furnish(engine)
