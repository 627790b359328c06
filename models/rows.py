"""A post on its way into the database, and a batch of them made ready: no row twice, nothing unstorable."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class PostRow:
    """One post as a source carried it: the columns of `post`, and those of its `author`.

    Times are aware. `first_seen_at` is when this source was read; a changed post's earlier text is marked
    with it too. An empty `author_key` means that the author is not known.
    """

    key: str
    source_id: int
    text: str
    content_hash: str
    first_seen_at: datetime
    title: str = ""
    kind: str = "post"
    guid: str = ""
    url: str = ""
    language: str | None = None
    tags: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    published_at: datetime | None = None
    updated_at: datetime | None = None
    author_key: str = ""
    author_platform: str = ""
    author_name: str = ""
    author_handle: str = ""
    author_url: str = ""
    author_email: str = ""


@dataclass(frozen=True, slots=True)
class StoreCounts:
    """What became of a batch: rows stored as new posts, rows that changed a post, and all rows given.

    `sightings` counts the sources newly noted as carrying a post that another source owns.
    """

    new: int = 0
    changed: int = 0
    sightings: int = 0
    seen: int = 0

    def __add__(self, other: StoreCounts) -> StoreCounts:
        """Add up two batches."""
        return StoreCounts(
            self.new + other.new,
            self.changed + other.changed,
            self.sightings + other.sightings,
            self.seen + other.seen,
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows with each (post, source) once, ordered by key.

    `candidates` holds one row a post, of the source that came first in the batch: what to store if the post is
    new. `others` are rows of further sources. The order keeps two writers from locking each other out
    crosswise, and gives neighbouring index entries.
    """

    candidates: list[PostRow]
    others: list[PostRow]

    @classmethod
    def of(cls, rows: Sequence[PostRow]) -> Batch:
        """Take the last row of each source for each post; posts go to the first source that has them."""
        last = {(row.key, row.source_id): row for row in rows}
        candidates: dict[str, PostRow] = {}
        others = []
        for row in last.values():  # A dict keeps the place of a key's first insertion.
            if candidates.setdefault(row.key, row) is not row:
                others.append(row)
        ordered = [candidates[key] for key in sorted(candidates)]
        return cls(ordered, sorted(others, key=lambda row: (row.key, row.source_id)))

    @property
    def rows(self) -> list[PostRow]:
        """All rows, candidates first."""
        return self.candidates + self.others


# How authors are stored on both databases; /* rows */ stands for VALUES or a SELECT. The source that brought an
# author first may change what is known of it; others only fill what is empty.
AUTHOR_UPSERT = """
INSERT INTO author (key, platform, name, handle, url, email, source_id) /* rows */
ON CONFLICT (key) DO UPDATE SET
  name = CASE WHEN excluded.name <> '' AND (author.name = '' OR author.source_id = excluded.source_id)
    THEN excluded.name ELSE author.name END,
  handle = CASE WHEN excluded.handle <> '' AND (author.handle = '' OR author.source_id = excluded.source_id)
    THEN excluded.handle ELSE author.handle END,
  url = CASE WHEN excluded.url <> '' AND (author.url = '' OR author.source_id = excluded.source_id)
    THEN excluded.url ELSE author.url END,
  email = CASE WHEN excluded.email <> '' AND (author.email = '' OR author.source_id = excluded.source_id)
    THEN excluded.email ELSE author.email END
WHERE (excluded.name <> '' AND excluded.name <> author.name)
  OR (excluded.handle <> '' AND excluded.handle <> author.handle)
  OR (excluded.url <> '' AND excluded.url <> author.url)
  OR (excluded.email <> '' AND excluded.email <> author.email)"""


def author_values(row: PostRow) -> tuple[str, ...]:
    """Return key, platform, name, handle, url and email of a row's author, cut to what their columns hold."""
    return (
        row.author_key,
        row.author_platform[:64],
        row.author_name[:255],
        row.author_handle[:255],
        row.author_url,
        row.author_email[:255],
    )


def storable(rows: Sequence[PostRow]) -> Sequence[PostRow]:
    """Return the rows, mended where they hold what no database takes: NUL and halves of surrogate pairs."""
    parts = [part for row in rows for part in (row.text, row.title, row.url, row.guid, row.author_name)]
    parts += [portable_json([row.tags, row.extra]) for row in rows if row.tags or row.extra]
    everything = "".join(parts)
    if "\0" not in everything and "\\u0000" not in everything and _encodes(everything):
        return rows
    return [replace(row, **{name: _mended(getattr(row, name)) for name in _TEXT_FIELDS}) for row in rows]


def portable_json(value: Any) -> str:
    """Write JSON as both databases keep it; letters stay letters."""
    return json.dumps(value, ensure_ascii=False)


_TEXT_FIELDS = [
    column.name
    for column in fields(PostRow)
    if column.name not in ("source_id", "first_seen_at", "published_at", "updated_at")
]


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_mended(part) for part in value]
    if isinstance(value, dict):
        return {_mended(name): _mended(part) for name, part in value.items()}
    return value
