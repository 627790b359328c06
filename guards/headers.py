"""HTTP headers that strangers write, read so that none of them can do harm."""

from __future__ import annotations

import email.utils
from datetime import UTC, datetime
from http import HTTPStatus

# A server may ask for patience, but not for ever.
LONGEST_PATIENCE = 7 * 86_400


def retry_after_seconds(value: str | None, now: datetime) -> int | None:
    """A Retry-After header (RFC 9110, 10.2.3), seconds or a date: from 0 to a week. None if there is no sense in it."""
    value = (value or "").strip()
    if value.isascii() and value.isdigit():
        # Python refuses to read a number of thousands of digits; eight are more than a week already.
        return min(int(value.lstrip("0")[:8] or 0), LONGEST_PATIENCE)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # the latter for an hour or an offset of twenty digits
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0, min(int((moment - now).total_seconds()), LONGEST_PATIENCE))


def status_with_phrase(status: int) -> str:
    """`404 Not Found`; of a status that nobody has defined the number alone. What the server calls it is not repeated."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
