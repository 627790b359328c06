"""Imports a table of contacts: every row becomes a contact, is merged into one, or is refused with its reason."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from leads.contacts.drafts import Draft, DraftReader, RowFault
from leads.contacts.faults import OptionFault
from leads.contacts.importer import Importer
from leads.contacts.mail import open_mail
from leads.contacts.mapping import ColumnMap, looks_like_header, map_columns
from leads.contacts.phones import check_region
from leads.contacts.report import ImportReport
from leads.contacts.suppression import Suppressions
from leads.contacts.table import Row, Table, read_table
from leads.contacts.vcard import read_vcards
from leads.contacts.workbook import read_workbook

# Rows looked up and written at once: larger batches gain little and hold more in memory.
BATCH = 5_000

Progress = Callable[[int, int | None], None]
"""Called with the number of rows done so far, and of all as far as it is known."""
# KiB of pages that SQLite may hold while it imports: random keys go into large indexes.
_CACHE = 192 << 10


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be read, where the guess is not to be trusted.

    `region` ("US") is that of national phone numbers; `kind` one of `KINDS`, by default told from the file's name;
    `me` the user's own addresses, for a mailbox.
    """

    mapping: Mapping[str, str] | None = None
    encoding: str | None = None
    delimiter: str | None = None
    region: str = ""
    owner: str = ""
    kind: str = ""
    me: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Peek:
    """What a file of contacts looks like, before anything of it is read in."""

    file: str
    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    mapping: ColumnMap
    unused_columns: tuple[str, ...] = field(default=())


def peek(path: Path, mapping: Mapping[str, str] | None = None, kind: str = "") -> Peek:
    """Return how a file would be read; `kind` is one of `KINDS`, by default told from its name.

    Raises:
        ContactsFault: it cannot be.
    """
    table, found = open_table(path, Options(mapping, kind=kind))
    return Peek(str(path), table.encoding, table.delimiter, table.columns, found, _unused(table, found))


def import_contacts(
    session: Session,
    path: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
    source: str = "",
    suppression_key: bytes | None = None,
    progress: Progress | None = None,
    options: Options | None = None,
    now: datetime | None = None,
) -> ImportReport:
    """Import a file of contacts; the caller commits.

    `mapping` is field -> column, for what is guessed wrong; `source` names the file in provenance (its name by
    default). Importing a file again changes nothing. A dry run does everything and takes it back.

    Raises:
        ContactsFault: the file cannot be read, or its columns are not understood.
    """
    options = options or Options()
    if mapping:
        options = replace(options, mapping=mapping)
    table, found = open_table(path, options)
    source = source or path.name
    report = ImportReport(
        str(path), source, dry_run, found, _unused(table, found), table.encoding, table.delimiter
    )
    reader = DraftReader(table.columns, found, region=options.region, owner=options.owner)
    suppressions = Suppressions.load(session, suppression_key)
    nested = session.begin_nested() if dry_run else None
    now = now or datetime.now(UTC)
    try:
        importer = Importer(session, report, suppressions, now)
        with _at_full_speed(session.connection()):
            for batch in _batches(table.rows()):
                importer.take(list(_read(batch, reader, report)))
                if progress is not None:
                    progress(report.rows, max(table.size, report.rows) if table.size else None)
        report.companies = importer.companies_created
        if table.aside is not None:
            report.notes += table.aside(session.connection(), source, options.owner)
    finally:
        if nested is not None:
            nested.rollback()
    return report


@contextmanager
def _at_full_speed(connection: Connection) -> Iterator[None]:
    """Let SQLite hold more pages, and the collector of cycles, of which rows make none, look less often."""
    thresholds = gc.get_threshold()
    pages = None
    if connection.dialect.name == "sqlite":
        pages = connection.exec_driver_sql("PRAGMA cache_size").scalar()
        connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE}")
    gc.set_threshold(200_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        if pages is not None:
            connection.exec_driver_sql(f"PRAGMA cache_size = {int(pages)}")


def open_table(path: Path, options: Options) -> tuple[Table, ColumnMap]:
    """Open a file of any kind as a table, and find out which column is which.

    Raises:
        ContactsFault: it cannot be read or understood.
    """
    kind = options.kind or guess_kind(path)
    if kind not in KINDS:
        raise OptionFault(f"{path}: there is no kind of file {kind!r}; kinds are {', '.join(KINDS)}")
    wrong = check_region(options.region)
    if wrong:
        raise OptionFault(f"{path}: {wrong}")
    table = KINDS[kind](path, options)
    return table, map_columns(table.columns, options.mapping, str(path))


def guess_kind(path: Path) -> str:
    """Return the kind of a file by its name: a folder is a Maildir, what has no known ending is CSV."""
    if path.is_dir():
        return "mail"
    return {".xlsx": "xlsx", ".xlsm": "xlsx", ".vcf": "vcard", ".vcard": "vcard", ".mbox": "mail"}.get(
        path.suffix.casefold(), "csv"
    )


def _csv(path: Path, options: Options) -> Table:
    return read_table(
        path, encoding=options.encoding, delimiter=options.delimiter, is_header=_header_test(options)
    )


# The exports of address books and CRMs are CSV or XLSX: their headers are known (data/headers.tsv).
KINDS: dict[str, Callable[[Path, Options], Table]] = {
    "csv": _csv,
    "xlsx": lambda path, options: read_workbook(path, _header_test(options)),
    "vcard": lambda path, options: read_vcards(path, options.encoding),
    "mail": lambda path, options: open_mail(path, options.me),
    **dict.fromkeys(
        ("linkedin", "google", "outlook", "salesforce", "hubspot", "pipedrive", "bitrix24", "amocrm", "odoo"),
        lambda path, options: KINDS[guess_kind(path)](path, options),
    ),
}


def _header_test(options: Options) -> Callable[[Sequence[str]], bool]:
    wanted = {column for value in (options.mapping or {}).values() for column in (value, *value.split(";"))}

    def is_header(cells: Sequence[str]) -> bool:
        return not wanted.isdisjoint(cell.strip() for cell in cells) or looks_like_header(cells)

    return is_header


def _unused(table: Table, found: ColumnMap) -> tuple[str, ...]:
    used = {column for columns in found.values() for column in columns}
    return tuple(column for column in table.columns if column and column not in used)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _read(rows: Iterable[Row], reader: DraftReader, report: ImportReport) -> Iterator[Draft]:
    for row in rows:
        if not row.fault and not any(cell.strip() for cell in row.cells):
            continue
        report.rows += 1
        if row.fault:
            report.refuse(row.line, row.fault)
            continue
        try:
            draft = reader.read(row.line, row.cells)
        except RowFault as fault:
            report.refuse(row.line, str(fault))
            continue
        for warning in draft.warnings:
            report.warn(row.line, f"not kept: {warning}")
        yield draft
