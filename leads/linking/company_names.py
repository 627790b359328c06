"""Names of organisations: the legal form apart from what the organisation is called."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from leads.linking.fold import fold, skeleton
from leads.linking.tables import rows

_DOTTED = re.compile(r"\b(?:\w\.){2,}(?:\w\b)?")
_JOINERS = re.compile(r"(?<=\w)[/.](?=\w)")
_WORDS = re.compile(r"[^\W_]+(?:['’`][^\W_]+)*|&")
_APOSTROPHES = str.maketrans("", "", "'’`")
_ROMAN = re.compile(r"^x{0,3}(?:ix|iv|v?i{0,3})$")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10}
_MAX_FORM_WORDS = 6


class CompanyName(NamedTuple):
    """An organisation's name, read: its own words, folded, and the classes of its legal forms."""

    raw: str
    core: tuple[str, ...]
    forms: frozenset[str]
    # What two spellings of one name share: the sounds of its own words.
    key: str


@lru_cache(maxsize=1)
def legal_forms() -> dict[tuple[str, ...], str]:
    """Return the legal forms as words, each with its class."""
    return {tuple(form.split()): group for form, group in rows("legal_forms.tsv")}


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    return frozenset(form[0] for form in legal_forms())


def company_words(name: str) -> list[str]:
    """Split a company's name into folded words; "S.p.A." is one word, "&" is "and"."""
    plain = fold(name)
    if "." in plain or "/" in plain:
        plain = _DOTTED.sub(lambda found: found[0].replace(".", ""), plain)
        plain = _JOINERS.sub(lambda found: "" if found[0] == "/" else " ", plain)
    return ["and" if word == "&" else word.translate(_APOSTROPHES) for word in _WORDS.findall(plain)]


@lru_cache(maxsize=1 << 16)
def parse_company(name: str) -> CompanyName:
    """Read a company's name. A name of nothing but legal forms keeps them as its own words."""
    found = company_words(name)
    core, forms = _without_forms(found)
    while core and core[-1] == "and":
        core.pop()
    if core[:1] == ["the"] and len(core) > 1:
        core.pop(0)
    own = core or found or [fold(name).strip()]
    read = (*own[:1], *(roman(word) for word in own[1:]))
    return CompanyName(name, read, frozenset(forms), " ".join(skeleton(word) for word in read))


def roman(word: str) -> str:
    """Return a Roman numeral of two letters or more as digits, other words as they are."""
    if len(word) < 2 or not _ROMAN.match(word):
        return word
    values = [_ROMAN_VALUES[c] for c in word]
    return str(sum(-v if v < max(values[i:]) else v for i, v in enumerate(values)))


def _without_forms(found: list[str]) -> tuple[list[str], list[str]]:
    known, first = legal_forms(), _first_words()
    core: list[str] = []
    forms: list[str] = []
    at = 0
    while at < len(found):
        longest = min(_MAX_FORM_WORDS, len(found) - at) if found[at] in first else 0
        for size in range(longest, 0, -1):
            group = known.get(tuple(found[at : at + size]))
            if group is not None and _at_an_end(at, size, len(found), core):
                forms.append(group)
                at += size
                break
        else:
            core.append(found[at])
            at += 1
    return core, forms


def _at_an_end(at: int, size: int, total: int, core: list[str]) -> bool:
    """A short form counts at the beginning or the end only: in the middle, "as" and "co" are words."""
    return size > 1 or not core or at + size >= total - 1
