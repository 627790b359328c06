"""Russian subjects: the nominative of the clause, else what the verb's person and gender tell."""

from __future__ import annotations

from dataclasses import replace

from triggers.lemmas import Russian, folded
from triggers.subject import NOBODY, Predicate, Subject, is_capital, named
from triggers.text import HANDLE, Tokens
from triggers.words import WordLists

FIRST = frozenset({"я", "мы"})
FIRST_OBLIQUE = frozenset({"меня", "нас", "мне", "нам", "мной", "нами"})
SECOND = frozenset({"ты", "вы", "тебя", "вас", "тебе", "вам", "твой", "твоя", "ваш", "ваша"})
THIRD = frozenset({"он", "она", "они", "его", "ее", "их", "ему", "ей", "им", "него", "нее", "них"})
MINE = frozenset(
    {
        "мой",
        "моя",
        "мое",
        "мои",
        "моего",
        "моей",
        "моему",
        "моих",
        "моим",
        "мою",
        "моем",
        "наш",
        "наша",
        "наше",
        "наши",
        "нашего",
        "нашей",
        "нашему",
        "наших",
        "нашу",
        "нашем",
    }
)
OTHERS = frozenset(
    {
        "кто",
        "который",
        "которая",
        "которые",
        "никто",
        "все",
        "люди",
        "каждый",
        "кто-то",
        "кто-нибудь",
        "некоторый",
    }
)
NAME_TAGS = frozenset({"Name", "Surn", "Patr"})
# Kin words that strangers are called by, or that name nobody alone.
LOOSE_KIN = frozenset(
    {"дети", "семья", "малыш", "малышка", "ребенок", "невеста", "жених", "близнецы", "дед", "баба", "отец"}
)
NEAR_GREETING = 8
# `Наконец-то защитила диплом`: what a post of so many words may begin with before a verb of its author's.
SHORT_LEAD, SHORT_POST = 2, 25
OBLIQUE = {
    "object": frozenset({"accs", "gent"}),
    "at": frozenset({"gent"}),
    "after": frozenset({"accs", "gent", "datv", "nomn"}),
}


class RussianResolver:
    """Finds subjects by pymorphy's grammemes and the shared lists kin, friend, company_noun."""

    def __init__(self, words: WordLists, lemmas: Russian) -> None:
        self.lemmas = lemmas
        self.kin = words.words("kin")
        self.friend = words.words("friend")
        self.role = words.words("role")
        self.company = words.words("company_noun")
        self.not_names = words.words("_not_names")

    def resolve(self, tokens: Tokens, at: Predicate, registers: frozenset[str]) -> Subject | None:
        """See `Resolver`.

        `clause` and `before` ask for the nominative and the verb's form; `object` for whom it is
        done to (`уволили меня`), `at` for `у кого` (`у нас родилась`), `after` for what follows,
        `addressee` for whom a greeting is meant.
        """
        if at.find == "addressee":
            return self._addressee(tokens, at.start, at.end, registers)
        low, high = self._span(tokens, at.start, at.end)
        if at.find == "after":
            return self._oblique(tokens, at.end, high, at, registers)
        if at.find in OBLIQUE:
            found = self._oblique(tokens, low, high, at, registers)
            return found or (self._antecedent(tokens, at.start, registers) if at.find == "object" else None)
        found = self._nominative(tokens, low, high, at, registers)
        return found or self._by_verb(tokens, low, at.verb, registers)

    def captured(self, tokens: Tokens, start: int, end: int, registers: frozenset[str]) -> Subject | None:
        """See `Resolver`."""
        for at in range(start, end):
            found = self._person(tokens, at, registers, any_case=True)
            if found is not None:
                return found
        return NOBODY

    def _span(self, tokens: Tokens, start: int, end: int) -> tuple[int, int]:
        low, high = tokens.clause_span(start)
        return low, max(high, end)

    def _nominative(
        self, tokens: Tokens, low: int, high: int, at: Predicate, registers: frozenset[str]
    ) -> Subject | None:
        others = False
        order = sorted(range(low, high), key=lambda place: abs(place - at.verb))
        for place in order:
            if place == at.verb:
                continue
            lower = tokens.lowers[place]
            if lower in FIRST:
                return Subject("author", how="first person")
            if lower in ("ты", "вы") or self.lemmas.lemma(lower) in OTHERS:
                return NOBODY
            if lower in ("он", "она", "они"):
                return self._antecedent(tokens, place, registers) or NOBODY
            found = (
                self._person(tokens, place, registers) if self._is_subject(tokens, place, at.verb) else None
            )
            if found is NOBODY:
                others = True
            elif found is not None:
                return found
        return NOBODY if others else None

    def _is_subject(self, tokens: Tokens, at: int, verb: int) -> bool:
        """Say whether a word may be the nominative of the verb: its case, number and gender agree."""
        readings = self.lemmas.readings(folded(tokens.words[at]))
        if not readings[0] & {"NOUN", "NPRO"} and not is_capital(tokens.words[at]):
            return False
        form = self.lemmas.readings(folded(tokens.words[verb]))[0]
        for tags in readings:
            if "nomn" not in tags or not tags & {"NOUN", "LATN", "UNKN"}:
                continue
            number = form & {"sing", "plur"}
            gender = form & {"masc", "femn", "neut"}
            if (not number or number & tags) and (
                not gender or not tags & {"masc", "femn", "neut"} or gender & tags
            ):
                return True
        return tokens.words[at][0].isascii() and is_capital(tokens.words[at])

    def _person(
        self, tokens: Tokens, at: int, registers: frozenset[str], *, any_case: bool = False
    ) -> Subject | None:
        """Return who a noun is; NOBODY for a living being that cannot be told; None for things."""
        word, lower = tokens.words[at], tokens.lowers[at]
        if word == HANDLE:
            return named(tokens, at, at + 1)
        if lower in FIRST or (any_case and (lower in FIRST_OBLIQUE or lower in MINE)):
            return Subject("author", how="first person")
        lemma = self.lemmas.lemma(folded(word))
        if lemma in self.kin:
            return self._kin(tokens, at, lemma, registers)
        if lemma in self.friend:
            mine = self._mine(tokens, at) or "personal" in registers
            return (
                Subject(
                    "person",
                    name=self._name_after(tokens, at),
                    relation=lemma,
                    how="acquaintance",
                    sure=1.0 if mine else 0.85,
                )
                if mine or self._name_after(tokens, at)
                else NOBODY
            )
        tags = self.lemmas.readings(folded(word))[0]
        if tags & NAME_TAGS and is_capital(word):
            return self._named(tokens, at, registers)
        if (
            is_capital(word)
            and at > 0
            and not tokens.clause_start[at]
            and lower not in self.not_names
            and (word[0].isascii() or tags & {"UNKN"})
        ):
            return self._named(tokens, at, registers)
        return NOBODY if {"NOUN", "anim"} <= tags else None

    def _kin(self, tokens: Tokens, at: int, lemma: str, registers: frozenset[str]) -> Subject:
        mine = self._mine(tokens, at)
        whose = tokens.lowers[at - 1] if at > 0 else ""
        if whose in SECOND | THIRD or (
            not mine
            and "personal" not in registers
            and self._name_after(tokens, at) is None
            and "news" in registers
        ):
            return NOBODY
        return Subject(
            "relative",
            name=self._name_after(tokens, at),
            relation=lemma,
            how="kin",
            sure=1.0 if mine else 0.85,
        )

    def _mine(self, tokens: Tokens, at: int) -> bool:
        return any(word in MINE or word in ("меня", "нас") for word in tokens.lowers[max(0, at - 3) : at + 2])

    def _name_after(self, tokens: Tokens, at: int) -> str | None:
        following = at + 1
        if (
            following >= len(tokens)
            or tokens.clause_start[following]
            or not is_capital(tokens.words[following])
        ):
            return None
        if tokens.lowers[following] in self.not_names or not tokens.words[following][0].isalpha():
            return None
        return self._full(tokens, following)

    def _full(self, tokens: Tokens, at: int) -> str:
        """Return the name that begins at a word, as written: up to three capitalised words in a row."""
        stop = at + 1
        while (
            stop < len(tokens)
            and stop - at < 3
            and is_capital(tokens.words[stop])
            and not tokens.clause_start[stop]
            and tokens.words[stop][0].isalpha()
            and tokens.lowers[stop] not in self.not_names
        ):
            stop += 1
        return tokens.text[tokens.starts[at] : tokens.ends[stop - 1]]

    def _named(self, tokens: Tokens, at: int, registers: frozenset[str]) -> Subject:
        start = at
        while (
            start > 0
            and is_capital(tokens.words[start - 1])
            and not tokens.clause_start[start]
            and tokens.words[start - 1][0].isalpha()
            and at - start < 2
            and tokens.lowers[start - 1] not in self.not_names
        ):
            start -= 1
        roles = {self.lemmas.lemma(word) for word in tokens.lowers[max(0, start - 4) : start]}
        public = "news" in registers or "personal" not in registers or bool(roles & self.role)
        return Subject("public" if public else "person", name=self._full(tokens, start), how="name")

    def _oblique(
        self, tokens: Tokens, low: int, high: int, near: Predicate, registers: frozenset[str]
    ) -> Subject | None:
        cases = OBLIQUE[near.find]
        for at in sorted(range(low, high), key=lambda place: abs(place - near.start)):
            lower = tokens.lowers[at]
            if near.find == "at" and (at == 0 or "у" not in tokens.lowers[max(low, at - 3) : at]):
                continue
            if lower in FIRST_OBLIQUE:
                return Subject("author", how="first person")
            if lower in SECOND:
                return NOBODY
            if lower in THIRD:
                return self._antecedent(tokens, at, registers) or NOBODY
            if (
                any(cases & tags for tags in self.lemmas.readings(folded(tokens.words[at])))
                or tokens.words[at] == HANDLE
            ):
                found = self._person(tokens, at, registers)
                if found is not None and found is not NOBODY:
                    return found
        return None

    def _addressee(self, tokens: Tokens, start: int, end: int, registers: frozenset[str]) -> Subject:
        """Return whom a greeting is for: kin or a name said near it, else somebody not named."""
        span = range(max(0, start - NEAR_GREETING), min(len(tokens), end + NEAR_GREETING))
        unnamed = Subject("public" if "news" in registers else "person", how="whom the greeting is for")
        found = unnamed
        for at in sorted(span, key=lambda at: start - at if at < start else at - end):
            lower = tokens.lowers[at]
            if lower in ("нас", "меня") and self._greeted(tokens, at):
                return Subject("author", how="first person")
            if start <= at < end or (at and tokens.lowers[at - 1] in SECOND | THIRD):
                continue
            lemma = self.lemmas.lemma(lower)
            tags = self.lemmas.readings(folded(tokens.words[at]))
            called = any(reading & {"nomn", "voct", "accs"} for reading in tags)
            if at == end and any({"gent", "sing"} <= reading for reading in tags if "accs" not in reading):
                called = any({"voct", "nomn"} & reading and "sing" in reading for reading in tags)
            if called and lemma in self.kin and lemma not in LOOSE_KIN:
                return Subject("relative", self._name_after(tokens, at), None, lemma, how="kin")
            name = called and is_capital(tokens.words[at]) and any(reading & NAME_TAGS for reading in tags)
            if found is unnamed and (name or tokens.words[at] == HANDLE):
                found = replace(named(tokens, at, at + 1), who=unnamed.who)
                if name:
                    found = replace(found, name=self._full(tokens, at))
        return found

    def _greeted(self, tokens: Tokens, at: int) -> bool:
        """Say whether `нас` or `меня` stands beside a verb of greeting and is no `от нас`."""
        low, high = tokens.clause_span(at)
        return tokens.lowers[at - 1 : at] != ["от"] and any(
            word.startswith(("поздрав", "поздрал"))
            for word in tokens.lowers[max(low, at - 2) : min(high, at + 3)]
        )

    def _by_verb(self, tokens: Tokens, low: int, verb: int, registers: frozenset[str]) -> Subject | None:
        """Read a dropped subject from the verb: first person is the author; a past verb may be."""
        tags = self.lemmas.readings(folded(tokens.words[verb]))[0]
        if "1per" in tags:
            return Subject("author", how="verb in the first person")
        if tags & {"2per", "impr", "3per"}:
            return self._antecedent(tokens, verb, registers) or NOBODY if "3per" in tags else NOBODY
        if tags & {"past", "PRTS"} and "news" not in registers:
            if "personal" in registers:
                before = self._previous(tokens, low, registers)
                return before or Subject("author", how="past verb without subject", sure=0.8)
            if "PRTS" not in tags and verb <= SHORT_LEAD and len(tokens) <= SHORT_POST:
                return Subject("author", how="a short post that begins with its verb", sure=0.75)
        return None

    def _previous(self, tokens: Tokens, low: int, registers: frozenset[str]) -> Subject | None:
        """Return who the same sentence spoke of in the clauses before."""
        if low == 0:
            return None
        first, _ = tokens.sentence_span(low)
        for at in range(low - 1, first - 1, -1):
            lower = tokens.lowers[at]
            if lower in FIRST:
                return Subject("author", how="first person")
            tags = self.lemmas.readings(folded(tokens.words[at]))[0]
            if "nomn" in tags and {"NOUN", "anim"} <= tags:
                return self._person(tokens, at, registers)
        return None

    def _antecedent(self, tokens: Tokens, at: int, registers: frozenset[str]) -> Subject | None:
        for before in range(at - 1, max(-1, at - 30), -1):
            tags = self.lemmas.readings(folded(tokens.words[before]))[0]
            if {"NOUN", "anim"} <= tags or tags & NAME_TAGS:
                found = self._person(tokens, before, registers)
                if found is not None and found is not NOBODY:
                    return found
        return None
