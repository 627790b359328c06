"""How far two words of names agree: the same, the same sound, another case, a nickname, a slip, an initial."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache

from rapidfuzz.distance import OSA

from leads.linking.fold import is_cyrillic, skeleton
from leads.linking.given_names import groups_of
from leads.linking.stems import root

# Below these lengths one or two changed letters make another name, not a slip.
MIN_ONE_SLIP = 4
MIN_TWO_SLIPS = 8


class Level(IntEnum):
    """How far two words agree, from not at all to letter by letter."""

    # The number's own, which is far quicker than that of enumerations.
    __hash__ = int.__hash__

    NONE = 0
    INITIAL = 1
    TWO_SLIPS = 2
    SLIP = 3
    NICKNAME = 4
    FORM = 5
    SOUND = 6
    EXACT = 7


# What each level is worth where names are compared without anything else to go by, between 0 and 1.
WORTH: dict[Level, float] = {
    Level.NONE: 0.0,
    Level.INITIAL: 0.55,
    Level.TWO_SLIPS: 0.6,
    Level.SLIP: 0.82,
    Level.NICKNAME: 0.85,
    Level.FORM: 0.94,
    Level.SOUND: 0.97,
    Level.EXACT: 1.0,
}


def worth(level: Level, a: str, b: str) -> float:
    """Return what an agreement of two words is worth; slips less in short words."""
    if level is Level.SLIP:
        return min(WORTH[level], 1.06 - 1.6 / min(len(a), len(b)))
    return WORTH[level]


@lru_cache(maxsize=1 << 18)
def agreement(a: str, b: str) -> Level:
    """Return how far two folded words agree. Symmetric."""
    if a == b:
        return Level.EXACT
    if len(a) == 1 or len(b) == 1:
        return Level.INITIAL if _initial(a, b) else Level.NONE
    sound_a, sound_b = skeleton(a), skeleton(b)
    if sound_a == sound_b:
        return Level.SOUND
    if root(a) == root(b) and _declined(a, b, sound_a, sound_b):
        return Level.FORM
    if groups_of(a) & groups_of(b):
        return Level.NICKNAME
    return _slips(sound_a, sound_b, a, b)


def _initial(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return skeleton(long)[:1] == skeleton(short)[:1] or long[0] == short


def _declined(a: str, b: str, sound_a: str, sound_b: str) -> bool:
    """Roots are coarse: Mark and Mario share none, Mara and Mario do. Only real endings count."""
    if is_cyrillic(a) or is_cyrillic(b):
        return abs(len(sound_a) - len(sound_b)) <= 3
    return abs(len(sound_a) - len(sound_b)) <= 1 and min(len(sound_a), len(sound_b)) >= 4


def _slips(sound_a: str, sound_b: str, a: str, b: str) -> Level:
    if a.isdigit() or b.isdigit():
        return Level.NONE
    pairs = [(sound_a, sound_b), (root(a), root(b))]
    if a.isascii() == b.isascii():
        pairs.append((a, b))
    found = Level.NONE
    for one, other in pairs:
        shorter = min(len(one), len(other))
        distance = OSA.distance(one, other, score_cutoff=2) if shorter >= MIN_ONE_SLIP else 3
        if distance <= 1:
            return Level.SLIP
        if distance == 2 and shorter >= MIN_TWO_SLIPS:
            found = Level.TWO_SLIPS
    return found
