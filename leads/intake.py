"""Taking the posts that are due for processing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, Update, and_, exists, func, literal, or_, select, update
from sqlalchemy.orm import Session

from leads.decide import PostValue
from leads.keys import stable_key
from leads.linking.keys import domain_key
from leads.people import UNKNOWN_PERSON
from leads.settings import Version
from leads.subjects import Writer
from models import Author, DroppedMatch, Post, Signal, Source

COLUMNS = (
    Post.id,
    Post.key,
    Post.revision,
    Post.title,
    Post.text,
    Post.language,
    func.coalesce(Post.published_at, Post.first_seen_at, type_=Post.published_at.type).label("told_at"),
    Post.deleted_at,
    Post.url.label("post_url"),
    Post.kind,
    Post.tags,
    Post.extra,
    Post.author_id,
    Author.key.label("author_key"),
    Author.name,
    Author.handle,
    Author.platform,
    Author.url,
    Author.email,
    Source.name.label("source_name"),
    Source.language.label("source_language"),
    Source.people,
    Source.basis,
)


def take(session: Session, version: Version, size: int) -> list[PostValue]:
    """Up to `size` posts that this version has not seen: new and revised ones first.

    On PostgreSQL they stay locked until the transaction ends, and what another processor holds is passed over.
    """
    taken: list[PostValue] = []
    for due in (
        Post.processed_with.is_(None),
        Post.processed_with < str(version),
        Post.processed_with > str(version),
    ):
        # Three ranges of one index; "is null or not equal" would read the whole table once a batch.
        if len(taken) < size:
            query = _posts().where(due).order_by(Post.processed_with, Post.id).limit(size - len(taken))
            query = query.with_for_update(of=Post, skip_locked=True)
            taken += [_value(row) for row in session.execute(query)]
    return taken


def still_due(session: Session, posts: Sequence[PostValue], version: Version) -> list[PostValue]:
    """Those of the posts that nobody has processed or changed since they were taken."""
    query = select(Post.id, Post.revision).where(
        Post.id.in_([post.id for post in posts]),
        func.coalesce(Post.processed_with, "") != str(version),
        Post.deleted_at.is_(None) | Post.id.in_([post.id for post in posts if post.gone]),
    )
    current = {(row.id, row.revision) for row in session.execute(query)}
    return [post for post in posts if (post.id, post.revision) in current]


def count_due(session: Session, version: Version) -> int:
    """How many posts this version has not seen."""
    due = func.coalesce(Post.processed_with, "") != str(version)
    return session.scalar(select(func.count()).select_from(Post).where(due)) or 0


def pass_over(version: Version) -> Update:
    """The update that spares posts a second look when only contacts, policies or what is muted have changed.

    What the same rules found nothing in stays nothing, whoever has become a contact since.
    """
    return (
        update(Post)
        .where(
            and_(
                Post.processed_with.like(f"{version.rules}:%"),
                Post.processed_with != str(version),
                ~exists(select(literal(1)).where(Signal.post_id == Post.id)),
                ~exists(
                    select(literal(1)).where(
                        DroppedMatch.post_id == Post.id,
                        or_(
                            DroppedMatch.reason == UNKNOWN_PERSON,
                            DroppedMatch.reason.startswith("muted_", autoescape=True),
                        ),
                    )
                ),
            )
        )
        .values(processed_with=str(version))
    )


def policies(session: Session) -> str:
    """A hash over all sources' people policies: a source that becomes `any` has its dropped matches looked at anew."""
    rows = session.execute(select(Source.name, Source.people, Source.basis).order_by(Source.name))
    return stable_key(*(f"{row.name}\t{row.people}\t{bool((row.basis or '').strip())}" for row in rows))


def _posts() -> Select[*tuple[Any, ...]]:
    joined = select(*COLUMNS).join(Source, Post.source_id == Source.id)
    return joined.outerjoin(Author, Post.author_id == Author.id)


def _value(row: Any) -> PostValue:
    writer = Writer(
        key=row.author_key or "",
        name=row.name or "",
        handle=row.handle or "",
        platform=row.platform or "",
        url=row.url or "",
        email=row.email or "",
        site=domain.value if (domain := domain_key(row.post_url or "")) else "",
    )
    return PostValue(
        id=row.id,
        key=row.key,
        revision=row.revision,
        title=row.title,
        text=row.text,
        language=row.language or row.source_language,
        told_at=row.told_at,
        gone=row.deleted_at is not None,
        author_id=row.author_id,
        writer=writer,
        people=row.people,
        basis=row.basis,
        kind=row.kind,
        url=row.post_url,
        source=row.source_name,
        tags=tuple(row.tags),
        extra=row.extra,
    )
