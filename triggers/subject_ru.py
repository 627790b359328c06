"""Russian subjects: the nominative of the clause, else what the verb's person and gender tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from triggers.affiliation import quoted
from triggers.greetings_ru import LOOSE_KIN, SECOND, THIRD, Greetings
from triggers.lemmas import Russian, folded
from triggers.people_ru import NAME_TAGS, PREPOSITIONS, People, nominative
from triggers.subject import NOBODY, Predicate, Subject, is_capital, named, organisation
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
        self.company = words.words("company_noun")
        self.not_names = words.words("_not_names")
        self.asides = words.words("_aside")
        self.streets = words.words("_street")
        self.people = People(words, lemmas)
        self.greetings = Greetings(self)

    def resolve(self, tokens: Tokens, at: Predicate, registers: frozenset[str]) -> Subject | None:
        """See `Resolver`.

        `clause` and `before` ask for the nominative and the verb's form; `object` for whom it is
        done to (`уволили меня`), `at` for `у кого` (`у нас родилась`), `after` for what follows,
        `addressee` for whom a greeting is meant.
        """
        found = self._found(tokens, at, registers)
        return replace(found, name=nominative(found.name, self.lemmas)) if found and found.name else found

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
        for near, far in ((low, high), (first, low)):
            for place in sorted(range(near, far), key=lambda place: abs(place - at.verb)):
                if tokens.lowers[place] in FIRST:
                    return Subject("author", how="first person")
                name = None if at.start <= place < at.end else self._as_subject(tokens, place, at.verb)
                if name is not None:
                    return organisation(tokens, *name)
        for place in range(first, high):
            inside = quoted(tokens, place)
            if inside is not None:
                return organisation(tokens, *inside, sure=0.9)
        return self._nominative(tokens, low, high, at, registers)

    def _as_subject(self, tokens: Tokens, at: int, verb: int) -> tuple[int, int] | None:
        """Return the words of an organisation's name that begins here and may be the verb's subject."""
        inside = quoted(tokens, at)
        if inside is not None:
            led = at > 0 and not tokens.clause_start[at] and tokens.words[at - 1][0].isalpha()
            head = at - 1 if led and not is_capital(tokens.words[at - 1]) else inside[0]
            if led and not self._is_thing(tokens, at - 1):
                return None
            return inside if head == inside[0] or self._agrees(tokens, head, verb) else None
        word = tokens.words[at]
        if not is_capital(word) or not word[0].isalpha() or tokens.lowers[at] in self.not_names:
            return None
        begins = at == 0 or tokens.sentences[at - 1] != tokens.sentences[at]
        if not begins and self.lemmas.lemma(tokens.lowers[at - 1]) in self.company:
            return self._capitals(tokens, at) if self._agrees(tokens, at - 1, verb) else None
        if not begins and (is_capital(tokens.words[at - 1]) or tokens.lowers[at - 1] in PREPOSITIONS):
            return None
        tags = self.lemmas.readings(folded(word))[0]
        if tags & (NAME_TAGS | {"Geox"}) or not self._agrees(tokens, at, verb):
            return None
        if begins and word[0] > "z" and "Orgn" not in tags and self.lemmas.known(folded(word)):
            return None
        return self._capitals(tokens, at)

    def _is_thing(self, tokens: Tokens, at: int) -> bool:
        """Say whether a word is a noun (`завод «Полюс»`), and no preposition or verb."""
        return "NOUN" in self.lemmas.readings(folded(tokens.words[at]))[0]

    def _agrees(self, tokens: Tokens, at: int, verb: int) -> bool:
        return self._is_subject(tokens, at, verb)

    def _capitals(self, tokens: Tokens, at: int) -> tuple[int, int]:
        end = at + 1
        while (
            end < len(tokens)
            and end - at < 4
            and is_capital(tokens.words[end])
            and not tokens.clause_start[end]
        ):
            end += 1
        return at, end

    def _nominative(
        self, tokens: Tokens, low: int, high: int, at: Predicate, registers: frozenset[str]
    ) -> Subject | None:
        other: Subject | None = None
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
                self._person(tokens, place, registers) if self._is_subject(tokens, place, at.verb) else None
            )
            if found is NOBODY:
                other = other or self.people.somebody(tokens, place, at.unnamed) or NOBODY
            elif found is not None:
                return found
        return other

    def _is_subject(self, tokens: Tokens, at: int, verb: int) -> bool:
        """Say whether a word may be the nominative of the verb: its case, number and gender agree."""
        first = at
        while first > 0 and not tokens.clause_start[first] and is_capital(tokens.words[first - 1]):
            first -= 1
        if (at and tokens.lowers[at - 1] in PREPOSITIONS and not tokens.clause_start[at]) or (
            tokens.lowers[first] in PREPOSITIONS
            or (first and not tokens.clause_start[first] and tokens.lowers[first - 1] in PREPOSITIONS)
        ):
            return False
        readings = self.lemmas.readings(folded(tokens.words[at]))
        if not readings[0] & {"NOUN", "NPRO"} and not is_capital(tokens.words[at]):
            return False
        form = self._verb_form(tokens, verb)
        if "plur" in form and self.people.joined(tokens, at):
            form -= {"plur"}
        for tags in readings:
            if "nomn" not in tags or not tags & {"NOUN", "LATN", "UNKN"}:
                continue
            number = form & {"sing", "plur"}
            gender = form & {"masc", "femn", "neut"}
            if (not number or number & tags) and (
                not gender or not tags & {"masc", "femn", "neut"} or gender & tags
            ):
                return True
        # The analyser only guesses at a name it does not know: its case and gender prove nothing.
        word = tokens.words[at]
        if self.people.owned(tokens, at):
            return False
        return is_capital(word) and (
            word[0].isascii() or self._unknown_name(tokens, at) or self._after_title(tokens, at)
        )

    def _after_title(self, tokens: Tokens, at: int) -> bool:
        """Say whether a title stands right before a capital, whatever that reads like: `министр | Лапин`."""
        return (
            at > 0
            and not tokens.clause_start[at]
            and tokens.lowers[at] not in self.not_names
            and self.lemmas.lemma(tokens.lowers[at - 1]) in self.people.known
            and any("nomn" in tags for tags in self.lemmas.readings(folded(tokens.words[at])))
        )

    def _verb_form(self, tokens: Tokens, verb: int) -> frozenset[str]:
        """Return the grammemes of the word that carries the form: as a verb, if it can be one (`слёг`)."""
        readings = self.lemmas.readings(folded(tokens.words[verb]))
        return next((tags for tags in readings if tags & {"VERB", "PRTS"}), readings[0])

    def _unknown_name(self, tokens: Tokens, at: int) -> bool:
        """Say whether a capital inside a clause is on a word that no dictionary holds."""
        word = tokens.words[at]
        return (
            len(word) > 2
            and word.isalpha()
            and not word.isupper()
            and at > 0
            and not tokens.clause_start[at]
            and not self.lemmas.known(folded(word))
        )

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
        if is_capital(word) and (tags & NAME_TAGS or self._within(tokens, at)):
            kin = self._kin_before(tokens, at)
            return self._kin(tokens, at - 1, kin, registers) if kin else self._named(tokens, at, registers)
        if (
            is_capital(word)
            and lower not in self.not_names
            and (word[0].isascii() or self._unknown_name(tokens, at))
        ):
            return self._named(tokens, at, registers)
        return NOBODY if {"NOUN", "anim"} <= tags else None

    def _within(self, tokens: Tokens, at: int) -> bool:
        """Say whether a capital inside a clause may be a name, though it reads like a word: `министр | Котов`."""
        if at == 0 or tokens.clause_start[at] or tokens.words[at].isupper():
            return False
        return self._after_title(tokens, at) or any(
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
        tags = self._verb_form(tokens, verb)
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
            and self._is_subject(tokens, at, verb)
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
            if "nomn" in tags and {"NOUN", "anim"} <= tags and self._is_subject(tokens, at, near.verb):
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
