"""How contacts and companies came to be as they are: each change, each merge, and what people said of links."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Instant, Key, Name


class ContactChange(Base):
    """One field of a contact or company before and after; a journal, only ever added to.

    It names records by key, since a contact that was merged away has no row any more.
    """

    __tablename__ = "contact_change"
    __table_args__ = (Index(None, "subject_key"),)

    id: Mapped[Id]
    subject_key: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[Instant]
    # The import's file, `hand`, or `merge`.
    source: Mapped[Name]
    actor: Mapped[Name] = mapped_column(default="")
    field: Mapped[str] = mapped_column(String(64))
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")


class RecordMerge(Base):
    """One contact or company that was merged into another, with all that is needed to take them apart again.

    A merge that was undone has no row; the journal tells of it.
    """

    __tablename__ = "record_merge"
    __table_args__ = (
        CheckConstraint("type in ('contact', 'company')", name="type"),
        UniqueConstraint("type", "gone_key"),
        Index(None, "survivor_key"),
    )

    id: Mapped[Id]
    key: Mapped[Key]
    type: Mapped[str] = mapped_column(String(16))
    survivor_key: Mapped[str] = mapped_column(String(64))
    gone_key: Mapped[str] = mapped_column(String(64))
    # The one that is gone as it was, and what the survivor took over from it.
    snapshot: Mapped[dict[str, Any]] = mapped_column(default=dict)
    actor: Mapped[Name] = mapped_column(default="")
    note: Mapped[str] = mapped_column(Text, default="")
    merged_at: Mapped[Instant]


class LinkVerdict(Base):
    """What a person said of a link: this mention is, or is not, this contact or company.

    Kept beside the link itself, so that it still teaches when the post has been blanked or the rule has changed.
    """

    __tablename__ = "link_verdict"
    __table_args__ = (
        CheckConstraint("target_type in ('contact', 'company')", name="target_type"),
        Index(None, "target_key"),
    )

    id: Mapped[Id]
    # Hash of the mention and the target: deciding again replaces what was said.
    key: Mapped[Key]
    # The fields of the mention that were compared (leads.linking.records.Mention), without the text around it.
    mention: Mapped[dict[str, Any]] = mapped_column(default=dict)
    target_type: Mapped[str] = mapped_column(String(16))
    target_key: Mapped[str] = mapped_column(String(64))
    same: Mapped[bool]
    code: Mapped[str] = mapped_column(String(32), default="")
    probability: Mapped[float] = mapped_column(default=0.0)
    actor: Mapped[Name] = mapped_column(default="")
    decided_at: Mapped[Instant]
