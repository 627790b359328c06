"""Texts that are counted: numbers from 1, and how often each was told."""

from __future__ import annotations

from array import array

import numpy as np

from leads.linking.strings import Arrays, Strings, inside, under


class Numbering:
    """Numbers of texts; the empty text is 0 and is never counted."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {"": 0}
        self._texts: list[str] = [""]
        self._counts = array("I", [0])

    def number(self, text: str) -> int:
        """Return the number of a text, 0 where it has none."""
        return self._numbers.get(text, 0)

    def enter(self, text: str) -> int:
        """Return the number of a text, which is given one if it has none."""
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = len(self._counts)
            self._texts.append(text)
            self._counts.append(0)
        return number

    def text(self, number: int) -> str:
        """Return the text of a number."""
        return self._texts[number]

    def count_in(self, number: int, more: int = 1) -> None:
        """Count a text once more, or once less."""
        if number:
            self._counts[number] = max(self._counts[number] + more, 0)

    def count(self, number: int) -> int:
        """Return how often a text was told."""
        return self._counts[number]

    def arrays(self) -> Arrays:
        """Return all as arrays."""
        texts = Strings()
        for text in self._texts[1:]:
            texts.append(text)
        return {"counts": np.array(self._counts, dtype=np.uint32), **under("texts", texts.arrays())}

    @classmethod
    def of(cls, arrays: Arrays) -> Numbering:
        """Return the numbering that `arrays` gave."""
        found = cls()
        found.take(arrays)
        return found

    def take(self, arrays: Arrays) -> None:
        """Become what `arrays` gave."""
        self._counts = array("I", arrays["counts"].tobytes())
        self._texts = list(Strings.of(inside("texts", arrays)))
        self._numbers = {text: number for number, text in enumerate(self._texts)}
