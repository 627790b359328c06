"""What is known of a contact beyond who they are: important dates, relations, and what lies behind them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from leads.linking.company_names import parse_company
from leads.linking.fold import words

DATE, RELATION, BACKGROUND = "date", "relation", "background"

# Kind -> family. A file's own label that is none of these becomes a kind of its column's family.
KINDS: dict[str, str] = {
    "birthday": DATE, "anniversary": DATE,
    "spouse": RELATION, "colleague": RELATION, "introduced_by": RELATION, "manager": RELATION, "assistant": RELATION,
    "friend": RELATION, "relative": RELATION, "child": RELATION, "parent": RELATION, "follows": RELATION,
    "known_to": RELATION,
    "employer": BACKGROUND, "school": BACKGROUND, "town": BACKGROUND, "interest": BACKGROUND, "team": BACKGROUND,
}  # fmt: skip
# A person has one of these: another file that says otherwise is not followed.
SINGLE = frozenset({"birthday", "anniversary"})
# Labels as address books write them: RFC 6350 (RELATED), Google, Apple and Outlook; English and Russian.
_LABELS = {
    "spouse": "spouse partner husband wife domestic_partner sweetheart супруг супруга муж жена партнер",
    "child": "child son daughter ребенок сын дочь",
    "parent": "parent mother father мать отец родитель",
    "relative": "kin sibling brother sister relative брат сестра родственник",
    "friend": "friend друг подруга",
    "colleague": "colleague co_worker coworker contact acquaintance met коллега",
    "manager": "manager boss руководитель начальник",
    "assistant": "assistant agent помощник ассистент секретарь",
    "introduced_by": "introduced_by referred_by referrer referral познакомил представил рекомендовал",
    "birthday": "birthday birth_day bday date_of_birth день_рождения",
    "anniversary": "anniversary wedding_anniversary годовщина",
}
_KIND_OF_LABEL = {label: kind for kind, labels in _LABELS.items() for label in labels.split()}

_ISO = re.compile(r"^(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?$")
_NO_YEAR = re.compile(r"^--(\d{2})-?(\d{2})$|^(\d{1,2})[./](\d{1,2})\.?$")
_DOTTED = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:\s.*)?$")
_SLASHED = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})(?:\s.*)?$")
# What Apple writes for "no year", and Outlook for "no date".
_APPLE_NO_YEAR = 1604
NO_DATES = frozenset(("0/0/00", "00.00.00", "0.0.00", "00.00.0000", "0/0/0000", "1/1/4501"))


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its kind and family, as the file wrote it, and as it is compared."""

    kind: str
    family: str
    value: str
    normalized: str


def kind_of_label(label: str, family: str) -> str:
    """Return our kind of a file's label; what has none stays as it is, `other` where it is empty."""
    plain = re.sub(r"\W+", "_", label.casefold().replace("ё", "е").strip(" *_!$<>")).strip("_")
    kind = _KIND_OF_LABEL.get(plain, plain[:64])
    return kind if kind and KINDS.get(kind, family) == family else "other"


def make_fact(kind: str, value: str, family: str = "") -> Fact | None:
    """Return a fact ready to be kept, None where a date is none or nothing is left to compare."""
    family = family or KINDS[kind]
    if family == DATE:
        normalized = read_date(value)
    else:
        normalized = _company_key(value) if kind == "employer" else _words_key(value)
    return Fact(kind, family, value, normalized) if normalized else None


@lru_cache(maxsize=1 << 15)
def read_date(text: str) -> str:
    """Return a date as YYYY-MM-DD, or --MM-DD where the year is not told; empty where it is no date.

    `12/05/1980` is the twelfth of May only where it cannot be the fifth of December: with slashes the month comes
    first, as American exports write it, unless it is above twelve.
    """
    plain = text.strip()
    if plain in NO_DATES:
        return ""
    if found := _ISO.match(plain):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NO_YEAR.match(plain):
        if found[1]:
            return _date(0, int(found[1]), int(found[2]))
        first, second = int(found[3]), int(found[4])
        return _date(0, first, second) if "/" in plain and first <= 12 else _date(0, second, first)
    if found := _DOTTED.match(plain):
        return _date(int(found[3]), int(found[2]), int(found[1]))
    if found := _SLASHED.match(plain):
        month, day = int(found[1]), int(found[2])
        return _date(int(found[3]), *((month, day) if month <= 12 else (day, month)))
    return ""


def _date(year: int, month: int, day: int) -> str:
    year = 0 if year in (0, _APPLE_NO_YEAR) else year
    try:
        found = date(year or 2000, month, day)  # The year 2000 has a 29th of February.
    except ValueError:
        return ""
    return found.isoformat() if year else f"--{found:%m-%d}"


@lru_cache(maxsize=1 << 14)
def _words_key(value: str) -> str:
    return " ".join(sorted(words(value)))[:255] or value.casefold()[:255]


@lru_cache(maxsize=1 << 14)
def _company_key(value: str) -> str:
    return parse_company(value).key[:255]
