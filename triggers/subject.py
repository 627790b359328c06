"""Whom a match is about: the value, and what English and Russian resolution share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from triggers.text import HANDLE, Tokens


@dataclass(frozen=True, slots=True)
class Subject:
    """Who a match is about, as far as the text says. `sure` is below 1 where it was inferred.

    `place` are the words [from, to) that name the subject, where there are any.
    """

    who: str
    name: str | None = None
    handle: str | None = None
    relation: str | None = None
    sure: float = 1.0
    how: str = ""
    place: tuple[int, int] | None = None

    def slot(self) -> dict[str, Any]:
        """Return the slot `subject`."""
        return {"who": self.who, "name": self.name, "handle": self.handle, "relation": self.relation}


@dataclass(frozen=True, slots=True)
class Predicate:
    """Words [start, end) whose subject is asked for, the word that carries its form, and where to look.

    `company` says that the rule is about organisations: a name is one, and nobody's friends are looked for;
    `unnamed` that it is also about somebody in public life (`known`: `актриса`), or anybody (`водитель`), told by a noun.
    """

    start: int
    end: int
    verb: int
    find: str
    company: bool = False
    unnamed: str = "nobody"


# What a resolver says when there is somebody, but nobody that a signal can be about.
NOBODY = Subject("", how="somebody who cannot be told")


class Resolver(Protocol):
    """What the engine asks of a language."""

    def resolve(self, tokens: Tokens, at: Predicate, registers: frozenset[str]) -> Subject | None:
        """Return the subject of a predicate, None where none is told, or NOBODY."""

    def captured(self, tokens: Tokens, start: int, end: int, registers: frozenset[str]) -> Subject | None:
        """Return the subject that words [start, end) name."""

    def told_as_past(self, words: Sequence[str]) -> bool:
        """Say whether lower-case words hold a verb in the past and none in another tense."""


def named(tokens: Tokens, start: int, end: int, *, who: str = "person") -> Subject:
    """Return the subject that a stretch of words names: a handle or a name as written."""
    text = tokens.text[tokens.starts[start] : tokens.ends[end - 1]]
    if tokens.words[start] == HANDLE:
        handle = tokens.text[tokens.starts[start] : tokens.ends[start]].lstrip("@")
        return Subject(who, handle=handle, how="handle", place=(start, end))
    return Subject(who, name=text.lstrip("#").strip(), how="name", place=(start, end))


def organisation(tokens: Tokens, start: int, end: int, *, sure: float = 1.0) -> Subject:
    """Return the organisation that a stretch of words names."""
    name = tokens.text[tokens.starts[start] : tokens.ends[end - 1]].strip('«»“”„"#')
    return Subject("company", name=name, sure=sure, how="name of an organisation", place=(start, end))


def is_capital(word: str) -> bool:
    """Say whether a word is written like a name."""
    return word[:1].isupper()
