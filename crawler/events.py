"""What a crawl tells while it runs, and at its end. Plain values: a display, a log or a machine reads them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

EventKind = Literal["begun", "read", "unchanged", "failed", "gone", "moved", "ended"]
# The counts of a `CrawlReport` that are kept of every crawl.
KEPT_COUNTS = (
    "sources_read",
    "sources_unchanged",
    "sources_failed",
    "posts_new",
    "posts_changed",
    "posts_seen",
)


@dataclass(frozen=True, slots=True)
class CrawlEvent:
    """One thing that happened. `done` of `total` sources are finished; `message` is words for the user."""

    kind: EventKind
    source: str = ""
    message: str = ""
    posts_new: int = 0
    posts_changed: int = 0
    posts_seen: int = 0
    done: int = 0
    total: int = 0

    def line(self) -> str:
        """The event on one line, for a log."""
        if self.kind == "begun":
            return f"crawl: {self.total} {'source is' if self.total == 1 else 'sources are'} due"
        if self.kind == "ended":
            return f"crawl: {self.message}"
        posts = f"{self.posts_new} new, {self.posts_changed} changed of {self.posts_seen} posts"
        words = self.message if self.kind in ("failed", "gone", "moved") else posts
        if self.kind == "unchanged":
            words = "nothing new"
        elif self.kind == "read" and self.message:
            words = f"{posts}; {self.message}"
        return f"[{self.done}/{self.total}] {self.source}: {self.kind}: {words}"


@dataclass(slots=True)
class CrawlReport:
    """The sum of a crawl. `outcome`: finished, interrupted (on a signal) or failed (`error` says why, in words)."""

    outcome: str = "finished"
    sources_due: int = 0
    sources_read: int = 0
    sources_unchanged: int = 0
    sources_failed: int = 0
    posts_new: int = 0
    posts_changed: int = 0
    posts_seen: int = 0
    seconds: float = 0.0
    readers: dict[str, int] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    error: str = ""

    def as_json(self) -> dict[str, Any]:
        """The report for machines."""
        return asdict(self)

    def line(self) -> str:
        """The report on one line."""
        words = (
            f"{self.sources_read} read, {self.sources_unchanged} unchanged, {self.sources_failed} failed; "
            f"{self.posts_new} new and {self.posts_changed} changed posts"
        )
        return words if self.outcome == "finished" else f"{self.outcome}: {words}"
