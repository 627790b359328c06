"""How contacts came to be as they are, and what ties them to each other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PORTABLE_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
TABLES = ("contact_fact", "mail_traffic", "contact_change", "record_merge", "link_verdict")


def upgrade() -> None:
    """Tell where identities came from; make the tables of facts, mail, changes, merges and verdicts."""
    op.add_column(
        "identity",
        sa.Column("source", sa.String(length=255), nullable=False, server_default=sa.text("''")),
    )
    op.add_column("identity", _time("added_at", nullable=True))
    op.create_index(op.f("ix_contact_company_id"), "contact", ["company_id"])
    _create_contact_fact()
    _create_mail_traffic()
    _create_contact_change()
    _create_record_merge()
    _create_link_verdict()


def downgrade() -> None:
    """Remove them; who was merged stays merged."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_index(op.f("ix_contact_company_id"), "contact")
    op.drop_column("identity", "added_at")
    op.drop_column("identity", "source")


def _id() -> sa.Column[int]:
    return sa.Column("id", ROW_ID, autoincrement=True, nullable=False)


def _name(name: str, length: int = 255) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _create_contact_fact() -> None:
    op.create_table(
        "contact_fact",
        _id(),
        sa.Column("contact_id", ROW_ID, nullable=False),
        _name("family", 16),
        _name("kind", 64),
        _text("value"),
        _name("normalized"),
        _name("source"),
        _time("added_at"),
        sa.CheckConstraint(
            "family in ('date', 'relation', 'background')", name=op.f("ck_contact_fact_family")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_contact_fact_contact_id_contact"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_fact")),
        sa.UniqueConstraint(
            "contact_id", "kind", "normalized", name=op.f("uq_contact_fact_contact_id_kind_normalized")
        ),
    )
    op.create_index(op.f("ix_contact_fact_family_normalized"), "contact_fact", ["family", "normalized"])


def _create_mail_traffic() -> None:
    op.create_table(
        "mail_traffic",
        _id(),
        _name("source"),
        _name("mailbox"),
        _name("owner"),
        _name("sender"),
        _name("recipient"),
        sa.Column("messages", sa.Integer(), nullable=False),
        _time("first_at"),
        _time("last_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_traffic")),
        sa.UniqueConstraint(
            "source", "sender", "recipient", name=op.f("uq_mail_traffic_source_sender_recipient")
        ),
    )
    op.create_index(op.f("ix_mail_traffic_sender"), "mail_traffic", ["sender"])
    op.create_index(op.f("ix_mail_traffic_recipient"), "mail_traffic", ["recipient"])


def _create_contact_change() -> None:
    op.create_table(
        "contact_change",
        _id(),
        _name("subject_key", 64),
        _time("changed_at"),
        _name("source"),
        _name("actor"),
        _name("field", 64),
        _text("before"),
        _text("after"),
        _text("note"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_change")),
    )
    op.create_index(op.f("ix_contact_change_subject_key"), "contact_change", ["subject_key"])


def _create_record_merge() -> None:
    op.create_table(
        "record_merge",
        _id(),
        _name("key", 64),
        _name("type", 16),
        _name("survivor_key", 64),
        _name("gone_key", 64),
        sa.Column("snapshot", PORTABLE_JSON, nullable=False),
        _name("actor"),
        _text("note"),
        _time("merged_at"),
        sa.CheckConstraint("type in ('contact', 'company')", name=op.f("ck_record_merge_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_merge")),
        sa.UniqueConstraint("key", name=op.f("uq_record_merge_key")),
        sa.UniqueConstraint("type", "gone_key", name=op.f("uq_record_merge_type_gone_key")),
    )
    op.create_index(op.f("ix_record_merge_survivor_key"), "record_merge", ["survivor_key"])


def _create_link_verdict() -> None:
    op.create_table(
        "link_verdict",
        _id(),
        _name("key", 64),
        sa.Column("mention", PORTABLE_JSON, nullable=False),
        _name("target_type", 16),
        _name("target_key", 64),
        sa.Column("same", sa.Boolean(), nullable=False),
        _name("code", 32),
        sa.Column("probability", sa.Double(), nullable=False),
        _name("actor"),
        _time("decided_at"),
        sa.CheckConstraint("target_type in ('contact', 'company')", name=op.f("ck_link_verdict_target_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_verdict")),
        sa.UniqueConstraint("key", name=op.f("uq_link_verdict_key")),
    )
    op.create_index(op.f("ix_link_verdict_target_key"), "link_verdict", ["target_key"])
