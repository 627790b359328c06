"""Reads vCards (2.1, 3.0 and 4.0) as a table: one row a card."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from pathlib import Path

from leads.contacts.encoding import guess_encoding, read_sample
from leads.contacts.faults import ContactsFault
from leads.contacts.table import MAX_FIELD, Row, Table

# The columns of the table, in the words that the header guess knows.
COLUMNS = ("uid", "name", "family name", "given name", "middle name", "nickname", "email", "phone", "company", "title",
           "city", "categories", "note", "url", "website")  # fmt: skip
_AT = {name: at for at, name in enumerate(COLUMNS)}
_SIMPLE = {"UID": "uid", "FN": "name", "NICKNAME": "nickname", "EMAIL": "email", "TEL": "phone", "TITLE": "title",
           "CATEGORIES": "categories", "NOTE": "note", "X-SOCIALPROFILE": "url", "IMPP": "url"}  # fmt: skip
_LINE = re.compile(r"^(?:[\w-]+\.)?([\w-]+)((?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):(.*)$", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SEMICOLON = re.compile(r"(?<!\\);")


def read_vcards(path: Path, encoding: str | None = None) -> Table:
    """Open a file of vCards.

    Raises:
        ContactsFault: the file cannot be read, or holds no card.
    """
    sample = read_sample(path)
    encoding = encoding or guess_encoding(sample)
    if b"BEGIN:VCARD" not in sample.replace(b"\0", b"").upper():
        raise ContactsFault(f"{path}: no vCard begins in it; a card begins with BEGIN:VCARD")

    def rows() -> Iterator[Row]:
        with path.open(encoding=encoding, errors="replace", newline=None) as file:
            yield from _cards(_unfold(file))

    return Table(path, COLUMNS, encoding, "", 0, rows)


def _unfold(lines: Iterator[str]) -> Iterator[tuple[int, str]]:
    """Join folded lines; with quoted-printable, a line that ends in `=` goes on too."""
    number, held = 0, ""
    for count, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n")
        soft = held.endswith("=") and "QUOTED-PRINTABLE" in held.partition(":")[0].upper()
        frame = held.strip().upper() in ("BEGIN:VCARD", "END:VCARD")
        if held and not frame and (line[:1] in (" ", "\t") or soft) and len(held) < MAX_FIELD:
            held = held[:-1] + line if soft else held + line[1:]
            continue
        if held:
            yield number, held
        number, held = count, line
    if held:
        yield number, held


def _cards(lines: Iterator[tuple[int, str]]) -> Iterator[Row]:
    start, cells = 0, [""] * len(COLUMNS)
    for number, line in lines:
        upper = line.strip().upper()
        if upper == "BEGIN:VCARD":
            if start:
                yield Row(start, (), "a card begins here and does not end")
            start, cells = number, [""] * len(COLUMNS)
        elif upper == "END:VCARD" and start:
            yield Row(start, tuple(cells))
            start = 0
        elif start:
            _property(line, cells)
    if start:
        yield Row(start, (), "a card begins here and does not end")


def _property(line: str, cells: list[str]) -> None:
    found = _LINE.match(line)
    if not found:
        return
    name, parameters, value = found[1].upper(), found[2].upper(), found[3]
    if "QUOTED-PRINTABLE" in parameters:
        value = quopri.decodestring(value.encode("latin-1", "replace")).decode("utf-8", "replace")
    if name == "N":
        parts = [*map(_plain, _SEMICOLON.split(value)), "", "", ""]
        for column, part in zip(("family name", "given name", "middle name"), parts, strict=False):
            cells[_AT[column]] = part
    elif name == "ORG":
        cells[_AT["company"]] = _plain(_SEMICOLON.split(value)[0])
    elif name == "ADR":
        parts = [*map(_plain, _SEMICOLON.split(value)), *[""] * 7]
        cells[_AT["city"]] = cells[_AT["city"]] or parts[3] or parts[6]
    elif name == "URL":
        cells[_AT["website"]] = _joined(cells[_AT["website"]], _plain(value))
    elif name in _SIMPLE:
        text = _plain(value)
        if name in ("EMAIL", "TEL"):
            text = re.sub(r"^(?:mailto|tel):", "", text, flags=re.IGNORECASE)
        at = _AT[_SIMPLE[name]]
        cells[at] = _joined(cells[at], text)


def _plain(value: str) -> str:
    return _ESCAPE.sub(lambda m: "\n" if m[1] in "nN" else m[1], value).strip()


def _joined(before: str, more: str) -> str:
    return f"{before}\n{more}" if before and more else before or more
