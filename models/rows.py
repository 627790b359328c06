"""A post on its way into the database, and a batch of them made ready: no row twice, nothing unstorable."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from itertools import chain
from operator import attrgetter
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


class Overtaken(Exception):
    """Another writer has stored a post of the batch meanwhile; what the batch has done so far is to be undone."""


_KEY = attrgetter("key")
_TEXT_FIELDS = ("text", "title", "url", "guid", "author_name", "author_handle", "author_url", "author_email")
_TEXTS = attrgetter(*_TEXT_FIELDS)
_MENDABLE = (*_TEXT_FIELDS, "tags", "extra")
_ENCODE = json.JSONEncoder(ensure_ascii=False).encode


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
        if len({row.key for row in rows}) == len(rows):
            return cls(sorted(rows, key=_KEY), [])
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


def has_nul(rows: Sequence[PostRow]) -> bool:
    """Say whether a text holds NUL: SQLite would keep it, PostgreSQL refuses it."""
    texts = "".join(chain.from_iterable(map(_TEXTS, rows)))
    tags = "".join(chain.from_iterable(row.tags for row in rows))
    extra = "".join([portable_json(row.extra) for row in rows if row.extra])
    return "\0" in texts or "\0" in tags or "\\u0000" in extra


def mended(rows: Sequence[PostRow]) -> list[PostRow]:
    """Return copies of the rows without what no database takes: NUL and halves of surrogate pairs."""
    return [replace(row, **{name: _mended(getattr(row, name)) for name in _MENDABLE}) for row in rows]


def portable_json(value: Any) -> str:
    """Write JSON as both databases keep it; letters stay letters."""
    return _ENCODE(value)


@lru_cache(maxsize=4096)
def tags_json(tags: tuple[str, ...]) -> str:
    """Write tags as JSON; a feed uses the same few over and over."""
    return portable_json(tags)


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_mended(part) for part in value]
    if isinstance(value, dict):
        return {_mended(name): _mended(part) for name, part in value.items()}
    return value
