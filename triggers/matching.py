"""Finds token patterns in words, from the one word each must hold.

The patterns are those of spaCy's Matcher and mean the same: tests and the speed benchmark hold the hits
against it. Unlike it, this needs no Doc, no vocabulary and no compiled automaton: a pattern is tried only
around its rarest word, so a text costs microseconds.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, overload

from triggers.date_words import NUMERALS
from triggers.lemmas import English, Russian, folded
from triggers.phrases import Pattern, Token
from triggers.text import Tokens

UNBOUNDED = 10_000


def is_number(word: str) -> bool:
    """Say whether a word is a number: figures, or a numeral that dates are counted with."""
    return word[:1].isdigit() or word.lower() in NUMERALS


def _all_of(category: str) -> Callable[[str], bool]:
    return lambda word: all(unicodedata.category(letter).startswith(category) for letter in word)


def shape(word: str) -> str:
    """Return spaCy's shape of a word: `Xxxx`, `dd`; at most four of a kind in a row."""
    found: list[str] = []
    for letter in word if len(word) < 100 else "":
        kind = ("X" if letter.isupper() else "x") if letter.isalpha() else "d" if letter.isdigit() else letter
        if found[-4:] != [kind] * 4:
            found.append(kind)
    return "".join(found) if len(word) < 100 else "LONG"


_QUOTES = frozenset("\"'`«»‘’‚‛“”„‟‹›❮❯") | {"''", "``"}
_FEATURES: dict[str, Callable[[str], Any]] = {
    "ORTH": str,
    "LOWER": str.lower,
    "SHAPE": shape,
    "IS_ALPHA": str.isalpha,
    "IS_ASCII": str.isascii,
    "IS_DIGIT": str.isdigit,
    "IS_LOWER": str.islower,
    "IS_UPPER": str.isupper,
    "IS_TITLE": str.istitle,
    "IS_PUNCT": _all_of("P"),
    "IS_CURRENCY": _all_of("Sc"),
    "IS_QUOTE": _QUOTES.__contains__,
    "IS_BRACKET": frozenset("()[]{}<>").__contains__,
    "LIKE_NUM": is_number,
}
FEATURES = {name: lru_cache(20_000)(feature) for name, feature in _FEATURES.items()}


class Lemmas(Sequence[str]):
    """The dictionary forms of the words of one text, each looked up when it is first asked for."""

    def __init__(self, tokens: Tokens, lemmas: English | Russian) -> None:
        self._words = tokens.lowers
        self._lemma = lemmas.lemma

    def __len__(self) -> int:
        return len(self._words)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self._lemma(folded(word)) for word in self._words[at]]
        return self._lemma(folded(self._words[at]))


class Columns(dict[str, Sequence[Any]]):
    """What patterns may ask of the words of one text, each attribute worked out when it is first asked for."""

    def __init__(self, tokens: Tokens, lemmas: English | Russian) -> None:
        super().__init__(LOWER=tokens.lowers, ORTH=tokens.words)
        self.tokens = tokens
        self._lemmas = lemmas

    def __missing__(self, name: str) -> Sequence[Any]:
        if name == "LEMMA":
            self[name] = Lemmas(self.tokens, self._lemmas)
        else:
            self[name] = list(map(FEATURES[name], self.tokens.words))
        return self[name]


@dataclass(frozen=True, slots=True)
class Test:
    """One thing that a token must be, or not be: an attribute among some values.

    `forms` holds, for lemmas, the only words that can have one of them: no other word's lemma is looked up.
    `feature` tells what has no column of its own, from the word.
    """

    name: str
    values: frozenset[Any]
    wanted: bool
    forms: frozenset[str] | None = None
    feature: Callable[[str], Any] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One token of a pattern: what it must be, how often, and its number for captures."""

    tests: tuple[Test, ...]
    op: str
    number: int

    def fits(self, columns: Columns, place: int) -> bool:
        """Say whether a word is as the token must be."""
        tokens = columns.tokens
        for test in self.tests:
            if test.feature is not None:
                met = test.feature(tokens.words[place]) in test.values
            elif test.forms is not None and folded(tokens.lowers[place]) not in test.forms:
                met = False
            else:
                met = columns[test.name][place] in test.values
            if met is not test.wanted:
                return False
        return True


@dataclass(frozen=True, slots=True)
class Plan:
    """A pattern made ready: its steps, and the attribute and words of its anchor with its distance from the start."""

    pattern: Pattern
    steps: tuple[Step, ...]
    anchor: tuple[str, frozenset[str]] | None
    nearest: int
    farthest: int

    def find(self, columns: Columns) -> Iterator[tuple[int, int, tuple[int, ...]]]:
        """Yield (start, end, number of the pattern's token for each word), the longest first at each start."""
        tokens = columns.tokens
        first = self.steps[0] if self.steps and self.steps[0].op == "1" else None
        for start in self._starts(columns):
            if first is not None and not (start < len(tokens) and first.fits(columns, start)):
                continue
            ends = self._from(columns, start)
            for end in sorted(ends, reverse=True):
                if stands(self.pattern, tokens, start, end):
                    yield start, end, ends[end]
                    break

    def spans(self, columns: Columns) -> set[tuple[int, int]]:
        """Return every (start, end) that matches, wherever it stands: what spaCy's Matcher returns."""
        size = len(columns.tokens)
        return {
            (start, end) for start in range(size) for end in self._from(columns, start, within_sentence=False)
        }

    def _starts(self, columns: Columns) -> Sequence[int]:
        size = len(columns.tokens)
        if self.anchor is None:
            return range(size)
        attribute, words = self.anchor
        places = [at for at, word in enumerate(columns[attribute]) if word in words]
        if self.nearest == self.farthest:
            return [at - self.nearest for at in places if at >= self.nearest]
        starts = {
            start for at in places for start in range(max(0, at - self.farthest), at - self.nearest + 1)
        }
        return sorted(starts)

    def _from(
        self, columns: Columns, start: int, *, within_sentence: bool = True
    ) -> dict[int, tuple[int, ...]]:
        """Return every end of a match that begins at a word, each with one alignment (the greediest)."""
        sentences = columns.tokens.sentences
        size, steps = len(sentences), self.steps
        ends: dict[int, tuple[int, ...]] = {}
        stack: list[tuple[int, int, tuple[int, ...]]] = [(0, start, ())]
        seen: set[tuple[int, int]] = set()
        while stack:
            at, place, numbers = stack.pop()
            if (at, place) in seen:
                continue
            seen.add((at, place))
            if at == len(steps):
                if place > start:
                    ends.setdefault(place, numbers)
                continue
            step = steps[at]
            if step.op in ("?", "*"):
                stack.append((at + 1, place, numbers))
            if place == size or (within_sentence and sentences[place] != sentences[start]):
                continue
            if step.fits(columns, place):
                stack.append((at + (step.op != "*"), place + 1, (*numbers, step.number)))
        return ends


def stands(pattern: Pattern, tokens: Tokens, start: int, end: int) -> bool:
    """Say whether a pattern's place in the sentence is right, and that it spans no sentence's end."""
    sentences = tokens.sentences
    if sentences[start] != sentences[end - 1]:
        return False
    if pattern.at_clause and not tokens.clause_start[start]:
        return False
    if pattern.at_sentence and start > 0 and sentences[start - 1] == sentences[start]:
        return False
    return not (pattern.at_end and end < len(tokens) and sentences[end] == sentences[start])


def plan(pattern: Pattern, forms: Callable[[frozenset[str]], frozenset[str]]) -> Plan:
    """Make a pattern ready. Lemmas are looked for by their `forms`, so that few words need theirs."""
    steps: list[Step] = []
    anchors: list[tuple[int, tuple[str, frozenset[str]], int, int]] = []
    nearest = farthest = 0
    for number, token in enumerate(pattern.tokens):
        op = dict(token.attributes).get("OP", "1")
        if token.needs is not None and op in ("1", "+"):
            anchors.append((len(token.needs[1]), token.needs, nearest, farthest))
        tests = _tests(token, forms)
        if op == "+":
            steps += [Step(tests, "1", number), Step(tests, "*", number)]
        else:
            steps.append(Step(tests, op, number))
        nearest += op in ("1", "+")
        farthest += UNBOUNDED if op in ("*", "+") else 1
    best = min(anchors, key=lambda anchor: (anchor[3] - anchor[2], anchor[0]), default=None)
    if best is None:
        return Plan(pattern, tuple(steps), None, 0, 0)
    attribute, words = best[1]
    if attribute == "LEMMA":
        attribute, words = "LOWER", forms(words)
    return Plan(pattern, tuple(steps), (attribute, words), best[2], min(best[3], UNBOUNDED))


def _tests(token: Token, forms: Callable[[frozenset[str]], frozenset[str]]) -> tuple[Test, ...]:
    found = []
    for name, value in token.attributes:
        if name == "OP":
            continue
        values = frozenset(value[1]) if isinstance(value, tuple) else frozenset([value])
        wanted = not isinstance(value, tuple) or value[0] == "IN"
        feature = None if name in ("LOWER", "ORTH") else FEATURES.get(name)
        found.append(Test(name, values, wanted, forms(values) if name == "LEMMA" else None, feature))
    return tuple(found)
