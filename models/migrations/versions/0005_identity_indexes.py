"""Identities of contacts and of companies are told apart by an index each: the other kind's rows weighed on both."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = ("type", "platform", "normalized")
OWNERS = ("contact", "company")


def upgrade() -> None:
    """Index only the rows that have such an owner."""
    with op.batch_alter_table("identity") as batch:
        for owner in OWNERS:
            batch.drop_constraint(f"uq_identity_{owner}", type_="unique")
    for owner in OWNERS:
        has_one = sa.text(f"{owner}_id IS NOT NULL")
        op.create_index(
            f"uq_identity_{owner}",
            "identity",
            [f"{owner}_id", *KEY],
            unique=True,
            sqlite_where=has_one,
            postgresql_where=has_one,
        )


def downgrade() -> None:
    """Index all rows again."""
    for owner in OWNERS:
        op.drop_index(f"uq_identity_{owner}", "identity")
    with op.batch_alter_table("identity") as batch:
        for owner in OWNERS:
            batch.create_unique_constraint(f"uq_identity_{owner}", [f"{owner}_id", *KEY])
