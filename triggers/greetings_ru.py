"""Whom a Russian greeting is for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from triggers.lemmas import folded
from triggers.people_ru import NAME_TAGS
from triggers.subject import Subject, is_capital, named
from triggers.text import HANDLE, Tokens

if TYPE_CHECKING:
    from triggers.subject_ru import RussianResolver

SECOND = frozenset({"ты", "вы", "тебя", "вас", "тебе", "вам", "твой", "твоя", "ваш", "ваша"})
THIRD = frozenset({"он", "она", "они", "его", "ее", "их", "ему", "ей", "им", "него", "нее", "них"})
# Kin words that strangers are called by, or that name nobody alone.
LOOSE_KIN = frozenset(
    {"дети", "семья", "малыш", "малышка", "ребенок", "невеста", "жених", "близнецы", "дед", "баба", "отец"}
)
NEAR_GREETING = 8


class Greetings:
    """Reads the words around a greeting; what a name or kin is, the resolver tells."""

    def __init__(self, resolver: RussianResolver) -> None:
        self.resolver = resolver
        self.lemmas = resolver.lemmas
        self.kin = resolver.kin

    def addressee(self, tokens: Tokens, start: int, end: int, registers: frozenset[str]) -> Subject:
        """Return whom a greeting is for: kin or a name said near it, else somebody not named."""
        span = range(max(0, start - NEAR_GREETING), min(len(tokens), end + NEAR_GREETING))
        unnamed = Subject("public" if "news" in registers else "person", how="whom the greeting is for")
        found = unnamed
        for at in sorted(span, key=lambda at: start - at if at < start else at - end):
            lower = tokens.lowers[at]
            if lower in ("нас", "меня") and self._greeted(tokens, at):
                return Subject("author", how="first person")
            if at and tokens.lowers[at - 1] in SECOND | THIRD:
                continue
            # In the greeting itself who is greeted comes before `с`: `поздравляем | брата с рождением | дочки`.
            if start <= at < end and "с" not in tokens.lowers[at + 1 : end]:
                continue
            lemma = self.lemmas.lemma(lower)
            tags = self.lemmas.readings(folded(tokens.words[at]))
            called = any(reading & {"nomn", "voct", "accs"} for reading in tags)
            if at == end and any({"gent", "sing"} <= reading for reading in tags if "accs" not in reading):
                called = any({"voct", "nomn"} & reading and "sing" in reading for reading in tags)
            if called and lemma in self.kin and lemma not in LOOSE_KIN:
                return Subject("relative", self.resolver.name_after(tokens, at), None, lemma, how="kin")
            name = called and is_capital(tokens.words[at]) and any(reading & NAME_TAGS for reading in tags)
            if found is unnamed and (name or tokens.words[at] == HANDLE):
                found = replace(named(tokens, at, at + 1), who=unnamed.who)
                if name:
                    found = replace(
                        found, name=self.resolver.full_name(tokens, self._given_before(tokens, at))
                    )
        return found

    def _given_before(self, tokens: Tokens, at: int) -> int:
        """Return where the name begins that a word is the last of: `Диму | Орлова`."""
        while (
            at > 0
            and not tokens.clause_start[at]
            and is_capital(tokens.words[at - 1])
            and any(tags & NAME_TAGS for tags in self.lemmas.readings(folded(tokens.words[at - 1])))
        ):
            at -= 1
        return at

    def _greeted(self, tokens: Tokens, at: int) -> bool:
        """Say whether `нас` or `меня` stands beside a verb of greeting and is no `от нас`."""
        low, high = tokens.clause_span(at)
        return tokens.lowers[at - 1 : at] != ["от"] and any(
            word.startswith(("поздрав", "поздрал"))
            for word in tokens.lowers[max(low, at - 2) : min(high, at + 3)]
        )
