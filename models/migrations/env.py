"""How Alembic runs our migrations: on a connection that `models.schema` has opened, in its transaction."""

from __future__ import annotations

from alembic import context

from models.schema import MIGRATION_OPTIONS

context.configure(connection=context.config.attributes["connection"], **MIGRATION_OPTIONS)
with context.begin_transaction():
    context.run_migrations()
