"""Pieces of text between two blanks, numbered: what a batch is turned about by.

No word reaches over a blank, so a text can be cut at blanks first. Pieces recur, and the words of one and the atoms
that these answer to are looked up once; a text is then a row of numbers, which costs one look-up a piece.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from triggers.search import words
from triggers.search.index import Index
from triggers.search.vocabulary import Vocabulary

Numbers: TypeAlias = npt.NDArray[np.int64]
# For each word of a piece the atoms that it answers to.
Words: TypeAlias = tuple[tuple[int, ...], ...]


class Pieces(dict[str, int]):
    """The number of each piece; a new one is looked up. `words` has what it answers to, by number."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary
        self.words: list[Words] = []
        # The atoms of all pieces one after the other, each with the word of its piece that answers to it.
        self._atoms = array("i")
        self._places = array("i")
        # By piece: where its atoms begin, how many they are, and how many words it has.
        self._starts = array("i")
        self._counts = array("i")
        self._lengths = array("i")
        # The words of all pieces one after the other, where those of each begin, and whose each is.
        self._spoken = array("i")
        self._firsts = array("i")
        self._owners = array("i")

    def __missing__(self, piece: str) -> int:
        number = self[piece] = len(self.words)
        spoken = [self._vocabulary[word] for word in words.surfaces(piece)]
        self._firsts.append(len(self._spoken))
        self._spoken.extend(spoken)
        self._owners.extend([number] * len(spoken))
        self._lengths.append(len(spoken))
        self.words.append(())
        self._starts.append(0)
        self._counts.append(0)
        self._fill(number)
        return number

    def refresh(self, keys: Collection[str]) -> None:
        """Make new atoms known to the pieces whose words answer to them."""
        changed = self._vocabulary.refresh(keys)
        if changed:
            concerned = np.asarray(self._owners)[np.isin(np.asarray(self._spoken), changed)]
            for number in np.unique(concerned).tolist():
                self._fill(number)

    def _fill(self, number: int) -> None:
        """Note what the words of a piece answer to; what was noted before is no longer referred to."""
        first = self._firsts[number]
        known = self._vocabulary.atoms
        by_word = tuple(known[word] for word in self._spoken[first : first + self._lengths[number]])
        self.words[number] = by_word
        self._starts[number] = len(self._atoms)
        for place, atoms in enumerate(by_word):
            self._atoms.extend(atoms)
            self._places.extend([place] * len(atoms))
        self._counts[number] = len(self._atoms) - self._starts[number]

    def noted(self) -> int:
        """Return how many answers of words are noted, those too that are no longer referred to."""
        return len(self._atoms)

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
