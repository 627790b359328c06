"""The roots of all names that are known: numbered, counted, and found again when misspelt."""

from __future__ import annotations

from array import array
from functools import lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA

from leads.linking.fold import words
from leads.linking.multimap import MultiMap
from leads.linking.person_names import Part
from leads.linking.stems import root
from leads.linking.tables import rows

# A small address book says little of how common a name is: it counts as so many people more, named as the
# table of common names says.
BELIEF = 2_000
# Of a name that no table has: one in so many people.
_RARE = {Part.GIVEN: 1e-4, Part.FAMILY: 1e-5}
_MIN_LENGTH = 3


@lru_cache(maxsize=1)
def common_names() -> dict[tuple[Part, str], float]:
    """Return the share of people who bear a common name, per part and root."""
    found: dict[tuple[Part, str], float] = {}
    for kind, permille, names in rows("common_names.tsv"):
        part = Part.GIVEN if kind == "g" else Part.FAMILY
        for name in names.split():
            key = part, root(words(name)[0])
            found[key] = max(found.get(key, 0.0), float(permille) / 1000)
    return found


class Vocabulary:
    """Roots with their numbers (from 1) and how many people bear each."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._roots: list[str] = [""]
        self._counts = array("I", [0])
        self._lengths = array("B", [0])
        self._misspelt = MultiMap()

    def __len__(self) -> int:
        return len(self._roots) - 1

    def number(self, known: str) -> int:
        """Return the number of a root, 0 where it is not known."""
        return self._numbers.get(known, 0)

    def add(self, new: str) -> int:
        """Count one more bearer of a root; return its number."""
        number = self.enter(new)
        self._counts[number] += 1
        return number

    def enter(self, new: str) -> int:
        """Return the number of a root, which is given one if it has none; nobody is counted."""
        number = self._numbers.get(new)
        if number is None:
            number = self._numbers[new] = len(self._roots)
            self._roots.append(new)
            self._counts.append(0)
            self._lengths.append(min(len(new), 255))
            for form in _deletions(new):
                self._misspelt.add(crc32(form.encode()), number)
        return number

    def count_in(self, number: int) -> None:
        """Count one more bearer of a numbered root."""
        self._counts[number] += 1

    def lengths(self, numbers: npt.NDArray[np.uint32]) -> npt.NDArray[np.int16]:
        """Return the lengths of roots, 255 at most."""
        return np.frombuffer(self._lengths, dtype=np.uint8)[numbers].astype(np.int16)

    def settle(self) -> None:
        """Sort what was added since the last time."""
        self._misspelt.settle()

    def root(self, number: int) -> str:
        """Return the root of a number."""
        return self._roots[number]

    def near(self, told: str) -> list[int]:
        """Return the numbers of the roots that one slip makes of this one, itself not among them."""
        if len(told) < _MIN_LENGTH:
            return []
        found = self._misspelt.get(crc32(form.encode()) for form in _deletions(told))
        return [n for n in found.tolist() if 0 < OSA.distance(told, self._roots[n], score_cutoff=1) <= 1]

    def share(self, told: str, part: Part, people: int) -> float:
        """Return the share of people who bear a name of this root, from what is known here and in general."""
        general = common_names().get((part, told), _RARE.get(part, 1e-3))
        count = self._counts[self._numbers[told]] if told in self._numbers else 0
        return (count + BELIEF * general) / (people + BELIEF)


def _deletions(word: str) -> list[str]:
    if len(word) < _MIN_LENGTH:
        return [word]
    return [word, *{word[:at] + word[at + 1 :] for at in range(len(word))}]
