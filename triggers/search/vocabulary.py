"""The words of texts seen so far, the atoms that each answers to, and which of them a new atom concerns.

A search that is added may bring a word that no search had. What is remembered of a hundred thousand words then stays:
hashes in arrays tell which of them may answer to the new atom, and only these are looked up again.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection

import numpy as np
import numpy.typing as npt

from triggers.search import words

# One letter of a head takes so many bits: enough for any code point.
_LETTER = 21
_HEAD = 3
# One edit changes a letter, leaves one out or adds one: so many letters of two sets may differ.
_EDIT = 2


class Vocabulary(dict[str, int]):
    """The number of each word; a new one is looked up. `atoms` has what it answers to, by number."""

    def __init__(self, look_up: Callable[[str], tuple[int, ...]]) -> None:
        super().__init__()
        self._look_up = look_up
        self.atoms: list[tuple[int, ...]] = []
        self._surfaces: list[str] = []
        # A row for each name that a word answers to: hashes of its keys, its first letters, its length, its letters.
        self._words = array("i")
        self._exact = {mark: array("q") for mark in "=~^"}
        self._heads = array("q")
        self._lengths = array("i")
        self._letters = array("Q")

    def __missing__(self, surface: str) -> int:
        number = self[surface] = len(self.atoms)
        self.atoms.append(self._look_up(surface))
        self._surfaces.append(surface)
        for name in words.names(surface):
            folded = words.folded(name)
            self._words.append(number)
            self._exact["="].append(hash(folded))
            self._exact["~"].append(hash(words.lemma(folded)))
            self._exact["^"].append(hash(words.cased(name)))
            self._heads.append(head_code(folded))
            self._lengths.append(len(folded))
            self._letters.append(_letters(folded))
        return number

    def refresh(self, keys: Collection[str]) -> list[int]:
        """Look up again the words that may answer to some new atoms; return those for which that changed anything."""
        chosen = np.zeros(len(self._words), np.bool_)
        for mark, hashes in self._exact.items():
            asked = [hash(key[1:]) for key in keys if key[0] == mark]
            if asked:
                chosen |= np.isin(np.asarray(hashes), asked)
        for key in keys:
            if key[0] == "*":
                chosen |= self._beginning(words_head(key[1:]))
            elif key[0] == "?":
                chosen |= self._resembling(key[1:])
        changed = []
        for number in set(np.asarray(self._words)[chosen].tolist()):
            atoms = self._look_up(self._surfaces[number])
            if atoms != self.atoms[number]:
                self.atoms[number] = atoms
                changed.append(number)
        return changed

    def _beginning(self, head: str) -> npt.NDArray[np.bool_]:
        dropped = _LETTER * (_HEAD - len(head))
        found: npt.NDArray[np.bool_] = np.asarray(self._heads) >> dropped == head_code(head) >> dropped
        return found

    def _resembling(self, word: str) -> npt.NDArray[np.bool_]:
        other = np.bitwise_count(np.asarray(self._letters) ^ np.uint64(_letters(word))) <= _EDIT
        near: npt.NDArray[np.bool_] = other & (np.abs(np.asarray(self._lengths) - len(word)) <= 1)
        return near


def words_head(pattern: str) -> str:
    """Return the letters that every word of a wildcard pattern begins with, three at most."""
    for place, char in enumerate(pattern[:_HEAD]):
        if char in "*?":
            return pattern[:place]
    return pattern[:_HEAD]


def head_code(word: str) -> int:
    """Return the first letters of a word as one integer; those that it lacks are 0."""
    code = 0
    for char in word[:_HEAD].ljust(_HEAD, "\0"):
        code = code << _LETTER | ord(char)
    return code


def _letters(word: str) -> int:
    """Return the letters of a word as bits; letters may share one."""
    mask = 0
    for char in word:
        mask |= 1 << (ord(char) & 63)
    return mask
