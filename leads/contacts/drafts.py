"""A row of a table, read: what it says of one person, tidied and with exact keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from leads.contacts.facts import DATE, KINDS, NO_DATES, RELATION, Fact, kind_of_label, make_fact
from leads.contacts.mapping import ColumnMap, header_key
from leads.contacts.phones import PhoneReader
from leads.linking.company_names import parse_company
from leads.linking.keys import domain_key, email_key, handle_key, url_key
from leads.linking.records import Key

MAX_NAME = 255
_SPLIT = re.compile(r"\s*(?:;|\||\n|:::)\s*")
_SPLIT_COMMAS = re.compile(r"\s*(?:,|;|\||\n|:::)\s*")
_SEVERAL = re.compile(r"[,;|\n]|:::")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
# What people write where there is nothing.
_EMPTY = frozenset(
    ("-", "--", "—", "n/a", "na", "none", "null", "nil", "нет", "нет данных", "не указано", "?", ".", "#n/a", "#ref!",
     "#value!", "#name?", "#div/0!", "#null!", "#num!")
)  # fmt: skip
_LONGEST_EMPTY = max(map(len, _EMPTY))
# What tables of people and companies say of a row that is no person: Odoo ("Is a Company", "Company Type"), amoCRM ("Тип"),
# vCards (KIND, RFC 6350, 6.1.4).
_NO_PERSON = {
    **dict.fromkeys(("true", "company", "компания", "org", "organization", "organisation", "организация"), "company"),
    **dict.fromkeys(("group", "группа"), "group"), "location": "place", "application": "program",
}  # fmt: skip
SINGLE_FIELDS = ("given", "patronymic", "family", "role", "place", "owner", "notes", "industry")


class RowFault(ValueError):
    """A row that cannot be imported; the message says why."""


@dataclass(slots=True)
class Draft:
    """What one row says of one person. `keys` pairs each exact key with the spelling in the table."""

    line: int
    name: str
    values: dict[str, str]
    company: str = ""
    external_id: str = ""
    aliases: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    keys: dict[Key, str] = field(default_factory=dict)
    company_keys: dict[Key, str] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    # The key of a new contact of this row, once it was asked for.
    key: str = ""


class DraftReader:
    """Reads rows of one table, given which column holds what. `region` is that of national phone numbers."""

    def __init__(
        self, columns: Sequence[str], mapping: ColumnMap, *, region: str = "", owner: str = ""
    ) -> None:
        place = {column: at for at, column in reversed(list(enumerate(columns)))}
        self._at = {name: tuple(place[c] for c in named) for name, named in mapping.items()}
        self._singles = [(name, at) for name, at in self._at.items() if name in SINGLE_FIELDS]
        self._handles = [(f.partition(":")[2], at) for f, at in self._at.items() if f.startswith("handle:")]
        self._exact: list[tuple[str, Callable[[str], Key | None], str]] = [
            (name, to_key, fault)
            for name, to_key, fault in (
                ("email", email_key, "is no e-mail address"),
                ("phone", PhoneReader(region).key, "has no country code and no region is given"),
                ("url", url_key, "is no web address"),
                ("handle", handle_key, "is no handle"),
            )
            if name in self._at
        ]
        self._sites = [name for name in ("website", "domain") if name in self._at]
        self._facts = [(name, at) for name, at in self._at.items() if name in KINDS]
        self._labelled = [
            (family, at, _label_column(columns, at))
            for name, family in (("relation", RELATION), ("event", DATE))
            for at in self._at.get(name, ())
        ]
        # Where a table keeps nothing but "Имя", that is the whole name.
        self._whole = "given" in self._at and not {"name", "complete_name", "family"} & self._at.keys()
        self._width = len(columns)
        self._owner = owner

    def read(self, line: int, cells: Sequence[str]) -> Draft:
        """Read one row.

        Raises:
            RowFault: it names nobody, or holds something that cannot be kept.
        """
        if len(cells) > self._width and any(cell.strip() for cell in cells[self._width :]):
            raise RowFault(
                f"has {len(cells)} cells, the header {self._width}; is a cell with a delimiter not quoted?"
            )
        if "kind" in self._at and (kind := _NO_PERSON.get(self._one(cells, "kind").casefold())):
            raise RowFault(f"is a {kind}, no person")
        values = {name: found for name, at in self._singles if (found := _first(cells, at))}
        if self._owner:
            values.setdefault("owner", self._owner)
        draft = Draft(line, "", values, company=self._one(cells, "company"))
        draft.external_id = self._one(cells, "external_id")
        draft.aliases = self._many(cells, "alias", _SPLIT_COMMAS)
        draft.lists = self._many(cells, "lists", _SPLIT_COMMAS)
        told = self._told_name(cells, draft)
        self._keys(cells, draft)
        draft.name = told or _name_by_address(draft)
        if self._facts or self._labelled:
            self._tell_facts(cells, draft)
        _check_lengths(draft)
        return draft

    def _one(self, cells: Sequence[str], name: str) -> str:
        at = self._at.get(name)
        return _first(cells, at) if at else ""

    def _many(self, cells: Sequence[str], name: str, split: re.Pattern[str]) -> tuple[str, ...]:
        at = self._at.get(name)
        if not at:
            return ()
        parts = (tidy(part) for i in at if i < len(cells) and cells[i] for part in split.split(cells[i]))
        return tuple(dict.fromkeys(part for part in parts if part))

    def _told_name(self, cells: Sequence[str], draft: Draft) -> str:
        name = self._one(cells, "name")
        if not name and "complete_name" in self._at:
            name = self._one(cells, "complete_name")
            # "Kolos, Anna Sokolova"; but "Volna, Inc." is a company.
            company, _, name = name.rpartition(", ")
            if company and len(parse_company(f"x {name}").core) == 1:
                raise RowFault("is a company, no person")
            draft.company = draft.company or company
        if draft.company and name.startswith(f"{draft.company}, "):
            name = name[len(draft.company) + 2 :]
        if not name:
            parts = (draft.values.get(part, "") for part in ("given", "patronymic", "family"))
            name = " ".join(part for part in parts if part)
            if self._whole and " " in name:
                draft.values.pop("given", None)
        return name

    def _keys(self, cells: Sequence[str], draft: Draft) -> None:
        for name, to_key, fault in self._exact:
            self._add(cells, draft, name, to_key, fault)
        for platform, at in self._handles:
            for text in _texts(cells, at):
                key = handle_key(text, platform)
                if key is None:
                    draft.warnings.append(f"{platform} {text!r} is no handle")
                else:
                    draft.keys.setdefault(key, text)
        for name in self._sites:
            for text in self._many(cells, name, _SPLIT):
                self._site(text, name, draft)

    def _add(
        self, cells: Sequence[str], draft: Draft, name: str, to_key: Callable[[str], Key | None], fault: str
    ) -> None:
        for text in _texts(cells, self._at[name]):
            key = to_key(text)
            if key is None:
                draft.warnings.append(f"{name} {text!r} {fault}")
            else:
                draft.keys.setdefault(key, text)

    def _tell_facts(self, cells: Sequence[str], draft: Draft) -> None:
        for kind, at in self._facts:
            for i in at:
                text = cells[i] if i < len(cells) else ""
                if text:
                    self._fact(kind, KINDS[kind], text, draft)
        for family, i, label_at in self._labelled:
            text = tidy(cells[i]) if i < len(cells) else ""
            label = tidy(cells[label_at]) if label_at is not None and label_at < len(cells) else ""
            if not text:
                continue
            if not label:
                # "spouse: Boris Chernov; colleague: Clara", as vCards are given and people write.
                for part in _SPLIT.split(cells[i]):
                    told, colon, rest = part.partition(":")
                    self._fact(
                        kind_of_label(told if colon else "", family), family, rest if colon else part, draft
                    )
                continue
            self._fact(kind_of_label(label, family), family, text, draft)

    @staticmethod
    def _fact(kind: str, family: str, text: str, draft: Draft) -> None:
        for part in (text,) if family == DATE else _SPLIT_COMMAS.split(text):
            value = tidy(part)
            if family == DATE and value in NO_DATES:
                continue
            fact = make_fact(kind, value, family) if value else None
            if fact is not None:
                draft.facts.append(fact)
            elif value:
                draft.warnings.append(f"{kind} {value!r} is no date; write it as 1980-05-12 or 12.05.1980")

    @staticmethod
    def _site(text: str, name: str, draft: Draft) -> None:
        """A website is the company's where there is one, unless it is a profile; otherwise the person's own."""
        key = domain_key(text) if name == "domain" else url_key(text)
        if key is None:
            draft.warnings.append(f"{name} {text!r} is no web address")
        elif key.type == "url" and draft.company:
            draft.company_keys.setdefault(Key("domain", key.value.partition("/")[0]), text)
        elif key.type == "domain" and draft.company:
            draft.company_keys.setdefault(key, text)
        else:
            draft.keys.setdefault(key, text)


def _name_by_address(draft: Draft) -> str:
    name = next((key.value for key in draft.keys if key.type in ("email", "handle")), "")
    if not name:
        raise RowFault("; ".join(["names nobody: no name, e-mail address or handle", *draft.warnings]))
    return name


def _label_column(columns: Sequence[str], at: int) -> int | None:
    """Return where the label of a `Relation 1 - Value` column is: `Relation 1 - Label`, or `- Type` in old exports."""
    stem, _, last = header_key(columns[at]).rpartition(" ")
    if last != "value":
        return None
    keys = [header_key(column) for column in columns]
    return next((keys.index(name) for name in (f"{stem} label", f"{stem} type") if name in keys), None)


def tidy(text: str) -> str:
    """Return a cell as one clean line; what stands for nothing becomes empty."""
    if not text:
        return ""
    if text.isprintable():
        plain = text.strip()
        if "  " in plain or not plain.isascii():  # Other alphabets have spaces of their own.
            plain = " ".join(plain.split())
    else:
        plain = " ".join(_CONTROLS.sub(" ", text).split())
    if plain[:1] == "'" and plain[1:2] in ("=", "+", "-", "@"):
        plain = plain[1:]
    return "" if len(plain) <= _LONGEST_EMPTY and plain.casefold() in _EMPTY else plain


# Companies, roles and towns are told over and over.
_told = lru_cache(maxsize=1 << 15)(tidy)


def _first(cells: Sequence[str], at: Sequence[int]) -> str:
    for index in at:
        if index < len(cells) and (cell := cells[index]) and (found := _told(cell)):
            return found
    return ""


def _texts(cells: Sequence[str], at: Sequence[int]) -> list[str]:
    found: list[str] = []
    for index in at:
        cell = cells[index] if index < len(cells) else ""
        if cell:
            parts = _SPLIT_COMMAS.split(cell) if _SEVERAL.search(cell) else (cell,)
            found.extend(part for part in map(tidy, parts) if part)
    return found


def _check_lengths(draft: Draft) -> None:
    for name, value in (("name", draft.name), ("company", draft.company), ("external_id", draft.external_id)):
        if len(value) > MAX_NAME:
            raise RowFault(f"{name} has {len(value)} characters, more than {MAX_NAME}")
    for name, value in draft.values.items():
        if name != "notes" and len(value) > MAX_NAME:
            raise RowFault(f"{name} has {len(value)} characters, more than {MAX_NAME}")
