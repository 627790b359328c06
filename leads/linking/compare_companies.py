"""Compares the names of two organisations with nothing else to go by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from leads.linking.agreement import Level, agreement, worth
from leads.linking.company_names import CompanyName, company_words, parse_company
from leads.linking.compare import pair_words
from leads.linking.fold import skeleton
from leads.linking.organisation_words import lemma, meaning, telling
from leads.linking.stems import root
from leads.linking.tables import rows

GENERIC_WEIGHT = 0.35
# Legal forms of different classes on both sides: likelier two firms, and not surely.
OTHER_FORM = 0.93
# Numbers are told apart on purpose: "Fund II" is not "Fund III".
_NUMBER_CONFLICT = 0.5
INITIALS = 0.8
# "Минсельхоз" of "Министерство сельского хозяйства": hardly ever by chance.
SYLLABLES = 0.9
_SYLLABLE = 3


@dataclass(frozen=True, slots=True)
class CompanyMatch:
    """How alike two organisations' names are (0 to 1), and how: exact, words, initials or nothing."""

    score: float
    how: str


@lru_cache(maxsize=1)
def generic_roots() -> frozenset[str]:
    """Return the roots of words that many organisations have in their names."""
    return frozenset(root(lemma(word)) for (word,) in rows("generic_words.tsv"))


@lru_cache(maxsize=1 << 16)
def weight(word: str) -> float:
    """Return what a word of a company's name weighs."""
    if root(lemma(word)) in generic_roots():
        return GENERIC_WEIGHT
    return 0.6 if len(word) <= 2 else 1.0


def compare_companies(name1: str, name2: str) -> float:
    """Return how alike two organisations' names are, from 0 to 1."""
    return match_companies(parse_company(name1), parse_company(name2)).score


@lru_cache(maxsize=1 << 16)
def match_companies(a: CompanyName, b: CompanyName) -> CompanyMatch:
    """Compare two names that were read."""
    if b.core < a.core:
        a, b = b, a
    factor = OTHER_FORM if a.forms and b.forms and not a.forms & b.forms else 1.0
    if a.core == b.core or "".join(a.core) == "".join(b.core):
        return CompanyMatch(factor, "exact")
    if a.key == b.key or skeleton("".join(a.core)) == skeleton("".join(b.core)):
        return CompanyMatch(0.98 * factor, "exact")
    if glued(a, b) or glued(b, a):
        return CompanyMatch(0.97, "exact")
    words_a, words_b = meaning(a.core), meaning(b.core)
    if words_a == words_b:
        return CompanyMatch(0.96 * factor, "words")
    if _is_initials(words_a, words_b) or _is_initials(words_b, words_a):
        return CompanyMatch(INITIALS * factor, "initials")
    if _is_syllables(words_a, words_b) or _is_syllables(words_b, words_a):
        return CompanyMatch(SYLLABLES * factor, "initials")
    words_a, words_b = _spelt_out(words_a, words_b), _spelt_out(words_b, words_a)
    score = _by_words(words_a, words_b) * factor
    return CompanyMatch(score, "words" if score >= 0.5 else "")


def glued(a: CompanyName, b: CompanyName) -> bool:
    """Tell whether one name is the other with its legal form grown on: "SiemensAG"."""
    return bool(b.forms) and not a.forms and len(a.core) == 1 and a.core[0] == "".join(company_words(b.raw))


def _by_words(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    pairing = pair_words(a, b)
    agreed = possible = 0.0
    for i, j, level in pairing.pairs:
        both = (weight(a[i]) + weight(b[j])) / 2
        possible += both
        agreed += both * (0.0 if level is Level.INITIAL else worth(level, a[i], b[j]))
    left = [a[i] for i in pairing.left]
    right = [b[j] for j in pairing.right]
    if not agreed:
        return 0.0
    numbers = _numbers(left), _numbers(right)
    factor = _NUMBER_CONFLICT if numbers[0] != numbers[1] else 1.0
    missing, extra = sorted((sum(map(weight, left)), sum(map(weight, right))))
    return factor * agreed / (possible + 1.2 * missing + 0.35 * (extra - missing))


def _numbers(found: list[str]) -> set[str]:
    return {word for word in found if word.isdigit()}


def _is_initials(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """ "НХЛ" of "Национальная хоккейная лига": all its letters begin the words, small ones may be left out."""
    if len(short) != 1 or not 2 <= len(short[0]) <= 8 or len(long) < 2:
        return False
    return any(_starts(short[0], found) for found in (long, telling(long)))


def _is_syllables(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Tell whether one word is made of the beginnings of all the telling words of the other name, in their order."""
    if len(short) != 1 or len(short[0]) < 2 * _SYLLABLE:
        return False
    return syllables(short[0], telling(long)) == len(telling(long))


def syllables(word: str, found: tuple[str, ...]) -> int:
    """Return of how many of these words, from the first and two at least, a word has the beginnings; 0 if of none."""
    for size in range(len(found), 1, -1):
        if _begin(word, found[:size]):
            return size
    return 0


def _begin(rest: str, found: tuple[str, ...]) -> bool:
    if len(found) == 1:
        return len(rest) >= _SYLLABLE and (found[0].startswith(rest) or root(found[0]) == root(rest))
    longest = min(len(rest) - _SYLLABLE * (len(found) - 1), len(found[0]))
    return any(
        rest[:size] == found[0][:size] and _begin(rest[size:], found[1:])
        for size in range(longest, _SYLLABLE - 1, -1)
    )


def _spelt_out(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[str, ...]:
    """Write out those words of `a` that are the initials of consecutive words of `b`."""
    found: list[str] = []
    told = telling(b)
    for word in a:
        size = len(word)
        spans: Iterator[tuple[str, ...]] = (
            (told[at : at + size] for at in range(len(told) - size + 1))
            if 2 <= size <= 5 and word not in b
            else iter(())
        )
        found.extend(next((span for span in spans if _starts(word, span)), ()) or _unfolded(word, told))
    return tuple(dict.fromkeys(found))


def _unfolded(word: str, told: tuple[str, ...]) -> tuple[str, ...]:
    """Write out a word made of the beginnings of consecutive words of the other name; else give it as it is."""
    if len(word) >= 2 * _SYLLABLE and word not in told:
        for at, first in enumerate(told):
            size = syllables(word, told[at:]) if first[:_SYLLABLE] == word[:_SYLLABLE] else 0
            if size:
                return told[at : at + size]
    return (word,)


def _starts(letters: str, found: tuple[str, ...]) -> bool:
    if len(letters) != len(found):
        return False
    return all(agreement(letter, word) is not Level.NONE for letter, word in zip(letters, found, strict=True))
