"""Compares two names with nothing else to go by. `compare-names` and the linker share it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from leads.linking.agreement import Level, agreement, worth
from leads.linking.fold import skeleton
from leads.linking.given_names import is_given
from leads.linking.person_names import Part, PersonName, parse_person

# The same letters in the same order, divided into words otherwise: "AnnaSokolova".
_GLUED = 0.97
# Chinese, Japanese and Korean characters: many are read alike, and each is a whole syllable.
_CHARACTERS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_OTHER_CHARACTERS = 0.7
# "Friedrich Hans" may be Hans Friedrich, or somebody whose family name is Hans.
_SWAPPED_GIVEN = 0.84
# What weighs against the words that agree: one in its place that both have and that differs, one that only one has.
CONTRADICTION, SILENCE = 2.0, 0.12
# A given name alone fits everybody of that name.
_GIVEN_ALONE = 0.9
# What a word weighs by what it is: given and family names alike, a patronymic less, a particle hardly.
_WEIGHT = {Part.GIVEN: 1.0, Part.FAMILY: 1.15, Part.PATRONYMIC: 0.6, Part.PARTICLE: 0.15}


class Pairing(NamedTuple):
    """Which words of two names belong together, and how far they agree; what is left over on each side."""

    pairs: tuple[tuple[int, int, Level], ...]
    left: tuple[int, ...]
    right: tuple[int, ...]


@lru_cache(maxsize=1 << 16)
def pair_words(a: tuple[str, ...], b: tuple[str, ...]) -> Pairing:
    """Pair the words of two names, best agreement first, nearest places first among equals.

    Words that are the same, or sound the same, are paired before any others are compared at all.
    """
    if a == b:
        return _alike(len(a))
    left, right = list(range(len(a))), list(range(len(b)))
    pairs = _same(a, b, left, right, Level.EXACT)
    if left and right:
        pairs += _same([skeleton(w) for w in a], [skeleton(w) for w in b], left, right, Level.SOUND)
    if left and right:
        found = [
            (level, -abs(i - j), i, j)
            for i in left
            for j in right
            if (level := agreement(a[i], b[j])) is not Level.NONE
        ]
        found.sort(key=lambda item: (-item[0], -item[1], item[2], item[3]))
        for level, _, i, j in found:
            if i in left and j in right:
                left.remove(i)
                right.remove(j)
                pairs.append((i, j, level))
    return Pairing(tuple(pairs), tuple(left), tuple(right))


@lru_cache(maxsize=64)
def _alike(count: int) -> Pairing:
    return Pairing(tuple((at, at, Level.EXACT) for at in range(count)), (), ())


def _same(
    a: Sequence[str], b: Sequence[str], left: list[int], right: list[int], level: Level
) -> list[tuple[int, int, Level]]:
    """Take those out of `left` and `right` whose texts are the same, single letters excepted where they only sound so."""
    pairs = []
    for i in left[:]:
        alike = [j for j in right if b[j] == a[i]]
        if alike and (level is Level.EXACT or len(a[i]) > 1):
            j = min(alike, key=lambda place: abs(place - i))
            left.remove(i)
            right.remove(j)
            pairs.append((i, j, level))
    return pairs


def person_score(a: PersonName, b: PersonName) -> float:
    """Return how alike two persons' names are, from 0 to 1.

    The worth of the words that agree, against words that both have and that differ (a contradiction) and words
    that only one has (which says little).
    """
    if (b.words, b.raw) < (a.words, a.raw):
        a, b = b, a
    if a.words and len(a.words) != len(b.words) and "".join(a.words) == "".join(b.words):
        return _GLUED
    return _agreed(a, b) * _doubt(a, b)


def _doubt(a: PersonName, b: PersonName) -> float:
    """Names that agree too easily: one reading of other characters, or two given names in the other order."""
    if (
        _CHARACTERS.search(a.raw)
        and _CHARACTERS.search(b.raw)
        and sorted(a.raw.split()) != sorted(b.raw.split())
    ):
        return _OTHER_CHARACTERS
    if only_given(a) != only_given(b):
        return _GIVEN_ALONE
    swapped = len(a.words) == 2 and a.words == b.words[::-1] and a.words != b.words
    return _SWAPPED_GIVEN if swapped and all(is_given(word) for word in a.words) else 1.0


def only_given(name: PersonName) -> bool:
    """Tell whether a name is a given name and nothing more."""
    return len(name.words) == 1 and name.parts[0] is Part.GIVEN


def _agreed(a: PersonName, b: PersonName) -> float:
    pairing = pair_words(a.words, b.words)
    agreed = sum(_weight(a, i, b, j) * worth(level, a.words[i], b.words[j]) for i, j, level in pairing.pairs)
    possible = sum(_weight(a, i, b, j) for i, j, _ in pairing.pairs)
    left = sum(_WEIGHT[a.parts[i]] for i in pairing.left)
    right = sum(_WEIGHT[b.parts[j]] for j in pairing.right)
    if not agreed:
        return 0.0
    contradiction, silence = min(left, right), abs(left - right)
    return agreed / (possible + CONTRADICTION * contradiction + SILENCE * silence)


def _weight(a: PersonName, i: int, b: PersonName, j: int) -> float:
    return (_WEIGHT[a.parts[i]] + _WEIGHT[b.parts[j]]) / 2


def compare_persons(name1: str, name2: str) -> float:
    """Return how alike two persons' names are, from 0 to 1."""
    return person_score(parse_person(name1), parse_person(name2))
