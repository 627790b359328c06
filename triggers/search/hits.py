"""What was found in a batch: which searches match which posts, as arrays; a match is made when somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol, TypeAlias, overload

import numpy as np
import numpy.typing as npt

from triggers.search.batch import Batch, View
from triggers.search.plans import Plan
from triggers.search.posts import TEXT, TITLE, Span

Numbers: TypeAlias = npt.NDArray[np.int64]
# The masks of so many searches are unpacked together: a bound on memory.
_TOGETHER = 1024


class Matching(Protocol):
    """A search that matches some posts of a batch."""

    name: str
    version: str
    plan: Plan
    loose: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SearchMatch:
    """A search that matched a post. Its spans are worked out when they are first asked for."""

    search: str
    version: str
    _plan: Plan = field(repr=False, compare=False)
    _view: View = field(repr=False, compare=False)
    _loose: tuple[int, ...] = field(repr=False, compare=False)

    @property
    def places(self) -> list[Span]:
        """The places that satisfied the search, in title and text, without repeats."""
        self._view.prepare()
        found = sorted(set(self._plan.spans(self._view)))
        in_title = [span for span in found if span.field == TITLE]
        return in_title + found[: len(found) - len(in_title)] if in_title else found

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The places in the post's text, in code points: `text[start:end]`."""
        if self._loose:
            return self._view.bounds_of(self._loose)
        return [(span.start, span.end) for span in self.places if span.field == TEXT]


class Matches(Sequence[SearchMatch]):
    """The searches that match one post, in the order in which they were added."""

    __slots__ = ("_numbers", "_searches", "_view")

    def __init__(self, searches: Sequence[Matching], numbers: Numbers, view: View) -> None:
        self._searches = searches
        self._numbers = numbers
        self._view = view

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[SearchMatch]:
        return map(self._match, self._numbers.tolist())

    @overload
    def __getitem__(self, which: int) -> SearchMatch: ...

    @overload
    def __getitem__(self, which: slice) -> list[SearchMatch]: ...

    def __getitem__(self, which: int | slice) -> SearchMatch | list[SearchMatch]:
        if isinstance(which, slice):
            return list(map(self._match, self._numbers[which].tolist()))
        return self._match(int(self._numbers[which]))

    def _match(self, number: int) -> SearchMatch:
        search = self._searches[number]
        return SearchMatch(search.name, search.version, search.plan, self._view, search.loose)


def by_post(batch: Batch, searches: Sequence[Matching], masks: Sequence[int]) -> list[Sequence[SearchMatch]]:
    """Return for each post of a batch its matches; `masks` has the posts that each search matches."""
    found, posts = _unpacked(masks, len(batch.posts))
    order = np.argsort(posts, kind="stable")
    found = found[order]
    bounds = np.searchsorted(posts[order], np.arange(len(batch.posts) + 1)).tolist()
    return [
        Matches(searches, found[start:end], View(batch, index)) if end > start else ()
        for index, (start, end) in enumerate(pairwise(bounds))
    ]


def _unpacked(masks: Sequence[int], posts: int) -> tuple[Numbers, Numbers]:
    """Return the bits that are set: the number of the mask, and of the bit."""
    size = posts // 8 + 1
    numbers, places = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for start in range(0, len(masks), _TOGETHER):
        packed = np.frombuffer(
            b"".join(mask.to_bytes(size, "little") for mask in masks[start : start + _TOGETHER]), np.uint8
        )
        # Most octets are 0, so these are left out before any is unpacked.
        octets = np.flatnonzero(packed)
        at = np.flatnonzero(np.unpackbits(packed[octets], bitorder="little"))
        owners = octets[at >> 3]
        numbers.append(owners // size + start)
        places.append((owners % size) * 8 + (at & 7))
    return np.concatenate(numbers), np.concatenate(places)
