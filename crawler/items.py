"""The value that spiders yield: one public item as its source gave it, already clean text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class PostItem:
    """One item of a source. Times are aware UTC or None; `text` and `title` are plain text.

    `guid` is the source's own id for it ("" if it gave none); `url` is absolute or "".
    """

    source: str
    guid: str
    url: str
    title: str
    text: str
    published: datetime | None = None
    updated: datetime | None = None
    author_name: str = ""
    author_handle: str = ""
    author_url: str = ""
    author_email: str = ""
    language: str | None = None
    tags: list[str] = field(default_factory=list)
    kind: str = "post"
    extra: dict[str, Any] = field(default_factory=dict)
