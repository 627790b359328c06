"""What a search looks at: a post's words and fields, and what others know of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol, TypeAlias

TITLE = "title"
TEXT = "text"


@dataclass(frozen=True, slots=True)
class SearchPost:
    """A post as searches see it. A field of None, "" or () is absent and matches nothing.

    `author` is all the names that the author goes by, separated by blanks; `published` is an aware time.
    """

    id: str
    text: str
    title: str = ""
    lang: str | None = None
    url: str = ""
    source: str = ""
    author: str = ""
    kind: str = ""
    published: datetime | None = None
    hashtags: Sequence[str] = ()
    mentions: Sequence[str] = ()
    followers: float | None = None
    likes: float | None = None
    replies: float | None = None
    shares: float | None = None


class Span(NamedTuple):
    """A place in a post: `getattr(post, field)[start:end]`, in code points."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """A rule's match in a post, as `trigger:` and `rule:` need it."""

    kind: str
    rule: str
    spans: tuple[Span, ...] = ()


# Called at most once for a post and batch, and only for posts that the rest of some search lets through.
Detect: TypeAlias = Callable[[Sequence[SearchPost]], Sequence[Sequence[Found]]]


# Finds out in which language a text is, where the post does not say; None where that cannot be told.
Identify: TypeAlias = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What is known of a post's author, or of the contact that it names."""

    known: bool
    lists: frozenset[str] = field(default_factory=frozenset)
    company: str = ""


class Contacts(Protocol):
    """Who knows whom. Asked only about posts that the rest of some search lets through."""

    def facts(self, post: SearchPost) -> ContactFacts:
        """Return what is known of a post's author."""

    def score(self, post: SearchPost) -> float | None:
        """Return the score of the lead that a post would make, 0 to 100; None if there is none."""
