"""`povod contacts show|edit|history|merge|unmerge|duplicates`: single contacts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from leads.contacts.editing import EditFault, edit_contact
from leads.contacts.finding import NotOne, find_company, find_contact
from leads.contacts.journal import Entry
from leads.contacts.merging import MergeRefused, MergeReport, merge, unmerge
from leads.contacts.view import ContactView, Datum, history_of, merges_into, show_contact
from povod.commands.leads import by_me
from povod.console import plural, print_json, print_table, printable, say
from povod.faults import UserError
from povod.options import ConfigOption, JsonOption
from povod.progress import bar
from povod.wiring import load_linker, targets
from povod.workspace import open_workspace

ContactArgument = Annotated[
    str, typer.Argument(help="A contact's key, id, e-mail address or name.", show_default=False)
]
NoteOption = Annotated[str, typer.Option(help="Why; kept in the journal.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what would happen; change nothing.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `povod contacts`."""
    app.command("show")(show)
    app.command("edit")(edit)
    app.command("history")(history)
    app.command("merge")(merge_)
    app.command("unmerge")(unmerge_)
    app.command("duplicates")(duplicates)


def show(contact: ContactArgument, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show a contact: every datum, which import or hand gave it, when, and what stood there before."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        try:
            view = show_contact(session, find_contact(session, contact))
        except NotOne as error:
            raise UserError(str(error)) from None
    if as_json:
        print_json(asdict(view))
        return
    _tell(view)


def _tell(view: ContactView) -> None:
    say(f"{view.name}  {view.key}")
    groups = (view.fields, view.identities, view.dates, view.relations, view.background)
    rows = [_row(datum) for group in groups for datum in group]
    print_table(("field", "value", "from", "since", "before"), rows)
    for mail in view.mail:
        who = f"{mail.owner} <{mail.mailbox}>" if mail.owner else mail.mailbox
        span = f"{mail.first_at.date()} to {mail.last_at.date()}"
        say(f"mail with {who}: wrote {mail.wrote}, was written {mail.was_written}, {span}")
    for merged in view.merges:
        say(
            f"merged from {merged.name} ({merged.gone}), {printable(merged.at)}: 'povod contacts unmerge {merged.key}'"
        )
        if merged.values:
            say(f"    it said: {printable(merged.values)}")
    links = ", ".join(f"{count} {decision}" for decision, count in sorted(view.links.items()))
    say(f"{plural(view.leads, 'lead')}; links: {links or 'none'}")


def _row(datum: Datum) -> tuple[str, str, str, str, str]:
    return datum.field, datum.value, datum.source, datum.at, "; ".join(datum.previous)


def edit(
    contact: ContactArgument,
    values: Annotated[
        list[str],
        typer.Option(
            "--set", help="field=value, such as role=Director; may be repeated.", show_default=False
        ),
    ],
    config: ConfigOption = None,
) -> None:
    """Change a contact by hand. No import changes again what is set here; an empty value clears a field.

    Fields: name, given, patronymic, family, role, place, owner, notes, company, lists. Added rather than replaced:
    alias, email, phone, url, handle (as platform:name), and relations, schools and the like (spouse, introduced_by,
    school ...).
    """
    wrong = [value for value in values if "=" not in value]
    if wrong:
        raise UserError(
            *(f"--set {value}: write field=value, such as --set role=Director" for value in wrong)
        )
    by = by_me("")
    workspace = open_workspace(config)
    with workspace.session() as session:
        try:
            found = find_contact(session, contact)
            told = {name.strip(): value for name, _, value in (value.partition("=") for value in values)}
            changes = edit_contact(session, found, told, by.actor, by.at)
        except (NotOne, EditFault) as error:
            raise UserError(str(error)) from None
    for name, before, after in changes:
        say(f"{found.name}: {name} was {before!r}, is {after!r}")
    if not changes:
        say(f"{found.name}: nothing changed")


def history(contact: ContactArgument, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List every change of a contact, oldest first: by which import or hand, from what to what; merges too."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        try:
            found = find_contact(session, contact)
        except NotOne as error:
            raise UserError(str(error)) from None
        entries = history_of(session, found.key)
        merges = {merge.gone_key: merge.key for merge in merges_into(session, found.key)}
        first = str(found.provenance.get("name", {}).get("from", ""))
    if as_json:
        print_json([{"at": at, **asdict(entry)} for at, entry in entries])
        return
    say(
        f"{found.name}  {found.key}: first known {printable(found.created_at)}{f', from {first}' if first else ''}"
    )
    _tell_entries(entries)
    for gone, key in merges.items():
        say(f"stands for {gone}: 'povod contacts unmerge {key}' takes them apart")


def _tell_entries(entries: Iterable[tuple[datetime, Entry]]) -> None:
    rows = [
        (printable(at), e.field, e.before, e.after, e.source, e.actor, e.note)
        for at, e in entries
    ]  # fmt: skip
    if rows:
        print_table(("when", "field", "before", "after", "from", "by", "note"), rows)


def merge_(
    survivor: Annotated[str, typer.Argument(help="Who stays: key, id, address or name.", show_default=False)],
    gone: Annotated[str, typer.Argument(help="Who is merged into them.", show_default=False)],
    note: NoteOption = "",
    dry_run: DryRunOption = False,
    companies: Annotated[bool, typer.Option("--companies", help="Merge companies instead.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Merge two contacts into one. Nothing is lost: `povod contacts unmerge` takes them apart again."""
    by = by_me(note)
    type_ = "company" if companies else "contact"
    find = find_company if companies else find_contact
    workspace = open_workspace(config)
    with workspace.session() as session:
        try:
            keys = find(session, survivor).key, find(session, gone).key
            report = merge(session, type_, *keys, by, dry_run=dry_run)
        except (NotOne, MergeRefused) as error:
            raise UserError(str(error)) from None
    if as_json:
        print_json(asdict(report) | {"dry_run": dry_run})
        return
    _tell_merge(report, "would be merged" if dry_run else "is merged")
    if not dry_run:
        say(
            f"'povod contacts unmerge {report.key}' takes them apart; 'povod process' joins leads on one event"
        )


def _tell_merge(report: MergeReport, verb: str) -> None:
    say(f"{report.gone[1]} ({report.gone[0]}) {verb} into {report.survivor[1]} ({report.survivor[0]})")
    for name, before, after in report.changes:
        say(f"  {name}: {before!r} becomes {after!r}")
    for name, mine, theirs in report.kept:
        say(f"  {name}: {mine!r} stays; the other's {theirs!r} is kept with the merge")
    if report.moved:
        say(f"  moved: {printable(report.moved)}")


def unmerge_(
    merge_id: Annotated[str, typer.Argument(help="The merge's id, or how it begins.", show_default=False)],
    note: NoteOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take apart what was merged. What was changed by hand since stays where it is."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        try:
            report = unmerge(session, merge_id, by_me(note), targets(session, workspace.loaded))
        except MergeRefused as error:
            raise UserError(str(error)) from None
    if as_json:
        print_json(asdict(report))
        return
    say(f"{report.gone[1]} ({report.gone[0]}) and {report.survivor[1]} ({report.survivor[0]}) are two again")
    for name, before, after in report.changes:
        say(f"  {report.survivor[1]}: {name} was {before!r}, is {after!r}")


def duplicates(
    least: Annotated[float, typer.Option(min=0, max=1, help="At least so probable.")] = 0.5,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Suggest contacts that may be one person, surest first, with the reasons. Nothing is merged."""
    from leads.contacts.duplicates import find_duplicates  # noqa: PLC0415 -- the linker is slow to load
    from leads.linking.linker import spare_collector  # noqa: PLC0415
    from leads.linking.load import iter_contacts  # noqa: PLC0415

    workspace = open_workspace(config)
    with workspace.session() as session, bar("comparing contacts") as progress:
        linker = load_linker(session, workspace.loaded).linker
        spare_collector()
        people = (contact for _, contact in iter_contacts(session))
        found = find_duplicates(linker, people, progress, least=least, limit=limit)
    if as_json:
        print_json([asdict(pair) for pair in found.pairs])
        return
    for pair in found.pairs:
        say(
            f"{pair.name} ({pair.key}) and {pair.other_name} ({pair.other_key}): {pair.code} {pair.probability:.0%}"
        )
        say(f"    {'; '.join(pair.reasons)}")
    if not found.count:
        say("no two contacts look like one person")
    if found.count > limit:
        say(f"... and {plural(found.count - limit, 'more pair')}; --limit shows more")
    elif found.count:
        say("'povod contacts merge A B --dry-run' says what a merge would do")
