"""The fields of a post that a query can ask for, and how each is written and compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

TEXT = frozenset({"title", "text"})
COMPARED = frozenset({"date", "age", "followers", "likes", "replies", "shares", "score"})
NUMBERS = frozenset({"followers", "likes", "replies", "shares", "score"})
# Answered by a lookup of whole values, so that they can also choose candidates.
EXACT = frozenset({"source", "lang", "kind", "hashtag", "mention", "site"})
ALL: tuple[str, ...] = (
    "title", "text", "author", "site", "url", "link", "source", "lang", "hashtag", "mention", "kind", "date", "age",
    "followers", "likes", "replies", "shares", "contact", "company", "trigger", "rule", "score", "search",
)  # fmt: skip
NEED_CONTACTS = frozenset({"contact", "company", "score"})
NEED_DETECTION = frozenset({"trigger", "rule"})

# The usual kinds of posts, for the spelling: there may be others.
KINDS = (
    "post",
    "article",
    "comment",
    "reply",
    "repost",
    "review",
    "question",
    "answer",
    "message",
    "video",
    "photo",
)

MAX_SCORE = 100
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)([km]?)", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_AGE = re.compile(r"(\d{1,5})(min|h|d|w|mo|y)")
# ISO 639-1. Codes of three letters are taken as they are.
_LANGUAGES = frozenset(
    """aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka
    kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng
    nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su
    sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu""".split()
)
_NAMED = {
    "english": "en", "eng": "en", "английский": "en", "russian": "ru", "rus": "ru", "русский": "ru", "german": "de",
    "french": "fr", "spanish": "es", "italian": "it", "portuguese": "pt", "ukrainian": "uk", "polish": "pl",
}  # fmt: skip
_AGE_UNITS = {"min": 1 / 1440, "h": 1 / 24, "d": 1, "w": 7, "mo": 30, "y": 365}
_SHAPES = {
    "lang": (re.compile(r"[a-z]{2,3}"), "a language is two or three letters, such as lang:en"),
    "site": (re.compile(r"[\w-]+(?:\.[\w-]+)*"), "a site is a host name, such as site:news.example"),
    "contact": (re.compile(r"known|unknown|any|@\S.*"), "write contact:known, contact:unknown, contact:any or contact:@list"),
    "trigger": (re.compile(r"[\w:-]+\*?"), "a trigger is a kind, such as trigger:new_job"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """A day, month or year: from `start` to before `end`."""

    start: datetime
    end: datetime


def canonical(name: str, value: str) -> str:
    """Return a field's value as it is written and compared. Raises ValueError in words."""
    value = value.strip()
    if not value:
        raise ValueError(f"{name}: wants a value")
    if name == "score" and number(value) > MAX_SCORE:
        raise ValueError(f"a score is from 0 to {MAX_SCORE}")
    if name in NUMBERS:
        return f"{number(value):g}" if number(value) < 1e6 else str(int(number(value)))
    if name == "date":
        period(value)
        return value
    if name == "age":
        age(value)
        return value.lower()
    if name in ("hashtag", "mention"):
        value = value.lstrip("#@＃")
    if name in ("url", "link"):
        value = value.strip("*")  # a part of the address is looked for anyway
    if name in ("lang", "site", "contact", "trigger", "kind"):
        value = value if value.startswith("@") else value.lower()
    if name == "site":
        value = _host(value)
    if name == "lang":
        _check_language(value)
    shape = _SHAPES.get(name)
    if shape and not shape[0].fullmatch(value):
        raise ValueError(shape[1])
    if not value:
        raise ValueError(f"{name}: wants a value")
    return value


def _check_language(value: str) -> None:
    code = _NAMED.get(value)
    if code:
        raise ValueError(f"a language is its code: write lang:{code}")
    if len(value) == 2 and value not in _LANGUAGES:
        raise ValueError(f"'{value}' is no language (ISO 639-1), such as lang:en")


def _host(value: str) -> str:
    """Return the host of what may be written as an address, `www.` and a leading `*.` aside: all below it counts."""
    host = re.sub(r"^https?://", "", value).partition("/")[0]
    return host.removeprefix("*.").removeprefix("www.")


def number(value: str) -> float:
    """Read `1500`, `1.5k`, `2m`. Raises ValueError in words."""
    found = _NUMBER.fullmatch(value)
    if not found or len(value) > 15:
        raise ValueError(f"{value[:20]!r} is no number; write 1500, 1.5k or 2m")
    return float(found[1]) * {"": 1, "k": 1e3, "m": 1e6}[found[2].lower()]


def period(value: str) -> Period:
    """Read `2026`, `2026-05`, `2026-05-17` as a time span in UTC. Raises ValueError in words."""
    found = _DATE.fullmatch(value)
    wrong = ValueError(f"{value[:20]!r} is no date; write 2026-05-17, 2026-05 or 2026")
    if not found:
        raise wrong
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        start = datetime(year or 0, month or 1, day or 1, tzinfo=UTC)
        if day:
            return Period(start, start + timedelta(days=1))
        if month:
            return Period(start, (start + timedelta(days=31)).replace(day=1))
        return Period(start, start.replace(year=start.year + 1))
    except (ValueError, OverflowError):
        raise wrong from None


def age(value: str) -> timedelta:
    """Read `12h`, `7d`, `2w`. Raises ValueError in words."""
    found = _AGE.fullmatch(value.lower())
    if not found:
        raise ValueError(f"{value[:20]!r} is no age; write 30min, 12h, 7d, 2w, 6mo or 1y")
    return timedelta(days=int(found[1]) * _AGE_UNITS[found[2]])


def in_order(name: str, low: str, high: str) -> bool:
    """Return whether the lower limit of a range lies below its upper one, or is the same."""
    if name == "date":
        return period(low).start < period(high).end
    if name == "age":
        return age(low) <= age(high)
    return number(low) <= number(high)


def compare(left: float, op: str, right: float) -> bool:
    """Return whether `left op right` holds."""
    if op == "=":
        return left == right
    if op == "<":
        return left < right
    if op == "<=":
        return left <= right
    return left > right if op == ">" else left >= right


def date_holds(moment: datetime, op: str, value: str) -> bool:
    """Compare a moment with a day, month or year: after it, in it, before it."""
    span = period(value)
    return {
        "=": span.start <= moment < span.end,
        "<": moment < span.start,
        "<=": moment < span.end,
        ">": moment >= span.end,
        ">=": moment >= span.start,
    }[op]
