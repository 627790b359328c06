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
from triggers.search.index import Index

Numbers: TypeAlias = npt.NDArray[np.int64]
# For each word of a piece the atoms that it answers to.
Words: TypeAlias = tuple[tuple[int, ...], ...]


class Pieces(dict[str, int]):
    """The number of each piece; a new one is looked up. `words` has what it answers to, by number."""

    def __init__(self, answers: Callable[[str], tuple[int, ...]]) -> None:
        super().__init__()
        self._answers = answers
        self.words: list[Words] = []
        # The atoms of all pieces one after the other, each with the word of its piece that answers to it.
        self._atoms = array("i")
        self._places = array("i")
        # By piece: where its atoms begin, how many they are, and how many words it has.
        self._starts = array("i")
        self._counts = array("i")
        self._lengths = array("i")

    def __missing__(self, piece: str) -> int:
        number = self[piece] = len(self.words)
        by_word = tuple(map(self._answers, words.surfaces(piece)))
        self.words.append(by_word)
        self._starts.append(len(self._atoms))
        for place, atoms in enumerate(by_word):
            self._atoms.extend(atoms)
            self._places.extend([place] * len(atoms))
        self._counts.append(len(self._atoms) - self._starts[-1])
        self._lengths.append(len(by_word))
        return number

    def lengths(self, pieces: Numbers) -> Numbers:
        """Return how many words each of some pieces has."""
        return _picked(self._lengths, pieces)

    def atoms(self, pieces: Numbers, first: Numbers) -> tuple[Numbers, Numbers]:
        """Return the atoms of some pieces with the place of each; `first` is the place of each piece's first word."""
        counts = _picked(self._counts, pieces)
        ends = np.cumsum(counts)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)
        held = np.repeat(_picked(self._starts, pieces), counts) + within
        return _picked(self._atoms, held), np.repeat(first, counts) + _picked(self._places, held)


class Texts:
    """Some texts as rows of pieces, one text after the other."""

    def __init__(self, texts: Sequence[str], pieces: Pieces) -> None:
        self._pieces = pieces
        self._row = array("i")
        self._ends = array("i", (0,))
        number = pieces.__getitem__
        for text in texts:
            if text:
                self._row.extend(map(number, text.split()))
            self._ends.append(len(self._row))

    def words(self, index: int) -> list[tuple[int, ...]]:
        """Return the words of one text: the atoms that each answers to."""
        known = self._pieces.words
        return [
            word for piece in self._row[self._ends[index] : self._ends[index + 1]] for word in known[piece]
        ]

    def index(self) -> Index:
        """Return where every atom stands; places count on from one text to the next."""
        row, ends = np.asarray(self._row).astype(np.int64), np.asarray(self._ends)
        lengths = self._pieces.lengths(row)
        passed = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
        owners = np.repeat(np.arange(len(ends) - 1), np.diff(passed[ends]))
        return Index(*self._pieces.atoms(row, passed[:-1]), owners, len(ends) - 1)


def _picked(held: array[int], which: Numbers) -> Numbers:
    # Nothing may go on looking into an array that is to grow, so what is picked is copied out.
    return np.asarray(held)[which].astype(np.int64)
