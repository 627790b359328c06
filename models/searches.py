"""Saved searches: as they are now, every version that they had, and what people said of their matches."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Instant, Name, RowId


class Search(Base):
    """A saved search as it is now. One that was removed is kept for its history."""

    __tablename__ = "search"
    __table_args__ = (
        CheckConstraint("origin in ('file', 'database')", name="origin"),
        CheckConstraint("state in ('active', 'removed')", name="state"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(255), unique=True)
    origin: Mapped[str] = mapped_column(String(16), default="database")
    state: Mapped[str] = mapped_column(String(16), default="active")
    # Counts its versions from 1.
    number: Mapped[int] = mapped_column(default=1)
    # Keys and values as a file of searches has them, without the name.
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Posts up to this row id were there before the search and are not looked at, unless it says `enabled_from`.
    after_post: Mapped[int] = mapped_column(RowId, default=0)
    # Hash of what stored posts were last brought up to date with; "" before the first time.
    applied: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]


class SearchVersion(Base):
    """One change of a search: what it was like afterwards, by whom it was made, and the difference."""

    __tablename__ = "search_version"
    __table_args__ = (UniqueConstraint("search_id", "number"),)

    id: Mapped[Id]
    # Hash of the search's name and the number.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    search_id: Mapped[int] = mapped_column(RowId, ForeignKey("search.id", ondelete="CASCADE"))
    number: Mapped[int]
    change: Mapped[str] = mapped_column(String(16))
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # What matches are marked with: a hash of what decides which posts match.
    match_version: Mapped[str] = mapped_column(String(64))
    author: Mapped[Name] = mapped_column(default="")
    diff: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[Instant]


class SearchLabel(Base):
    """A person's word on whether a post is what a search was meant to find."""

    __tablename__ = "search_label"
    __table_args__ = (UniqueConstraint("search_id", "post_id"),)

    id: Mapped[Id]
    # Hash of the search's name and the post's key.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    search_id: Mapped[int] = mapped_column(RowId, ForeignKey("search.id", ondelete="CASCADE"))
    post_id: Mapped[int] = mapped_column(RowId, ForeignKey("post.id", ondelete="CASCADE"))
    relevant: Mapped[bool]
    author: Mapped[Name] = mapped_column(default="")
    created_at: Mapped[Instant]


class MuteEntry(Base):
    """An entry of the mute list: matches in posts by this author, of this site or with these words are dropped."""

    __tablename__ = "mute_entry"
    __table_args__ = (CheckConstraint("what in ('author', 'site', 'words', 'query')", name="what"),)

    id: Mapped[Id]
    # Hash of what is muted.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    what: Mapped[str] = mapped_column(String(16))
    value: Mapped[str] = mapped_column(Text)
    author: Mapped[Name] = mapped_column(default="")
    created_at: Mapped[Instant]
