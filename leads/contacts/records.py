"""Reads a file of contacts straight into what linking needs, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from leads.contacts.companies import company_key
from leads.contacts.csv_import import Options, open_table
from leads.contacts.drafts import Draft, DraftReader, RowFault
from leads.contacts.report import Refused
from leads.contacts.store import contact_key
from leads.linking.records import CompanyRecord, ContactRecord, Key


def file_records(
    path: Path, mapping: Mapping[str, str] | None = None
) -> tuple[list[ContactRecord], list[CompanyRecord], list[Refused]]:
    """Return the contacts of a CSV file, the companies that they name, and the rows that cannot be read.

    A contact's key is its id in the file where it has one.

    Raises:
        ContactsFault: the file cannot be read, or its columns are not understood.
    """
    table, found = open_table(path, Options(mapping))
    reader = DraftReader(table.columns, found)
    people: dict[str, ContactRecord] = {}
    companies: dict[str, tuple[str, set[Key]]] = {}
    refused: list[Refused] = []
    for row in table.rows():
        if not row.fault and not any(cell.strip() for cell in row.cells):
            continue
        try:
            if row.fault:
                raise RowFault(row.fault)
            draft = reader.read(row.line, row.cells)
            key = draft.external_id or contact_key(draft)
            if key in people and draft.external_id:
                raise RowFault(f"the id {key!r} is that of an earlier row")
        except RowFault as fault:
            refused.append(Refused(str(path), row.line, str(fault)))
            continue
        people[key] = _contact(key, draft)
        if draft.company:
            companies.setdefault(company_key(draft.company), (draft.company, set()))[1].update(
                draft.company_keys
            )
    known = [
        CompanyRecord(key, name, (), "", tuple(sorted(keys, key=lambda k: k.value)))
        for key, (name, keys) in companies.items()
    ]
    return list(people.values()), known, refused


def _contact(key: str, draft: Draft) -> ContactRecord:
    role, place = draft.values.get("role", ""), draft.values.get("place", "")
    return ContactRecord(
        key, draft.name, draft.aliases, draft.company, role, place, tuple(draft.keys), draft.lists
    )
