"""Russian people told without a name, or by a name in an oblique case."""

from __future__ import annotations

import re
from collections.abc import Sequence

from triggers.lemmas import Russian, folded
from triggers.subject import Subject, is_capital
from triggers.text import Tokens
from triggers.words import WordLists

NAME_TAGS = frozenset({"Name", "Surn", "Patr"})
OBLIQUE_CASES = ("accs", "gent", "datv", "ablt", "loct")
# People in general, and words that ask or tell which.
OTHERS = frozenset("кто который которая которые никто все люди каждый кто-то кто-нибудь некоторый".split())
PREPOSITIONS = frozenset("в во на из с со к ко у о об от по за для до при под над через между".split())
_AGED = re.compile(r"\d+-?летн")
# How many words before a noun or a name tell what kind of person it is.
NEAR = 5


class People:
    """Tells people who are known by what they do (`актёр`) from people like everybody (`водитель`)."""

    def __init__(self, words: WordLists, lemmas: Russian) -> None:
        self.lemmas = lemmas
        self.friend = words.words("friend")
        self.beasts = words.words("_beast") | words.words("_nobody")
        self.known = words.words("_famous") | words.words("_official") | words.words("role")
        self.fame = words.words("_fame")
        self.given = words.words("_given")
        self.close = self.friend | words.words("kin")

    def somebody(self, tokens: Tokens, at: int, unnamed: str) -> Subject | None:
        """Return the one person that a noun without a name is: `сосед`, `водитель`, `актриса`. None for others.

        `unnamed` says who is wanted (`triggers.rule.UNNAMED`).
        """
        if unnamed == "nobody":
            return None
        tags = self.lemmas.readings(folded(tokens.words[at]))[0]
        if not {"NOUN", "anim", "sing"} <= tags:
            return None
        lemma = self.lemmas.lemma(folded(tokens.words[at]))
        if lemma in self.beasts or lemma.startswith("не"):
            return None
        relation = lemma if lemma in self.friend else None
        who = "public" if self.is_known(tokens, at, at + 1) else "person"
        if who == "person" and unnamed == "known":
            return None
        return Subject(who, relation=relation, how="somebody without a name", sure=0.85)

    def is_known(self, tokens: Tokens, start: int, end: int) -> bool:
        """Say whether the words [start, end), or those just before them, speak of somebody in public life."""
        low, _ = tokens.sentence_span(start)
        said = {self.lemmas.lemma(folded(word)) for word in tokens.words[max(low, start - NEAR) : end]}
        return bool(said & (self.known | self.fame))

    def names(self, word: str) -> bool:
        """Say whether a capital before a name belongs to it: no `ЮКОСа`, no `России`."""
        readings = self.lemmas.readings(folded(word))
        if len(word) > 1 and (word[:2].isupper() or readings[0] & {"Geox", "Orgn"}):
            return False
        return any(tags & NAME_TAGS for tags in readings) or not self.lemmas.known(folded(word))

    def given_name(self, word: str) -> bool:
        """Say whether a capital is on a name people are called by that the analyser takes for something else: `Вика`."""
        return is_capital(word) and (
            folded(word) in self.given or self.lemmas.lemma(folded(word)) in self.given
        )

    def owned(self, tokens: Tokens, at: int) -> bool:
        """Say whether a capital tells whose the thing before it is: `в больнице | Финикса`."""
        if at == 0 or tokens.clause_start[at] or is_capital(tokens.words[at - 1]):
            return False
        if not any("gent" in tags for tags in self.lemmas.readings(folded(tokens.words[at]))):
            return False
        return {"NOUN", "inan"} <= self.lemmas.readings(folded(tokens.words[at - 1]))[0]

    def general(self, tokens: Tokens, at: int) -> bool:
        """Say whether a word is people in general: `все | приехали`, but no `на все лето`."""
        led = at > 0 and tokens.lowers[at - 1] in PREPOSITIONS
        return not led and self.lemmas.lemma(tokens.lowers[at]) in OTHERS

    def joined(self, tokens: Tokens, at: int) -> bool:
        """Say whether a noun or name is one of two who do a thing together: `Маша и | Петя`, `мама | с папой`."""
        low, high = tokens.sentence_span(at)
        first = last = at
        while first > low and is_capital(tokens.words[first]) and is_capital(tokens.words[first - 1]):
            first -= 1
        while last + 1 < high and is_capital(tokens.words[last]) and is_capital(tokens.words[last + 1]):
            last += 1
        before = first > low and tokens.lowers[first - 1] == "и"
        return before or (last + 1 < high and tokens.lowers[last + 1] in ("и", "с"))

    def apposed(self, tokens: Tokens, at: int, low: int) -> bool:
        """Say whether a noun only tells more of somebody before it: `Пётр Орлов, главный | инженер`, `мой брат, | водитель`."""
        start, _ = tokens.clause_span(at)
        return any(
            (is_capital(tokens.words[i]) and self.lemmas.readings(folded(tokens.words[i]))[0] & NAME_TAGS)
            or (self.lemmas.lemma(folded(tokens.words[i])) in self.close and not self._tells(tokens, i))
            for i in range(low, start)
        )

    def _tells(self, tokens: Tokens, at: int) -> bool:
        """Say whether the clause of a word has a verb of its own."""
        return any(
            "VERB" in self.lemmas.readings(folded(tokens.words[i]))[0] for i in range(*tokens.clause_span(at))
        )

    def counted(self, tokens: Tokens, verb: int) -> bool:
        """Say whether a number of living beings follows a verb: `заболели | 300 человек`."""
        _, high = tokens.sentence_span(verb)
        return any(
            tokens.words[at - 1][0].isdigit()
            and {"NOUN", "anim"} <= self.lemmas.readings(folded(tokens.words[at]))[0]
            for at in range(verb + 2, high)
        )

    def is_private(self, tokens: Tokens, start: int, end: int) -> bool:
        """Say whether a name is told like that of a person nobody knows: by an age, or a given name alone."""
        low, _ = tokens.sentence_span(start)
        if any(_AGED.match(word) for word in tokens.lowers[max(low, start - NEAR) : start]):
            return True
        if end - start > 1:
            return False
        word = tokens.words[start]
        return self.given_name(word) or any("Name" in tags for tags in self.lemmas.readings(folded(word)))


def nominative(name: str, lemmas: Russian) -> str:
    """Return a name in the nominative, `Диму Орлова` as `Дима Орлов`; as it is written where that is not sure.

    Every word must be a name to the analyser, all in one case and gender, the first no nominative already, and
    only one nominative may come out: `Буянову` may be a man's or a woman's.
    """
    words = name.split()
    readings = [lemmas.names(folded(word)) for word in words]
    if not all(readings) or any({"nomn", "sing"} <= tags for tags, _ in readings[0]):
        return name
    found = {
        tuple(forms)
        for case in OBLIQUE_CASES
        for gender in ("masc", "femn")
        if all(forms := [_form(one, {case, gender, "sing"}) for one in readings])
    }
    if len(found) != 1:
        return name
    return " ".join(
        form.title() if is_capital(word) else form for form, word in zip(*found, words, strict=True)
    )


def _form(readings: Sequence[tuple[frozenset[str], str]], wanted: set[str]) -> str:
    return next((form for tags, form in readings if wanted <= tags), "")
