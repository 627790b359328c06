"""Russian names of organisations in the nominative: `директор «Полюса»` works for `Полюс`."""

from __future__ import annotations

from collections import Counter

from triggers.lemmas import Russian, folded
from triggers.text import Tokens

# Which case a preposition before a name asks for; the others ask for several.
GENITIVE = frozenset("из у от для до без после".split())
LOCATIVE = frozenset({"в", "во", "на", "о", "об"})
INSTRUMENTAL = frozenset({"с", "со"})
# What an organisation has: its name follows in the genitive, `покупка «Полюса»`; of people (`директор`) every noun does.
OWNED = frozenset(
    "покупка продажа приобретение слияние поглощение пакет доля акция команда офис совет правление сотрудник ipo ceo cto cfo coo".split()
)


def in_nominative(tokens: Tokens, place: tuple[int, int], lemmas: Russian) -> str:
    """Return the name in words `place` in the nominative where its case is told, else as it is written.

    The case is told by the word before it; beside a noun for what it is, `завод «Полюс»`, a name is not inflected.
    Of the forms that the analyser knows or guesses, the one that most readings agree on is taken.
    """
    start, end = place
    written = tokens.text[tokens.starts[start] : tokens.ends[end - 1]]
    case = "" if end - start > 1 or written.isupper() or written.isascii() else _case(tokens, start, lemmas)
    if not case:
        return written
    forms = Counter(lemmas.inflected(folded(written), frozenset({case, "sing"}))).most_common(1)
    same = bool(forms) and forms[0][0][0] == written[0].lower()
    return written[0] + forms[0][0][1:] if same else written


def _case(tokens: Tokens, start: int, lemmas: Russian) -> str:
    before = start - 1
    while before >= 0 and not tokens.words[before][0].isalnum():
        before -= 1
    if before < 0 or tokens.sentences[before] != tokens.sentences[start]:
        return ""
    word = tokens.lowers[before]
    if word in LOCATIVE:
        return "loct"
    if word in INSTRUMENTAL:
        return "ablt"
    owned = lemmas.lemma(word) in OWNED or {"NOUN", "anim"} <= lemmas.readings(folded(word))[0]
    return "gent" if owned or word in GENITIVE else ""
