"""Reads vCards (2.1, 3.0 and 4.0) as a table: one row a card."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from pathlib import Path

from leads.contacts.encoding import errors_of, guess_encoding, read_sample
from leads.contacts.faults import ContactsFault
from leads.contacts.table import MAX_FIELD, Row, Table
from leads.linking.keys import PLATFORMS, platform_name

# The columns of the table, in the words that the header guess knows.
COLUMNS = ("uid", "name", "family name", "given name", "middle name", "nickname", "email", "phone", "company", "title",
           "city", "categories", "note", "url", "website", "birthday", "anniversary", "related", "interests",
           "birthplace", "handle", "kind", "event 1 value", "function")  # fmt: skip
_AT = {name: at for at, name in enumerate(COLUMNS)}
_SIMPLE = {"UID": "uid", "FN": "name", "NICKNAME": "nickname", "EMAIL": "email", "TEL": "phone", "TITLE": "title",
           "CATEGORIES": "categories", "NOTE": "note", "BDAY": "birthday", "ROLE": "function", "KIND": "kind",
           "X-ADDRESSBOOKSERVER-KIND": "kind", "X-ABSHOWAS": "kind",
           "ANNIVERSARY": "anniversary", "X-ANNIVERSARY": "anniversary", "X-EVOLUTION-ANNIVERSARY": "anniversary",
           "INTEREST": "interests", "HOBBY": "interests", "BIRTHPLACE": "birthplace"}  # fmt: skip
# Relations that have a property of their own. RELATED (RFC 6350, 6.6.6) tells its own in TYPE; Apple's in a label that
# stands in the same group: item1.X-ABRELATEDNAMES and item1.X-ABLabel.
_RELATED = {"X-SPOUSE": "spouse", "X-EVOLUTION-SPOUSE": "spouse", "X-MANAGER": "manager", "X-ASSISTANT": "assistant",
            "X-EVOLUTION-MANAGER": "manager", "X-EVOLUTION-ASSISTANT": "assistant", "X-ABRELATEDNAMES": "", "RELATED": ""}  # fmt: skip
# Accounts: Apple's and RFC 9554's (3.4) profiles, and addresses for instant messages (RFC 4770).
_PROFILES = ("X-SOCIALPROFILE", "SOCIALPROFILE", "IMPP")
_TYPE = re.compile(r";TYPE=\"?([\w-]+)")
_SERVICE = re.compile(r";(?:SERVICE-TYPE|X-SERVICE-TYPE|TYPE)=\"?(\w+)")
_USER = re.compile(r";(?:USERNAME|X-USER)=\"?([^;:\"]+)")
_CHARSET = re.compile(r";CHARSET=\"?([\w-]+)")
# A number as a URI (RFC 3966) may go on with an extension, and an address with a subject.
_URI = re.compile(r"^(?:mailto|tel):([^;?]*).*$", re.IGNORECASE | re.DOTALL)
_LINE = re.compile(r"^(?:([\w-]+)\.)?([\w-]+)((?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):(.*)$", re.DOTALL)
_HALVES = re.compile("[\ud800-\udfff]")
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
        # Bytes that are not of the encoding spoil their own card only.
        with path.open(encoding=encoding, errors=errors_of(encoding), newline=None) as file:
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
            cells[_AT["related"]] = related.text("")
            cells[_AT["event 1 value"]] = related.text("X-ABDATE")
            fault = "" if _HALVES.search("".join(cells)) is None else "holds bytes of another encoding"
            yield Row(start, tuple(cells), fault)
            start = 0
        elif start:
            _property(line, cells, related)
    if start:
        yield Row(start, (), "a card begins here and does not end")


class _Related:
    """The people that one card names, in which relation they stand, and the dates that a label tells the meaning of."""

    def __init__(self) -> None:
        self._named: list[tuple[str, str, str]] = []
        self._dates: list[tuple[str, str, str]] = []
        self._labels: dict[str, str] = {}

    def take(self, group: str, name: str, parameters: str, value: str) -> None:
        """Note a relation, or the label of one."""
        if name == "X-ABLABEL":
            self._labels[group] = value
        elif name == "X-ABDATE":
            self._dates.append((group, "", value))
        elif not value.casefold().startswith(("urn:", "http:", "https:")):  # An identifier names nobody.
            told = _TYPE.findall(parameters)
            self._named.append((group, _RELATED[name] or (told[0].lower() if told else ""), value))

    def text(self, name: str) -> str:
        """Return the people, or the dates, as `relation: name`, one a line."""
        told = self._dates if name == "X-ABDATE" else self._named
        return "\n".join(f"{kind or self._labels.get(group, '')}: {value}" for group, kind, value in told)


def _property(line: str, cells: list[str], related: _Related) -> None:
    found = _LINE.match(line)
    if not found:
        return
    name, parameters, value = found[2].upper(), found[3].upper(), found[4]
    if "QUOTED-PRINTABLE" in parameters:
        value = _quoted(value, parameters)
    if name == "N":
        parts = [*map(_plain, _SEMICOLON.split(value)), "", "", ""]
        for column, part in zip(("family name", "given name", "middle name"), parts, strict=False):
            cells[_AT[column]] = part
    elif name == "ORG":
        cells[_AT["company"]] = _plain(_SEMICOLON.split(value)[0])
    elif name == "ADR":
        parts = [*map(_plain, _SEMICOLON.split(value)), *[""] * 7]
        cells[_AT["city"]] = cells[_AT["city"]] or parts[3] or parts[6]
    elif name in _RELATED or name in ("X-ABLABEL", "X-ABDATE"):
        related.take((found[1] or "").upper(), name, parameters, _plain(value))
    elif name in _PROFILES:
        column, text = _account(name, found[3], _plain(value))
        cells[_AT[column]] = _joined(cells[_AT[column]], text)
    elif name == "URL":
        cells[_AT["website"]] = _joined(cells[_AT["website"]], _plain(value))
    elif name in _SIMPLE:
        text = _plain(value)
        if name in ("EMAIL", "TEL"):
            text = _URI.sub(r"\1", text)
        at = _AT[_SIMPLE[name]]
        cells[at] = _joined(cells[at], text)


def _quoted(value: str, parameters: str) -> str:
    """Read quoted-printable text; old telephones write it in code pages, and say so."""
    charset = _CHARSET.search(parameters)
    raw = quopri.decodestring(value.encode("latin-1", "replace"))
    try:
        return raw.decode(charset[1] if charset else "utf-8", "surrogateescape")
    except LookupError:
        return raw.decode("utf-8", "surrogateescape")


def _account(name: str, parameters: str, value: str) -> tuple[str, str]:
    """Return the column and the text of an account: a profile's address as it is, else `platform:name`."""
    if value.casefold().startswith(("http:", "https:")):
        return "url", value
    scheme, _, rest = value.partition(":")
    service, user = _SERVICE.search(parameters.upper()), _USER.search(parameters)
    platform = platform_name(service[1] if service and name != "IMPP" else scheme)
    told = user[1] if user else rest
    return ("handle", f"{platform}:{told}") if platform in PLATFORMS and told else ("url", value)


def _plain(value: str) -> str:
    return _ESCAPE.sub(lambda m: "\n" if m[1] in "nN" else m[1], value).strip()


def _joined(before: str, more: str) -> str:
    return f"{before}\n{more}" if before and more else before or more
