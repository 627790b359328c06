"""Spreadsheet cells: text that came from strangers must not become a formula on somebody's machine."""

from __future__ import annotations

import re
import unicodedata

# A cell that begins with one of these is a formula to a spreadsheet (OWASP "CSV Injection"; ASVS 5.0, 1.2.10).
FORMULA = "=+-@"
FIRST = FORMULA + "\t\r\n\0"
SEPARATORS = ",;|\t\r\n"

# Besides ASCII: full-width, small and superscript forms, which spreadsheets in East Asian locales take for the same.
LIKE_FORMULA = "".join(
    c for c in map(chr, range(0x2000, 0x10000)) if unicodedata.normalize("NFKC", c) in FORMULA
)
_WIDE = re.escape(FORMULA + LIKE_FORMULA)

# A file opened with another separator than it was written with is cut at that one, quotes and all: what follows
# a separator inside a cell is then the beginning of a cell.
_INNER = re.compile(rf"([{re.escape(SEPARATORS)}][\s\"']*?)(?<!')([{_WIDE}])")
_INVISIBLE = ("Cf", "Zs", "Zl", "Zp")


def neutralise(text: str) -> str:
    """Return the text as a cell that no spreadsheet evaluates: a `'` goes before what would start a formula.

    Applied twice it changes nothing more. NUL, which some readers end a cell at, is left out.
    """
    text = text.replace("\0", "")
    text = _INNER.sub(r"\1'\2", text)
    return "'" + text if _starts_formula(text) else text


def _starts_formula(text: str) -> bool:
    """Whether a spreadsheet may see a formula: blanks and invisible signs before it do not make it harmless."""
    if text[:1] in FIRST and text:
        return True
    for char in text:
        if char in FORMULA or char in LIKE_FORMULA:
            return True
        if unicodedata.category(char) not in _INVISIBLE:
            return False
    return False


def phone(number: str) -> str:
    """A phone number as a cell: without its leading `+`, since a `'` before it would end up in the CRM.

    The digits after the `+` begin with the country code, so nothing is lost. Anything but a number is neutralised.
    """
    number = number.strip()
    plain = number.removeprefix("+")
    return plain if re.fullmatch(r"[0-9][0-9 ().-]*", plain) else neutralise(number)
