"""What is wrong with a query, told with a caret below the place and a way to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class QueryFault(ValueError):
    """A query that cannot be understood: `position` counts code points from 0."""

    def __init__(self, text: str, position: int, what: str, hint: str = "") -> None:
        self.text = text
        self.position = min(max(position, 0), len(text))
        self.what = what
        self.hint = hint
        super().__init__(f"column {self.position + 1}: {what}" + (f"; {hint}" if hint else ""))

    def shown(self, width: int = 100) -> str:
        """Return the message, the line of the query it is about, and a caret below the place."""
        line_start = self.text.rfind("\n", 0, self.position) + 1
        line_end = self.text.find("\n", self.position)
        line = self.text[line_start : line_end if line_end >= 0 else len(self.text)]
        column = self.position - line_start
        left = max(0, column - width // 2)
        # A bidirectional mark or a control character would move the caret away from its place.
        part = "".join(char if char.isprintable() else "·" for char in line[left : left + width])
        return f"{self}\n  {part}\n  {' ' * (column - left)}^"


class SearchFault(ValueError):
    """A search that cannot be used: an unknown or circular include, a name taken twice."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `did you mean 'x'?` for the nearest known spelling, or nothing."""
    names = list(known)
    close = difflib.get_close_matches(word.lower()[:40], [name.lower() for name in names], n=1, cutoff=0.6)
    if not close:
        return ""
    return f"did you mean '{next(name for name in names if name.lower() == close[0])}'?"
