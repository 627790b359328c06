"""Compares the names of two organisations with nothing else to go by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from leads.linking.agreement import WORTH, Level, agreement
from leads.linking.company_names import CompanyName, parse_company
from leads.linking.compare import pair_words
from leads.linking.fold import skeleton
from leads.linking.stems import root
from leads.linking.tables import rows

GENERIC_WEIGHT = 0.35
# Legal forms of different classes on both sides: likelier two firms, and not surely.
OTHER_FORM = 0.93
_NUMBER_CONFLICT = 0.5


@dataclass(frozen=True, slots=True)
class CompanyMatch:
    """How alike two organisations' names are (0 to 1), and how: exact, words, part, initials or nothing."""

    score: float
    how: str


@lru_cache(maxsize=1)
def generic_roots() -> frozenset[str]:
    """Return the roots of words that many organisations have in their names."""
    return frozenset(root(word) for (word,) in rows("generic_words.tsv"))


@lru_cache(maxsize=1 << 16)
def weight(word: str) -> float:
    """Return what a word of a company's name weighs."""
    if root(word) in generic_roots():
        return GENERIC_WEIGHT
    return 0.6 if len(word) <= 2 else 1.0


def compare_companies(name1: str, name2: str) -> float:
    """Return how alike two organisations' names are, from 0 to 1."""
    return match_companies(parse_company(name1), parse_company(name2)).score


def match_companies(a: CompanyName, b: CompanyName) -> CompanyMatch:
    """Compare two names that were read."""
    factor = OTHER_FORM if a.forms and b.forms and not a.forms & b.forms else 1.0
    if a.core == b.core or "".join(a.core) == "".join(b.core):
        return CompanyMatch(factor, "exact")
    if a.key == b.key or skeleton("".join(a.core)) == skeleton("".join(b.core)):
        return CompanyMatch(0.98 * factor, "exact")
    if _is_initials(a, b) or _is_initials(b, a):
        return CompanyMatch(0.8 * factor, "initials")
    score = _by_words(a, b) * factor
    return CompanyMatch(score, "words" if score >= 0.5 else "")


def _by_words(a: CompanyName, b: CompanyName) -> float:
    pairing = pair_words(a.core, b.core)
    agreed = possible = 0.0
    for i, j, level in pairing.pairs:
        both = (weight(a.core[i]) + weight(b.core[j])) / 2
        possible += both
        agreed += both * (0.0 if level is Level.INITIAL and a.core[i] != b.core[j] else WORTH[level])
    left = [a.core[i] for i in pairing.left]
    right = [b.core[j] for j in pairing.right]
    if not agreed:
        return 0.0
    factor = (
        _NUMBER_CONFLICT if _numbers(left) != _numbers(right) and (_numbers(left) or _numbers(right)) else 1.0
    )
    missing, extra = sorted((sum(map(weight, left)), sum(map(weight, right))))
    return factor * agreed / (possible + 1.2 * missing + 0.35 * (extra - missing))


def _numbers(found: list[str]) -> set[str]:
    return {word for word in found if word.isdigit()}


def _is_initials(short: CompanyName, long: CompanyName) -> bool:
    """ "НХЛ" of "Национальная хоккейная лига": all its letters begin the words, small ones may be left out."""
    if len(short.core) != 1 or not 2 <= len(short.core[0]) <= 8 or len(long.core) < 2:
        return False
    letters = skeleton(short.core[0]) if not short.core[0].isascii() else short.core[0]
    every = [word for word in long.core if word]
    telling = [
        word for word in every if word not in ("of", "the", "and", "for", "и", "по", "в", "на", "с", "для")
    ]
    return any(_starts(short.core[0], found) for found in (every, telling)) and bool(letters)


def _starts(letters: str, found: list[str]) -> bool:
    if len(letters) != len(found):
        return False
    return all(agreement(letter, word) is not Level.NONE for letter, word in zip(letters, found, strict=True))
