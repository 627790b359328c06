"""Renders the files of the example world: dates as distances from a start, and texts that are edited later.

`{{ -3d 09:30 }}` is half past nine (UTC), three days before the start's day. In
`{{ before 2 }}old words{{ from 2 }}new words{{ end }}` the old words stand until stage 2.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

_DATE = re.compile(r"\{\{ (-\d+)d (\d{1,2}):(\d\d) \}\}")
_EDITED = re.compile(r"\{\{ before (\d+) \}\}(.*?)\{\{ from \1 \}\}(.*?)\{\{ end \}\}", re.DOTALL)


def render(template: str, *, start: datetime, stage: int, rfc822: bool) -> str:
    """Return what a site serves at a stage; dates as RFC 822 has them, or else as ISO 8601 does.

    Raises:
        ValueError: the template holds braces that mean nothing here.
    """

    def edited(found: re.Match[str]) -> str:
        return found[2] if stage < int(found[1]) else found[3]

    def date(found: re.Match[str]) -> str:
        moment = _moment(start, *(int(part) for part in found.groups()))
        return format_datetime(moment) if rfc822 else moment.isoformat()

    text = _DATE.sub(date, _EDITED.sub(edited, template))
    left = text.find("{{ ")
    if left >= 0:
        raise ValueError(f"not understood in a template: {text[left : left + 40]!r}")
    return text


def _moment(start: datetime, days: int, hour: int, minute: int) -> datetime:
    day = start.astimezone(UTC) + timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)
