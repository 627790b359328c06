"""The tables of saved searches, as first released: a part of the first migration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PORTABLE_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def create_search() -> None:
    """Make the table of saved searches."""
    op.create_table(
        "search",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("settings", PORTABLE_JSON, nullable=False),
        sa.Column("after_post", ROW_ID, nullable=False),
        sa.Column("applied", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("origin in ('file', 'database')", name=op.f("ck_search_origin")),
        sa.CheckConstraint("state in ('active', 'removed')", name=op.f("ck_search_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search")),
        sa.UniqueConstraint("name", name=op.f("uq_search_name")),
    )


def create_search_version() -> None:
    """Make the table of their versions, after that of searches."""
    op.create_table(
        "search_version",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("search_id", ROW_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(length=16), nullable=False),
        sa.Column("settings", PORTABLE_JSON, nullable=False),
        sa.Column("match_version", sa.String(length=64), nullable=False),
        sa.Column("author", sa.String(length=255), nullable=False),
        sa.Column("diff", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["search_id"], ["search.id"], name=op.f("fk_search_version_search_id_search"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_version")),
        sa.UniqueConstraint("key", name=op.f("uq_search_version_key")),
        sa.UniqueConstraint("search_id", "number", name=op.f("uq_search_version_search_id_number")),
    )


def create_search_label() -> None:
    """Make the table of what people said of their matches, after those of searches and posts."""
    op.create_table(
        "search_label",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("search_id", ROW_ID, nullable=False),
        sa.Column("post_id", ROW_ID, nullable=False),
        sa.Column("relevant", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_search_label_post_id_post"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["search_id"], ["search.id"], name=op.f("fk_search_label_search_id_search"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_label")),
        sa.UniqueConstraint("key", name=op.f("uq_search_label_key")),
        sa.UniqueConstraint("search_id", "post_id", name=op.f("uq_search_label_search_id_post_id")),
    )
