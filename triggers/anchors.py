"""The gate: which rules a text could match at all, told from its words alone.

Every pattern names words that must be there. The rarest such word list is the pattern's anchor;
a text that holds no anchor is never tokenised or lemmatised.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from triggers.date_words import NUMERALS
from triggers.matching import UNBOUNDED
from triggers.phrases import Compiler, Pattern
from triggers.rule import Line
from triggers.text import ENDING, HANDLE, MONEY, NOT_STEM, SPLIT

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
# What words that are numbers may begin with.
_DIGIT = re.compile(r"[\d¹²³⁰⁴-⁹₀-₉①-⑨❶-❾➀-➈➊-➒]")
DIGIT_FORM = "<digit>"
_NUMBERS = NUMERALS | {DIGIT_FORM}
_MONEY_WORDS = (
    "$",
    "€",
    "£",
    "₽",
    "¥",
    "руб",
    "млн",
    "млрд",
    "долл",
    "евро",
    "dollar",
    "euro",
    "usd",
    "eur",
    "gbp",
    "rub",
    "pound",
)
_TRIPLE = re.compile(r"(\w)\1\1+")
MONEY_FORM, HANDLE_FORM = MONEY, HANDLE
# Short words are met more often: a worse anchor.
SHORT = 5
# What is left of contractions where words are only cut at apostrophes.
_PIECES = frozenset({"s", "d", "t", "m", "re", "ve", "ll"})
Needs = tuple[frozenset[str], ...]
# The words a pattern needs, in its order, each with how many tokens may stand between it and the one before.
Order = tuple[tuple[frozenset[str], int], ...]
_NEGATED = (
    "is",
    "was",
    "do",
    "did",
    "has",
    "have",
    "are",
    "could",
    "would",
    "should",
    "does",
    "were",
    "must",
    "need",
    "had",
    "might",
    "can",
    "ought",
    "dare",
    "may",
)


def _contracted() -> dict[str, frozenset[str]]:
    """Return, for each word that splitting a contraction makes, what the text may have in its place."""
    table: defaultdict[str, set[str]] = defaultdict(set)
    for written, parts in SPLIT.items():
        for part in parts:
            table[part].add(written)
    for ending, word in ENDING.items():
        table[word].add(ending)
    for stem, word in (*NOT_STEM.items(), *((f"{word}n", word) for word in _NEGATED), ("n", "do")):
        table[word].add(stem)
    return {word: frozenset(written) for word, written in table.items()}


CONTRACTED = _contracted()
_ODD = re.compile(r"[\d@_#&*]")
# The class `<num>`, where it may not be missing.
_NUMBER = (("LIKE_NUM", True),)
# Addresses are no tokens: what stands in them takes no place.
_ADDRESS = re.compile(r"\]\([^\s)]*\)*|(?:https?://|www\.|t\.me/|vk\.com/|pic\.twitter\.com/)\S+")


class Surface:
    """The words of a text as anchors have them: lower case, ё as е, no long runs of a letter. Nothing is tokenised."""

    __slots__ = ("_loose", "_lower", "_pieces", "_places", "words")

    def __init__(self, text: str) -> None:
        lower = text.lower()
        if "ё" in lower:
            lower = lower.replace("ё", "е")
        # Words outside addresses and words inside them, by turns.
        self._pieces = [_WORD.findall(lower)]
        self.words = set(self._pieces[0])
        self._lower = lower
        self._loose: int | None = None
        if _TRIPLE.search(lower):
            self.words.update(_WORD.findall(_TRIPLE.sub(r"\1", lower)))
            self._loose = 0
        if "://" in lower or "www." in lower or "](" in lower or ".com/" in lower or "t.me" in lower:
            self._pieces = _cut(lower)
            self.words.update(*self._pieces)
        if _DIGIT.search(lower):
            self.words.add(DIGIT_FORM)
            if any(word in lower for word in _MONEY_WORDS):
                self.words.add(MONEY_FORM)
        if "@" in lower:
            self.words.add(HANDLE_FORM)
        self._places: dict[str, list[int]] | None = None

    def allow(self, needs: Needs, order: Order) -> bool:
        """Say whether a pattern could match: what it needs is there, and as near in order as the pattern has it."""
        return not any(need.isdisjoint(self.words) for need in needs) and self.ordered(order)

    def ordered(self, order: Order) -> bool:
        """Say whether words stand as near each other, in order, as a pattern has them, where that can be told."""
        if len(order) < 2:
            return True
        if self._loose is None:
            # Where one word here may be several or none there, the order of words says less.
            self._loose = 8 if _ODD.search(self._lower) else 3
        return not self._loose or self._in_order(order, self._loose)

    def _in_order(self, order: Order, loose: int) -> bool:
        if self._places is None:
            self._places = self._placed()
        reached: list[int] | None = None
        for forms, between in order:
            places = [at for word in forms & self.words for at in self._places.get(word, ())]
            if reached is not None:
                reach = loose * (between + 1)
                places = [at for at in places if any(0 <= at - before <= reach for before in reached)]
            if not places:
                return False
            reached = places
        return True

    def _placed(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        at = 0
        for number, piece in enumerate(self._pieces):
            for word in piece:
                places.setdefault(word, []).append(at)
                at += number % 2 == 0
        return places


def _cut(lower: str) -> list[list[str]]:
    """Return the words between addresses and those in them, by turns."""
    pieces, end = [], 0
    for address in _ADDRESS.finditer(lower):
        pieces += [_WORD.findall(lower, end, address.start()), _WORD.findall(address[0])]
        end = address.end()
    return [*pieces, _WORD.findall(lower, end)]


class Anchors:
    """What the patterns of one language need, and how to find the lines a text could match."""

    def __init__(self, compiler: Compiler) -> None:
        self._compiler = compiler
        self._function = compiler.words.words("_function") | _PIECES
        self._common = compiler.words.words("_common")
        self._surfaces: dict[tuple[str, frozenset[str]], frozenset[str]] = {}
        self._weights: dict[frozenset[str], tuple[int, str]] = {}
        self._writings: dict[tuple[str, frozenset[str]], frozenset[str]] = {}
        self._known: dict[tuple[str, frozenset[str]], tuple[frozenset[str], bool]] = {}

    def needs(self, pattern: Pattern) -> Needs:
        """Return the sets of surface words of which a pattern needs one each, the rarest set first.

        Sets that hold a function word tell little and come last; an empty result means that there is
        no other set: the pattern has no literal anchor.
        """
        telling: set[frozenset[str]] = set()
        other: dict[frozenset[str], None] = {}
        for token in pattern.tokens:
            if token.needs is not None:
                forms, tells = self._told(token.needs)
                if tells:
                    telling.add(forms)
                elif forms:
                    other[forms] = None
            elif token.attributes == _NUMBER:
                other[_NUMBERS] = None
        return (*sorted(telling, key=self._weight), *sorted(other, key=len)) if telling else ()

    def _told(self, needs: tuple[str, frozenset[str]]) -> tuple[frozenset[str], bool]:
        """Return the surface words of which a token needs one, and whether none of them is a function word."""
        told = self._known.get(needs)
        if told is None:
            forms = self._surface(*needs)
            tells = bool(forms) and forms.isdisjoint(self._function)
            told = self._known[needs] = forms if tells else self._written(*needs), tells
        return told

    def line_needs(self, line: Line) -> tuple[Needs, ...]:
        """Return the needs of each pattern of a line."""
        return tuple(self.needs(pattern) for pattern in line.patterns)

    def order(self, pattern: Pattern) -> Order:
        """Return what a pattern needs in its order; words that contractions are split into are left out."""
        found: list[tuple[frozenset[str], int]] = []
        between = 0
        for token in pattern.tokens:
            forms = self._written(*token.needs) if token.needs is not None else frozenset()
            if forms:
                found.append((forms, between))
                between = 0
            else:
                between += UNBOUNDED if dict(token.attributes).get("OP") in ("*", "+") else 1
        return tuple(found)

    def _written(self, attribute: str, words: frozenset[str]) -> frozenset[str]:
        """Return all that may stand in a text for one of some words; nothing where that cannot be told."""
        found = self._writings.get((attribute, words))
        if found is None:
            found = self._writings[attribute, words] = frozenset(self._writing(attribute, words))
        return found

    def _writing(self, attribute: str, words: frozenset[str]) -> set[str]:
        found: set[str] = set()
        for word in words:
            forms = set(self._forms(attribute, word))
            if not forms or word in (MONEY, HANDLE):
                return set()
            found |= forms
        if self._compiler.lang == "en":
            found.update(*(CONTRACTED.get(form, ()) for form in tuple(found)))
        return found

    def is_common(self, forms: frozenset[str]) -> bool:
        """Say whether one of some words is so common that many texts hold it."""
        return not forms.isdisjoint(self._common)

    def _weight(self, forms: frozenset[str]) -> tuple[int, str]:
        weight = self._weights.get(forms)
        if weight is None:
            short = sum(map(SHORT.__gt__, map(len, forms)))
            often = len(forms & self._common) + 10 * len(forms & {MONEY_FORM, HANDLE_FORM})
            weight = self._weights[forms] = len(forms) + 10 * short + 100 * often, min(forms)
        return weight

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
            return self._compiler.forms(word)
        # A tag or a spelling is looked for by its letters: marks of their own are no words to the gate.
        bare = word.lower()
        if bare in (MONEY_FORM, HANDLE_FORM):
            return (bare,)
        parts = _WORD.findall(bare.lstrip("#"))
        return parts[:1]
