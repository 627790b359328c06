"""People and organisations that the user knows, and the keys they are known by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Instant, Name, RowId

IDENTITY_TYPES = ("handle", "email", "phone", "url", "domain", "name")


class Company(Base):
    """An organisation that the user knows."""

    __tablename__ = "company"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[Name]
    industry: Mapped[Name] = mapped_column(default="")
    place: Mapped[Name] = mapped_column(default="")
    owner: Mapped[Name] = mapped_column(default="")
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]


class Contact(Base):
    """A person whom the user knows."""

    __tablename__ = "contact"

    id: Mapped[Id]
    # Stable across imports and exports; what other systems know this contact by.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    # The id under which the user's own file or CRM holds this contact, if it gave one.
    external_id: Mapped[str | None] = mapped_column(String(255), index=True)
    name: Mapped[Name]
    given: Mapped[Name] = mapped_column(default="")
    patronymic: Mapped[Name] = mapped_column(default="")
    family: Mapped[Name] = mapped_column(default="")
    role: Mapped[Name] = mapped_column(default="")
    place: Mapped[Name] = mapped_column(default="")
    owner: Mapped[Name] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    lists: Mapped[list[str]] = mapped_column(default=list)
    company_id: Mapped[int | None] = mapped_column(
        RowId, ForeignKey("company.id", ondelete="SET NULL"), index=True
    )
    # Per field: which import or hand it came from, and when.
    provenance: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]


def _unique_of(owner: str) -> Index:
    """Return the index that keeps one kind of owner from having an identity twice, over that kind's rows only."""
    has_one = text(f"{owner}_id IS NOT NULL")
    columns = (f"{owner}_id", "type", "platform", "normalized")
    return Index(
        f"uq_identity_{owner}", *columns, unique=True, sqlite_where=has_one, postgresql_where=has_one
    )


class Identity(Base):
    """A handle, address, link or name form of one contact or one company."""

    __tablename__ = "identity"
    __table_args__ = (
        CheckConstraint("(contact_id is null) <> (company_id is null)", name="one_owner"),
        CheckConstraint("type in ('handle', 'email', 'phone', 'url', 'domain', 'name')", name="type"),
        Index(None, "type", "platform", "normalized"),
        _unique_of("contact"),
        _unique_of("company"),
    )

    id: Mapped[Id]
    contact_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("contact.id", ondelete="CASCADE"))
    company_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("company.id", ondelete="CASCADE"))
    type: Mapped[str] = mapped_column(String(16))
    platform: Mapped[str] = mapped_column(String(64), default="")
    value: Mapped[str] = mapped_column(Text)
    normalized: Mapped[str] = mapped_column(Text)
    # Which import or hand it came from, and when; empty for what was stored before this was kept.
    source: Mapped[Name] = mapped_column(default="", server_default=text("''"))
    added_at: Mapped[datetime | None]


class ContactFile(Base):
    """A file of contacts as it was when last imported, so that it is read again only when it has changed."""

    __tablename__ = "contact_file"

    id: Mapped[Id]
    path: Mapped[str] = mapped_column(String(1024), unique=True)
    # Hash of the file's bytes together with its mapping.
    content_hash: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    imported_at: Mapped[Instant]


class Suppression(Base):
    """A keyed hash of someone who was forgotten or objected: stops re-ingestion, reveals nobody."""

    __tablename__ = "suppression"

    id: Mapped[Id]
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    reason: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[Instant]
