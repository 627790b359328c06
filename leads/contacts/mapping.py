"""Which column holds which field of a contact: guessed from the headers, overridden by the user."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from leads.contacts.faults import ContactsFault, OptionFault
from leads.linking.fold import fold
from leads.linking.keys import email_key, platform_name

_GAPS = re.compile(r"[\s_\-.,:*()/]+")
# What may name a contact; a table without any of these holds none.
NAMING = ("name", "complete_name", "given", "family", "email", "url", "handle")
# Odoo's exports for importing again name the columns by its fields. "parent_id" and "user_id" are numbers in other tables:
# these count only beside two of the marks.
_ODOO = {
    "parent id": "company", "parent name": "company", "user id": "owner", "country id": "place", "state id": "place",
    "category id": "lists", "industry id": "industry",
}  # fmt: skip
_ODOO_MARKS = frozenset(
    ("is company", "parent id", "parent id id", "function", "complete name", "category id")
)
# Where a table says who employs a person, its plain "Company" is the company whose table it is (Odoo's company_id).
_EMPLOYERS = frozenset(
    ("related company", "related company name", "parent id", "parent id name", "parent name")
)

ColumnMap = dict[str, tuple[str, ...]]
"""Per field, its columns, the telling ones first."""


def header_key(text: str) -> str:
    """Return a header as it is compared: folded, with every kind of gap made one space."""
    return _GAPS.sub(" ", fold(text.lstrip("\ufeff"))).strip()


@lru_cache(maxsize=1)
def known_headers() -> dict[str, str]:
    """Return the field of every header that is known."""
    text = files("leads.contacts").joinpath("data", "headers.tsv").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            field, _, headers = line.partition("\t")
            for header in headers.split("|"):
                found.setdefault(header_key(header), field)
    return found


@lru_cache(maxsize=1)
def _ranks() -> dict[str, int]:
    """Return where each header stands among those of its field: what is told in an earlier one counts."""
    return {header: rank for rank, header in enumerate([*known_headers(), *_ODOO])}


@lru_cache(maxsize=1)
def fields() -> frozenset[str]:
    """Return the fields that a column can be mapped to."""
    return frozenset(known_headers().values())


def looks_like_header(cells: Sequence[str]) -> bool:
    """Tell whether a row names columns: two known headers, or one that names people where it is alone."""
    filled = [header_key(cell) for cell in cells if cell.strip()]
    known = [known_headers()[header] for header in filled if header in known_headers()]
    return len(known) >= 2 or (len(filled) == len(known) == 1 and known[0] in NAMING)


def map_columns(columns: Sequence[str], given: Mapping[str, str] | None, where: str) -> ColumnMap:
    """Return the columns of each field: as given where given, else guessed.

    `given` maps fields to columns; several columns are separated by `;`; an empty one leaves the field out.
    A column that is given for one field is not guessed for another.

    Raises:
        OptionFault: an unknown field or column.
        ContactsFault: nothing that could name a contact.
    """
    chosen = {_field(f, where): _named_columns(c, columns, where) for f, c in (given or {}).items()}
    taken = {column for named in chosen.values() for column in named}
    guessed: dict[str, list[str]] = {}
    for column, field in _guessed(dict.fromkeys(columns)):
        if field not in chosen and column not in taken:
            guessed.setdefault(field, []).append(column)
    found = {f: c for f, c in chosen.items() if c} | {f: tuple(c) for f, c in guessed.items()}
    if not any(field.partition(":")[0] in NAMING for field in found):
        raise ContactsFault(f"{where}: {_nameless(columns)}")
    return found


def _nameless(columns: Sequence[str]) -> str:
    """Say that nobody is named in these columns."""
    if any(email_key(column) for column in columns):
        return "its first line is a contact already; put a line above it that names the columns: Name, Company, Email ..."
    return (
        f"no column is known to hold a name or an address; the columns are {', '.join(map(repr, columns))}; "
        f"say which is which, as in name={columns[0]!r}"
    )


def _guessed(columns: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield those columns whose headers are known, each with its field, the telling ones first."""
    by_header = {column: header_key(column) for column in columns}
    headers = frozenset(by_header.values())
    known: Mapping[str, str] = known_headers()
    if len(headers & _ODOO_MARKS) >= 2:
        known = {**known, **_ODOO}
    passed = frozenset(("company",)) if headers & _EMPLOYERS else frozenset[str]()
    for column, header in sorted(by_header.items(), key=lambda item: _ranks().get(item[1], 0)):
        if header in known and header not in passed:
            yield column, known[header]


def _field(name: str, where: str) -> str:
    plain = name.strip().casefold()
    head, colon, platform = plain.partition(":")
    if colon and head == "handle" and platform:
        return f"handle:{platform_name(platform)}"
    if f"handle:{platform_name(plain)}" in fields():
        return f"handle:{platform_name(plain)}"
    if plain in fields():
        return plain
    near = difflib.get_close_matches(plain, sorted(fields()), 1)
    hint = f"did you mean {near[0]!r}?" if near else f"fields are {', '.join(sorted(fields()))}"
    raise OptionFault(f"{where}: mapping: there is no field {name!r}; {hint}")


def _named_columns(text: str, columns: Sequence[str], where: str) -> tuple[str, ...]:
    if not text.strip():
        return ()
    if text in columns:
        return (text,)
    return tuple(_column(part.strip(), columns, where) for part in text.split(";") if part.strip())


def _column(name: str, columns: Sequence[str], where: str) -> str:
    by_key = {header_key(column): column for column in reversed(columns)}
    found = by_key.get(header_key(name))
    if found is not None:
        return found
    near = difflib.get_close_matches(name, columns, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"its columns are {', '.join(map(repr, columns))}"
    raise OptionFault(f"{where}: mapping: the table has no column {name!r}; {hint}")
