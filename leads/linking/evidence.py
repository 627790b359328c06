"""What speaks for and against a mention being one contact: bits, the code of agreeing fields, reasons in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import log2
from typing import NamedTuple

from leads.linking.agreement import Level
from leads.linking.compare import pair_words
from leads.linking.fold import words
from leads.linking.person_names import Part, PersonName
from leads.linking.weights import Weights

# Letters of the match code: small where the field agrees less than fully, after "!" where it differs.
LETTERS = {
    "email": "E", "handle": "H", "url": "U", "phone": "T", "domain": "D", "name": "N", Part.GIVEN: "G",
    Part.PATRONYMIC: "P", Part.FAMILY: "F", "company": "C", "place": "L", "role": "R",
    "tie": "K",
}  # fmt: skip

# Read once: looking a member of an enumeration up takes longer than comparing it.
_GIVEN, _PATRONYMIC, _FAMILY, _PARTICLE = Part.GIVEN, Part.PATRONYMIC, Part.FAMILY, Part.PARTICLE
_WEIGHED = (_GIVEN, _PATRONYMIC, _FAMILY)
_EXACT, _SOUND, _INITIAL, _NONE = Level.EXACT, Level.SOUND, Level.INITIAL, Level.NONE
_CALLED = {Part.GIVEN: "given name", Part.PATRONYMIC: "patronymic", Part.FAMILY: "family name"}
# Halves of double names are said apart, as they are compared.
_TOKENS = re.compile(r"[^\W_]+(?:['’ʼ`´][^\W_]+)*")
_SAID = {
    Level.EXACT: "is the same",
    Level.SOUND: "is the same in another spelling",
    Level.FORM: "is another form of the same",
    Level.NICKNAME: "is a short or foreign form of the same",
    Level.SLIP: "differs by one letter",
    Level.TWO_SLIPS: "differs by two letters",
    Level.INITIAL: "has the same initial",
}


@dataclass(slots=True)
class Evidence:
    """Bits of evidence with the code and the reasons they make up. `name_bits` are apart: see `posterior`."""

    name_bits: float = 0.0
    other_bits: float = 0.0
    agrees: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    exact: bool = False
    # Neither given nor family name agree although both are told.
    name_contradicts: bool = False

    @property
    def bits(self) -> float:
        """All bits together."""
        return self.name_bits + self.other_bits

    @property
    def code(self) -> str:
        """The match code: letters of fields that agree, then "!" and those that differ."""
        return "".join(self.agrees) + ("!" + "".join(self.differs) if self.differs else "")

    def add(self, what: str, bits: float, reason: str, *, fully: bool = True) -> None:
        """Add the evidence of one field other than the name."""
        self.other_bits += bits
        letter = LETTERS[what]
        if bits > 0:
            self.agrees.append(letter if fully else letter.lower())
        elif bits < 0:
            self.differs.append(letter)
        self.reasons.append(reason)


class NameEvidence(NamedTuple):
    """What the names alone say; kept apart so that one comparison serves all namesakes."""

    bits: float
    agrees: tuple[str, ...]
    differs: tuple[str, ...]
    # Parts of the contact's name that agree less than letter by letter, or differ: the part, how far, and the word.
    unlike: tuple[tuple[Part, Level, str], ...]
    contradicts: bool
    # Given and family name both agree, and not by an initial only.
    full: bool

    # The contact's name as it is written.
    known: str

    def reasons(self) -> list[str]:
        """Say it in words."""
        if self.full and not self.unlike:
            return ["the name is the same"]
        if not self.unlike:
            return []
        written = _written(self.known)
        return [
            f"{_CALLED[part]} {written.get(word, word)} {_SAID[level]}"
            if word
            else f"{_CALLED[part]} differs"
            for part, level, word in self.unlike
        ]


@lru_cache(maxsize=1 << 12)
def _written(name: str) -> dict[str, str]:
    """Return the folded words of a name as they are written: candidates are often namesakes."""
    return {folded: word for word in _TOKENS.findall(name) for folded in words(word)}


def name_evidence(
    told: PersonName, known: PersonName, shares: dict[str, float], weights: Weights
) -> NameEvidence:
    """Weigh the name a mention tells against one form of a contact's.

    `shares` gives, per word of the contact's name, the share of people who bear it.
    """
    levels, told_left, known_left = _levels(told, known)
    bits = 0.0
    agrees, differs, unlike = [], [], []
    strong = set()
    for part in _WEIGHED:
        found = levels.get(part)
        if found is not None:
            level, word = found
            bits += _part_bits(part, level, shares.get(word, 1e-4), weights)
            agrees.append(LETTERS[part] if level >= _SOUND else LETTERS[part].lower())
            if level < _EXACT:
                unlike.append((part, level, word))
            if level > _INITIAL:
                strong.add(part)
        elif told_left and part in known_left:
            bits += _differs_bits(part, weights)
            differs.append(LETTERS[part])
            unlike.append((part, _NONE, ""))
    full = _GIVEN in strong and _FAMILY in strong
    contradicts = not strong - {_PATRONYMIC} and bool(told.words) and bool(known.words)
    return NameEvidence(bits, tuple(agrees), tuple(differs), tuple(unlike), contradicts, full, known.raw)


def _levels(told: PersonName, known: PersonName) -> tuple[dict[Part, tuple[Level, str]], bool, set[Part]]:
    """Return the level per part of the known name, whether told words are left over, and parts that are."""
    pairing = pair_words(told.words, known.words)
    levels: dict[Part, tuple[Level, str]] = {}
    for _, j, level in pairing.pairs:
        part = known.parts[j]
        if part is not _PARTICLE and (part not in levels or levels[part][0] < level):
            levels[part] = level, known.words[j]
    if not pairing.left:
        return levels, False, set()
    told_left = any(told.parts[i] is not _PARTICLE for i in pairing.left)
    # A patronymic on one side only is not a contradiction of anything else.
    only_patronymic = all(told.parts[i] in (_PARTICLE, _PATRONYMIC) for i in pairing.left)
    left = {known.parts[j] for j in pairing.right} - {_PARTICLE}
    if only_patronymic:
        left &= {_PATRONYMIC}
    else:
        left -= {_PATRONYMIC}
    return levels, told_left, left


def _part_bits(part: Part, level: Level, share: float, weights: Weights) -> float:
    if part is Part.PATRONYMIC:
        return weights.patronymic_agrees if level > Level.INITIAL else weights.patronymic_initial
    return log2(weights.level_m[level] / max(share, weights.level_floor[level]))


def _differs_bits(part: Part, weights: Weights) -> float:
    if part is Part.PATRONYMIC:
        return weights.patronymic_differs
    return log2(weights.family_changed_m if part is Part.FAMILY else weights.level_m[Level.NONE])


def posterior(
    bits: Sequence[tuple[float, float]], prior_bits: float, namesake_odds: float, others: int = 0
) -> list[float]:
    """Return the probability of each candidate, against the others and against somebody who is not known.

    `bits` are those of the name and of everything else. Whoever else bears the name is at least `namesake_odds`
    as likely as the name makes the best candidate, so a name alone never suffices. `others` are contacts of the
    same name that were not looked at.
    """
    if not bits:
        return []
    odds = [2.0 ** min(name + other - prior_bits, 200.0) for name, other in bits]
    best_name = max(name for name, _ in bits)
    outside = 1.0 + namesake_odds * 2.0 ** min(best_name - prior_bits, 200.0) + others * min(odds)
    total = sum(odds) + outside
    return [one / total for one in odds]
