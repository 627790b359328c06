"""Stored posts as searches see them, the newest stored first, batch by batch."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, Select, func, select
from sqlalchemy.orm import Session

from leads.linking.records import Mention
from leads.subjects import Writer, subject_of
from models import Author, Post, Source
from models.session import read_only
from triggers.search.posts import SearchPost

# Each search costs a little for a batch, and each post of a batch some memory (8 KB).
BATCH = 8192
TOLD = func.coalesce(Post.published_at, Post.first_seen_at, type_=Post.published_at.type)


@dataclass(frozen=True, slots=True)
class StoredPost:
    """A stored post: `row_id`, when it was told, a hash of its words, its source and its author."""

    row_id: int
    told_at: datetime
    content: str
    post: SearchPost
    writer: Writer

    @property
    def mention(self) -> Mention | None:
        """The author as somebody who may be known."""
        mentions = subject_of("search", {}, self.writer, self.post.lang or "").mentions
        return mentions[0][1] if mentions else None


def count_posts(session: Session, since: datetime | None) -> int:
    """How many posts `stored_posts` gives."""
    return session.scalar(select(func.count()).select_from(Post).where(*_wanted(since))) or 0


def first_told(session: Session, since: datetime | None) -> datetime | None:
    """When the earliest of these posts was told."""
    return session.scalar(select(func.min(TOLD)).where(*_wanted(since)))


def stored_posts(
    engine: Engine, since: datetime | None = None, size: int = BATCH
) -> Iterator[list[StoredPost]]:
    """Yield batches of the posts told since a time, or of all. No transaction stays open between them."""
    before: int | None = None
    while True:
        query = _select().where(*_wanted(since)).order_by(Post.id.desc()).limit(size)
        if before is not None:
            query = query.where(Post.id < before)
        with read_only(engine).connect() as connection:
            rows = connection.execute(query).all()
        if not rows:
            return
        yield [_value(row) for row in rows]
        before = rows[-1].id


def find_post(session: Session, named: str) -> StoredPost | None:
    """Return a post by its row id, its key, how its key begins, or its address."""
    tests = [Post.key.startswith(named, autoescape=True), Post.url == named]
    if named.isdecimal() and len(named) < 19:
        tests.insert(0, Post.id == int(named))
    for test in tests:
        row = session.execute(_select().where(test).order_by(Post.id).limit(1)).first()
        if row is not None:
            return _value(row)
    return None


def posts_by_id(session: Session, row_ids: Collection[int]) -> list[StoredPost]:
    """Return some posts, the latest stored first."""
    query = _select().where(Post.id.in_(row_ids)).order_by(Post.id.desc())
    return [_value(row) for row in session.execute(query)]


def _wanted(since: datetime | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [Post.deleted_at.is_(None)]
    if since:
        wanted.append(TOLD.op(">=")(since))
    return wanted


def _select() -> Select[*tuple[Any, ...]]:
    columns = (
        Post.id, Post.key, Post.title, Post.text, Post.language, Post.url, Post.kind, Post.tags, Post.extra,
        Post.content_hash, TOLD.label("told_at"), Source.name.label("source"),
        Source.language.label("source_language"), Author.key.label("author_key"), Author.name.label("author"),
        Author.handle, Author.platform, Author.url.label("profile"), Author.email,
    )  # fmt: skip
    joined = select(*columns).join(Source, Post.source_id == Source.id)
    return joined.outerjoin(Author, Post.author_id == Author.id)


def _value(row: Row[Any]) -> StoredPost:
    name, handle = row.author or "", row.handle or ""
    extra = row.extra or {}
    post = SearchPost(
        id=row.key,
        text=row.text,
        title=row.title,
        lang=row.language or row.source_language,
        url=row.url,
        source=row.source,
        author=author_names(name, handle, row.email or ""),
        kind=row.kind,
        published=row.told_at,
        hashtags=tuple(row.tags),
        followers=number(extra.get("followers")),
        likes=number(extra.get("likes")),
        replies=number(extra.get("replies")),
        shares=number(extra.get("shares")),
    )
    writer = Writer(
        row.author_key or "", name, handle, row.platform or "", row.profile or "", row.email or ""
    )
    return StoredPost(row.id, row.told_at, row.content_hash, post, writer)


def author_names(name: str, handle: str, email: str) -> str:
    """All that an author is called, as `author:` looks through it."""
    return " ".join(filter(None, (name, handle and f"@{handle.lstrip('@')}", email)))


def number(value: Any) -> float | None:
    """A number that a source gave, or None where it gave none."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
