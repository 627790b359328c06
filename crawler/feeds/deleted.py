"""Entries that a feed says were deleted: `at:deleted-entry` of Atom tombstones (RFC 6721)."""

from __future__ import annotations

import html
import re

_TOMBSTONE = re.compile(
    rb"<(?:[A-Za-z_][\w.-]*:)?deleted-entry\s[^<>]*?\bref\s*=\s*(?:\"([^\"<>]{1,2000})\"|'([^'<>]{1,2000})')"
)
_MOST = 5_000


def find_deleted(document: bytes) -> list[str]:
    """The ids of entries that the feed takes back, each once, in its order."""
    if b"deleted-entry" not in document:
        return []
    found: dict[str, None] = {}
    for tombstone in _TOMBSTONE.finditer(document):
        ref = html.unescape((tombstone[1] or tombstone[2]).decode("utf-8", "replace")).strip()
        found[ref] = None
        if len(found) >= _MOST:
            break
    return list(found)
