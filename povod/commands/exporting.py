"""`povod export`: leads as a file for a CRM; `povod export retry`: dead deliveries to live targets again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from leads.export import TEMPLATES
from leads.export.files import (
    FORMATS,
    ExportFault,
    ExportOptions,
    check_options,
    export_file,
    exportable,
    render,
)
from povod import streams
from povod.commands.delivering import retry_dead
from povod.commands.leads import KindOption, OwnerOption, ScoreOption, SinceOption, StatusOption, lead_filter
from povod.console import plural, say
from povod.faults import FAILED, WRONG_USE, UserError
from povod.options import ConfigOption
from povod.workspace import open_workspace

# A group that is a command as well: without a sub-command it writes the file.
app = typer.Typer(invoke_without_command=True)
app.command("retry")(retry_dead)


@app.callback()
def export(
    context: typer.Context,
    format_: Annotated[str, typer.Option("--format", help=f"One of: {', '.join(FORMATS)}.")] = "csv",
    template: Annotated[str, typer.Option(help=f"Whose columns: {', '.join(TEMPLATES)}.")] = "plain",
    out: Annotated[str, typer.Option("--out", "-o", help="The file to write; - is standard output.")] = "-",
    delimiter: Annotated[
        str | None, typer.Option(help="What parts columns. [default: the template's]")
    ] = None,
    bom: Annotated[bool | None, typer.Option("--bom/--no-bom", help="Begin with a byte order mark.")] = None,
    status: StatusOption = None,
    kind: KindOption = None,
    owner: OwnerOption = None,
    since: SinceOption = None,
    min_score: ScoreOption = 0.0,
    config: ConfigOption = None,
) -> None:
    """Write leads in the import columns of a CRM. The same leads give the same bytes."""
    if context.invoked_subcommand is not None:
        return
    options = ExportOptions(template, format_, "\t" if delimiter == "\\t" else delimiter, bom)
    wanted = lead_filter(status, kind, owner, since, min_score)
    try:
        check_options(options)
    except ExportFault as fault:
        raise UserError(str(fault), status=WRONG_USE) from None
    workspace = open_workspace(config)
    with workspace.session() as session:
        if out == "-":
            streams.as_utf8(sys.stdout)
            sys.stdout.writelines(render(exportable(session, wanted), options))
            return
        try:
            count = export_file(session, Path(out), options, wanted)
        except ExportFault as fault:
            raise UserError(str(fault), status=FAILED) from None
    say(f"wrote {out}: {plural(count, 'lead')}")
