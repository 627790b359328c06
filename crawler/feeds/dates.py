"""Dates as feeds write them, to aware UTC datetimes of whole seconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from crawler.feeds.known import Known

_MONTHS = {
    name: f"{number:02}"
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_RFC822 = re.compile(
    r"\s*(?:[A-Za-z]{3},)?\s*(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d\d:\d\d:\d\d) (?:([+-]\d{4})|GMT|UTC|Z)\s*",
    re.ASCII,
)
_ISO = re.compile(
    r"\s*(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.\d+)?(?:([+-]\d\d:?\d\d)|[Zz])\s*", re.ASCII
)


def _offset(zone: str) -> timedelta:
    """East of Greenwich, of `+0200` or `+02:00`."""
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return offset if zone[0] == "+" else -offset


_OFFSETS = Known(_offset)


def parse_date(value: str | None) -> datetime | None:
    """The instant that a feed's date names, or None if it cannot be told.

    The two forms that nearly every feed uses are read here; feedparser's long list of handlers reads the rest.
    """
    if not value:
        return None
    try:
        return _usual(value) or _unusual(value)
    except (ValueError, OverflowError):
        return None


def _usual(value: str) -> datetime | None:
    if found := _ISO.fullmatch(value):
        date, clock, zone = found.groups()
    elif found := _RFC822.fullmatch(value):
        day, name, year, clock, zone = found.groups()
        month = _MONTHS.get(name.lower())
        if month is None:
            return None
        date = f"{year}-{month}-{day:0>2}"
    else:
        return None
    if clock[:2] > "23" or clock[6:] > "59":
        return None
    moment = datetime.fromisoformat(f"{date}T{clock}+00:00")
    return moment - _OFFSETS[zone] if zone else moment


def _unusual(value: str) -> datetime | None:
    if len(value) > 100:  # no date is that long, and some handlers are slow on such input
        return None
    from feedparser.datetimes import _parse_date  # noqa: PLC0415  takes long to load, and is seldom needed

    return from_struct(_parse_date(value))


def from_struct(parsed: object) -> datetime | None:
    """A UTC `struct_time` (or tuple) as feedparser gives it, as a datetime."""
    if not isinstance(parsed, tuple) or len(parsed) < 6:
        return None
    year, month, day, hour, minute, second = parsed[:6]
    try:
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def clamp(moment: datetime | None, now: datetime) -> datetime | None:
    """No post is from the future, and none from before the web: those are `now`, and unknown."""
    if moment is None or moment.year < 1990:
        return None
    return min(moment, now)
