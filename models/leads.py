"""Stories, the leads made of them, what became of each lead, and its way to other systems."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Instant, Name, RowId

LEAD_STATUSES = ("review", "new", "accepted", "contacted", "won", "lost", "dismissed")
DELIVERY_STATES = ("pending", "sending", "sent", "failed", "dead")


class Story(Base):
    """All signals about one event of one subject, whatever the channel."""

    __tablename__ = "story"
    __table_args__ = (Index(None, "kind", "subject_key"),)

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(128))
    # `contact:<key>`, `company:<key>`, or `name:<normalised name>` of someone not (yet) known.
    subject_key: Mapped[str] = mapped_column(String(255))
    subject_name: Mapped[Name] = mapped_column(default="")
    contact_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("contact.id", ondelete="SET NULL"))
    company_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("company.id", ondelete="SET NULL"))
    first_at: Mapped[Instant]
    last_at: Mapped[Instant]


class Lead(Base):
    """A story worth acting on for someone."""

    __tablename__ = "lead"
    __table_args__ = (
        CheckConstraint(
            "status in ('review', 'new', 'accepted', 'contacted', 'won', 'lost', 'dismissed')", name="status"
        ),
        CheckConstraint("policy in ('pitch', 'remember')", name="policy"),
        Index(None, "status", "score"),
    )

    id: Mapped[Id]
    # Stable external id: what a CRM upserts by.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    story_id: Mapped[int] = mapped_column(RowId, ForeignKey("story.id", ondelete="CASCADE"), unique=True)
    status: Mapped[str] = mapped_column(String(16), default="new")
    # `remember`: a sensitive story, to be remembered and never pitched on.
    policy: Mapped[str] = mapped_column(String(16), default="pitch")
    owner: Mapped[Name] = mapped_column(default="")
    score: Mapped[float] = mapped_column(default=0.0)
    score_parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sightings: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]


class LeadEvent(Base):
    """One change of a lead's status: by whom, when, with what note."""

    __tablename__ = "lead_event"
    __table_args__ = (Index(None, "lead_id"),)

    id: Mapped[Id]
    lead_id: Mapped[int] = mapped_column(RowId, ForeignKey("lead.id", ondelete="CASCADE"))
    at: Mapped[Instant]
    actor: Mapped[Name] = mapped_column(default="")
    old_status: Mapped[str] = mapped_column(String(16))
    new_status: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(Text, default="")


class Delivery(Base):
    """One lead on its way to one target, kept here until the target has it."""

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint("state in ('pending', 'sending', 'sent', 'failed', 'dead')", name="state"),
        Index(None, "state", "next_attempt_at"),
    )

    id: Mapped[Id]
    # Hash of lead, target and payload version: the idempotency id that the target is told.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    lead_id: Mapped[int] = mapped_column(RowId, ForeignKey("lead.id", ondelete="CASCADE"))
    target: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), default="pending")
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    external_id: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[Instant]
    sent_at: Mapped[datetime | None]
