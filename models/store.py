"""Storing posts in bulk: one batch, one upsert, and the same batch again changes nothing.

The source that brought a post first owns it. Its text changes only when the owner brings another one, and the
earlier text is kept as a revision; any other source that carries the post is noted as a sighting.

New posts go the shortest way each database has (tuples through the driver, COPY); edits and sightings are few
and go through SQLAlchemy. Nothing asks for RETURNING, which costs bulk inserts a factor of four.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from models import store_postgresql, store_sqlite
from models.portable import among, upsert
from models.posts import Post, PostRevision, Sighting
from models.rows import Batch, Overtaken, PostRow, StoreCounts, has_nul, mended
from models.store_authors import store_authors

__all__ = ["PostRow", "StoreCounts", "store_by_source", "store_posts"]

# How often a writer that was overtaken looks again. Each time it has waited for another to commit, so that at
# least one post of its batch is no longer new: more than a few rounds are not seen in practice.
ROUNDS = 20

_KEEP_REVISION = insert(PostRevision).from_select(
    ["post_id", "revision", "title", "text", "content_hash", "replaced_at"],
    select(
        Post.id,
        Post.revision,
        Post.title,
        Post.text,
        Post.content_hash,
        bindparam("now", type_=PostRevision.replaced_at.type),
    ).where(Post.id == bindparam("post_id")),
)
_CHANGE_POST = (
    update(Post)
    .where(Post.id == bindparam("post_id"))
    .values(revision=Post.revision + 1, processed_with=None, deleted_at=None)
)


class _Known(NamedTuple):
    """What must be known of a stored post to decide what a row means for it."""

    id: int
    source_id: int
    content_hash: str


def store_posts(connection: Connection, rows: Sequence[PostRow]) -> StoreCounts:
    """Store a batch in the caller's transaction; with an ORM session, pass `session.connection()`.

    A new post is inserted. A known one whose `content_hash` differs gets a revision, if its owning source
    brings it: the earlier text goes to `post_revision`, and `processed_with` becomes NULL. A further source
    becomes a sighting. Everything else is left untouched. Within a batch the last row of a source counts.

    A thousand rows a batch are near the best speed. Raises what the driver raises: wrap the transaction in
    `models.faults.database_faults`.
    """
    return sum(store_by_source(connection, rows).values(), StoreCounts())


def store_by_source(connection: Connection, rows: Sequence[PostRow]) -> dict[int, StoreCounts]:
    """Store a batch as `store_posts` does; return what became of it by source."""
    if not rows:
        return {}
    if has_nul(rows):
        rows = mended(rows)
    try:
        return _store_in_rounds(connection, rows)
    except UnicodeEncodeError:  # Looking for lone surrogates beforehand would cost a tenth of the time.
        return _store_in_rounds(connection, mended(rows))


def _store_in_rounds(connection: Connection, rows: Sequence[PostRow]) -> dict[int, StoreCounts]:
    """Store within a savepoint, so that a batch that was overtaken or cannot be encoded leaves nothing half done."""
    for _ in range(ROUNDS):
        with suppress(Overtaken), connection.begin_nested():
            return _store(connection, rows)
    raise RuntimeError(f"posts could not be stored: overtaken by other writers {ROUNDS} times in a row")


def _store(connection: Connection, rows: Sequence[PostRow]) -> dict[int, StoreCounts]:
    batch = Batch.of(rows)
    authors = store_authors(connection, batch.rows)
    known = _insert_new(connection, batch.candidates, authors)
    new = Counter([row.source_id for row in batch.candidates if row.key not in known])
    changed: Counter[int] = Counter()
    sighted: Counter[int] = Counter()
    if new.total() < len(rows):
        known |= _known_posts(connection, [row.key for row in batch.others if row.key not in known])
        edited, carried = _compare([row for row in batch.rows if row.key in known], known)
        changed = _change(connection, edited, authors)
        sighted = _note_sightings(connection, carried)
    seen = Counter([row.source_id for row in rows])
    return {id: StoreCounts(new[id], changed[id], sighted[id], count) for id, count in seen.items()}


def _insert_new(connection: Connection, rows: list[PostRow], authors: dict[str, int]) -> dict[str, _Known]:
    """Insert the rows whose posts are new; return what is known of the others, by key."""
    insert_posts = (
        store_sqlite.insert_posts if connection.dialect.name == "sqlite" else store_postgresql.insert_posts
    )
    known = _known_posts(connection, [row.key for row in rows])
    fresh = [row for row in rows if row.key not in known] if known else rows
    if fresh:
        insert_posts(connection, fresh, authors)
    return known


def _known_posts(connection: Connection, keys: list[str]) -> dict[str, _Known]:
    if not keys:
        return {}
    query = select(Post.key, Post.id, Post.source_id, Post.content_hash).where(
        among(connection, Post.key, keys)
    )
    found = connection.execute(query)
    return {key: _Known(post_id, source_id, content_hash) for key, post_id, source_id, content_hash in found}


def _compare(
    rows: Iterable[PostRow], known: dict[str, _Known]
) -> tuple[dict[int, PostRow], dict[tuple[int, int], PostRow]]:
    """Tell the rows of owners with another text, by post, from those of other sources, by post and source."""
    changed, carried = {}, {}
    for row in rows:
        post = known[row.key]
        if post.source_id != row.source_id:
            carried[post.id, row.source_id] = row
        elif post.content_hash != row.content_hash:
            changed[post.id] = row
    return changed, carried


def _change(connection: Connection, changed: dict[int, PostRow], authors: dict[str, int]) -> Counter[int]:
    """Keep the earlier texts and write the new ones; return how many were still to be changed, by source."""
    if not changed:
        return Counter()
    # Whoever holds a row may be changing it in the same way, so the rows are locked and compared once more.
    locked = (
        select(Post.id, Post.content_hash)
        .where(Post.id.in_(changed))
        .order_by(Post.key)
        .with_for_update(key_share=True)  # Others may note sightings of it meanwhile.
    )
    still = {id: changed[id] for id, old in connection.execute(locked) if old != changed[id].content_hash}
    if still:
        connection.execute(
            _KEEP_REVISION, [{"post_id": id, "now": row.first_seen_at} for id, row in still.items()]
        )
        connection.execute(_CHANGE_POST, [_changes(id, row, authors) for id, row in still.items()])
    return Counter([row.source_id for row in still.values()])


def _changes(post_id: int, row: PostRow, authors: dict[str, int]) -> dict[str, Any]:
    names = "guid url title text tags extra content_hash published_at updated_at"
    values = {name: getattr(row, name) for name in names.split()}
    cut = {"kind": row.kind[:16], "language": row.language and row.language[:16]}
    return values | cut | {"post_id": post_id, "author_id": authors.get(row.author_key)}


def _note_sightings(connection: Connection, carried: dict[tuple[int, int], PostRow]) -> Counter[int]:
    """Note further sources of posts; return how many were not noted yet, by source."""
    if not carried:
        return Counter()
    posts = list({post_id for post_id, _ in carried})
    noted = select(Sighting.post_id, Sighting.source_id).where(Sighting.post_id.in_(posts))
    missing = carried.keys() - {(post_id, source_id) for post_id, source_id in connection.execute(noted)}
    values = [
        {
            "post_id": post_id,
            "source_id": source_id,
            "first_seen_at": carried[post_id, source_id].first_seen_at,
        }
        for post_id, source_id in sorted(missing)
    ]
    if values:
        connection.execute(upsert(connection, Sighting).on_conflict_do_nothing(), values)
    return Counter([source_id for _, source_id in missing])
