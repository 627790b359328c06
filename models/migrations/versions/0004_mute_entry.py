"""The mute list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make room for authors, sites, words and queries that are muted."""
    op.create_table(
        "mute_entry",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("what in ('author', 'site', 'words', 'query')", name=op.f("ck_mute_entry_what")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mute_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_mute_entry_key")),
    )


def downgrade() -> None:
    """Take it away; what was muted is heard again."""
    op.drop_table("mute_entry")
