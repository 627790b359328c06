"""What a crawl must remember of its manners: robots.txt, a feed's rhythm, and the feeds that a page names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PORTABLE_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Add the table and the columns."""
    op.create_table(
        "robots_file",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_robots_file")),
        sa.UniqueConstraint("origin", name=op.f("uq_robots_file_origin")),
    )
    # Not through batch mode: adding a column that may be NULL rewrites nothing on either database.
    op.add_column("source", sa.Column("page_feeds", PORTABLE_JSON, nullable=True))
    op.add_column("source", sa.Column("rhythm", PORTABLE_JSON, nullable=True))


def downgrade() -> None:
    """Take them away; they are only a memory of what servers said, and are learnt again."""
    op.drop_column("source", "rhythm")
    op.drop_column("source", "page_feeds")
    op.drop_table("robots_file")
