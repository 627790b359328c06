"""Where the words of a batch stand, as sorted arrays: many phrases and NEARs are held against them at once.

An entry is an atom and a place, as one integer; places count through all texts of the batch. Whether an atom stands
beside another is then a binary search, done for all places of all phrases together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.int64]
# The number of an asked phrase or NEAR, and a text in which it stands.
Hits: TypeAlias = tuple[Numbers, Numbers]
# Up to so many texts, setting bits one by one is quicker than packing them.
_SPARSE = 32
# About how many places are looked at together: a bound on memory.
_TOGETHER = 500_000
_NOWHERE = np.iinfo(np.int64).max
_NONE = (np.zeros(0, np.int64), np.zeros(0, np.int64))


class Masks(dict[int, int]):
    """For each atom the posts that have it, as the bits of an integer; made when first asked for."""

    def __init__(self, make: Callable[[int], int]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, atom: int) -> int:
        mask = self[atom] = self._make(atom)
        return mask


class Index:
    """The places of all atoms in some texts."""

    def __init__(self, atoms: Numbers, places: Numbers, owners: Numbers, texts: int) -> None:
        """Take the atoms and the place of each; `owners` has the text of each place, in order."""
        self._shift = len(owners).bit_length()
        self._low = (1 << self._shift) - 1
        self._owners = owners
        self._texts = texts
        self._keys = np.sort(atoms << self._shift | places)
        named, holders = self._keys >> self._shift, owners[self._keys & self._low]
        once = np.ones(len(named), np.bool_)
        once[1:] = (named[1:] != named[:-1]) | (holders[1:] != holders[:-1])
        named, self._holders = named[once], holders[once]
        starts = np.flatnonzero(np.diff(named, prepend=-1))
        bounds = [*starts.tolist(), len(named)]
        self._ranges = dict(zip(named[starts].tolist(), pairwise(bounds), strict=True))

    def counts(self) -> dict[int, int]:
        """Return how many texts have each atom; those that none has are left out."""
        return {atom: end - start for atom, (start, end) in self._ranges.items()}

    def mask(self, atom: int) -> int:
        """Return the texts that have an atom: bit i for text i."""
        start, end = self._ranges.get(atom, (0, 0))
        return mask_of(self._holders[start:end], self._texts)

    def sequences(self, asked: Sequence[tuple[int | None, ...]]) -> Iterator[Hits]:
        """Yield the texts in which atoms stand side by side, for many such rows; None stands for any one word."""
        width = max(map(len, asked), default=0)
        rows = np.array(
            [[-1 if atom is None else atom for atom in row] + [-1] * (width - len(row)) for row in asked],
            np.int64,
        ).reshape(len(asked), width)
        lengths = np.array([len(row) for row in asked], np.int64)
        starts, counts = self._entries(rows)
        counts[rows < 0] = _NOWHERE
        rarest = counts.argmin(axis=1) if width else lengths
        each = np.arange(len(asked))
        for ids, places in self._places(starts[each, rarest], counts[each, rarest]):
            begin = places - rarest[ids]
            yield self._beside(rows, lengths, ids, begin)

    def near(self, asked: Sequence[tuple[int, int, int, bool]]) -> Iterator[Hits]:
        """Yield the texts in which two atoms are near, for many of (left, right, distance, whether left is first)."""
        left, right, distance, ordered = np.array(asked, np.int64).reshape(len(asked), 4).T
        starts, counts = self._entries(np.stack((left, right)))
        from_left, unordered = counts[0] <= counts[1], ordered == 0
        starts, counts = np.where(from_left, starts, starts[::-1])[0], counts.min(axis=0)
        other = np.where(from_left, right, left)
        for ids, places in self._places(starts, counts):
            after = self._reached(other[ids], places, distance[ids], 1) & (unordered | from_left)[ids]
            before = self._reached(other[ids], places, distance[ids], -1) & (unordered | ~from_left)[ids]
            found = after | before
            yield ids[found], self._owners[places[found]]

    def masks(self, hits: Iterable[Hits], asked: int) -> list[int]:
        """Return for each of those who asked the texts that were found, as bits."""
        parts = [ids * self._texts + owners for ids, owners in hits]
        ids, owners = np.divmod(np.unique(np.concatenate(parts)), max(self._texts, 1)) if parts else _NONE
        bounds = np.searchsorted(ids, np.arange(asked + 1)).tolist()
        return [
            mask_of(owners[start:end], self._texts) if end > start else 0 for start, end in pairwise(bounds)
        ]

    def _entries(self, atoms: Numbers) -> tuple[Numbers, Numbers]:
        """Return where the entries of some atoms begin, and how many they are."""
        starts = np.searchsorted(self._keys, atoms << self._shift)
        return starts, np.searchsorted(self._keys, (atoms + 1) << self._shift) - starts

    def _places(self, starts: Numbers, counts: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
        """Yield all places of the asked entries, with the number of who asked; a bounded number at a time."""
        parts = np.cumsum(counts) // _TOGETHER
        for first, last in _runs(parts):
            ids = np.repeat(np.arange(first, last), counts[first:last])
            ends = np.cumsum(counts[first:last])
            within = np.arange(len(ids)) - np.repeat(ends - counts[first:last], counts[first:last])
            yield ids, self._keys[starts[ids] + within] & self._low

    def _beside(self, rows: Numbers, lengths: Numbers, ids: Numbers, begin: Numbers) -> Hits:
        end = begin + lengths[ids] - 1
        inside = (begin >= 0) & (end < len(self._owners))
        ids, begin, end = ids[inside], begin[inside], end[inside]
        same = self._owners[begin] == self._owners[end]
        ids, begin = ids[same], begin[same]
        for column in range(rows.shape[1]):
            wanted = rows[ids, column]
            stands = (wanted < 0) | self._has(wanted << self._shift | begin + column)
            ids, begin = ids[stands], begin[stands]
        return ids, self._owners[begin]

    def _has(self, keys: Numbers) -> npt.NDArray[np.bool_]:
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        held: npt.NDArray[np.bool_] = self._keys[at] == keys
        return held

    def _reached(self, atoms: Numbers, places: Numbers, distance: Numbers, way: int) -> npt.NDArray[np.bool_]:
        """Return whether the next such atom after each place (or before it) is in the same text and near enough."""
        sought = atoms << self._shift | places
        at = (
            np.searchsorted(self._keys, sought, "right")
            if way > 0
            else np.searchsorted(self._keys, sought) - 1
        )
        there = self._keys[np.clip(at, 0, len(self._keys) - 1)]
        found = there & self._low
        gap = (found - places) * way
        near: npt.NDArray[np.bool_] = (
            (there >> self._shift == atoms)
            & (gap > 0)
            & (gap <= distance + 1)
            & (self._owners[found] == self._owners[places])
        )
        return near


def _runs(parts: Numbers) -> Iterator[tuple[int, int]]:
    """Yield where each run of equal numbers begins and ends."""
    starts = np.flatnonzero(np.diff(parts, prepend=-1)).tolist()
    yield from pairwise((*starts, len(parts)))


def mask_of(numbers: Numbers, size: int) -> int:
    """Return an integer with these of its bits set, of `size` that it may have."""
    if len(numbers) <= _SPARSE:
        mask = 0
        for number in numbers.tolist():
            mask |= 1 << number
        return mask
    set_bits = np.zeros(size, np.uint8)
    set_bits[numbers] = 1
    return int.from_bytes(np.packbits(set_bits, bitorder="little").tobytes(), "little")
