"""What was found in posts: signals with their evidence, their links to contacts, and what was dropped."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Instant, RowId

LINK_DECISIONS = ("auto", "review", "confirmed", "rejected")


class Signal(Base):
    """A match that was kept: post, kind, rule version, quoted span, slots, context, confidence."""

    __tablename__ = "signal"
    __table_args__ = (
        CheckConstraint("field in ('title', 'text')", name="field"),
        Index(None, "post_id"),
        Index(None, "story_id"),
    )

    id: Mapped[Id]
    # Hash of post key, revision's field, rule id and span: the same match is never kept twice.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    post_id: Mapped[int] = mapped_column(RowId, ForeignKey("post.id", ondelete="CASCADE"))
    story_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("story.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(128))
    rule_id: Mapped[str] = mapped_column(String(128))
    rule_version: Mapped[str] = mapped_column(String(64))
    # The quote is post.<field>[start:end] in Unicode code points, of the revision it was found in.
    field: Mapped[str] = mapped_column(String(8))
    start: Mapped[int]
    end: Mapped[int]
    quote: Mapped[str] = mapped_column(Text)
    post_revision: Mapped[int] = mapped_column(default=1)
    language: Mapped[str] = mapped_column(String(16))
    confidence: Mapped[float]
    sensitive: Mapped[bool] = mapped_column(default=False)
    slots: Mapped[dict[str, Any]] = mapped_column(default=dict)
    context: Mapped[list[str]] = mapped_column(default=list)
    reasons: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[Instant]


class Link(Base):
    """A signal's subject tied to a contact or company: how surely, by which fields, and why."""

    __tablename__ = "link"
    __table_args__ = (
        CheckConstraint("(contact_id is null) <> (company_id is null)", name="one_target"),
        CheckConstraint("decision in ('auto', 'review', 'confirmed', 'rejected')", name="decision"),
        UniqueConstraint("signal_id", "contact_id", name="uq_link_signal_contact"),
        UniqueConstraint("signal_id", "company_id", name="uq_link_signal_company"),
        Index(None, "decision"),
    )

    id: Mapped[Id]
    signal_id: Mapped[int] = mapped_column(RowId, ForeignKey("signal.id", ondelete="CASCADE"))
    contact_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("contact.id", ondelete="CASCADE"))
    company_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("company.id", ondelete="CASCADE"))
    # Which of the signal's people this ties: the subject whom it is about, or the post's author.
    via: Mapped[str] = mapped_column(String(16), default="subject")
    decision: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(32))
    probability: Mapped[float]
    reasons: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[Instant]


class DroppedMatch(Base):
    """A match that was not kept, and why: counted, and there to be looked up."""

    __tablename__ = "dropped_match"
    __table_args__ = (Index(None, "reason"), Index(None, "post_id"))

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    post_id: Mapped[int] = mapped_column(RowId, ForeignKey("post.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(128))
    rule_id: Mapped[str] = mapped_column(String(128))
    field: Mapped[str] = mapped_column(String(8))
    start: Mapped[int]
    end: Mapped[int]
    # A closed list: the detector's context reasons, `unknown_person`, `suppressed`.
    reason: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[Instant]
