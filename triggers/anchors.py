"""The gate: which rules a text could match at all, told from its words alone.

Every pattern names words that must be there. The rarest such word list is the pattern's anchor;
a text that holds no anchor is never tokenised, lemmatised or shown to spaCy.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass

from triggers.phrases import Compiler, Pattern
from triggers.rule import Line

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_MONEY_SIGN = re.compile(
    r"[$€£₽¥]|\d\W?(?:руб|млн|млрд|тыс|долл|евро|dollars?|euros?|usd|eur)", re.IGNORECASE
)
_TRIPLE = re.compile(r"(\w)\1{2,}")
MONEY_FORM, HANDLE_FORM = "<money>", "@handle"
Needs = tuple[frozenset[str], ...]


def surface(text: str) -> set[str]:
    """Return the words of a text in the form that anchors have: lower case, ё as е, no long runs of a letter."""
    lower = text.lower()
    if "ё" in lower:
        lower = lower.replace("ё", "е")
    words = set(_WORD.findall(lower))
    if _TRIPLE.search(lower):
        words.update(_WORD.findall(_TRIPLE.sub(r"\1", lower)))
    if _MONEY_SIGN.search(lower):
        words.add(MONEY_FORM)
    if "@" in lower:
        words.add(HANDLE_FORM)
    return words


class Anchors:
    """What the patterns of one language need, and how to find the lines a text could match."""

    def __init__(self, compiler: Compiler) -> None:
        self._lemmas = compiler.lemmas
        self._function = compiler.words.words("_function")
        self._common = compiler.words.words("_common")
        self._surfaces: dict[tuple[str, frozenset[str]], frozenset[str]] = {}

    def needs(self, pattern: Pattern) -> Needs:
        """Return the sets of surface words of which a pattern needs one each, the rarest set first.

        Sets that hold a function word tell nothing and are left out; an empty result means that
        the pattern has no literal anchor.
        """
        sets = {self._surface(*token.needs) for token in pattern.tokens if token.needs is not None}
        return tuple(sorted((s for s in sets if s and s.isdisjoint(self._function)), key=self._weight))

    def line_needs(self, line: Line) -> tuple[Needs, ...]:
        """Return the needs of each pattern of a line, without doubles."""
        return tuple(dict.fromkeys(self.needs(pattern) for pattern in line.patterns))

    def _weight(self, forms: frozenset[str]) -> tuple[int, list[str]]:
        return len(forms) + 100 * len(forms & self._common), sorted(forms)[:1]

    def _surface(self, attribute: str, words: frozenset[str]) -> frozenset[str]:
        key = (attribute, words)
        if key not in self._surfaces:
            self._surfaces[key] = frozenset(form for word in words for form in self._forms(attribute, word))
            # A form of a noun may look like a function word (`посол`, `после`): the lemmatiser never reads it so.
            if attribute == "LEMMA" and words.isdisjoint(self._function):
                self._surfaces[key] -= self._function
        return self._surfaces[key]

    def _forms(self, attribute: str, word: str) -> Iterable[str]:
        if attribute == "LEMMA":
            return self._lemmas.forms(word)
        # A tag or a spelling is looked for by its letters: marks of their own are no words to the gate.
        bare = word.lower()
        if bare in (MONEY_FORM, HANDLE_FORM):
            return (bare,)
        parts = _WORD.findall(bare.lstrip("#"))
        return parts[:1]


@dataclass(slots=True, eq=False)
class Unit:
    """One way for a line to match: the line's number and what else its pattern needs."""

    line: int
    also: Needs


class Gate:
    """An index from anchor words to the lines that could match."""

    def __init__(self) -> None:
        self._index: defaultdict[str, list[Unit]] = defaultdict(list)
        self._keys: Set[str] = self._index.keys()

    def add(self, line: int, needs: Iterable[Needs]) -> None:
        """Enter a line under the anchor of each of its patterns."""
        for need in needs:
            if not need:
                continue
            unit = Unit(line, need[1:])
            for form in need[0]:
                self._index[form].append(unit)

    def lines(self, words: set[str]) -> set[int]:
        """Return the numbers of the lines that a text with these words could match."""
        found: set[int] = set()
        for form in self._keys & words:
            for unit in self._index[form]:
                if unit.line not in found and not any(need.isdisjoint(words) for need in unit.also):
                    found.add(unit.line)
        return found


def satisfied(needs: tuple[Needs, ...], words: set[str]) -> bool:
    """Say whether a text with these words could match a line with these needs."""
    return any(not any(part.isdisjoint(words) for part in need) for need in needs)
