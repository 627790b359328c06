"""What stands around a name in its text: a company, a place or a role that tells one bearer of the name from another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import simplemma

from leads.linking.company_names import legal_forms, parse_company
from leads.linking.compare_companies import match_companies, weight
from leads.linking.fold import is_cyrillic, skeleton, words
from leads.linking.organisation_words import in_dictionary
from leads.linking.places import place_key
from leads.linking.roles import role_words
from leads.linking.stems import root

# The most of a text that is looked at, in characters.
MOST = 600
_TOKEN = re.compile(r"[^\W_]+(?:['’ʼ`´-][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s$")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:\n])[\s«»\"“„(—–-]*$")
_AFTER_PREPOSITION = re.compile(
    r"\b(?:of|from|at|with|joins?|joined|leaves|left)\s+(?:the\s+)?$", re.IGNORECASE
)
_OPENING, _CLOSING = tuple('«"“„'), tuple('»"”“')
# Shorter words are compared whole: their roots say too little.
_SHORT = 3
# A part of a company's name says the company only if it has as many letters as this.
_TELLING_PART = 5
_PARTLY = 0.5


@dataclass(frozen=True, slots=True)
class _Token:
    """One word of the text: `text[start:end]`, folded, its root, and whether it is part of the name itself."""

    start: int
    end: int
    word: str
    root: str
    capital: bool
    possessive: bool
    own: bool = False


class Context:
    """The words around one name. Compares lazily: nothing is read before the first question."""

    def __init__(self, text: str, name: str) -> None:
        self._text = text[:MOST]
        self._name = name

    @cached_property
    def _tokens(self) -> list[_Token]:
        found = [
            _Token(hit.start(), hit.end(), word, root(word), hit[0][0].isupper(), plain != hit[0])
            for hit in _TOKEN.finditer(self._text)
            for plain in (_POSSESSIVE.sub("", hit[0]),)
            for word in words(plain)
            if word != "and"
        ]
        return [
            _Token(t.start, t.end, t.word, t.root, t.capital, t.possessive, own)
            for t, own in zip(found, self._own(found), strict=True)
        ]

    def _own(self, found: Sequence[_Token]) -> list[bool]:
        """Mark the words of the name where they stand together: Ashdown's own name does not say Ashdown & Sons."""
        name = {root(word) for word in words(self._name)}
        mine = [token.root in name for token in found]
        return [
            one and (len(name) < 2 or (at > 0 and mine[at - 1]) or (at + 1 < len(mine) and mine[at + 1]))
            for at, one in enumerate(mine)
        ]

    @cached_property
    def _at_root(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for at, token in enumerate(self._tokens):
            if not token.own:
                places.setdefault(token.root, []).append(at)
        return places

    def company(self, known: str) -> float:
        """Tell how far a company stands here: 1 with its whole name, less with a telling part of it, 0 not at all."""
        read = parse_company(known)
        core = tuple(word for word in read.core if word != "and")
        for size in range(len(core), 0, -1):
            for at in self._runs(core[:size]):
                if size == len(core) and self._names(at, core):
                    return 1.0
                if size < len(core) and self._says_part(at, core[:size]):
                    score = match_companies(parse_company(" ".join(core[:size])), read).score
                    return score if score >= _PARTLY else 0.0
        return 0.0

    def place(self, known: str) -> bool:
        """Tell whether a town stands here, declined or in the other alphabet too."""
        told = words(known.partition(",")[0])
        if len(told) > 1:
            return any(self._tokens[at].capital for at in self._runs(told))
        key = place_key(known)
        return bool(key) and any(t.capital and not t.own and place_key(t.word) == key for t in self._tokens)

    def role(self, known: str) -> bool:
        """Tell whether all telling words of a role stand here."""
        told = role_words(known)
        return bool(told) and told <= self._role_words

    @cached_property
    def _role_words(self) -> frozenset[str]:
        return role_words(self._text)

    def _runs(self, told: Sequence[str]) -> list[int]:
        """Return where these words stand one after the other."""
        if not told:
            return []
        roots = [root(word) for word in told]
        return [at for at in self._at_root.get(roots[0], ()) if self._run(at, told, roots)]

    def _run(self, at: int, told: Sequence[str], roots: Sequence[str]) -> bool:
        tokens = self._tokens[at : at + len(told)]
        return len(tokens) == len(told) and all(
            not token.own
            and (token.root == own if len(word) > _SHORT else skeleton(token.word) == skeleton(word))
            for token, word, own in zip(tokens, told, roots, strict=True)
        )

    def _names(self, at: int, core: Sequence[str]) -> bool:
        """A whole name counts with a capital, and a single word of the language only within a sentence."""
        token = self._tokens[at]
        if not token.capital or all(weight(word) < 1.0 and len(word) > _SHORT for word in core):
            return False
        return len(core) > 1 or self._quoted(at, at) or not (is_word(token.word) and self._starts(token))

    def _says_part(self, at: int, part: Sequence[str]) -> bool:
        """A part counts where nothing shows that it is the beginning of another name or a mere word."""
        first, last = self._tokens[at], at + len(part) - 1
        if not first.capital or weight(first.word) < 1.0 or len("".join(part)) < _TELLING_PART:
            return False
        if self._quoted(at, last):
            return True
        if self._goes_on(last) or (is_cyrillic(first.word) and is_word(first.word)):
            return False
        told = first.possessive or _AFTER_PREPOSITION.search(self._text[: first.start]) is not None
        return told or not is_word(first.word)

    def _goes_on(self, last: int) -> bool:
        if last + 1 >= len(self._tokens) or self._tokens[last].possessive:
            return False
        here, after = self._tokens[last], self._tokens[last + 1]
        return after.capital and self._text[here.end : after.start].isspace()

    def _quoted(self, first: int, last: int) -> bool:
        before, after = self._text[: self._tokens[first].start], self._text[self._tokens[last].end :]
        return before.endswith(_OPENING) and after.startswith(_CLOSING)

    def _starts(self, token: _Token) -> bool:
        return _SENTENCE_START.search(self._text[: token.start]) is not None


def is_word(word: str) -> bool:
    """Tell whether a folded word is in the dictionary, so that a capital does not make it a name."""
    if (word,) in legal_forms():
        return True
    return in_dictionary(word) if is_cyrillic(word) else bool(simplemma.is_known(word, lang="en"))
