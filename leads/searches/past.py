"""What searches would have brought: every stored post of some days is held against them, in one pass."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import repeat

from leads.searches.stored import StoredPost
from triggers.search.batch import bits
from triggers.search.mutes import MuteList
from triggers.search.percolator import Percolator
from triggers.search.posts import Span
from triggers.search.statistics import Overlap, Rate, overlaps, rate, top
from triggers.search.why import Reach, ReachCounter

SAMPLES = 10
TOP = 5


@dataclass(slots=True)
class Brought:
    """What one search has matched. `posts` are row ids; a text that was matched before counts as a duplicate."""

    name: str
    posts: set[int] = field(default_factory=set)
    days: Counter[date] = field(default_factory=Counter)
    duplicates: int = 0
    muted: int = 0
    sources: Counter[str] = field(default_factory=Counter)
    authors: Counter[str] = field(default_factory=Counter)
    contents: set[int] = field(default_factory=set)
    _chosen: list[tuple[int, int, StoredPost]] = field(default_factory=list)

    def add(self, post: StoredPost, most: int) -> None:
        """Count a matched post."""
        self.posts.add(post.row_id)
        content = int.from_bytes(hashlib.blake2b(post.content.encode(), digest_size=8).digest())
        if content in self.contents:
            self.duplicates += 1
            return
        self.contents.add(content)
        self.days[post.told_at.astimezone(UTC).date()] += 1
        self.sources[post.post.source] += 1
        self.authors[post.post.author] += 1
        # Those with the smallest hashes are the samples: as good as drawn by chance, and the same in every run.
        heappush(self._chosen, (-content, post.row_id, post))
        if len(self._chosen) > most:
            heappop(self._chosen)

    @property
    def samples(self) -> list[StoredPost]:
        """Some of the matched posts, the latest told first."""
        return sorted((post for *_, post in self._chosen), key=lambda post: post.told_at, reverse=True)

    @property
    def total(self) -> int:
        """How many matches there are, duplicates folded."""
        return self.days.total()

    def moments(self) -> Iterator[datetime]:
        """Yield a time of the day of each match, duplicates folded."""
        for day, count in self.days.items():
            yield from repeat(datetime.combine(day, time(), UTC), count)


@dataclass(frozen=True, slots=True)
class Backtest:
    """What searches would have brought over `posts` posts of `due`; fewer when it was stopped."""

    posts: int
    due: int
    brought: dict[str, Brought]
    reach: Reach | None
    first: date
    last: date

    @property
    def stopped(self) -> bool:
        """Whether it was stopped before all posts were looked at."""
        return self.posts < self.due

    def rate(self, name: str) -> Rate:
        """Return the matches of a search a day, duplicates folded. The last day is not over: it counts if it is alone."""
        over = self.last - timedelta(days=self.first < self.last)
        return rate(self.brought[name].moments(), self.first, over)

    def overlaps(self, name: str) -> list[Overlap]:
        """Return how the search shares its posts with the others, the most alike first."""
        return overlaps(name, {other: brought.posts for other, brought in self.brought.items()})

    def top(self, counted: Counter[str]) -> list[tuple[str, int]]:
        """Return the commonest of sources or authors."""
        return top(counted.elements(), TOP)


def backtest(
    percolator: Percolator,
    batches: Iterable[Sequence[StoredPost]],
    names: Sequence[str],
    *,
    due: int,
    last: date,
    mutes: MuteList | None = None,
    reach_of: str | None = None,
    samples: int = SAMPLES,
    on_batch: Callable[[Sequence[StoredPost]], None] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Backtest:
    """Hold posts against the searches of a percolator and count for those that are named.

    `on_batch` is called before each batch, `on_progress` after it; `stop` is asked after each, and what has been
    counted by then is the answer. The samples are the same in every run.
    """
    counter = ReachCounter(percolator, reach_of) if reach_of else None
    brought = {name: Brought(name) for name in names}
    done, first = 0, last
    for posts in batches:
        if on_batch:
            on_batch(posts)
        batch = percolator.batch([post.post for post in posts])
        if counter:
            counter.count(batch)
        silent = mutes.mask(batch) if mutes else 0
        for name, mask in percolator.masks_in(batch).items():
            if name in brought:
                brought[name].muted += (mask & silent).bit_count()
                for index in bits(mask & ~silent):
                    brought[name].add(posts[index], samples)
        done += len(posts)
        first = min(first, *(post.told_at.astimezone(UTC).date() for post in posts))
        if on_progress:
            on_progress(done, due)
        if stop and stop():
            break
    found = counter.reach() if counter else None
    return Backtest(done, due, brought, found, first, last)


def places(percolator: Percolator, name: str, posts: Sequence[StoredPost]) -> list[list[Span]]:
    """Return the places in each post that satisfied a search."""
    return [
        next((match.places for match in matches if match.search == name), [])
        for matches in percolator.match([post.post for post in posts])
    ]


def highlighted(post: StoredPost, spans: Sequence[Span], most: int = 240) -> str:
    """Return the words around the matched ones, those in brackets: `a [new] and better [job]`."""
    held = [span for span in spans if span.field == "text"] or list(spans)
    text = post.post.text if not held or held[0].field == "text" else post.post.title
    start = max(0, held[0].start - most // 3) if held else 0
    end = min(len(text), start + most)
    parts, at = ["…" if start else ""], start
    for span in held:
        if at <= span.start and span.end <= end:
            parts += [text[at : span.start], "[", text[span.start : span.end], "]"]
            at = span.end
    parts += [text[at:end], "…" if end < len(text) else ""]
    return " ".join("".join(parts).split())
