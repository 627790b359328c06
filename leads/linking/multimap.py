"""A compact map from 64-bit keys to row numbers: sorted arrays, with what came later beside them until merged."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from leads.linking.strings import Arrays

Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.uint32]

# Up to so many rows are sorted faster as numbers than as arrays.
_SMALL = 64
# So few keys are found faster one by one than all at once.
_FEW = 3

NO_ROWS: Rows = np.empty(0, dtype=np.uint32)


class MultiMap:
    """Twelve bytes an entry. Adding is cheap at any time; the first question after many additions sorts them."""

    def __init__(self) -> None:
        self._keys: Keys = np.empty(0, dtype=np.uint64)
        self._rows: Rows = NO_ROWS
        # The same keys, as single numbers are read out of them quickest.
        self._numbers: memoryview[int] = self._keys.data
        self._new_keys = array("Q")
        self._new_rows = array("I")
        self._late: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return len(self._keys) + len(self._new_keys) + sum(map(len, self._late.values()))

    def add(self, key: int, row: int) -> None:
        """Add one entry. While the map is being built, entries pile up; afterwards they are kept beside it."""
        if len(self._keys):
            self._late.setdefault(key, []).append(row)
        else:
            self._new_keys.append(key)
            self._new_rows.append(row)

    def extend(self, keys: Iterable[int], row: int) -> None:
        """Add one row under several keys."""
        for key in keys:
            self.add(key, row)

    def settle(self) -> None:
        """Sort what was added; called by questions when needed, and once after building."""
        if self._new_keys or len(self._late) > max(1_000, len(self._keys) // 20):
            self._merge()

    def _merge(self) -> None:
        for late, told in self._late.items():
            self._new_keys.extend([late] * len(told))
            self._new_rows.extend(told)
        self._late.clear()
        keys = np.concatenate([self._keys, np.frombuffer(self._new_keys, dtype=np.uint64)])
        rows = np.concatenate([self._rows, np.frombuffer(self._new_rows, dtype=np.uint32)])
        order = np.argsort(keys, kind="stable")
        self._keys, self._rows = keys[order], rows[order]
        self._numbers = self._keys.data
        self._new_keys, self._new_rows = array("Q"), array("I")

    def get(self, keys: Iterable[int]) -> Rows:
        """Return the rows of all these keys, each row once."""
        parts = [rows for _, rows in self.hits(list(keys))]
        if not parts:
            return NO_ROWS
        if len(parts) == 1 and len(parts[0]) < 2:
            return parts[0]
        if sum(map(len, parts)) < _SMALL:
            return np.array(sorted({row for rows in parts for row in rows.tolist()}), dtype=np.uint32)
        return np.unique(np.concatenate(parts))

    def hits(self, keys: list[int]) -> list[tuple[int, Rows]]:
        """Return the rows of those keys that have any, with the key's place among `keys`."""
        if self._new_keys:
            self.settle()
        found: list[tuple[int, Rows]] = []
        if len(keys) <= _FEW:
            found = self._one_by_one(keys)
        elif len(self._keys):
            told = np.array(keys, dtype=np.uint64)
            first = self._keys.searchsorted(told)
            (hit,) = (self._keys.take(first, mode="clip") == told).nonzero()
            if len(hit):
                last = self._keys.searchsorted(told[hit], "right").tolist()
                starts = first[hit].tolist()
                found = [
                    (at, self._rows[start:end])
                    for at, start, end in zip(hit.tolist(), starts, last, strict=True)
                ]
        if self._late:
            late = self._late
            found += [
                (at, np.array(late[key], dtype=np.uint32)) for at, key in enumerate(keys) if key in late
            ]
        return found

    def _one_by_one(self, keys: list[int]) -> list[tuple[int, Rows]]:
        numbers, total = self._numbers, len(self._numbers)
        found = []
        for at, key in enumerate(keys):
            start = bisect_left(numbers, key)
            if start < total and numbers[start] == key:
                end = start + 1
                if end < total and numbers[end] == key:
                    end = bisect_right(numbers, key, end)
                found.append((at, self._rows[start:end]))
        return found

    def known(self, keys: list[int]) -> list[bool]:
        """Tell for each of many keys whether it has any rows."""
        self.settle()
        if not keys or not len(self._keys):
            return [key in self._late for key in keys]
        told = np.array(keys, dtype=np.uint64)
        found: list[bool] = (self._keys.take(self._keys.searchsorted(told), mode="clip") == told).tolist()
        if self._late:
            return [hit or key in self._late for hit, key in zip(found, keys, strict=True)]
        return found

    def count(self, low: int, high: int) -> int:
        """Return how many entries have keys from `low` up to, not including, `high`; late ones not counted."""
        self.settle()
        first = bisect_left(self._numbers, low)
        return bisect_left(self._numbers, high, first) - first

    def range(self, low: int, high: int) -> tuple[Keys, Rows]:
        """Return the entries with keys from `low` up to, not including, `high`; late ones at the end."""
        self.settle()
        first = bisect_left(self._numbers, low)
        last = bisect_left(self._numbers, high, first)
        late = [(key, row) for key, rows in self._late.items() if low <= key < high for row in rows]
        if not late:
            return self._keys[first:last], self._rows[first:last]
        keys, rows = zip(*late, strict=True)
        return (
            np.concatenate([self._keys[first:last], np.array(keys, dtype=np.uint64)]),
            np.concatenate([self._rows[first:last], np.array(rows, dtype=np.uint32)]),
        )

    def arrays(self) -> Arrays:
        """Return all entries as arrays."""
        if self._new_keys or self._late:
            self._merge()
        return {"keys": self._keys, "rows": self._rows}

    @classmethod
    def of(cls, arrays: Arrays) -> MultiMap:
        """Return the map that `arrays` gave; they may lie in a mapped file."""
        found = cls()
        found._keys, found._rows = arrays["keys"], arrays["rows"]
        found._numbers = found._keys.data
        return found
