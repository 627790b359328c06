"""Reads delimited tables as people keep them: any encoding, any delimiter, lines before the header, torn quotes."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from sqlalchemy import Connection

from leads.contacts.encoding import count_lines, errors_of, guess_encoding, read_sample, refuse_binary
from leads.contacts.faults import ContactsFault, OptionFault

DELIMITERS = (",", ";", "\t", "|")
# A row that spans more lines than this has lost its closing quote.
MAX_LINES_OF_A_ROW = 200
MAX_FIELD = 1 << 17
_HEADER_WITHIN = 25


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: the line it begins on, and its cells; `fault` where it cannot be read."""

    line: int
    cells: tuple[str, ...]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was opened: its columns, and how to read its rows, as often as needed."""

    path: Path
    columns: tuple[str, ...]
    encoding: str
    delimiter: str
    header_line: int
    rows: Callable[[], Iterator[Row]]
    # How many rows to expect, for a progress bar; 0 where it is not known.
    size: int = 0
    # Stores what the file tells beside its rows (source, owner), and returns what is to be said of it.
    aside: Callable[[Connection, str, str], list[str]] | None = None


def read_table(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    is_header: Callable[[Sequence[str]], bool] | None = None,
) -> Table:
    """Open a delimited table; what is not given is guessed from its beginning.

    `is_header` tells which of the first lines names the columns, for files that begin with notes; by default it
    is the first line that is not empty.

    Raises:
        ContactsFault: the file cannot be read at all.
    """
    sample = read_sample(path)
    encoding = encoding or guess_encoding(sample)
    try:
        head = sample.decode(encoding, errors=errors_of(encoding))
    except LookupError:
        raise OptionFault(f"{path}: there is no encoding {encoding!r}; try utf-8 or cp1251") from None
    refuse_binary(path, sample, head)
    lines = head.splitlines()
    if delimiter is None and lines and lines[0].lower().startswith("sep=") and len(lines[0]) == 5:
        delimiter = lines[0][4]
    delimiter = delimiter or guess_delimiter(lines[:_HEADER_WITHIN])
    first = list(_head_rows(path, encoding, delimiter))
    header = find_header(first, is_header)
    if header is None:
        raise ContactsFault(f"{path}: is empty; the first line must name the columns")
    if header.fault:
        raise ContactsFault(f"{path}:{header.line}: the line that names the columns {header.fault}")
    columns = tuple(cell.strip().lstrip("\ufeff") for cell in header.cells)

    def rows() -> Iterator[Row]:
        return (row for row in _rows(path, encoding, delimiter) if row.line > header.line)

    size = max(count_lines(path) - header.line, 1)
    return Table(path, columns, encoding, delimiter, header.line, rows, size)


def guess_delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter that most lines hold, and hold equally often."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        counts = [len(row) - 1 for row in csv.reader(lines, delimiter=delimiter)]
        held = [count for count in counts if count]
        if not held:
            continue
        common = max(set(held), key=held.count)
        score = held.count(common) / len(counts) * min(common, 5)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def find_header(rows: Sequence[Row], is_header: Callable[[Sequence[str]], bool] | None) -> Row | None:
    """Return which of a table's first rows names the columns, None where all are empty."""
    filled = [row for row in rows if any(cell.strip() for cell in row.cells)]
    filled = [row for row in filled if not row.cells[0].lower().startswith("sep=")]
    if is_header is not None:
        for row in filled:
            if is_header(row.cells):
                return row
    return filled[0] if filled else None


def _head_rows(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    for row in _rows(path, encoding, delimiter):
        yield row
        if row.line >= _HEADER_WITHIN:
            return


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    with path.open(encoding=encoding, errors=errors_of(encoding), newline="") as file:
        yield from _read_rows(_Lines(file), delimiter, encoding)


class _Lines:
    """The lines of a file, with those of the present row at hand to be given back."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.line = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.taken) > MAX_LINES_OF_A_ROW:
            raise csv.Error("too many lines")
        text = self._again.popleft() if self._again else self._file.readline(MAX_FIELD * 4)
        if not text:
            raise StopIteration
        self.taken.append(text)
        self.line += 1
        return text

    def give_back(self) -> None:
        """Give back all lines of the present row but its first."""
        self._again.extendleft(reversed(self.taken[1:]))
        self.line -= max(len(self.taken) - 1, 0)


def _read_rows(lines: _Lines, delimiter: str, encoding: str) -> Iterator[Row]:
    # A fresh reader after every fault: the old one remembers that it was inside quotes.
    while True:
        reader = csv.reader(lines, delimiter=delimiter)
        while True:
            start = lines.line + 1
            lines.taken.clear()
            try:
                cells = next(reader, None)
            except csv.Error:
                cells, torn = [], True
            else:
                if cells is None:
                    return
                torn = _torn(lines.taken, delimiter)
            if torn:
                lines.give_back()
                yield Row(start, (), "a quotation mark is opened here and never closed")
                break
            if cells:
                yield Row(start, tuple(cells), _undecodable(cells, encoding))


def _torn(taken: list[str], delimiter: str) -> bool:
    """Tell whether a row only came about because a quotation mark was never closed, or closed in another row."""
    if len(taken) == 1 and taken[0].count('"') % 2 == 0:
        return False
    try:
        next(csv.reader(taken, delimiter=delimiter, strict=True), None)
    except csv.Error:
        return True
    return False


def _undecodable(cells: list[str] | tuple[str, ...], encoding: str) -> str:
    text = "".join(cells)
    if text.isascii() and "\0" not in text:
        return ""
    if "\0" in text:
        return "holds a zero byte"
    try:
        text.encode()  # Bytes that could not be read stand as halves of surrogate pairs, which nothing can write.
    except UnicodeEncodeError:
        return f"holds bytes that are not {encoding.removesuffix('-sig').upper()}; name the file's encoding"
    return ""
