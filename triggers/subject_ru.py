"""Russian subjects: the nominative of the clause, else what the verb's person and gender tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from triggers.agreement_ru import Agreement
from triggers.greetings_ru import LOOSE_KIN, SECOND, THIRD, Greetings
from triggers.lemmas import Russian, folded
from triggers.organisations_ru import Organisations
from triggers.people_ru import NAME_TAGS, People, nominative
from triggers.subject import NOBODY, Predicate, Subject, is_capital, named
from triggers.text import HANDLE, Tokens
from triggers.words import WordLists

FIRST = frozenset({"я", "мы"})
FIRST_OBLIQUE = frozenset({"меня", "нас", "мне", "нам", "мной", "нами"})
MINE = frozenset(
    (
        "мой моя мое мои моего моей моему моих моим мою моем наш наша наше наши нашего нашей нашему наших "
        "нашу нашем"
    ).split()
)
# Kin words that name nobody alone: anybody's child or bride.
ANYBODYS = LOOSE_KIN - {"дед", "баба", "отец", "семья"}
CASES = frozenset({"nomn", "gent", "datv", "accs", "ablt", "loct"})
# What a pronoun's antecedent must be; `его` and the like may stand for a thing's owner, too.
PRONOUNS = {
    **dict.fromkeys(("он", "его", "ему", "него", "нем"), frozenset({"masc", "ms-f"})),
    **dict.fromkeys(("она", "ее", "ей", "нее", "ней"), frozenset({"femn", "ms-f"})),
    **dict.fromkeys(("они", "их", "им", "них"), frozenset({"plur"})),
}
# Verbs in the first person that the analyser takes for food first.
RIDE = frozenset({"еду"})
# A kin word without `my` is the author's only in a post of his own or a short one.
SHORT_KIN = 40
# `Наконец-то защитила диплом`: what a post of so many words may begin with before a verb of its author's;
# farther in (`скучно стало, сел на поезд и уехал`) only where nobody and no number is spoken of at all.
SHORT_LEAD, LONG_LEAD, SHORT_POST = 2, 12, 25
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
        self.not_names = words.words("_not_names")
        self.asides = words.words("_aside")
        self.streets = words.words("_street")
        self.people = People(words, lemmas)
        self.agreement = Agreement(words, lemmas, self.people)
        self.organisations = Organisations(words, lemmas, self.agreement)
        self.greetings = Greetings(self)

    def resolve(self, tokens: Tokens, at: Predicate, registers: frozenset[str]) -> Subject | None:
        """See `Resolver`.

        `clause` and `before` ask for the nominative and the verb's form; `object` for whom it is
        done to (`уволили меня`), `at` for `у кого` (`у нас родилась`), `after` for what follows,
        `addressee` for whom a greeting is meant.
        """
        found = self._found(tokens, at, registers)
        if found is None or not found.name or found.who == "company":
            return found
        return replace(found, name=nominative(found.name, self.lemmas))

    def _found(self, tokens: Tokens, at: Predicate, registers: frozenset[str]) -> Subject | None:
        if at.find == "addressee":
            return self.greetings.addressee(tokens, at.start, at.end, registers)
        low, high = self._span(tokens, at.start, at.end)
        if at.company:
            return self._organisation(tokens, low, high, at, registers)
        if at.find == "after":
            return self._oblique(tokens, at.end, high, at, registers)
        if at.find in OBLIQUE:
            found = self._oblique(tokens, low, high, at, registers)
            return found or (self._antecedent(tokens, at.start, registers) if at.find == "object" else None)
        if (
            tokens.lowers[at.verb] in RIDE
            or {"VERB", "1per"} <= self.lemmas.readings(folded(tokens.words[at.verb]))[0]
        ):
            return Subject("author", how="verb in the first person")
        found = self._nominative(tokens, low, high, at, registers)
        return found or self._by_verb(tokens, low, at, registers)

    def captured(self, tokens: Tokens, start: int, end: int, registers: frozenset[str]) -> Subject | None:
        """See `Resolver`."""
        for at in range(start, end):
            found = self._person(tokens, at, registers, any_case=True)
            if found is not None and found is not NOBODY:
                return replace(found, name=nominative(found.name, self.lemmas)) if found.name else found
        return NOBODY

    def told_as_past(self, words: Sequence[str]) -> bool:
        """See `Resolver`."""
        tags = [self.lemmas.readings(folded(word))[0] for word in words]
        if any(
            tag & {"futr", "pres", "impr"} or word == "будет" for tag, word in zip(tags, words, strict=True)
        ):
            return False
        return any(tag & {"past", "PRTS"} for tag in tags)

    def _span(self, tokens: Tokens, start: int, end: int) -> tuple[int, int]:
        low, high = tokens.clause_span(start)
        return low, max(high, end)

    def _organisation(
        self, tokens: Tokens, low: int, high: int, at: Predicate, registers: frozenset[str]
    ) -> Subject | None:
        """Return the organisation that is the subject, else the one in quotation marks beside the predicate."""
        first, _ = tokens.sentence_span(at.start)
        if self.organisations.is_thing(tokens, at.start, at.end):
            return None
        opening = self.organisations.opening(tokens, at.verb)
        if opening is not None:
            return opening
        for near, far in ((low, high), (first, low)):
            for place in sorted(range(near, far), key=lambda place: abs(place - at.verb)):
                if tokens.lowers[place] in FIRST:
                    return Subject("author", how="first person")
                if at.verb <= place < at.end:
                    continue
                named_one = self.organisations.as_subject(tokens, place, at.verb)
                if named_one is not None:
                    return named_one
        beside = self.organisations.beside(tokens, first, high)
        if beside is not None:
            return beside
        found = self._nominative(tokens, low, high, at, registers)
        if found is not None and found.who == "company" and found.place and found.place[0] >= at.verb:
            return None  # Latin behind the verb is what is made: `Lumo выпустила | Paperboat`
        return found

    def _nominative(
        self, tokens: Tokens, low: int, high: int, at: Predicate, registers: frozenset[str]
    ) -> Subject | None:
        other: Subject | None = None
        firm: Subject | None = None
        order = sorted(range(low, high), key=lambda place: abs(place - at.verb))
        for place in order:
            if place == at.verb:
                continue
            lower = tokens.lowers[place]
            if lower in FIRST:
                return Subject("author", how="first person")
            if lower in ("ты", "вы") or self.people.general(tokens, place):
                return NOBODY
            if lower in ("он", "она", "они"):
                return self._antecedent(tokens, place, registers, unnamed=at.unnamed) or NOBODY
            found = (
                self._person(tokens, place, registers)
                if self.agreement.is_subject(tokens, place, at.verb)
                else None
            )
            if found is NOBODY:
                other = other or self.people.somebody(tokens, place, at.unnamed) or NOBODY
            elif found is not None and found.who == "company":
                firm = firm or found  # may stand for whoever is of it: `глава | Lumo`
            elif found is not None:
                return found
        if other is not None and other is not NOBODY:
            return other
        return firm or self.organisations.opening(tokens, at.verb) or other

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
            return self._friend(tokens, at, lemma, registers)
        tags = self.lemmas.readings(folded(word))[0]
        if self.people.given_name(word) or (
            is_capital(word) and (tags & NAME_TAGS or self._within(tokens, at))
        ):
            kin = self._kin_before(tokens, at)
            return self._kin(tokens, at - 1, kin, registers) if kin else self._named(tokens, at, registers)
        if (
            is_capital(word)
            and lower not in self.not_names
            and (word[0].isascii() or self.agreement.unknown_name(tokens, at))
        ):
            return self._named(tokens, at, registers)
        return NOBODY if {"NOUN", "anim"} <= tags else None

    def _within(self, tokens: Tokens, at: int) -> bool:
        """Say whether a capital inside a clause may be a name, though it reads like a word: `министр | Котов`."""
        if at == 0 or tokens.clause_start[at] or tokens.words[at].isupper():
            return False
        return self.agreement.after_title(tokens, at) or any(
            tags & NAME_TAGS for tags in self.lemmas.readings(folded(tokens.words[at]))
        )

    def _friend(self, tokens: Tokens, at: int, lemma: str, registers: frozenset[str]) -> Subject:
        mine = self._mine(tokens, at) or "personal" in registers
        name = self.name_after(tokens, at)
        strange = "news" in registers or len(tokens) > SHORT_KIN
        if not name and strange and not self._mine(tokens, at):
            return NOBODY
        if name and strange and self.people.is_known(tokens, at, at + 1):
            return self._named(tokens, at + 1, registers)
        return Subject("person", name=name, relation=lemma, how="acquaintance", sure=1.0 if mine else 0.85)

    def _kin(self, tokens: Tokens, at: int, lemma: str, registers: frozenset[str]) -> Subject:
        mine = self._mine(tokens, at)
        whose = tokens.lowers[at - 1] if at > 0 else ""
        if whose in SECOND | THIRD or not (mine or self._is_own(tokens, at, lemma, registers)):
            return NOBODY
        return Subject(
            "relative",
            name=self.name_after(tokens, at),
            relation=lemma,
            how="kin",
            sure=1.0 if mine else 0.85,
        )

    def _is_own(self, tokens: Tokens, at: int, lemma: str, registers: frozenset[str]) -> bool:
        """Say whether a kin word without `my` is one of the author's."""
        if "personal" in registers and "news" not in registers:
            return True
        if self.name_after(tokens, at) is not None:
            return "news" not in registers
        return "news" not in registers and lemma not in ANYBODYS and len(tokens) <= SHORT_KIN

    def _kin_before(self, tokens: Tokens, at: int) -> str:
        """Return the kin that a name is of: `сестра | Катя`, but not `мама | Кати`."""
        if at == 0 or tokens.clause_start[at]:
            return ""
        word = tokens.words[at - 1]
        lemma = self.lemmas.lemma(folded(word))
        if lemma not in self.kin:
            return ""
        cases = [
            {
                tag
                for reading in self.lemmas.readings(folded(one))
                if "sing" in reading
                for tag in reading & CASES
            }
            for one in (word, tokens.words[at])
        ]
        return lemma if cases[0] & cases[1] else ""

    def _mine(self, tokens: Tokens, at: int) -> bool:
        return any(word in MINE or word in ("меня", "нас") for word in tokens.lowers[max(0, at - 3) : at + 2])

    def name_after(self, tokens: Tokens, at: int) -> str | None:
        """Return the name that follows a word, as written: `сестра | Катя Орлова`."""
        following = at + 1
        if (
            following >= len(tokens)
            or tokens.clause_start[following]
            or not is_capital(tokens.words[following])
        ):
            return None
        if tokens.lowers[following] in self.not_names or not tokens.words[following][0].isalpha():
            return None
        return self.full_name(tokens, following)

    def full_name(self, tokens: Tokens, at: int) -> str:
        """Return the name that begins at a word, as written."""
        return tokens.text[tokens.starts[at] : tokens.ends[self._full_end(tokens, at) - 1]]

    def _full_end(self, tokens: Tokens, at: int) -> int:
        """Return the end of the name that begins at a word: up to three capitalised words in a row."""
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
        return stop

    def _named(self, tokens: Tokens, at: int, registers: frozenset[str]) -> Subject:
        start = at
        while (
            start > 0
            and is_capital(tokens.words[start - 1])
            and not tokens.clause_start[start]
            and tokens.words[start - 1][0].isalpha()
            and at - start < 2
            and tokens.lowers[start - 1] not in self.not_names
            and self.people.names(tokens.words[start - 1])
        ):
            start -= 1
        end = self._full_end(tokens, start)
        if self.organisations.is_one(tokens, start, end):
            return self.organisations.named(tokens, start, end)
        public = self.people.is_known(tokens, start, end) or (
            ("news" in registers or "personal" not in registers)
            and not self.people.is_private(tokens, start, end)
        )
        return named(tokens, start, end, who="public" if public else "person")

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
                return self._antecedent(tokens, at, registers, unnamed=near.unnamed) or NOBODY
            if (
                any(cases & tags for tags in self.lemmas.readings(folded(tokens.words[at])))
                or tokens.words[at] == HANDLE
            ):
                found = self._person(tokens, at, registers)
                if found is NOBODY and near.find != "after":
                    found = self.people.somebody(tokens, at, near.unnamed)
                if found is not None and found is not NOBODY:
                    return found
        return None

    def _by_verb(self, tokens: Tokens, low: int, at: Predicate, registers: frozenset[str]) -> Subject | None:
        """Read a dropped subject from the verb: first person is the author; a past verb may be."""
        verb = at.verb
        tags = self.agreement.form(tokens, verb)
        if "1per" in tags:
            return Subject("author", how="verb in the first person")
        if tags & {"2per", "impr", "3per"}:
            return self._antecedent(tokens, verb, registers) or NOBODY if "3per" in tags else NOBODY
        if tags & {"past", "PRTS"}:
            if any(self._is_things(tokens, place, verb) for place in range(low, verb)):
                return None
            before = self._previous(tokens, low, at, registers)
            if before is not None or "news" in registers:
                return before
            if "personal" in registers:
                return Subject("author", how="past verb without subject", sure=0.8)
            if "PRTS" not in tags and self._leads(tokens, verb):
                return Subject("author", how="a short post that begins with its verb", sure=0.75)
        return None

    def _is_things(self, tokens: Tokens, at: int, verb: int) -> bool:
        """Say whether a noun that is nobody is the verb's subject: `телефон | умер`, but no `сегодня | умер`."""
        tags = self.lemmas.readings(folded(tokens.words[at]))[0]
        return (
            {"NOUN", "inan", "nomn"} <= tags
            and tokens.lowers[at] not in self.asides
            and self.agreement.is_subject(tokens, at, verb)
        )

    def _leads(self, tokens: Tokens, verb: int) -> bool:
        """Say whether a verb begins a short post, with nothing before it that may be its subject."""
        if verb > LONG_LEAD or len(tokens) > SHORT_POST:
            return False
        low, high = (0, tokens.sentence_span(verb)[1]) if verb > SHORT_LEAD else (0, verb)
        alone = not any(
            (tokens.words[at][0].isascii() and tokens.words[at][0].isalnum())
            or any(
                {"nomn", "NOUN", "anim"} <= tags for tags in self.lemmas.readings(folded(tokens.words[at]))
            )
            or self._is_things(tokens, at, verb)
            for at in range(low, high)
            if at != verb
        )
        return alone and not self.people.counted(tokens, verb)

    def _previous(
        self, tokens: Tokens, low: int, near: Predicate, registers: frozenset[str]
    ) -> Subject | None:
        """Return who the same sentence spoke of in the clauses before: `Пётр, наш инженер, | уволился`."""
        if low == 0:
            return None
        first, _ = tokens.sentence_span(low)
        aside: Subject | None = None
        for at in range(low - 1, first - 1, -1):
            lower = tokens.lowers[at]
            if lower in FIRST:
                return Subject("author", how="first person")
            tags = self.lemmas.readings(folded(tokens.words[at]))[0]
            if (
                "nomn" in tags
                and {"NOUN", "anim"} <= tags
                and self.agreement.is_subject(tokens, at, near.verb)
            ):
                found = self._person(tokens, at, registers)
                if found is NOBODY and near.unnamed != "nobody":
                    found = self.people.somebody(tokens, at, near.unnamed) or NOBODY
                if found is None or found.who == "relative":
                    return found
                if found.name:
                    return replace(found, relation=found.relation or (aside.relation if aside else None))
                if not self.people.apposed(tokens, at, first):
                    return found
                aside = aside or (None if found is NOBODY else found)
        return aside

    def _antecedent(
        self, tokens: Tokens, at: int, registers: frozenset[str], *, unnamed: str = "nobody"
    ) -> Subject | None:
        """Return whom the words before speak of, in the gender and number of the pronoun at a word, if it is one."""
        agree = PRONOUNS.get(tokens.lowers[at])
        for before in range(at - 1, max(-1, at - 30), -1):
            readings = self.lemmas.readings(folded(tokens.words[before]))
            tags = readings[0]
            if agree is not None and not any(agree & reading for reading in readings):
                continue
            if before and self.lemmas.lemma(tokens.lowers[before - 1]) in self.streets:
                continue
            if {"NOUN", "anim"} <= tags or tags & NAME_TAGS:
                found = self._person(tokens, before, registers)
                if found is NOBODY:
                    found = self.people.somebody(tokens, before, unnamed)
                if found is not None and found is not NOBODY:
                    return found
        return None
