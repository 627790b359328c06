"""Russian organisations: names in quotation marks or capitals, told from people and things, in the nominative."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from triggers.affiliation import QUOTES, quoted
from triggers.cases_ru import in_nominative
from triggers.lemmas import Russian, folded
from triggers.names_en import given_names
from triggers.people_ru import NAME_TAGS, PREPOSITIONS
from triggers.subject import Subject, is_capital, organisation
from triggers.text import Tokens
from triggers.words import WordLists

# What appears, comes out or can be had is a product; the company that makes it stands elsewhere.
APPEARS = frozenset(
    "появиться появляться доступный поступить релиз предзаказ зарелизиться релизнуться стартовать".split()
)
OUT = frozenset({"выйти", "выходить"})
# `вышла на рынок`, `вышел на биржу`: it is the company that does.
ONTO = frozenset("рынок рынки биржу мосбиржу ipo айпио капитала".split())
# `стенд B12`: no name follows these.
NUMBERED = frozenset({"стенд", "павильон", "зал", "корпус"})
# How long a name in capitals is.
LONGEST = 4


class Agreement(Protocol):
    """What is asked of the agreement of subjects and verbs."""

    def is_subject(self, tokens: Tokens, at: int, verb: int) -> bool:
        """Say whether a word may be the nominative of the verb."""


class Organisations:
    """Finds organisations for the resolver."""

    def __init__(self, words: WordLists, lemmas: Russian, agreement: Agreement) -> None:
        self.lemmas = lemmas
        self.agreement = agreement
        self.company = words.words("company_noun") | words.words("institution")
        self.not_names = words.words("_not_names")

    def as_subject(self, tokens: Tokens, at: int, verb: int) -> Subject | None:
        """Return the organisation whose name begins here and may be the verb's subject."""
        place = self._quoted(tokens, at, verb) or self._capital(tokens, at, verb)
        return None if place is None else organisation(tokens, *place)

    def opening(self, tokens: Tokens, verb: int) -> Subject | None:
        """Return the organisation in quotation marks that a sentence begins with: `«Полюс» стал лауреатом`, `Банк «Полюс»`."""
        at, high = tokens.sentence_span(verb)
        if at + 1 < high and self.lemmas.lemma(tokens.lowers[at]) in self.company:
            at += 1
        place = self._quoted(tokens, at, verb) if at < verb else None
        if place is None or "," in tokens.words[place[1] : verb]:
            return None
        return organisation(tokens, *place)

    def beside(self, tokens: Tokens, low: int, high: int) -> Subject | None:
        """Return the first organisation in quotation marks, whatever its case, in the nominative where that is sure."""
        for at in range(low, high):
            inside = quoted(tokens, at)
            if inside is not None:
                return replace(self.named(tokens, *inside), sure=0.9)
        return None

    def named(self, tokens: Tokens, start: int, end: int) -> Subject:
        """Return the organisation that words [start, end) name, in the nominative where that is sure."""
        return replace(
            organisation(tokens, start, end), name=in_nominative(tokens, (start, end), self.lemmas)
        )

    def is_one(self, tokens: Tokens, start: int, end: int) -> bool:
        """Say whether the capitals [start, end) are no person's name: in quotation marks, or in Latin and no given name."""
        if start > 0 and quoted(tokens, start - 1) == (start, end):
            named = start > 1 and self.lemmas.readings(folded(tokens.words[start - 2]))[0]
            return not (named and {"NOUN", "anim", "nomn", "sing"} <= named)  # `рэпер «Полюс»`
        latin = all(word.isascii() for word in tokens.words[start:end])
        return latin and tokens.lowers[start] not in given_names()

    def is_thing(self, tokens: Tokens, start: int, end: int) -> bool:
        """Say whether the subject of the predicate [start, end) is what is sold, not who sells it."""
        lemmas = {self.lemmas.lemma(word) for word in tokens.lowers[start:end]}
        if APPEARS & lemmas:
            return True
        return bool(OUT & lemmas) and not ONTO & set(tokens.lowers[start : end + 2])

    def _quoted(self, tokens: Tokens, at: int, verb: int) -> tuple[int, int] | None:
        inside = quoted(tokens, at)
        if inside is None:
            return None
        same = at > 0 and tokens.sentences[at - 1] == tokens.sentences[at]
        led = same and tokens.words[at - 1][0].isalpha()
        head = at - 1 if led and not is_capital(tokens.words[at - 1]) else inside[0]
        if led and "NOUN" not in self.lemmas.readings(folded(tokens.words[at - 1]))[0]:
            return None
        return inside if head == inside[0] or self.agreement.is_subject(tokens, head, verb) else None

    def _capital(self, tokens: Tokens, at: int, verb: int) -> tuple[int, int] | None:
        word = tokens.words[at]
        if not is_capital(word) or not word[0].isalpha() or tokens.lowers[at] in self.not_names:
            return None
        if at > 0 and tokens.words[at - 1] in QUOTES:
            return None
        begins = at == 0 or tokens.sentences[at - 1] != tokens.sentences[at]
        led = not begins and self.lemmas.lemma(tokens.lowers[at - 1]) in self.company
        if led:
            return self._capitals(tokens, at) if self.agreement.is_subject(tokens, at - 1, verb) else None
        if not begins and self.lemmas.lemma(tokens.lowers[at - 1]) in NUMBERED:
            return None
        if not begins and (is_capital(tokens.words[at - 1]) or tokens.lowers[at - 1] in PREPOSITIONS):
            return None
        tags = self.lemmas.readings(folded(word))[0]
        if tags & (NAME_TAGS | {"Geox"}) or not self.agreement.is_subject(tokens, at, verb):
            return None
        if begins and word[0] > "z" and "Orgn" not in tags and self.lemmas.known(folded(word)):
            return None
        return self._capitals(tokens, at)

    def _capitals(self, tokens: Tokens, at: int) -> tuple[int, int]:
        end = at + 1
        while (
            end < len(tokens)
            and end - at < LONGEST
            and is_capital(tokens.words[end])
            and not tokens.clause_start[end]
        ):
            end += 1
        # `Финтех Paloma`: what it is stands in capitals only because the sentence begins.
        led = end - at > 1 and self.lemmas.lemma(tokens.lowers[at]) in self.company
        return (at + 1 if led else at), end
