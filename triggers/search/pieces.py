"""Pieces of text between two blanks, numbered: what a batch is turned about by.

No word reaches over a blank, so a text can be cut at blanks first. Pieces recur, and the words of one and the atoms
that these answer to are looked up once; a text is then a row of numbers, which costs one look-up a piece.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from triggers.search import words

Numbers: TypeAlias = npt.NDArray[np.int64]
# For each word of a piece the atoms that it answers to.
Words: TypeAlias = tuple[tuple[int, ...], ...]
# With more posts than these, reading an integer from digits costs less than working out the byte of each.
_DENSE = 128
_ONE = ord("1")


class Pieces(dict[str, int]):
    """The number of each piece; a new one is looked up. `words` has what it answers to, by number."""

    def __init__(self, answers: Callable[[str], tuple[int, ...]]) -> None:
        super().__init__()
        self._answers = answers
        self.words: list[Words] = []
        # The atoms of all pieces one after the other, and where those of each begin and how many they are.
        self._atoms = array("i")
        self._starts = array("i")
        self._counts = array("i")

    def __missing__(self, piece: str) -> int:
        number = self[piece] = len(self.words)
        by_word = tuple(map(self._answers, words.surfaces(piece)))
        atoms = {atom for held in by_word for atom in held}
        self.words.append(by_word)
        self._starts.append(len(self._atoms))
        self._counts.append(len(atoms))
        self._atoms.extend(atoms)
        return number

    def atoms(self, pieces: Numbers) -> tuple[Numbers, Numbers]:
        """Return the atoms of some pieces one after the other, and how many each piece has."""
        counts = _numbers(self._counts)[pieces]
        ends = np.cumsum(counts)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)
        return _numbers(self._atoms)[np.repeat(_numbers(self._starts)[pieces], counts) + within], counts


class Texts:
    """Some texts as rows of pieces, one text after the other."""

    def __init__(self, texts: Sequence[str], pieces: Pieces) -> None:
        self._pieces = pieces
        self._row = array("i")
        self._ends = array("i", (0,))
        number = pieces.__getitem__
        for text in texts:
            self._row.extend(map(number, text.split()))
            self._ends.append(len(self._row))

    def words(self, index: int) -> list[tuple[int, ...]]:
        """Return the words of one text: the atoms that each answers to."""
        known = self._pieces.words
        return [
            word for piece in self._row[self._ends[index] : self._ends[index + 1]] for word in known[piece]
        ]

    def masks(self) -> dict[int, int]:
        """Return for each atom the texts that have it: bit i for text i."""
        texts = len(self._ends) - 1
        atoms, counts = self._pieces.atoms(_numbers(self._row))
        owners = np.repeat(np.repeat(np.arange(texts), np.diff(_numbers(self._ends))), counts)
        shift = texts.bit_length()
        # Sorted by atom, then by text.
        pairs = np.sort(atoms << shift | owners)
        atoms, holders = pairs >> shift, (pairs & ((1 << shift) - 1)).tolist()
        starts = np.flatnonzero(np.diff(atoms, prepend=-1))
        named, places = atoms[starts].tolist(), [*starts.tolist(), len(holders)]
        size = texts // 8 + 1
        return {atom: _mask(holders[places[n] : places[n + 1]], size) for n, atom in enumerate(named)}


def _numbers(held: array[int]) -> Numbers:
    # A copy: an array that something looks into cannot grow.
    return np.array(held, dtype=np.int64)


def _mask(numbers: list[int], size: int) -> int:
    """Return an integer of `size` bytes with these bits set; joining integers would copy them for each bit."""
    if len(numbers) == 1:
        return 1 << numbers[0]
    if len(numbers) > _DENSE:
        digits = bytearray(b"0") * (8 * size)
        for number in numbers:
            digits[-1 - number] = _ONE
        return int(digits, 2)
    octets = bytearray(size)
    for number in numbers:
        octets[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(octets, "little")
