"""What reading makes of one answer: a feed with its posts, or a reason in words why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from crawler.items import PostItem


@dataclass(slots=True)
class RawEntry:
    """One entry as the feed's markup gave it: nothing cleaned, nothing resolved.

    `title_type` and `body_type` are "text", "html" or "" (not said, so to be guessed from the value).
    """

    guid: str = ""
    link: str = ""
    base: str = ""
    title: str = ""
    title_type: str = ""
    body: str = ""
    body_type: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    author: str = ""
    author_url: str = ""
    author_email: str = ""
    tags: list[str] = field(default_factory=list)


@dataclass(slots=True)
class RawFeed:
    """One feed as its markup gave it."""

    version: str
    reader: str
    title: str = ""
    link: str = ""
    author: str = ""
    author_url: str = ""
    author_email: str = ""
    entries: list[RawEntry] = field(default_factory=list)


@dataclass(slots=True)
class Rhythm:
    """How often a feed asks to be read.

    `interval_seconds` comes from `ttl` or `sy:updatePeriod`; `skip_hours` are hours of the day in UTC (0 to 23),
    `skip_days` days of the week (0 is Monday) in which the feed asks not to be read.
    """

    interval_seconds: int | None = None
    skip_hours: list[int] = field(default_factory=list)
    skip_days: list[int] = field(default_factory=list)


@dataclass(slots=True)
class ParsedFeed:
    """A feed that was read: its posts in the feed's own order, their text clean, their links absolute.

    `reader` says who read it: `quick` (our own pass over well-formed XML), `json`, `feedparser` (XML that is not
    well-formed, old formats) or `fastfeedparser` (what feedparser finds nothing in). `warning` tells in words what
    was left out, "" if nothing was. `deleted` are guids of entries that the feed takes back.
    """

    version: str
    reader: str
    title: str = ""
    link: str = ""
    posts: list[PostItem] = field(default_factory=list)
    rhythm: Rhythm = field(default_factory=Rhythm)
    warning: str = ""
    deleted: list[str] = field(default_factory=list)


MANY_ATTRIBUTES = "the answer has an element with hundreds of attributes, as no feed does"


class Unreadable(Exception):
    """An answer that holds no feed that can be read; the message says why, in words for the user.

    `feeds` are the addresses of feeds that the answer, being a web page, names.
    """

    def __init__(self, message: str, feeds: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.feeds = feeds
