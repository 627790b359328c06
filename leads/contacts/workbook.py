"""Reads the first sheet of a workbook (XLSX) as a table."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from leads.contacts.encoding import read_sample
from leads.contacts.faults import ContactsFault
from leads.contacts.table import Row, Table, find_header

_HEADER_WITHIN = 25
# A workbook is a compressed archive: what unpacks to more than this is no list of contacts.
MAX_UNPACKED = 4 << 30


def read_workbook(path: Path, is_header: Callable[[Sequence[str]], bool] | None = None) -> Table:
    """Open the first sheet of a workbook. Needs the `openpyxl` package.

    Raises:
        ContactsFault: the file is no workbook, or the package is missing.
    """
    read_sample(path)
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError):
        raise ContactsFault(f"{path}: is no XLSX workbook; save it as .xlsx or .csv") from None
    if size > MAX_UNPACKED:
        raise ContactsFault(f"{path}: unpacks to {size >> 20} MiB; save it as .csv")
    head = []
    for row in _rows(path):
        head.append(row)
        if row.line >= _HEADER_WITHIN:
            break
    header = find_header(head, is_header)
    if header is None:
        raise ContactsFault(f"{path}: its first sheet is empty; the first row must name the columns")

    def rows() -> Iterator[Row]:
        return (row for row in _rows(path) if row.line > header.line)

    return Table(path, tuple(cell.strip() for cell in header.cells), "", "", header.line, rows)


def _rows(path: Path) -> Iterator[Row]:
    try:
        from openpyxl import load_workbook  # noqa: PLC0415  (an optional extra)
    except ImportError:
        raise ContactsFault(f"{path}: workbooks need openpyxl: pip install 'povod[contacts]'") from None
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # noqa: BLE001  (a broken workbook raises nearly anything)
        raise ContactsFault(f"{path}: cannot be read as a workbook: {error}") from None
    try:
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            yield Row(number, tuple(_text(cell) for cell in cells))
    finally:
        book.close()


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell)
