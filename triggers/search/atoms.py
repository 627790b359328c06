"""The words that searches look for, numbered; and which of them each word of a text answers to.

An atom's key is a mark and a text: `~lemma`, `=form`, `^Cased`, `*wildcard`, `?fuzzy`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import re2
from rapidfuzz.distance import OSA

from triggers.search import words
from triggers.search.pieces import Pieces
from triggers.search.vocabulary import Vocabulary, words_head

# Words and pieces of text whose atoms are remembered; a long one is remembered as well, so this bounds memory roughly.
FORGET_AFTER = 400_000
LEARN_FROM = 20_000
# With so many new wildcards, every word is looked up again.
MANY_NEW = 100


class AtomTable:
    """All atoms of all searches, with how many searches use each and how often it has been seen."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.keys: dict[int, str] = {}
        self.users: Counter[int] = Counter()
        self.seen: Counter[int] = Counter()
        self.total = 0
        self._next = 0
        self._wild: defaultdict[str, dict[int, Any]] = defaultdict(dict)
        self._heads: Counter[int] = Counter()
        self._fuzzy: defaultdict[str, dict[int, str]] = defaultdict(dict)
        # Keys that the words known so far have not been held against, and how many known to them are gone.
        self._new: dict[str, None] = {}
        self._gone = 0
        self._forget()

    def use(self, key: str) -> int:
        """Return the number of a key, making it known if it is new."""
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = self._next
            self.keys[number] = key
            self._next += 1
            self._register(key, number)
            self._new[key] = None
        self.users[number] += 1
        return number

    def release(self, number: int) -> None:
        """Say that one search less uses an atom; without users it is forgotten."""
        self.users[number] -= 1
        if self.users[number]:
            return
        key = self.keys.pop(number)
        del self.users[number], self.numbers[key]
        self.seen.pop(number, None)
        self._unregister(key, number)
        # Numbers are not given twice, so that a word which still answers to this one does no harm.
        self._new.pop(key, None)
        self._gone += 1

    def pieces(self) -> Pieces:
        """Return the pieces known so far. Numbers hold within what is returned: too many are forgotten, by a new one."""
        known = max(len(self._pieces), len(self._vocabulary), self._pieces.noted() // 10, self._gone * 20)
        # Many new wildcards come with many searches, and then it is as well to begin anew.
        if known > FORGET_AFTER or sum(key[0] in "*?" for key in self._new) > MANY_NEW:
            self._forget()
        elif self._new:
            self._pieces.refresh(self._new)
            self._new.clear()
        return self._pieces

    def learn(self, counts: Mapping[int, int], posts: int) -> None:
        """Count how often each atom is seen, to choose anchors by; after enough posts there is nothing to learn."""
        if self.total > LEARN_FROM:
            return
        self.total += posts
        self.seen.update(counts)

    def _forget(self) -> None:
        self._vocabulary = Vocabulary(self._look_up)
        self._pieces = Pieces(self._vocabulary)
        self._new.clear()
        self._gone = 0

    def rarity(self, number: int) -> float:
        """Return about how many of a thousand posts have an atom: seen so far, and guessed from its length."""
        guess = 2000 / (1 + len(self.keys[number])) ** 2
        return (1000 * self.seen[number] + guess * 1000) / (self.total + 1000)

    def _register(self, key: str, number: int) -> None:
        if key[0] == "*":
            head = words_head(key[1:])
            self._wild[head][number] = wild_pattern(key[1:])
            self._heads[len(head)] += 1
        elif key[0] == "?":
            for shorter in _deletions(key[1:]):
                self._fuzzy[shorter][number] = key[1:]

    def _unregister(self, key: str, number: int) -> None:
        if key[0] == "*":
            head = words_head(key[1:])
            del self._wild[head][number]
            self._heads[len(head)] -= 1
        elif key[0] == "?":
            for shorter in _deletions(key[1:]):
                del self._fuzzy[shorter][number]

    def _look_up(self, surface: str) -> tuple[int, ...]:
        """Return the atoms that a word of a text answers to."""
        found: set[int | None] = set()
        numbers = self.numbers
        for name in words.names(surface):
            folded = words.folded(name)
            found.add(numbers.get(f"={folded}"))
            found.add(numbers.get(f"~{words.lemma(folded)}"))
            found.add(numbers.get(f"^{words.cased(name)}"))
            if self._wild:
                found.update(self._wild_answers(folded))
            if self._fuzzy:
                found.update(self._fuzzy_answers(folded))
        return tuple({number for number in found if number is not None})

    def _wild_answers(self, folded: str) -> set[int]:
        lengths = [length for length, users in self._heads.items() if users]
        return {
            number
            for length in lengths
            for number, pattern in self._wild.get(folded[:length], {}).items()
            if pattern.fullmatch(folded)
        }

    def _fuzzy_answers(self, folded: str) -> set[int]:
        return {
            number
            for shorter in _deletions(folded)
            for number, word in self._fuzzy.get(shorter, {}).items()
            if within_one_edit(folded, word)
        }


@lru_cache(10_000)
def wild_pattern(pattern: str) -> Any:
    """Compile a wildcard word with RE2: many stars would let `re` backtrack for long."""
    parts = [
        ".*" if part == "*" else "." if part == "?" else re2.escape(part)
        for part in re.split(r"([*?])", pattern)
    ]
    return re2.compile("(?s)" + "".join(parts))


def within_one_edit(left: str, right: str) -> bool:
    """Return whether one letter added, left out, changed or swapped with its neighbour makes the words equal."""
    distance: Any = OSA.distance(left, right, score_cutoff=1)
    return bool(distance <= 1)


def _deletions(word: str) -> set[str]:
    """Return a word and all that it becomes by leaving out one letter: neighbours by one edit share one of these."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(min(len(word), words.LONGEST_LEMMA)))}
