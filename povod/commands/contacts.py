"""`povod contacts ...`: whom the user knows."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import func, select

from leads.contacts.csv_import import KINDS, Options, import_contacts
from leads.contacts.faults import ContactsFault, OptionFault
from leads.contacts.report import ImportReport
from models import Company, Contact
from povod.commands.contact_records import register
from povod.console import note, plural, print_facts, print_json, print_table, say
from povod.faults import FAILED, WRONG_USE, UserError, nearest
from povod.options import ConfigOption, JsonOption
from povod.progress import bar
from povod.workspace import open_workspace

app = typer.Typer(
    help="Whom you know: import, list, show, edit, merge, unmerge, history, duplicates.", no_args_is_help=True
)
SHOWN_ROWS = 20


@app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            help="A table (CSV, Excel), vCards, an mbox, or a folder that is a Maildir.", show_default=False
        ),
    ],
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--map", help="field=column, where the guess is wrong; may be repeated.", show_default=False
        ),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="The file's encoding, where the guess is wrong.")
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option(help="The file's delimiter, where the guess is wrong.")
    ] = None,
    kind: Annotated[
        str,
        typer.Option(
            "--as", help=f"What kind of file it is, where its name does not say: {', '.join(KINDS)}."
        ),
    ] = "",
    owner: Annotated[str, typer.Option(help="Who looks after them, where the file does not say.")] = "",
    region: Annotated[
        str,
        typer.Option(help="Whose phone numbers without a country code are, such as US. [default: `region`]"),
    ] = "",
    me: Annotated[
        list[str] | None,
        typer.Option("--me", help="Your own address, for a mailbox; may be repeated. [default: `me.emails`]"),
    ] = None,
    source: Annotated[
        str,
        typer.Option(
            help="What provenance calls the file; ids are those of one source. [default: the file's name]",
            show_default=False,
        ),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen; change nothing.")
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import contacts. Safe to repeat: a row that is known already is merged or left unchanged."""
    workspace = open_workspace(config)
    mine = workspace.loaded.config.me
    options = Options(
        _mapping(column or []), encoding, _delimiter(delimiter), region or workspace.loaded.config.region, owner,
        _kind(kind), tuple(me or mine.emails),
    )  # fmt: skip
    with workspace.session() as session, bar("importing contacts") as progress:
        try:
            report = import_contacts(
                session,
                file,
                mapping=options.mapping,
                dry_run=dry_run,
                source=source,
                suppression_key=workspace.secret("suppression_key"),
                progress=progress,
                options=options,
            )
        except ContactsFault as fault:
            status = WRONG_USE if isinstance(fault, OptionFault) else FAILED
            raise UserError(*str(fault).splitlines(), status=status) from None
    if as_json:
        print_json(_facts(report) | _rows(report))
    else:
        _tell(report)
    if report.rows and report.refused_count == report.rows:
        raise typer.Exit(FAILED)


def _mapping(columns: list[str]) -> dict[str, str] | None:
    wrong = [column for column in columns if "=" not in column]
    if wrong:
        raise UserError(
            *(f"--map {column}: write field=column, such as --map 'name=Full name'" for column in wrong)
        )
    return dict(column.split("=", 1) for column in columns) or None


def _delimiter(given: str | None) -> str | None:
    found = "\t" if given == "\\t" else given
    if found is not None and (len(found) != 1 or found in '"\r\n'):
        raise UserError(f"--delimiter {given}: a delimiter is one character, such as ; or \\t for a tab")
    return found


def _kind(given: str) -> str:
    if given and given not in KINDS:
        raise UserError(f"--as {given}: there is no such kind of file{nearest(given, list(KINDS))}")
    return given


def _rows(report: ImportReport) -> dict[str, object]:
    """Return what is said of single rows; the texts of notes and changes hold personal data, as the file does."""
    return {
        "notes": report.notes,
        "refused": [asdict(row) for row in report.refused],
        "warnings": [asdict(row) for row in report.warnings],
        "changes": [asdict(change) for change in report.changes],
    }


def _facts(report: ImportReport) -> dict[str, object]:
    return {
        "file": report.file,
        "encoding": report.encoding,
        "delimiter": report.delimiter,
        "rows": report.rows,
        "imported": report.imported,
        "merged": report.merged,
        "unchanged": report.unchanged,
        "suppressed": report.suppressed,
        "companies": report.companies,
        "refused_count": report.refused_count,
        "dry_run": report.dry_run,
        "mapping": {field: list(columns) for field, columns in report.mapping.items()},
        "unused_columns": list(report.unused_columns),
    }


def _tell(report: ImportReport) -> None:
    parted = f", columns parted by {report.delimiter!r}" if report.delimiter else ""
    say(f"{report.file}: read as {report.encoding or 'it is'}{parted}")
    print_table(
        ("field", "from column"), [(field, "; ".join(names)) for field, names in report.mapping.items()]
    )
    if report.unused_columns:
        say(f"columns not used: {', '.join(report.unused_columns)}")
    would = "would be " if report.dry_run else ""
    print_facts(
        {
            "rows": report.rows,
            f"{would}imported": str(report.imported),
            f"{would}merged": str(report.merged),
            "unchanged": str(report.unchanged),
            "refused": str(report.refused_count),
            "forgotten before": report.suppressed or None,
            "new companies": str(report.companies),
        }
    )
    for line in report.notes:
        note(line)
    for row in report.refused[:SHOWN_ROWS]:
        note(f"refused  {row}")
    for row in report.warnings[:SHOWN_ROWS]:
        note(f"note     {row}")
    for change in report.changes[:SHOWN_ROWS]:
        note(f"change   {change}")
    hidden = sum(
        max(0, count - SHOWN_ROWS)
        for count in (report.refused_count, report.warning_count, report.change_count)
    )
    if hidden:
        note(f"... and {plural(hidden, 'more line')}; --json lists all")


@app.command("list")
def list_(
    name: Annotated[str, typer.Option(help="Only those whose name holds these letters.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List contacts."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        query = select(Contact, Company.name).outerjoin(Company, Contact.company_id == Company.id)
        if name:
            query = query.where(Contact.name.icontains(name, autoescape=True))
        total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        found = session.execute(query.order_by(Contact.family, Contact.name, Contact.key).limit(limit)).all()
    rows = [
        {
            "key": c.key,
            "name": c.name,
            "company": company or "",
            "role": c.role,
            "place": c.place,
            "owner": c.owner,
        }
        for c, company in found
    ]
    if as_json:
        print_json(rows)
        return
    if not rows:
        say("no contacts: 'povod contacts import FILE' brings them in")
        return
    print_table(tuple(rows[0]), [tuple(row.values()) for row in rows])
    if total > len(rows):
        say(f"{len(rows)} of {total:,} shown; --limit shows more")


register(app)
