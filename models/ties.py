"""What ties people to each other and to the user: dates, relations, what lies behind them, and mail."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Instant, Name, RowId

FACT_FAMILIES = ("date", "relation", "background")


class ContactFact(Base):
    """One thing known of a contact beyond who they are: an important date, a relation, a former employer, a school."""

    __tablename__ = "contact_fact"
    __table_args__ = (
        CheckConstraint("family in ('date', 'relation', 'background')", name="family"),
        UniqueConstraint("contact_id", "kind", "normalized"),
        Index(None, "family", "normalized"),
    )

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(RowId, ForeignKey("contact.id", ondelete="CASCADE"))
    family: Mapped[str] = mapped_column(String(16))
    # `birthday`, `spouse`, `school` ...; what a file called it, where it is none of ours.
    kind: Mapped[str] = mapped_column(String(64))
    value: Mapped[str] = mapped_column(Text)
    # A date as YYYY-MM-DD or --MM-DD; names folded, their words sorted.
    normalized: Mapped[str] = mapped_column(String(255))
    source: Mapped[Name]
    added_at: Mapped[Instant]


class MailTraffic(Base):
    """How often one address wrote to another, by one mailbox: counts and times, nothing of what was written."""

    __tablename__ = "mail_traffic"
    __table_args__ = (
        UniqueConstraint("source", "sender", "recipient"),
        Index(None, "sender"),
        Index(None, "recipient"),
    )

    id: Mapped[Id]
    # The mailbox that was read, whose it is (an address of the user's own or a colleague's), and that user's name.
    source: Mapped[Name]
    mailbox: Mapped[Name] = mapped_column(default="")
    owner: Mapped[Name] = mapped_column(default="")
    sender: Mapped[Name]
    recipient: Mapped[Name]
    messages: Mapped[int]
    first_at: Mapped[Instant]
    last_at: Mapped[Instant]
