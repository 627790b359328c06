"""Words of organisations' names, brought to what they stand for: lemmas, abbreviations, adjectives of countries."""

from __future__ import annotations

import re
from functools import lru_cache

from pymorphy3 import MorphAnalyzer

from leads.linking.fold import fold, is_cyrillic, skeleton
from leads.linking.stems import root
from leads.linking.tables import rows

_NUMBERS: dict[str, str] = {row[0]: row[1] for row in rows("numbers.tsv")}
_SMALL = frozenset(word for (word,) in rows("small_words.tsv"))
# "й" is folded to "и": after a vowel it may have been either.
_SHORT_I = re.compile("(?<=[аеоуыиэюя])и")
_MAX_PHRASE = 5


# Marks of words that are people's names.
NAMES = frozenset(("Name", "Surn", "Patr"))


@lru_cache(maxsize=1)
def _morphology() -> MorphAnalyzer:
    return MorphAnalyzer()


@lru_cache(maxsize=1 << 16)
def lemma(word: str) -> str:
    """Return the dictionary form of a folded word; folded itself."""
    if not is_cyrillic(word) or len(word) < 3:
        return word
    if not _morphology().word_is_known(word):
        written = _SHORT_I.sub("й", word)
        if _morphology().word_is_known(written):
            word = written
    parsed = _morphology().parse(word)
    return fold(str(parsed[0].normal_form)) if parsed else word


@lru_cache(maxsize=1 << 16)
def in_dictionary(word: str) -> bool:
    """Tell whether a folded Russian word is in the dictionary as something other than a name."""
    known = _morphology()
    written = word if known.word_is_known(word) else _SHORT_I.sub("й", word)
    names = {"Name", "Surn", "Patr", "Geox", "Orgn", "Trad"}
    return bool(known.word_is_known(written)) and any(
        not names & p.tag.grammemes for p in known.parse(written)
    )


@lru_cache(maxsize=1 << 16)
def is_known_word(word: str) -> bool:
    """Tell whether a folded Russian word is in the dictionary at all, as a name or a place, too."""
    known = _morphology()
    return is_cyrillic(word) and bool(
        known.word_is_known(word) or known.word_is_known(_SHORT_I.sub("й", word))
    )


@lru_cache(maxsize=1 << 16)
def readings(word: str) -> tuple[frozenset[str], ...]:
    """Return what a folded Russian word may be, as the dictionary's marks: Name, Surn, Geox, NOUN and so on."""
    known = _morphology()
    written = word if known.word_is_known(word) else _SHORT_I.sub("й", word)
    return tuple(parsed.tag.grammemes for parsed in known.parse(written))


@lru_cache(maxsize=1)
def _expansions() -> dict[tuple[str, ...], tuple[str, ...]]:
    return {_lemmas(short.split()): _lemmas(long.split()) for short, long in rows("expansions.tsv")}


def _lemmas(found: list[str]) -> tuple[str, ...]:
    return tuple(lemma(word) for word in found)


@lru_cache(maxsize=1 << 16)
def meaning(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return a name's words as lemmas with abbreviations written out, numbers as digits, no word twice."""
    told = _numbers(_lemmas(list(words)))
    found: list[str] = []
    at = 0
    known = _expansions()
    while at < len(told):
        for size in range(min(_MAX_PHRASE, len(told) - at), 0, -1):
            expansion = known.get(tuple(told[at : at + size]))
            if expansion is not None:
                found.extend(expansion)
                at += size
                break
        else:
            found.append(told[at])
            at += 1
    return tuple(dict.fromkeys(found))


def _numbers(told: tuple[str, ...]) -> list[str]:
    """Write numbers as digits: "forty four" is 44, "II" is 2."""
    found: list[str] = []
    for word in told:
        digits = _NUMBERS.get(word, "")
        if (
            digits
            and found
            and found[-1].isdigit()
            and len(found[-1]) == 2
            and found[-1][1] == "0"
            and len(digits) == 1
        ):
            found[-1] = found[-1][0] + digits
        elif word.isdigit() and len(word) == 1 and found and found[-1] in ("20", "30", "40", "50"):
            found[-1] = found[-1][0] + word
        else:
            found.append(digits or word)
    return found


def telling(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words without the small ones between them."""
    return tuple(word for word in words if word not in _SMALL) or words


@lru_cache(maxsize=1 << 16)
def word_key(word: str) -> str:
    """Return what a word of an organisation's name is looked up by, in either alphabet."""
    return skeleton(lemma(word)) if is_cyrillic(word) else root(word)
