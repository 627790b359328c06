"""Cuts a query into tokens. Written by hand: what a mark means depends on the blanks around it.

`-`, `!`, `&`, `#`, `/`, `:` and `,` are operators in one place and parts of words in another, which a table-driven
lexer (lark's) can only learn through a mode per place; and it reports the character at which it gave up, where a
user needs the quotation mark that was never closed.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Any

from triggers.search import fields, terms, words
from triggers.search.dialects import ALIASES, Dialect
from triggers.search.faults import QueryFault, nearest
from triggers.search.limits import MAX_DISTANCE, MAX_WARNINGS
from triggers.search.syntax import Field

QUOTES = {'"': '"”“', "“": "”“\"", "„": "“”\"", "«": "»", "”": "”\""}  # fmt: skip
_CLOSING = '"”“»'
_SINGLE = {"'": "'", "‘": "’"}
_STOP = frozenset('()"“”„«»|{}')
_OPERATORS = {"AND": "AND", "OR": "OR", "NOT": "NOT", "И": "AND", "ИЛИ": "OR", "НЕ": "NOT"}
_NEAR = re.compile(r"(O?)(?:NEAR|РЯДОМ)/(\d{1,9})([fF]?)(?![\w.])|AROUND\((\d{1,9})\)")
_NEAR_ALONE = re.compile(r"(O?)(?:NEAR|РЯДОМ)(?=[\s()]|$)")
_NEAR_WRONG = re.compile(r"O?(?:NEAR|РЯДОМ)/")
# What search tools of libraries and of lawyers write for NEAR.
_FOREIGN_NEAR = re.compile(r"(?:W|WITHIN|N|PRE)/(\d{1,3})|ADJ(\d{0,3})")
_WEIGHT = re.compile(r"\^\d+(?:\.\d+)?")
_LIST = re.compile(r"(o?)near/(\d{1,9}):", re.IGNORECASE)
_SLASH = re.compile(r"/(\d{1,9})(?=\s|$)")
_FIELD = re.compile(r"([A-Za-z_]{1,30}):(?!//)")
_LOWER = {"and": "AND", "or": "OR", "not": "NOT", "или": "ИЛИ"}
_RANGE = re.compile(r"([\[{])\s*(\S{1,40})\s+TO\s+(\S{1,40})\s*([\]}])")
_DOTS = re.compile(r"([^\s.]\S{0,38}?|)\.\.(\S{0,40})")
_NOT = re.compile(r"(?:NOT|НЕ)(?=[\s(]|$)")
_MARKS_AROUND = re.compile(r"([.$€£₽§]?)(\w[^+%$€£₽]*)([+%$€£₽]*)")
_COMPARISON = re.compile(r">=|<=|>|<|=")


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind, its place, and what it stands for."""

    kind: str
    at: int
    value: Any = None


class Scanner:
    """Gives tokens one by one; `field` set means that bare words are values of that field."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self.text = text
        self.dialect = dialect
        self.place = 0
        self.field: str | None = None
        self.lists = 0
        self.warnings: list[str] = []
        self.losses: list[str] = []

    def fault(self, at: int, what: str, hint: str = "") -> QueryFault:
        """Make the error for a place in the query."""
        return QueryFault(self.text, at, what, hint)

    def warn(self, at: int, what: str) -> None:
        """Note something that is allowed but may not be meant."""
        if len(self.warnings) < MAX_WARNINGS:
            self.warnings.append(f"column {at + 1}: {what}")

    def next(self) -> Token:
        """Return the next token."""
        self._skip()
        text, at = self.text, self.place
        if at >= len(text):
            return Token("END", at)
        char = text[at]
        if char in "()":
            return self._take(char, 1)
        if char == ",":
            return self._take(",", 1)
        if char in "|&":
            return self._take("OR" if char == "|" else "AND", 2 if text[at : at + 2] in ("||", "&&") else 1)
        if self.field:
            return self._negation(at) or self._value(at)
        return self._negation(at) or self._operator(at) or self._term(at)

    def _take(self, kind: str, length: int, value: Any = None) -> Token:
        token = Token(kind, self.place, value)
        self.place += length
        return token

    def _skip(self) -> None:
        text = self.text
        while self.place < len(text):
            char = text[self.place]
            if char.isspace() or char in "\ufeff\u200b\u200e\u200f":
                self.place += 1
            elif char == "," and not (self.lists or self.field):
                self.warn(self.place, "a comma is no operator; a space means AND")
                self.place += 1
            elif char == "^" and text[self.place - 1 : self.place] in (")", *_CLOSING):
                weight = _WEIGHT.match(text, self.place)
                self._weight(self.place, text[: weight.end()] if weight else "^")
                self.place = weight.end() if weight else self.place + 1
            elif text.startswith("<<<", self.place):
                end = text.find(">>>", self.place)
                if end < 0:
                    raise self.fault(self.place, "this comment is never closed", "end it with >>>")
                self.place = end + 3
            elif char == "#" and not text[self.place + 1 : self.place + 2].strip("# \t\r\n\f\v"):
                end = text.find("\n", self.place)
                self.place = len(text) if end < 0 else end
            else:
                return

    def _negation(self, at: int) -> Token | None:
        char, after = self.text[at], self.text[at + 1 : at + 2]
        if char == "!":
            return self._take("NOT", 1)
        if char in "-−" and after and not after.isspace():
            return self._take("NOT", 1)
        if char == "+" and after and not after.isspace():
            if not self.dialect.space_is_or:
                self.warn(at, "'+' is not needed: every word is required")
            return self._take("+", 1)
        word = _NOT.match(self.text, at)
        if self.field and word:
            return self._take("NOT", len(word[0]))
        return None

    def _operator(self, at: int) -> Token | None:
        text = self.text
        upper = text[at : at + 24].upper() if self.dialect.any_case else text[at : at + 24]
        listed = _LIST.match(text, at)
        if listed:
            return self._take("LIST", listed.end() - at, (self._distance(at, listed[2]), bool(listed[1])))
        near = _NEAR.match(_flag_kept(upper) if self.dialect.any_case else upper)
        if near:
            distance = self._distance(at, near[2] or near[4])
            return self._take("NEAR", near.end(), (distance, bool(near[1] or near[3])))
        if _NEAR_WRONG.match(upper):
            raise self.fault(at, "NEAR wants a whole number", "write NEAR/5: at most five words between")
        slash = _SLASH.match(text, at)
        if slash and self.dialect.slash_distance:
            distance = self._distance(at, slash[1])
            if not distance:
                raise self.fault(at, "/0 has no meaning", "/1 stands for words side by side")
            return self._take("NEAR", slash.end() - at, (distance - 1, False))
        if slash:
            hint = f"write NEAR/{max(int(slash[1]) - 1, 0)}, or set the dialect to youscan"
            raise self.fault(at, "a distance like /n is YouScan's", hint)
        for name, kind in _OPERATORS.items():
            if upper.startswith(name) and (len(upper) == len(name) or upper[len(name)] in ' \t\r\n()"“„«{'):
                return self._take(kind, len(name))
        alone = _NEAR_ALONE.match(upper)
        if alone and self.dialect.near_alone is None:
            raise self.fault(at, "NEAR wants a distance", "write NEAR/5: at most five words between")
        if alone:
            return self._take("NEAR", alone.end(), (self.dialect.near_alone, bool(alone[1])))
        return None

    def _distance(self, at: int, digits: str) -> int:
        if int(digits) > MAX_DISTANCE:
            raise self.fault(at, f"a distance of {digits} is too far", f"the most is {MAX_DISTANCE}")
        return int(digits)

    def _term(self, at: int) -> Token:
        text, char = self.text, self.text[at]
        if char in QUOTES:
            return self._phrase(at, QUOTES[char])
        if char in _SINGLE:
            end = re.compile(rf"{_SINGLE[char]}(?=[\s)]|$)").search(text, at + 2)
            if end and (at + 1 < len(text)) and not text[at + 1].isspace():
                return self._phrase(at, _SINGLE[char], end.start())
        if char == "{":
            return self._enclosed(at, "}", "a brace", terms.cased)
        if char == "/":
            return self._regex(at)
        if char in "]}»”>":
            raise self.fault(at, f"'{char}' closes nothing", "take it out, or put the text in quotes")
        field = _FIELD.match(text, at)
        if field:
            return self._take("FIELD", field.end() - at, self._field_name(at, field[1]))
        return self._bare(at)

    def _field_name(self, at: int, name: str) -> str:
        if self.dialect.name != "povod":
            if name in self.dialect.reads or name.lower() in self.dialect.reads:
                return self.dialect.reads.get(name, self.dialect.reads.get(name.lower())) or f"?{name}"
        elif name.lower() in fields.ALL:
            return name.lower()
        elif name in ALIASES or name.lower() in ALIASES:
            return ALIASES.get(name) or ALIASES[name.lower()]
        known = list(self.dialect.reads) or list(fields.ALL)
        raise self.fault(
            at,
            f"unknown field '{name[:30]}:'",
            nearest(name, known) or "put the text in quotes if it is no field",
        )

    def _phrase(self, at: int, closing: str, end: int | None = None) -> Token:
        if end is None:
            found = [place for mark in closing if (place := self.text.find(mark, at + 1)) >= 0]
            if not found:
                raise self.fault(at, "this quotation mark is never closed", f"close it with {closing[0]}")
            end = min(found)
        inner = self.text[at + 1 : end]
        self.place = end + 1
        slop = re.compile(r"~(\d{1,9})").match(self.text, self.place)
        if slop:
            self.place = slop.end()
        elif self.text[self.place : self.place + 1] == "~":
            raise self.fault(self.place, "~ wants a number after a phrase", 'write "a b"~3')
        distance = self._distance(at, slop[1]) if slop else None
        return Token("TERM", at, self._made(at, lambda: terms.phrase(inner, distance)))

    def _enclosed(self, at: int, closing: str, what: str, make: Any) -> Token:
        end = self.text.find(closing, at + 1)
        if end < 0:
            raise self.fault(at, f"{what} is opened here and never closed", f"close it with {closing}")
        self.place = end + 1
        return Token("TERM", at, self._made(at, lambda: make(self.text[at + 1 : end])))

    def _regex(self, at: int) -> Token:
        end = at + 1
        while end < len(self.text) and self.text[end] != "/":
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise self.fault(at, "this regular expression is never closed", "end it with /")
        self.place = end + 1
        if self.text[end + 1 : end + 2].isalpha():
            raise self.fault(
                end + 1,
                "nothing can stand right after a regular expression",
                "leave i out: case never counts",
            )
        pattern = self.text[at + 1 : end].replace("\\/", "/")
        return Token("TERM", at, self._made(at, lambda: terms.regex(pattern)))

    def _chunk(self, at: int) -> str:
        text, end = self.text, at
        while end < len(text):
            char = text[end]
            if char.isspace() or char in _STOP or text.startswith(("&&", "<<<"), end):
                break
            if char == "," and not (text[end - 1 : end].isdigit() and text[end + 1 : end + 2].isdigit()):
                break
            end += 1
        return text[at:end]

    def _bare(self, at: int) -> Token:
        chunk = self._chunk(at)
        if not chunk:
            raise self.fault(at, f"'{self.text[at]}' has no place here", "put the text in quotes")
        self.place = at + len(chunk)
        if chunk[0] in "[]":
            raise self.fault(
                at,
                f"'{chunk[0]}' means nothing without numbers or dates",
                "write likes:[10 TO 50], or quotes",
            )
        if not chunk.strip("-–—−"):
            raise self.fault(at, f"a lone '{chunk[:5]}' means nothing", "write -word for NOT, or take it out")
        weight = chunk.rfind("^")
        if weight > 0 and _WEIGHT.fullmatch(chunk, weight):
            self._weight(at + weight, chunk)
            chunk = chunk[:weight]
        if chunk in _LOWER:
            self.warn(
                at, f"lower-case '{chunk}' is searched as a word; write {_LOWER[chunk]} for the operator"
            )
        if re.fullmatch(r"o?near/\d+f?", chunk, re.IGNORECASE):
            self.warn(
                at, f"lower-case '{chunk}' is searched as words; write {chunk.upper()} for the operator"
            )
        foreign = _FOREIGN_NEAR.fullmatch(chunk)
        if foreign:
            hint = f"NEAR/{foreign[1] or foreign[2] or 5} says at most so many words between"
            self.warn(at, f"'{chunk}' is no operator here and is searched as words; {hint}")
        self._warn_of_marks(at, chunk)
        if re.search(r"\w&\w", chunk):
            self.warn(at, f"'&' inside '{chunk[:40]}' joins a word; put spaces around it for AND")
        return Token("TERM", at, self._made(at, lambda: terms.bare(chunk)))

    def _warn_of_marks(self, at: int, chunk: str) -> None:
        """Tell of marks that users write because they mean them, and that are no part of a word."""
        marks = _MARKS_AROUND.fullmatch(chunk)
        if marks and (marks[1] or marks[3]) and words.surfaces(chunk) == words.surfaces(marks[2]):
            self.warn(
                at, f"in '{chunk[:40]}' only '{marks[2][:40]}' counts; a mark alone is found with /.../"
            )

    def _warn_of_kind(self, at: int, value: str) -> None:
        # Whoever gives the posts names their kinds, so an unknown one may be right.
        near = difflib.get_close_matches(value[:40], fields.KINDS, n=1, cutoff=0.85)
        if near and near[0] != value:
            self.warn(at, f"'{value[:40]}' is no usual kind of post; did you mean '{near[0]}'?")

    def _weight(self, at: int, what: str) -> None:
        if not self.dialect.weights:
            raise self.fault(at, "a weight means nothing here: a post matches or it does not", "take it out")
        self.losses.append(f"the weight in '{what[-40:]}': a post matches or it does not")

    def _made(self, at: int, make: Any) -> Any:
        try:
            return make()
        except terms.TermFault as fault:
            raise self.fault(at + fault.offset, fault.what, fault.hint) from None

    def _value(self, at: int) -> Token:
        """Read one value of the field in `self.field`."""
        text, name = self.text, self.field or ""
        word = re.compile(r"(AND|OR|И|ИЛИ)(?=[\s(]|$)").match(text, at)
        if word:
            return self._take(_OPERATORS[word[1]], len(word[1]))
        limits = _RANGE.match(text, at)
        if limits:
            self.place = limits.end()
            low = (">=" if limits[1] == "[" else ">", limits[2])
            high = ("<=" if limits[4] == "]" else "<", limits[3])
            return self._range(at, name, low, high)
        op = _COMPARISON.match(text, at)
        if op:
            self.place = op.end()
            self._skip()
        value = self._raw(at)
        dots = _DOTS.fullmatch(value) if name in fields.COMPARED and not op else None
        if dots:
            return self._range(at, name, (">=", dots[1] or "*"), ("<=", dots[2] or "*"))
        return Token("TERM", at, self._field(at, name, op[0] if op else "=", value))

    def _range(self, at: int, name: str, low: tuple[str, str], high: tuple[str, str]) -> Token:
        limits = (self._field(at, name, *low), self._field(at, name, *high))
        if low[1] == high[1] == "*":
            raise self.fault(at, "a range from * to * limits nothing", f"write {name}:[10 TO *]")
        if limits[0] and limits[1] and not fields.in_order(name, limits[0].value, limits[1].value):
            raise self.fault(
                at, f"{low[1]} is above {high[1]}, so nothing lies between", "turn the two round"
            )
        return Token("RANGE", at, limits)

    def _raw(self, at: int) -> str:
        text, start = self.text, self.place
        if text[start : start + 1] == "@" and text[start + 1 : start + 2] in QUOTES:
            self.place += 1
            return "@" + self._raw(at)
        if start < len(text) and text[start] in QUOTES:
            closing = QUOTES[text[start]]
            found = re.compile(rf"((?:\\.|[^\\{closing}])*)[{closing}]").match(text, start + 1)
            if not found:
                raise self.fault(start, "this quotation mark is never closed", f"close it with {closing[0]}")
            self.place = found.end()
            return re.sub(r"\\(.)", r"\1", found[1])
        end = start
        while end < len(text) and not text[end].isspace() and text[end] not in "()|,":
            end += 1
        if end == start:
            raise self.fault(
                at, f"{self.field}: wants a value", f"write {self.field}:value, or {self.field}:(a OR b)"
            )
        self.place = end
        return text[start:end]

    def _field(self, at: int, name: str, op: str, value: str) -> Field | None:
        if name.startswith("?"):
            return None
        if value == "*" and op != "=":
            return None
        if op != "=" and name not in fields.COMPARED:
            raise self.fault(at, f"{name}: cannot be compared with {op}", f"write {name}:value")
        if name in ("before", "after"):
            name, op = "date", "<" if name == "before" else ">"
        if name == "kind":
            self._warn_of_kind(at, value.lower())
        try:
            return Field(name, op, fields.canonical(name, value))
        except ValueError as error:
            raise self.fault(at, str(error)) from None


def _flag_kept(upper: str) -> str:
    # With operators of any case the f of NEAR/5f was made a capital as well.
    return re.sub(r"(NEAR/\d+)F", r"\1f", upper)
