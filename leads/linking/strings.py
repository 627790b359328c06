"""Texts by number: those that came first in one block of bytes, which may be a mapped file, later ones beside it."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = dict[str, npt.NDArray[Any]]


class Strings:
    """Texts numbered from 0; number 0 is the empty text. A few bytes a text more than the texts themselves."""

    def __init__(self) -> None:
        self._block = memoryview(b"")
        # Where each text ends; a view, since reading single numbers out of an array takes far longer.
        self._ends: memoryview[int] = memoryview(array("Q", [0]))
        self._late: list[str] = [""]
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._ends) - 1 + len(self._late)

    def __iter__(self) -> Iterator[str]:
        ends = self._ends.tolist()
        for start, end in pairwise(ends):
            yield str(self._block[start:end], "utf-8", "surrogatepass")
        yield from self._late

    def text(self, number: int) -> str:
        """Return the text of a number."""
        packed = len(self._ends) - 1
        if number >= packed:
            return self._late[number - packed]
        return str(self._block[self._ends[number] : self._ends[number + 1]], "utf-8", "surrogatepass")

    def append(self, text: str) -> int:
        """Give a text a number of its own, whether or not it has one; return it."""
        self._late.append(text)
        return len(self) - 1

    def enter(self, text: str) -> int:
        """Return the number of a text, which is given one if none was since the texts were last settled."""
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = self.append(text) if text else 0
        return number

    def blank(self, numbers: npt.NDArray[np.intp]) -> None:
        """Put the empty text in the place of these; the others keep their numbers."""
        gone = set(numbers.tolist())
        self._pack(["" if number in gone else text for number, text in enumerate(self)])

    def settle(self) -> None:
        """Pack what was added."""
        if len(self._late) > max(1_000, len(self._ends) // 20):
            self._pack(list(self))

    def _pack(self, texts: list[str]) -> None:
        encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        ends = np.zeros(len(encoded) + 1, dtype=np.uint64)
        np.cumsum(np.fromiter(map(len, encoded), dtype=np.uint64, count=len(encoded)), out=ends[1:])
        self._ends = ends.data
        self._block, self._late, self._numbers = memoryview(b"".join(encoded)), [], {}

    def arrays(self) -> Arrays:
        """Return all as arrays."""
        if self._late:
            self._pack(list(self))
        return {
            "block": np.frombuffer(self._block, dtype=np.uint8),
            "ends": np.frombuffer(self._ends, dtype=np.uint64),
        }

    @classmethod
    def of(cls, arrays: Arrays) -> Strings:
        """Return the texts that `arrays` gave; they may lie in a mapped file."""
        found = cls()
        found._block, found._ends, found._late = arrays["block"].data, arrays["ends"].data, []
        return found


def under(prefix: str, arrays: Arrays) -> Arrays:
    """Return arrays under names that begin with a part's name."""
    return {f"{prefix}.{name}": array for name, array in arrays.items()}


def inside(prefix: str, arrays: Arrays) -> Arrays:
    """Return the arrays of one part, under the part's own names."""
    start = f"{prefix}."
    return {name[len(start) :]: array for name, array in arrays.items() if name.startswith(start)}
