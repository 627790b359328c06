"""Reads a file of contacts straight into what linking needs, without a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from leads.contacts.companies import company_key
from leads.contacts.csv_import import Options, open_table
from leads.contacts.drafts import Draft, DraftReader, RowFault
from leads.contacts.report import Refused
from leads.contacts.store import contact_key
from leads.linking.people import text_hash
from leads.linking.records import CompanyRecord, ContactRecord, Key


class FileRecords:
    """The contacts of a CSV file, one after the other; when they are read, the companies and what was refused.

    A contact's key is its id in the file where it has one. `again` has the keys of rows without an id that were told
    more than once: the last one counts.
    """

    def __init__(self, path: Path, mapping: Mapping[str, str] | None = None) -> None:
        """Open the file.

        Raises:
            ContactsFault: the file cannot be read, or its columns are not understood.
        """
        self._path = path
        self._table, found = open_table(path, Options(mapping))
        self._reader = DraftReader(self._table.columns, found)
        self._companies: dict[str, tuple[str, set[Key]]] = {}
        self.refused: list[Refused] = []
        self.again: dict[str, None] = {}

    def people(self) -> Iterator[ContactRecord]:
        """Yield the contacts."""
        # Numbers, since the keys of a million contacts would weigh several times as much.
        seen: set[int] = set()
        for row in self._table.rows():
            if not row.fault and not any(cell.strip() for cell in row.cells):
                continue
            try:
                if row.fault:
                    raise RowFault(row.fault)
                draft = self._reader.read(row.line, row.cells)
                key = draft.external_id or contact_key(draft)
                number = text_hash(key)
                if number in seen:
                    if draft.external_id:
                        raise RowFault(f"the id {key!r} is that of an earlier row")
                    self.again[key] = None
            except RowFault as fault:
                self.refused.append(Refused(str(self._path), row.line, str(fault)))
                continue
            seen.add(number)
            if draft.company:
                known = self._companies.setdefault(company_key(draft.company), (draft.company, set()))
                known[1].update(draft.company_keys)
            yield _contact(key, draft)

    def companies(self) -> Iterator[CompanyRecord]:
        """Yield the companies that the contacts named."""
        for key, (name, keys) in self._companies.items():
            yield CompanyRecord(key, name, (), "", tuple(sorted(keys, key=lambda k: k.value)))


def file_records(
    path: Path, mapping: Mapping[str, str] | None = None
) -> tuple[list[ContactRecord], list[CompanyRecord], list[Refused]]:
    """Return the contacts of a CSV file, the companies that they name, and the rows that cannot be read.

    Raises:
        ContactsFault: the file cannot be read, or its columns are not understood.
    """
    records = FileRecords(path, mapping)
    people = {contact.key: contact for contact in records.people()}
    return list(people.values()), list(records.companies()), records.refused


def _contact(key: str, draft: Draft) -> ContactRecord:
    role, place = draft.values.get("role", ""), draft.values.get("place", "")
    return ContactRecord(
        key, draft.name, draft.aliases, draft.company, role, place, tuple(draft.keys), draft.lists
    )
