"""A compact map from 64-bit keys to row numbers: sorted arrays, with what came later beside them until merged."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.uint32]

_NO_ROWS: Rows = np.empty(0, dtype=np.uint32)


class MultiMap:
    """Twelve bytes an entry. Adding is cheap at any time; the first question after many additions sorts them."""

    def __init__(self) -> None:
        self._keys: Keys = np.empty(0, dtype=np.uint64)
        self._rows: Rows = _NO_ROWS
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

    def extend(self, keys: list[int], row: int) -> None:
        """Add one row under several keys."""
        if len(self._keys):
            for key in keys:
                self._late.setdefault(key, []).append(row)
        else:
            self._new_keys.extend(keys)
            self._new_rows.extend([row] * len(keys))

    def settle(self) -> None:
        """Sort what was added; called by questions when needed, and once after building."""
        if not self._new_keys and len(self._late) <= max(1_000, len(self._keys) // 20):
            return
        for late, told in self._late.items():
            self._new_keys.extend([late] * len(told))
            self._new_rows.extend(told)
        self._late.clear()
        keys = np.concatenate([self._keys, np.frombuffer(self._new_keys, dtype=np.uint64)])
        rows = np.concatenate([self._rows, np.frombuffer(self._new_rows, dtype=np.uint32)])
        order = np.argsort(keys, kind="stable")
        self._keys, self._rows = keys[order], rows[order]
        self._new_keys, self._new_rows = array("Q"), array("I")

    def get(self, keys: Iterable[int]) -> Rows:
        """Return the rows of all these keys, each row once."""
        self.settle()
        wanted = list(keys)
        if not wanted:
            return _NO_ROWS
        if len(wanted) == 1:
            parts = [self._slice(wanted[0], wanted[0] + 1)]
        else:
            told = np.array(wanted, dtype=np.uint64)
            first = np.searchsorted(self._keys, told, "left")
            last = np.searchsorted(self._keys, told, "right")
            hit = np.flatnonzero(last > first)
            parts = [self._rows[first[at] : last[at]] for at in hit]
        if self._late:
            parts.extend(np.array(self._late[key], dtype=np.uint32) for key in wanted if key in self._late)
        return _union(parts)

    def known(self, keys: list[int]) -> list[bool]:
        """Tell for each of many keys whether it has any rows."""
        self.settle()
        if not keys or not len(self._keys):
            return [key in self._late for key in keys]
        told = np.array(keys, dtype=np.uint64)
        at = np.minimum(np.searchsorted(self._keys, told), len(self._keys) - 1)
        found: list[bool] = (self._keys[at] == told).tolist()
        return (
            [hit or key in self._late for hit, key in zip(found, keys, strict=True)] if self._late else found
        )

    def count(self, low: int, high: int) -> int:
        """Return how many entries have keys from `low` up to, not including, `high`; late ones not counted."""
        self.settle()
        first, last = np.searchsorted(self._keys, np.array([low, high], dtype=np.uint64))
        return int(last - first)

    def range(self, low: int, high: int) -> tuple[Keys, Rows]:
        """Return the entries with keys from `low` up to, not including, `high`."""
        self.settle()
        first, last = np.searchsorted(self._keys, np.array([low, high], dtype=np.uint64))
        late = [(key, row) for key, rows in self._late.items() if low <= key < high for row in rows]
        if not late:
            return self._keys[first:last], self._rows[first:last]
        keys, rows = zip(*late, strict=True)
        return (
            np.concatenate([self._keys[first:last], np.array(keys, dtype=np.uint64)]),
            np.concatenate([self._rows[first:last], np.array(rows, dtype=np.uint32)]),
        )

    def _slice(self, low: int, high: int) -> Rows:
        first, last = np.searchsorted(self._keys, np.array([low, high], dtype=np.uint64))
        return self._rows[first:last]


def _union(parts: list[Rows]) -> Rows:
    if not parts:
        return _NO_ROWS
    if len(parts) == 1:
        return parts[0] if len(parts[0]) < 2 else np.unique(parts[0])
    return np.unique(np.concatenate(parts))
