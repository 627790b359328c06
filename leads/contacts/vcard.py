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
           "city", "categories", "note", "url", "website", "birthday", "anniversary", "related", "interests",
           "birthplace")  # fmt: skip
_AT = {name: at for at, name in enumerate(COLUMNS)}
_SIMPLE = {"UID": "uid", "FN": "name", "NICKNAME": "nickname", "EMAIL": "email", "TEL": "phone", "TITLE": "title",
           "CATEGORIES": "categories", "NOTE": "note", "X-SOCIALPROFILE": "url", "IMPP": "url", "BDAY": "birthday",
           "ANNIVERSARY": "anniversary", "X-ANNIVERSARY": "anniversary", "X-EVOLUTION-ANNIVERSARY": "anniversary",
           "INTEREST": "interests", "HOBBY": "interests", "BIRTHPLACE": "birthplace"}  # fmt: skip
# Relations that have a property of their own. RELATED (RFC 6350, 6.6.6) tells its own in TYPE; Apple's in a label that
# stands in the same group: item1.X-ABRELATEDNAMES and item1.X-ABLabel.
_RELATED = {"X-SPOUSE": "spouse", "X-EVOLUTION-SPOUSE": "spouse", "X-MANAGER": "manager", "X-ASSISTANT": "assistant",
            "X-EVOLUTION-MANAGER": "manager", "X-EVOLUTION-ASSISTANT": "assistant", "X-ABRELATEDNAMES": "", "RELATED": ""}  # fmt: skip
_TYPE = re.compile(r";TYPE=\"?([\w-]+)")
_LINE = re.compile(r"^(?:([\w-]+)\.)?([\w-]+)((?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):(.*)$", re.DOTALL)
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
    start, cells, related = 0, [""] * len(COLUMNS), _Related()
    for number, line in lines:
        upper = line.strip().upper()
        if upper == "BEGIN:VCARD":
            if start:
                yield Row(start, (), "a card begins here and does not end")
            start, cells, related = number, [""] * len(COLUMNS), _Related()
        elif upper == "END:VCARD" and start:
            cells[_AT["related"]] = related.text()
            yield Row(start, tuple(cells))
            start = 0
        elif start:
            _property(line, cells, related)
    if start:
        yield Row(start, (), "a card begins here and does not end")


class _Related:
    """The people that one card names, and in which relation they stand."""

    def __init__(self) -> None:
        self._named: list[tuple[str, str, str]] = []
        self._labels: dict[str, str] = {}

    def take(self, group: str, name: str, parameters: str, value: str) -> None:
        """Note a relation, or the label of one."""
        if name == "X-ABLABEL":
            self._labels[group] = value
        elif not value.casefold().startswith(("urn:", "http:", "https:")):  # An identifier names nobody.
            told = _TYPE.findall(parameters)
            self._named.append((group, _RELATED[name] or (told[0].lower() if told else ""), value))

    def text(self) -> str:
        """Return them as `relation: name`, one a line."""
        return "\n".join(
            f"{kind or self._labels.get(group, '')}: {name}" for group, kind, name in self._named
        )


def _property(line: str, cells: list[str], related: _Related) -> None:
    found = _LINE.match(line)
    if not found:
        return
    name, parameters, value = found[2].upper(), found[3].upper(), found[4]
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
    elif name in _RELATED or name == "X-ABLABEL":
        related.take((found[1] or "").upper(), name, parameters, _plain(value))
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
