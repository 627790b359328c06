"""Writing leads to a file: whole or not at all, and the same bytes for the same leads."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from sqlalchemy.orm import Session

from guards.cells import neutralise, phone
from guards.failpoints import failpoint
from leads.export import TEMPLATES
from leads.export.columns import Column, Template
from leads.lifecycle import OPEN
from leads.queries import LeadFilter, LeadView, leads_in_order

FORMATS = ("csv", "jsonl")
BOM = "\ufeff"


class ExportFault(Exception):
    """An export that cannot be made: what is wrong and how to mend it, in one line."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How to write. `delimiter` and `bom` are the template's own where they are None."""

    template: str = "plain"
    format: str = "csv"
    delimiter: str | None = None
    bom: bool | None = None


def find_template(name: str) -> Template:
    """The template of this name. Raises `ExportFault`, with the nearest name, where there is none."""
    if name in TEMPLATES:
        return TEMPLATES[name]
    near = get_close_matches(name, TEMPLATES, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(TEMPLATES)}"
    raise ExportFault(f"no template {name!r}: {hint}")


def exportable(session: Session, wanted: LeadFilter | None = None) -> list[LeadView]:
    """The leads that an export holds: open ones unless statuses are asked for; what is to be remembered, never."""
    wanted = wanted or LeadFilter()
    if not wanted.statuses:
        wanted = replace(wanted, statuses=tuple(sorted(OPEN)))
    return [lead for lead in leads_in_order(session, wanted) if lead.policy == "pitch"]


def export_file(
    session: Session, path: Path, options: ExportOptions, wanted: LeadFilter | None = None
) -> int:
    """Write the wanted leads to `path` and return how many; an existing file is replaced only by a whole new one.

    Raises `ExportFault` for an unknown template or format, a delimiter that is none, and a file that cannot be written.
    """
    check_options(options)
    leads = exportable(session, wanted)
    try:
        write_whole(path, render(leads, options))
    except OSError as error:
        raise ExportFault(f"{path}: cannot be written: {error.strerror or error}") from error
    return len(leads)


def check_options(options: ExportOptions) -> None:
    """Raise `ExportFault` for options that cannot be followed."""
    find_template(options.template)
    if options.format not in FORMATS:
        raise ExportFault(f"no format {options.format!r}: there are {', '.join(FORMATS)}")
    delimiter = options.delimiter
    if delimiter is not None and (len(delimiter) != 1 or delimiter.isalnum() or delimiter in "\"'\r\n"):
        raise ExportFault(f"{delimiter!r} is no delimiter: use one character such as , ; | or a tab")


def render(leads: Iterable[LeadView], options: ExportOptions) -> Iterator[str]:
    """The file's text, piece by piece."""
    template = find_template(options.template)
    if options.format == "jsonl":
        yield from _jsonl(leads, template)
        return
    if template.bom if options.bom is None else options.bom:
        yield BOM
    yield from _csv(leads, template, options.delimiter or template.delimiter)


def _csv(leads: Iterable[LeadView], template: Template, delimiter: str) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([column.heading for column in template.columns])
    for lead in leads:
        writer.writerow([cell(column, lead) for column in template.columns])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def cell(column: Column, lead: LeadView) -> str:
    """What stands in a CSV cell: one line of text that no spreadsheet takes for a formula."""
    text = " ".join(column.value(lead).split())
    return phone(text) if column.is_phone else neutralise(text)


def _jsonl(leads: Iterable[LeadView], template: Template) -> Iterator[str]:
    """One object a line. JSON is read by programs, so nothing is neutralised here."""
    for lead in leads:
        row = {column.heading: column.value(lead) for column in template.columns}
        yield json.dumps(row, ensure_ascii=False) + "\n"


def write_whole(path: Path, pieces: Iterable[str], *, rights: int = 0o600) -> None:
    """Write a file beside its place and move it there when it is complete.

    It gets the rights of the file that it replaces. Leads are personal data, so a new one is its owner's alone
    unless `rights` says otherwise.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(path.stat().st_mode & 0o777 if path.exists() else rights)
        failpoint("export.file.written")
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
