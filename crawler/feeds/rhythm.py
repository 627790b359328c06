"""How often a feed asks to be read: `ttl`, `skipHours`, `skipDays` of RSS, `sy:updatePeriod` of the syndication module."""

from __future__ import annotations

import re

from crawler.feeds.model import Rhythm

_HEAD = re.compile(rb"<(?:item|entry)[\s>]")
_TTL = re.compile(rb"<ttl>\s*(\d{1,6})\s*</ttl>", re.IGNORECASE)
_PERIOD = re.compile(
    rb"<(?:\w+:)?updatePeriod[^>]*>\s*(hourly|daily|weekly|monthly|yearly)\s*<", re.IGNORECASE
)
_FREQUENCY = re.compile(rb"<(?:\w+:)?updateFrequency[^>]*>\s*(\d{1,4})\s*<", re.IGNORECASE)
_HOUR = re.compile(rb"<hour>\s*(\d{1,2})\s*</hour>", re.IGNORECASE)
_DAY = re.compile(rb"<day>\s*(\w+)\s*</day>", re.IGNORECASE)
_PERIODS = {
    b"hourly": 3600,
    b"daily": 86_400,
    b"weekly": 604_800,
    b"monthly": 2_592_000,
    b"yearly": 31_536_000,
}
_DAYS = (b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday")


def read_rhythm(body: bytes) -> Rhythm:
    """Look into the part before the first entry, where RSS keeps such wishes; anything unclear is no wish."""
    found = _HEAD.search(body, 0, 65_536)
    head = body[: found.start() if found else 16_384]
    rhythm = Rhythm()
    if ttl := _TTL.search(head):
        rhythm.interval_seconds = int(ttl[1]) * 60 or None
    elif period := _PERIOD.search(head):
        frequency = _FREQUENCY.search(head)
        rhythm.interval_seconds = _PERIODS[period[1].lower()] // max(1, int(frequency[1]) if frequency else 1)
    if b"skipHours" in head:
        # RSS 0.91 counted from 1 to 24, RSS 2.0 counts from 0 to 23: 24 is midnight.
        rhythm.skip_hours = sorted({int(hour) % 24 for hour in _HOUR.findall(head) if int(hour) <= 24})
    if b"skipDays" in head:
        rhythm.skip_days = sorted(
            {_DAYS.index(day.lower()) for day in _DAY.findall(head) if day.lower() in _DAYS}
        )
    return rhythm
