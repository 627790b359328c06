"""Compares the names of two organisations with nothing else to go by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from leads.linking.agreement import Level, agreement, worth
from leads.linking.company_names import CompanyName, parse_company
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
    words_a, words_b = meaning(a.core), meaning(b.core)
    if words_a == words_b:
        return CompanyMatch(0.96 * factor, "words")
    if _is_initials(words_a, words_b) or _is_initials(words_b, words_a):
        return CompanyMatch(INITIALS * factor, "initials")
    words_a, words_b = _spelt_out(words_a, words_b), _spelt_out(words_b, words_a)
    score = _by_words(words_a, words_b) * factor
    return CompanyMatch(score, "words" if score >= 0.5 else "")


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


def _spelt_out(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[str, ...]:
    """Write out those words of `a` that are the initials of consecutive words of `b`."""
    found: list[str] = []
    told = telling(b)
    for word in a:
        size = len(word)
        spans = (
            (told[at : at + size] for at in range(len(told) - size + 1))
            if 2 <= size <= 5 and word not in b
            else ()
        )
        found.extend(next((span for span in spans if _starts(word, span)), (word,)))
    return tuple(dict.fromkeys(found))


def _starts(letters: str, found: tuple[str, ...]) -> bool:
    if len(letters) != len(found):
        return False
    return all(agreement(letter, word) is not Level.NONE for letter, word in zip(letters, found, strict=True))
