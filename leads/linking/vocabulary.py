"""The roots of all names that are known: numbered, counted, and found again when misspelt."""

from __future__ import annotations

from array import array
from functools import lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from leads.linking.fold import words
from leads.linking.multimap import MultiMap
from leads.linking.person_names import Part
from leads.linking.stems import root
from leads.linking.strings import Arrays, Strings, inside, under
from leads.linking.tables import rows

# A small address book says little of how common a name is: it counts as so many people more, named as the
# table of common names says.
BELIEF = 2_000
# Of a name that no table has: one in so many people.
_RARE = {Part.GIVEN: 1e-4, Part.FAMILY: 1e-5}
_MIN_LENGTH = 3
_REMEMBERED = 1 << 12
MAX_SLIPS = 2


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
        self._roots = Strings()
        self._counts = array("I", [0])
        # Which letters, and which twice: roots that differ in more bits than two slips can change need no closer look.
        self._letters = array("Q", [0])
        self._misspelt = MultiMap()
        self._numbers: dict[str, int] = {}
        # What words may be by one slip, as long as no new root is known: given names recur.
        self._near: dict[str, list[int]] = {}

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
            number = self._numbers[new] = self._roots.append(new)
            self._near.clear()
            self._counts.append(0)
            self._letters.append(_letters(new))
            for form in _deletions(new):
                self._misspelt.add(crc32(form.encode()), number)
        return number

    def count_in(self, number: int, people: int = 1) -> None:
        """Count more bearers of a numbered root, or fewer."""
        self._counts[number] = max(self._counts[number] + people, 0)

    def settle(self) -> None:
        """Sort what was added since the last time."""
        self._misspelt.settle()
        self._roots.settle()

    def root(self, number: int) -> str:
        """Return the root of a number."""
        return self._roots.text(number)

    def near(self, told: str) -> list[int]:
        """Return the numbers of the roots that one slip makes of this one, itself not among them."""
        known = self._near.get(told)
        if known is None:
            if len(self._near) > _REMEMBERED:
                self._near.clear()
            known = self._near[told] = self._look_near(told)
        return known

    def _look_near(self, told: str) -> list[int]:
        if len(told) < _MIN_LENGTH:
            return []
        found = self._misspelt.get([crc32(form.encode()) for form in _deletions(told)])
        # Most differ in more letters than one slip changes.
        told_letters, letters = _letters(told), self._letters
        return [
            n
            for n in found.tolist()
            if (letters[n] ^ told_letters).bit_count() <= 2
            and OSA.distance(told, self._roots.text(n), score_cutoff=1) == 1
        ]

    def letters_of(self, numbers: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
        """Return the letters of numbered roots, as `alike` compares them."""
        return np.frombuffer(self._letters, dtype=np.uint64)[numbers]

    def alike(self, told: str, numbers: npt.NDArray[np.uint32], letters: npt.NDArray[np.uint64]) -> list[int]:
        """Return those of the numbers, with their letters, whose roots one or two slips make of this one."""
        # A changed letter takes one bit and brings one: two slips change four at most.
        kept = numbers[np.bitwise_count(letters ^ np.uint64(_letters(told))) <= 2 * MAX_SLIPS].tolist()
        roots = [self._roots.text(number) for number in kept]
        hits = process.extract(told, roots, scorer=OSA.distance, score_cutoff=MAX_SLIPS, limit=10)
        return [kept[at] for _, distance, at in hits if distance]

    def share(self, told: str, part: Part, people: int) -> float:
        """Return the share of people who bear a name of this root, from what is known here and in general."""
        general = common_names().get((part, told), _RARE.get(part, 1e-3))
        count = self._counts[self._numbers.get(told, 0)]
        return (count + BELIEF * general) / (people + BELIEF)

    def forget_unused(self) -> None:
        """Blank those roots that nobody bears any more."""
        unused = np.flatnonzero(np.frombuffer(self._counts, dtype=np.uint32) == 0)
        for number in unused.tolist():
            self._numbers.pop(self._roots.text(number), None)
        self._roots.blank(unused)
        self._near.clear()

    def arrays(self) -> Arrays:
        """Return all as arrays."""
        counts, letters = np.array(self._counts, dtype=np.uint32), np.array(self._letters, dtype=np.uint64)
        return {
            "counts": counts,
            "letters": letters,
            **under("roots", self._roots.arrays()),
            **under("misspelt", self._misspelt.arrays()),
        }

    @classmethod
    def of(cls, arrays: Arrays) -> Vocabulary:
        """Return the vocabulary that `arrays` gave."""
        found = cls()
        found._counts = array("I", arrays["counts"].tobytes())
        found._letters = array("Q", arrays["letters"].tobytes())
        found._roots = Strings.of(inside("roots", arrays))
        found._misspelt = MultiMap.of(inside("misspelt", arrays))
        found._numbers = {text: number for number, text in enumerate(found._roots) if text}
        return found


@lru_cache(maxsize=1 << 14)
def _letters(word: str) -> int:
    bits = 0
    for letter in word:
        bit = 1 << (ord(letter) & 31)
        bits |= bit << 32 if bits & bit else bit
    return bits


def _deletions(word: str) -> list[str]:
    if len(word) < _MIN_LENGTH:
        return [word]
    return [word, *{word[:at] + word[at + 1 :] for at in range(len(word))}]
