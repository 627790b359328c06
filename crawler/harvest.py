"""What came of asking one source: the value that spiders yield and pipelines carry to the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from crawler.feeds import Rhythm
from crawler.frontier import Task
from crawler.items import PostItem
from crawler.robots_book import RobotsAnswer
from models.store import PostRow, StoreCounts

Outcome = Literal["read", "unchanged", "failed", "gone"]


@dataclass(slots=True)
class Harvest:
    """One source's answer with all its posts. `message` says in words what is wrong, "" if nothing is.

    The posts of one answer travel together: they are stored together with what the answer said of itself, so that
    nothing is ever marked as seen that is not stored. `moved_to` is where redirects led, `moved_for_good` whether
    all of them were permanent. `max_age` and `retry_after` are seconds. `feeds` are those that a web page names in
    place of being one; `page_feeds` are those that the source's page named, of which the first was asked instead,
    and `notice` says so to the user. `deleted` are guids of posts that the source takes back.
    """

    task: Task
    outcome: Outcome
    now: datetime
    message: str = ""
    posts: list[PostItem] = field(default_factory=list)
    rows: list[PostRow] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    title: str = ""
    reader: str = ""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    rhythm: Rhythm = field(default_factory=Rhythm)
    max_age: int | None = None
    retry_after: int | None = None
    moved_to: str | None = None
    moved_for_good: bool = False
    feeds: tuple[str, ...] = ()
    page_feeds: tuple[str, ...] = ()
    notice: str = ""
    robots: dict[str, RobotsAnswer] = field(default_factory=dict)
    counts: StoreCounts = field(default_factory=StoreCounts)

    @property
    def found_at(self) -> str | None:
        """The feed that was asked because a page names it."""
        return self.page_feeds[0] if self.page_feeds else None
