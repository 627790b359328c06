"""English greetings: whom `happy birthday`, `rest in peace`, `congrats` are meant for."""

from __future__ import annotations

from typing import Protocol

from triggers.subject import Subject, is_capital, named
from triggers.text import HANDLE, Tokens

# Between a greeting and whom it names: `to my very best | friend`.
FILLERS = frozenset(
    [
        "to", "our", "my", "new", "dear", "the", "very", "own", ",", "best", "good", "amazing", "beautiful", "dearest",
        "lovely", "sweet", "little", "big", "wonderful", "favorite", "favourite", "gorgeous", "2",
    ]
)  # fmt: skip
TO_ME = frozenset({"me", "us", "myself", "ourselves"})
# Kin words that anybody is called by.
ENDEARMENTS = frozenset({"baby"})
# How far behind a greeting its addressee may be told: `Happy birthday to this guy! Love you, my brother`.
REACH = 30


class People(Protocol):
    """What is asked of the resolver."""

    kin: frozenset[str]
    friend: frozenset[str]
    not_names: frozenset[str]

    def told_kin(self, tokens: Tokens, at: int, sure: float = 1.0) -> Subject:
        """Return kin of the author."""

    def told_friend(self, tokens: Tokens, at: int) -> Subject:
        """Return somebody near the author."""

    def told_name(self, tokens: Tokens, start: int, end: int, registers: frozenset[str]) -> Subject:
        """Return who a name is."""

    def is_mine(self, tokens: Tokens, low: int, at: int) -> bool:
        """Say whether `my` stands before a noun."""


class Greetings:
    """Finds whom a greeting names right behind it, and for a wish whom the rest of the post calls the author's own."""

    def __init__(self, people: People) -> None:
        self.people = people

    def named(self, tokens: Tokens, end: int, registers: frozenset[str]) -> Subject | None:
        """Return who is named right after: `congratulations to | my sister`, `hired | Jane Roe`."""
        at = end
        while at < len(tokens) and tokens.lowers[at] in FILLERS:
            at += 1
        if at >= len(tokens):
            return None
        lower = tokens.lowers[at]
        if tokens.words[at] == HANDLE:
            return named(tokens, at, at + 1)
        if lower in ENDEARMENTS and not self.people.is_mine(tokens, 0, at):
            return Subject("person", sure=0.9, how="a term of endearment")
        if lower in self.people.kin and at > 0:
            return self.people.told_kin(tokens, at)
        if lower in self.people.friend:
            return self.people.told_friend(tokens, at)
        if lower in TO_ME:
            return Subject("author", how="first person")
        stop = self._name_end(tokens, at)
        return self.people.told_name(tokens, at, stop, registers) if stop > at else None

    def addressee(self, tokens: Tokens, end: int, registers: frozenset[str]) -> Subject:
        """Return who is named right after, else the kin called `my` further on, else just somebody."""
        found = self.named(tokens, end, registers)
        if found is not None:
            return found
        for at in range(end + 1, min(len(tokens), end + REACH)):
            lower = tokens.lowers[at]
            if lower in self.people.kin and lower != "family" and self._spoken_to(tokens, end, at):
                return self.people.told_kin(tokens, at, sure=0.85)
        return Subject("person", sure=0.9, how="whoever is greeted")

    def _spoken_to(self, tokens: Tokens, low: int, at: int) -> bool:
        """Say whether the kin is who the greeting is for: `to my lil bro`, not `for my sister's friend`."""
        owned = at + 1 < len(tokens) and tokens.lowers[at + 1] == "'s"
        told = {"to", "you", "of", "as", "be", "called", "call"} & set(tokens.lowers[max(low, at - 5) : at])
        return bool(told) and not owned and self.people.is_mine(tokens, low, at)

    def _name_end(self, tokens: Tokens, at: int) -> int:
        stop = at
        while (
            stop < len(tokens)
            and stop - at < 4
            and is_capital(tokens.words[stop])
            and tokens.words[stop][0].isalpha()
            and tokens.lowers[stop] not in self.people.not_names
        ):
            stop += 1
        return stop
