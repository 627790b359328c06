"""The phrase notation: a short way to write token patterns, compiled to plain spaCy Matcher patterns.

    word            that word, in any case          ~word       any form of a lemma
    =Word           that spelling exactly           !word       one word that is not this
    a|b|~c          one of these                    {kin} ~{kin} !{kin}   a word list
    (a b | c d)     one of these sequences          word? (a b)?    may be missing
    *3              up to three words, never across function words or punctuation
    ~word/past      (Russian) the forms of a lemma with these grammemes
    <name> <org> <cap> <num> <money> <handle> <any>    a class of words
    item@label      what it matches is captured under the label
    ^  ^^  $        a clause, the sentence begins here; the sentence ends here

`docs/writing-rules.md` teaches it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Any

from triggers.lemmas import English, Russian, folded
from triggers.text import HANDLE, MONEY, SPLIT, plain, tokenise
from triggers.words import UnknownList, WordLists

MAX_PATTERNS = 3_000
MAX_GAP = 6
MAX_DEPTH = 10
_ITEM = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\)(?P<ctail>\??(?:@\w+)?))|(?P<bar>\|(?=\s))"
    r"|(?P<anchor>\^\^|\^|\$)(?=\s|$)"
    r"|(?P<gap>\*(?P<size>\d))(?=\s|$|\))"
    r"|(?P<klass><\w+>)(?P<ktail>[?+]?(?:@\w+)?)(?=\s|$|\))"
    r"|(?P<item>[^\s()]+))"
)
_MARK = re.compile(r"[{}~!?<>@]")
_TAIL = re.compile(r"(\?)?(?:@(\w+))?$")


class PhraseFault(ValueError):
    """A phrase that cannot be read; the message quotes the part that is wrong."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a pattern: the spaCy attributes, the label it is captured under, its words.

    `needs` holds (attribute, words) where the token must be one of these words; None where it
    may be anything or may be missing.
    """

    attributes: tuple[tuple[str, Any], ...]
    label: str = ""
    needs: tuple[str, frozenset[str]] | None = None

    def spacy(self) -> dict[str, Any]:
        """Return the token as spaCy's Matcher takes it."""
        return {key: _plain(value) for key, value in self.attributes}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern: tokens, and where it must stand in its sentence."""

    tokens: tuple[Token, ...]
    at_clause: bool = False
    at_sentence: bool = False
    at_end: bool = False


def _plain(value: Any) -> Any:
    return {value[0]: sorted(value[1])} if isinstance(value, tuple) else value


def one_of(attribute: str, words: Iterable[str], label: str = "") -> Token:
    """Return a token that must be one of some words by LOWER, LEMMA or ORTH."""
    found = frozenset(words)
    value: Any = next(iter(found)) if len(found) == 1 else ("IN", found)
    return Token(((attribute, value),), label, (attribute, found))


def loose(token: Token, op: str) -> Token:
    """Return a token with an operator; one that may be missing needs no word."""
    return replace(
        token, attributes=(*token.attributes, ("OP", op)), needs=token.needs if op == "+" else None
    )


class Compiler:
    """Compiles phrases of one language with its word lists."""

    def __init__(self, words: WordLists, lemmas: English | Russian, lang: str) -> None:
        self.words = words
        self.lemmas = lemmas
        self.lang = lang
        self._parts: dict[str, list[tuple[Token, ...]]] = {}
        self._read: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        self.forms = lru_cache(20_000)(lemmas.forms)
        self._unions: dict[frozenset[str], frozenset[str]] = {}

    def compile(self, phrase: str) -> list[Pattern]:
        """Return the patterns a phrase stands for. Raises PhraseFault or UnknownList."""
        reader = _Reader(phrase, self)
        sequences = reader.sequence(top=True)
        if len(sequences) > MAX_PATTERNS:
            raise PhraseFault(
                f"`{phrase}` stands for {len(sequences):,} patterns; use word lists for single words"
            )
        marks = reader.marks
        if not any(sequences):
            raise PhraseFault(f"`{phrase}` holds no word")
        return [
            Pattern(tokens, "^" in marks, "^^" in marks, "$" in marks)
            for tokens in dict.fromkeys(sequences)
            if tokens
        ]

    def alternatives(self, item: str) -> list[tuple[Token, ...]]:
        """Return the token sequences that one item (`a|~b|{list}`) stands for."""
        if item not in self._parts:
            self._parts[item] = self._alternatives(item)
        return self._parts[item]

    def _alternatives(self, item: str) -> list[tuple[Token, ...]]:
        if item.startswith("!"):
            return [(self._other_than(item[1:]),)]
        sequences: list[tuple[Token, ...]] = []
        single: dict[str, set[str]] = {}
        for part in item.split("|"):
            if not part:
                raise PhraseFault(f"`{item}`: something is missing beside `|`")
            if part.startswith("<"):
                sequences.append(self._class_part(part))
                continue
            for attribute, words in self._part(part):
                if len(words) == 1:
                    single.setdefault(attribute, set()).update(words)
                else:
                    sequences.append(tuple(one_of(attribute, {word}) for word in words))
        return [*((one_of(attribute, words),) for attribute, words in single.items()), *sequences]

    def _class_part(self, part: str) -> tuple[Token, ...]:
        name, _, label = part.partition("@")
        if not name.endswith(">"):
            raise PhraseFault(f"`{part}` cannot be read; a word class is written `<num>` or `<num>@label`")
        return tuple(replace(token, label=label) for token in self.class_of(name[1:-1]))

    def _other_than(self, part: str) -> Token:
        attribute = "LEMMA" if part.startswith("~") else "LOWER"
        words = {entry[0] for piece in part.split("|") for _, entry in self._part(piece) if len(entry) == 1}
        return Token(((attribute, ("NOT_IN", frozenset(words))), ("IS_PUNCT", False)))

    def _part(self, part: str) -> list[tuple[str, tuple[str, ...]]]:
        """Return (attribute, words in sequence) for each thing that a part may be."""
        if part not in self._read:
            self._read[part] = self._reading(part)
        return self._read[part]

    def _reading(self, part: str) -> list[tuple[str, tuple[str, ...]]]:
        if part.startswith("="):
            return [("ORTH", tuple(tokenise(part[1:], self.lang).words) or (part[1:],))]
        attribute = "LEMMA" if part.startswith("~") else "LOWER"
        body = part.removeprefix("~")
        body, _, grammemes = body.partition("/") if attribute == "LEMMA" else (body, "", "")
        entries = self._entries(body)
        if grammemes:
            return [("LOWER", (form,)) for entry in entries for form in self._forms(entry, grammemes)]
        if attribute == "LEMMA":
            return [("LEMMA", tuple(entry.split())) for entry in entries]
        if part.startswith("#"):
            return [("LOWER", (body,)), ("LOWER", (body[1:],))]
        return [("LOWER", self._lower(entry)) for entry in entries]

    def _entries(self, body: str) -> tuple[str, ...]:
        if body.startswith("{") and body.endswith("}"):
            return self.words.entries(body[1:-1])
        if _MARK.search(body) or body in ("+", "*"):
            raise PhraseFault(f"`{body}` cannot be read; marks go before a word, `?` and `@label` at its end")
        return (folded(body),)

    def _forms(self, lemma: str, grammemes: str) -> frozenset[str]:
        try:
            return self.lemmas.forms_with(lemma, grammemes)
        except ValueError as error:
            raise PhraseFault(str(error)) from None

    def forms_of(self, lemmas: frozenset[str]) -> frozenset[str]:
        """Return every form of any of some lemmas; rules ask for few sets of these."""
        found = self._unions.get(lemmas)
        if found is None:
            found = self._unions[lemmas] = frozenset[str]().union(*map(self.forms, lemmas))
        return found

    def _lower(self, entry: str) -> tuple[str, ...]:
        """Split a literal the way texts are split: `don't` is two words."""
        words = tuple(part.removeprefix("\0") for word in entry.split() for part in self._pieces(word))
        return words or (entry,)

    def _pieces(self, word: str) -> list[str]:
        if word.startswith("#") or len(word) == 1:
            return [word]
        if word.isalpha() and (self.lang != "en" or word.lower() not in SPLIT):
            return [plain(word).lower()]  # as it would be split, without the work
        return tokenise(word, self.lang).lowers or [word]

    def gap(self, size: int) -> Token:
        """Return the token of a gap: any word but the function words of the list `_gap`."""
        del size
        return Token(
            (("LOWER", ("NOT_IN", self.words.words("_gap"))), ("IS_PUNCT", False), ("OP", "?")),
        )

    def class_of(self, name: str) -> tuple[Token, ...]:
        """Return the tokens of a word class. Raises PhraseFault."""
        stop = ("NOT_IN", self.words.words("_not_names"))
        capital = Token((("IS_LOWER", False), ("IS_ALPHA", True), ("LOWER", stop)))
        title = Token((("IS_TITLE", True), ("LOWER", stop)))
        more = Token(
            (("IS_LOWER", False), ("IS_PUNCT", False), ("LIKE_NUM", False), ("LOWER", stop), ("OP", "?"))
        )
        classes: dict[str, tuple[Token, ...]] = {
            "cap": (capital,),
            "name": (title, loose(title, "?"), loose(title, "?")),
            "org": (
                Token((("IS_LOWER", False), ("IS_PUNCT", False), ("IS_DIGIT", False), ("LOWER", stop))),
                more,
                more,
            ),
            "num": (Token((("LIKE_NUM", True),)),),
            "money": (one_of("ORTH", {MONEY}),),
            "handle": (one_of("ORTH", {HANDLE}),),
            "any": (Token((("IS_PUNCT", False),)),),
        }
        if name not in classes:
            raise PhraseFault(f"there is no word class `<{name}>`; there are: {', '.join(classes)}")
        return classes[name]


class _Reader:
    """Reads one phrase by recursive descent into token sequences."""

    def __init__(self, phrase: str, compiler: Compiler) -> None:
        self.phrase = phrase
        self.compiler = compiler
        self.items = list(_ITEM.finditer(phrase.rstrip()))
        if sum(len(m[0]) for m in self.items) != len(phrase.rstrip()):
            raise PhraseFault(f"`{phrase}` cannot be read")
        self.at = 0
        self.marks: set[str] = set()
        self.tail = ""
        self.depth = 0

    def sequence(self, *, top: bool = False) -> list[tuple[Token, ...]]:
        """Read to the end or the closing parenthesis; return every way to say it."""
        ways: list[tuple[Token, ...]] = []
        current: list[list[tuple[Token, ...]]] = []
        closed = top
        while self.at < len(self.items):
            item = self.items[self.at]
            self.at += 1
            if item["close"]:
                if top:
                    raise PhraseFault(f"`{self.phrase}`: a `)` without its `(`")
                self.tail, closed = item["ctail"], True
                break
            if item["bar"]:
                if top:
                    raise PhraseFault(
                        f"`{self.phrase}`: ` | ` between sequences needs parentheses around them"
                    )
                ways.extend(self._joined(current))
                current = []
                continue
            current.append(self._one(item))
        if not closed:
            raise PhraseFault(f"`{self.phrase}`: a `(` is not closed")
        ways.extend(self._joined(current))
        return ways

    def _joined(self, parts: list[list[tuple[Token, ...]]]) -> list[tuple[Token, ...]]:
        count = 1
        for part in parts:
            count *= len(part)
        if count > MAX_PATTERNS:
            raise PhraseFault(
                f"`{self.phrase}` stands for {count:,} patterns; use word lists for single words"
            )
        return [tuple(token for sequence in way for token in sequence) for way in product(*parts)]

    def _one(self, item: re.Match[str]) -> list[tuple[Token, ...]]:
        if item["anchor"]:
            self.marks.add(item["anchor"])
            return [()]
        if item["gap"]:
            size = int(item["size"])
            if not 1 <= size <= MAX_GAP:
                raise PhraseFault(f"`*{size}`: a gap is of 1 to {MAX_GAP} words")
            return [(self.compiler.gap(size),) * size]
        if item["open"]:
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise PhraseFault(
                    f"`{self.phrase[:40]}...`: parentheses are nested more than {MAX_DEPTH} deep"
                )
            ways = self.sequence()
            self.depth -= 1
            return self._finished(ways, self.tail)
        if item["klass"]:
            tail = item["ktail"]
            return self._finished([self.compiler.class_of(item["klass"][1:-1])], tail)
        body, tail = self._split(item["item"])
        return self._finished(self.compiler.alternatives(body), tail)

    @staticmethod
    def _split(item: str) -> tuple[str, str]:
        if item == "?" or item.startswith("@"):
            return item, ""
        if "|" in item and "@" in item[: item.rindex("|")]:
            return item, ""
        match = _TAIL.search(item)
        cut = match.start() if match else len(item)
        return item[:cut], item[cut:]

    def _finished(self, ways: list[tuple[Token, ...]], tail: str) -> list[tuple[Token, ...]]:
        match = _TAIL.search(tail)
        label = (match and match[2]) or ""
        if label:
            ways = [tuple(replace(t, label=t.label or label) for t in way) for way in ways]
        if tail.startswith("+"):
            return [(*way[:-1], loose(way[-1], "+")) for way in ways]
        if not tail.startswith("?"):
            return ways
        if len(ways) == 1 and len(ways[0]) == 1:
            return [(loose(ways[0][0], "?"),)]
        return [*ways, ()]


__all__ = ["Compiler", "Pattern", "PhraseFault", "Token", "UnknownList", "one_of"]
