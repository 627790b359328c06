"""Reads a person's name: which word is the given name, the patronymic, the family name."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from leads.linking.fold import is_cyrillic, words
from leads.linking.given_names import groups_of, is_given
from leads.linking.tables import rows

_PATRONYMIC = re.compile(
    r".{2,}(?:(?:ович|евич|ьич|ныч)(?:а|у|ем|е)?|(?:овн|евн|иничн|ичн)(?:а|ы|е|у|ои|ою)|(?:ovi(?:ch|c)|evi(?:ch|c)|yich|ovna|evna|ichna))$"
)
_SHORT_PATRONYMIC = re.compile(
    r"^(?:иль|лук|кузьм|фом|никит|савв)ич(?:а|у|ом|е)?$|^(?:ilyich|ilich|lukich|kuzmich|fomich|nikitich)$"
)
_FAMILY = re.compile(
    r"(?:ов|ев|ин|ын|ск(?:ии|ои|ая)|цк(?:ии|ои|ая))(?:а|у|ым|ои|е|ого|ому)?$|(?:енко|ук|юк|чук|ян|дзе|швили|ых|их|ец)$"
    r"|.{3,}(?:ov|ev|ova|eva|ina|sky|skiy|skii|ska|skaya|enko|chuk|yan|dze|shvili)$"
)
# Digits that are written for letters which they look like.
_DIGIT = re.compile(r"\d")
_DIGITS = str.maketrans("013459", "oieasg")
_COMMA = re.compile(r"^\s*([^,]+?)\s*,\s*([^,]+?)\s*$")
# What people put beside their names in profiles: pictures, and in brackets how they are spoken of.
_BESIDE = re.compile(
    r"[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]+|\(\s*(?:(?:she|he|they|her|hers|him|his|them|theirs?|she/they|он|она)\b[\s/,]*)+\)",
    re.IGNORECASE,
)
# Nearly all that is not ASCII here has nothing beside it.
_PLAIN = re.compile(r"[А-яЁё\x00-\x7f]*\Z")
# "Olga Novak (Ivanova)", "Robert (Bob) Hargreaves": another name of the same person.
_BRACKETS = re.compile(r"^([^()]+)\(([^()]+)\)([^()]*)$")
_BORN = frozenset(
    ("nee", "born", "formerly", "ex", "урожденная", "урожд", "бывшая", "в", "девичестве", "ранее")
)
_SHORTEST_HALF = 4
_YOUNGER = frozenset(
    ("младшии", "старшии", "младшего", "старшего", "младшему", "старшему", "junior", "senior")
)
_HYPHENS = re.compile("[-\u2010-\u2013]")


class Part(StrEnum):
    """What a word of a name is."""

    # The text's own, which is far quicker than that of enumerations.
    __hash__ = str.__hash__

    GIVEN = "given"
    PATRONYMIC = "patronymic"
    FAMILY = "family"
    PARTICLE = "particle"


class PersonName(NamedTuple):
    """A person's name, read. `words` are folded; `parts` says what each is."""

    raw: str
    words: tuple[str, ...]
    parts: tuple[Part, ...]

    def part(self, part: Part) -> tuple[str, ...]:
        """Return the words that are this part."""
        return tuple(word for word, is_part in zip(self.words, self.parts, strict=True) if is_part is part)


@lru_cache(maxsize=1)
def particles() -> frozenset[str]:
    """Return the small words inside names."""
    return frozenset(word for (word,) in rows("particles.tsv"))


@lru_cache(maxsize=1)
def titles() -> frozenset[str]:
    """Return the words around names that are no part of them."""
    return frozenset(word for (word,) in rows("titles.tsv"))


@lru_cache(maxsize=1 << 16)
def is_patronymic(word: str) -> bool:
    """Tell whether a folded word has the form of a patronymic, in any case, in either alphabet."""
    return bool(_PATRONYMIC.match(word) or _SHORT_PATRONYMIC.match(word))


@lru_cache(maxsize=1 << 17)
def parse_person(name: str) -> PersonName:
    """Read a person's name in any order: "Петров Иван Ильич", "Ivan Petrov", "Petrov, Ivan", "И. Петров"."""
    plain = "(" not in name and (name.isascii() or _PLAIN.match(name))
    text = name if plain else _BESIDE.sub(" ", name)
    bracket = _BRACKETS.match(text) if "(" in text else None
    if bracket:
        return _with_other(name, parse_person(f"{bracket[1]} {bracket[3]}"), words(bracket[2]))
    comma = _COMMA.match(text) if "," in text else None
    if comma and titles().issuperset(words(comma[2])):
        comma = None  # "Anna Sokolova, PhD"
    if comma:
        text = f"{comma[2]} {comma[1]}"
    found = words(text)
    if _DIGIT.search(text):
        found = tuple(map(_lettered, found))
    kept = (
        found
        if titles().isdisjoint(found)
        else tuple(word for word in found if word not in titles()) or found
    )
    if len(kept) == 2 and not comma:
        # Nearly all names; no particle can be among them.
        return PersonName(name, kept, tuple(_roles(list(kept))))
    parts = [Part.PARTICLE if word in particles() and len(kept) > 2 else None for word in kept]
    free = [at for at, part in enumerate(parts) if part is None]
    if comma:
        roles = _western(len(free), len(words(comma[1])))
    else:
        roles = _roles([kept[at] for at in free])
    for at, role in zip(free, roles, strict=True):
        parts[at] = role
    if len(kept) == len(found) > 2 and _HYPHENS.search(text):
        _join_families(text, parts)
    return PersonName(name, kept, tuple(part or Part.GIVEN for part in parts))


def _with_other(name: str, read: PersonName, others: tuple[str, ...]) -> PersonName:
    """Add the names in brackets: given names where they are known as such, else family names."""
    told = [word for word in others if word not in _BORN and word not in titles()]
    parts = [Part.GIVEN if is_given(word) and not _FAMILY.search(word) else Part.FAMILY for word in told]
    return PersonName(name, (*read.words, *told), (*read.parts, *parts))


def _join_families(text: str, parts: list[Part | None]) -> None:
    """Read both halves of a double family name as that: "Anna Smith-Jones" is also a Smith."""
    at = 0
    for token in text.split():
        halves = words(token)
        count = len(halves)
        # Arabic articles, Korean given names and "-младший" are short or known.
        telling = min(map(len, halves), default=0) >= _SHORTEST_HALF and _YOUNGER.isdisjoint(halves)
        if count > 1 and telling and Part.FAMILY in parts[at : at + count]:
            parts[at : at + count] = [Part.FAMILY] * count
        at += count


def _lettered(word: str) -> str:
    """Return a word with the digits that stand for letters read as these: "Sech1n"."""
    if word.isalpha() or word.isdigit() or not any(c.isdigit() for c in word):
        return word
    return word.translate(_DIGITS)


def _western(count: int, family: int) -> list[Part]:
    family = min(max(family, 1), count)
    return [Part.GIVEN] * (count - family) + [Part.FAMILY] * family


def _roles(found: list[str]) -> list[Part]:
    if not found:
        return []
    if len(found) == 1:
        return [Part.GIVEN if is_given(found[0]) and not _FAMILY.search(found[0]) else Part.FAMILY]
    patronymic = _patronymic_at(found)
    if patronymic is not None:
        return _around(patronymic, len(found))
    at = _family_at(found)
    return [Part.FAMILY if place == at else Part.GIVEN for place in range(len(found))]


def _patronymic_at(found: list[str]) -> int | None:
    """A word like a patronymic is one after a given name; of two words alone, the second may be a surname."""
    for at in range(1, len(found)):
        word = found[at]
        if (len(found) > 2 or not (word.isascii() or word.endswith("ич"))) and is_patronymic(word):
            return at
    return None


def _around(patronymic: int, count: int) -> list[Part]:
    parts = [Part.FAMILY] * count
    parts[patronymic] = Part.PATRONYMIC
    parts[patronymic - 1] = Part.GIVEN
    return parts


def _family_at(found: list[str]) -> int:
    """Return which word is the family name: by form and by what is a known given name, else the last."""
    last = len(found) - 1
    if not _FAMILY.search(found[0]):
        return last
    scores = [_familiar(word) for word in found]
    if scores[0] > max(scores[1:]) and scores[0] > 0:
        return 0
    return last


@lru_cache(maxsize=1 << 16)
def _familiar(word: str) -> int:
    if len(word) == 1:
        return -2
    given = is_given(word) or (is_cyrillic(word) and bool(groups_of(word)))
    return int(bool(_FAMILY.search(word))) - 2 * int(given)
