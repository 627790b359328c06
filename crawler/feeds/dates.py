"""Dates as feeds write them, to aware UTC datetimes of whole seconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import feedparser.datetimes

_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_RFC822 = re.compile(
    r"\s*(?:[A-Za-z]{3},)?\s*(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:([+-])(\d\d)(\d\d)|GMT|UTC|Z)\s*",
    re.ASCII,
)
_ISO = re.compile(
    r"\s*(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:([+-])(\d\d):?(\d\d)|[Zz])\s*", re.ASCII
)


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
    if found := _RFC822.fullmatch(value):
        day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = found.groups()
        number = _MONTHS.get(month.lower())
        if number is None:
            return None
    elif found := _ISO.fullmatch(value):
        year, month, day, hour, minute, second, sign, zone_hours, zone_minutes = found.groups()
        number = int(month)
    else:
        return None
    if int(hour) > 23 or int(second) > 59:
        return None
    moment = datetime(int(year), number, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    if sign is None:
        return moment
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
    return moment - offset if sign == "+" else moment + offset


def _unusual(value: str) -> datetime | None:
    if len(value) > 100:  # no date is that long, and some handlers are slow on such input
        return None
    parsed = feedparser.datetimes._parse_date(value)
    return from_struct(parsed)


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
