"""Which words stand beside a word in the names that are known, and which of those a misspelt word may be."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leads.linking.multimap import MultiMap
from leads.linking.vocabulary import Vocabulary

# Partners of a name among which a badly misspelt one is looked for.
MAX_PARTNERS = 50_000
# Of words with fewer partners these are found as fast as remembered, and no more than so many are remembered in all.
_FEW = 100
_REMEMBERED = 1 << 20
_LOW = np.uint64(0xFFFFFFFF)


class _Beside(NamedTuple):
    numbers: npt.NDArray[np.uint32]
    letters: npt.NDArray[np.uint64]


_NOTHING = _Beside(np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.uint64))


def pair_key(a: int, b: int) -> int:
    """Return the index entry of two numbered words that follow each other in a name."""
    return a << 32 | b


def all_pairs(number: int) -> tuple[int, int]:
    """Return the first index entry of a word, and the first one after its last."""
    return pair_key(number, 0), pair_key(number + 1, 0)


class Partners:
    """Remembers what stands beside common words, since given names recur; to be told when a name is added."""

    def __init__(self) -> None:
        self._beside: dict[int, _Beside] = {}
        self._size = 0

    def forget(self) -> None:
        """Forget all: what stands beside words has changed."""
        if self._beside:
            self._beside.clear()
            self._size = 0

    def alike(self, number: int, told: str, pairs: MultiMap, vocabulary: Vocabulary) -> list[int]:
        """Return the numbers of those words beside a numbered one that one or two slips make of the told root."""
        beside = self._beside.get(number) or self._look(number, pairs, vocabulary)
        return sorted(vocabulary.alike(told, *beside)) if len(beside.numbers) else []

    def _look(self, number: int, pairs: MultiMap, vocabulary: Vocabulary) -> _Beside:
        if pairs.count(*all_pairs(number)) > MAX_PARTNERS:
            return _NOTHING
        keys, _ = pairs.range(*all_pairs(number))
        partners = (keys & _LOW).astype(np.uint32)
        partners = partners[np.flatnonzero(np.diff(partners, prepend=np.uint32(0)))]
        found = _Beside(partners, vocabulary.letters_of(partners))
        if len(partners) > _FEW:
            if self._size + len(partners) > _REMEMBERED:
                self.forget()
            self._size += len(partners)
            self._beside[number] = found
        return found
