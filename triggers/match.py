"""The values that detection takes and gives: nothing stored, nothing fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Document:
    """A text to look at. `lang` is a two-letter code, or None to have it identified."""

    text: str
    lang: str | None = None
    published: datetime | None = None
    author: str | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A rule found in a text: what, where, in which words, how surely and why.

    `text[start:end] == quote` in Unicode code points, of the text that was given.
    """

    kind: str
    rule: str
    version: str
    start: int
    end: int
    quote: str
    confidence: float
    slots: Mapping[str, Any] = field(default_factory=dict)
    context: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Dropped:
    """A match that its context took back. `reason` is one of `DROP_REASONS`, with a detail behind a colon."""

    kind: str
    rule: str
    start: int
    end: int
    reason: str

    @property
    def code(self) -> str:
        """Return the reason without its detail: what is counted."""
        return self.reason.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Detection:
    """All that was found in one document, and all that was found and dropped."""

    lang: str | None
    matches: tuple[Match, ...] = ()
    dropped: tuple[Dropped, ...] = ()


def published_time(value: str | None) -> datetime | None:
    """Read a post's ISO time; one without a zone is UTC. Raises ValueError with what is wrong."""
    if not value:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"`published` is no ISO time: {value[:40]}") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
