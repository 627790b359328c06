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

    def somebody(self, tokens: Tokens, at: int) -> Subject | None:
        """Return the one person that a noun without a name is: `сосед`, `водитель`, `актриса`. None for others."""
        tags = self.lemmas.readings(folded(tokens.words[at]))[0]
        if not {"NOUN", "anim", "sing"} <= tags:
            return None
        lemma = self.lemmas.lemma(folded(tokens.words[at]))
        if lemma in self.beasts or lemma.startswith("не"):
            return None
        relation = lemma if lemma in self.friend else None
        who = "public" if self.is_known(tokens, at, at + 1) else "person"
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

    def is_private(self, tokens: Tokens, start: int, end: int) -> bool:
        """Say whether a name is told like that of a person nobody knows: by an age, or a given name alone."""
        low, _ = tokens.sentence_span(start)
        if any(_AGED.match(word) for word in tokens.lowers[max(low, start - NEAR) : start]):
            return True
        if end - start > 1:
            return False
        return any("Name" in tags for tags in self.lemmas.readings(folded(tokens.words[start])))


def nominative(words: Sequence[str], lemmas: Russian, cases: Sequence[str] = OBLIQUE_CASES) -> str | None:
    """Return a name in the nominative: `Диму Орлова` is `Дима Орлов`. None where that cannot be told for sure.

    Every word must be a name for the analyser, all in one case and number, and none may be a nominative already.
    """
    parses = [lemmas.names(folded(word)) for word in words]
    if not all(parses) or any("nomn" in tags for tags, _ in parses[0]):
        return None
    for case in cases:
        for gender in ("masc", "femn"):
            found = [
                next((form for tags, form in one if {case, gender, "sing"} <= tags), None) for one in parses
            ]
            if all(found):
                return " ".join(_cased(str(form), word) for form, word in zip(found, words, strict=True))
    return None


def _cased(form: str, like: str) -> str:
    return form.title() if is_capital(like) else form
