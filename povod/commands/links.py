"""`povod links ...`: what a person must decide: whose a signal is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Protocol

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from leads.contacts.view import show_contact
from leads.linking.teaching import Fitting, TooFewVerdicts, fit, stored_verdicts
from leads.linking.weights import Weights
from leads.linking.weights_file import FITTED, WeightsFault, write_weights
from leads.linking.weights_file import revert as revert_weights
from leads.queries import NoSuchLead, show_lead
from leads.review import By, NotACandidate, confirm, reject, review_queue
from leads.settings import Target
from models import Company, Contact, Lead
from povod import lead_text
from povod.commands.leads import by_me
from povod.console import print_json, say
from povod.faults import FAILED, UserError
from povod.options import ConfigOption, JsonOption
from povod.wiring import load_linker, targets
from povod.workspace import open_workspace

app = typer.Typer(
    help="Who is meant: list what is open, show, confirm, reject; fit the weights.", no_args_is_help=True
)
LeadArgument = Annotated[str, typer.Argument(help="The lead's key, or how it begins.", show_default=False)]
TargetArgument = Annotated[str, typer.Argument(help="The contact's or company's key.", show_default=False)]
NoteOption = Annotated[str, typer.Option(help="Why; kept with the decision.")]


class Decides(Protocol):
    """Confirming or rejecting."""

    def __call__(
        self, session: Session, key: str, target: str, by: By, targets: Sequence[Target] = ()
    ) -> Lead: ...


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the leads for which a person must say who is meant, with the candidates."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        leads = review_queue(session, limit)
    if as_json:
        print_json([lead_text.as_data(lead) for lead in leads])
        return
    if not leads:
        say("nothing to decide")
    for lead in leads:
        say(
            f"{lead.key[:8]}  {lead.subject}: {lead.kind.replace('_', ' ')}, “{lead_text.shortened(lead.quote)}”"
        )
        for link in lead_text.best_links(lead):
            say(
                f"          {link.key}  {link.name}, {link.code} {link.probability:.0%}: {'; '.join(link.reasons)}"
            )


@app.command("fit")
def fit_(
    write: Annotated[bool, typer.Option("--write", help="Use the fitted weights from now on.")] = False,
    revert: Annotated[bool, typer.Option("--revert", help="Go back to the weights before these.")] = False,
    config: ConfigOption = None,
) -> None:
    """Fit the weights of linking to confirmed and rejected links, and say how they do on those kept back.

    Nothing changes without --write; then posts are linked anew at the next pass. Weights that do worse than those in
    use are not written.
    """
    workspace = open_workspace(config)
    file = workspace.loaded.path(workspace.loaded.config.linking.weights)
    if revert:
        _revert(file)
        return
    with workspace.session() as session:
        linker = load_linker(session, workspace.loaded).linker
        try:
            fitting = fit(stored_verdicts(session, linker), linker)
        except TooFewVerdicts as error:
            raise UserError(str(error), status=FAILED) from None
    _tell_fitting(linker.weights, fitting)
    if not fitting.better:
        say("they do no better than the weights in use: nothing is written")
        raise typer.Exit(FAILED)
    if write:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        write_weights(
            file, fitting.weights, {"fitted_at": now, "from": "what people said of links", **fitting.counts()}
        )
        say(f"written to {file}")
    else:
        say("nothing is changed; --write uses them")


def _revert(file: Path) -> None:
    try:
        earlier = revert_weights(file)
    except WeightsFault as fault:
        raise UserError(str(fault)) from None
    when = (
        f"those of {earlier.provenance.get('fitted_at', 'an unknown time')}"
        if earlier
        else "those that povod brings along"
    )
    say(f"the weights are again {when}")


def _tell_fitting(old: Weights, fitting: Fitting) -> None:
    say(f"fitted to four fifths of {fitting.confirmed} confirmed and {fitting.rejected} rejected links")
    for name in FITTED:
        before, after = getattr(old, name), getattr(fitting.weights, name)
        if isinstance(before, dict):
            for level in before:
                say(f"  {name}.{level.name.lower():<10} {before[level]:.4f} -> {after[level]:.4f}")
        else:
            say(f"  {name:<18} {before:.4f} -> {after:.4f}")
    for what, trial in (("before", fitting.before), ("after", fitting.after)):
        say(
            f"{what:<6}  on those kept back: {trial.confirmed_linked} of {trial.confirmed} confirmed and "
            f"{trial.rejected_linked} of {trial.rejected} rejected linked by themselves; loss {trial.loss:.4f} bits"
        )


@app.command("show")
def show(key: LeadArgument, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show what is to be decided about one lead: the words, and what is known of each candidate."""
    workspace = open_workspace(config)
    with workspace.session() as session:
        try:
            lead = show_lead(session, key)
        except NoSuchLead as error:
            raise UserError(str(error)) from None
        known = {link.key: _known(session, link.key) for link in lead_text.best_links(lead)}
    if as_json:
        print_json(lead_text.as_data(lead) | {"candidates": known})
        return
    say(f"{lead.key[:8]}  {lead.subject}: {lead.kind.replace('_', ' ')}, “{lead_text.shortened(lead.quote)}”")
    for link in lead_text.best_links(lead):
        say(
            f"{link.name}  {link.key}: {link.decision}, {link.code} {link.probability:.0%}: {'; '.join(link.reasons)}"
        )
        say(f"    {', '.join(f'{name}: {value}' for name, value in known[link.key].items())}")
    say(f"'povod links confirm {lead.key[:8]} KEY' or 'reject' decides")


def _known(session: Session, key: str) -> dict[str, str]:
    """Return what is known of a candidate, to compare with the words."""
    contact = session.scalar(select(Contact).where(Contact.key == key))
    if contact is None:
        company = session.scalar(select(Company).where(Company.key == key))
        return {"company": company.name} if company else {}
    view = show_contact(session, contact)
    told = [datum for datum in (*view.fields, *view.identities) if datum.value]
    return {datum.field: datum.value for datum in told if datum.field not in ("external_id", "notes")}


@app.command("confirm")
def confirm_(
    key: LeadArgument, target: TargetArgument, note: NoteOption = "", config: ConfigOption = None
) -> None:
    """Say that a lead is about this contact or company. The decision sticks."""
    _decide(confirm, "confirmed", key, target, note, config)


@app.command("reject")
def reject_(
    key: LeadArgument, target: TargetArgument, note: NoteOption = "", config: ConfigOption = None
) -> None:
    """Say that a lead is not about this contact or company. The decision sticks."""
    _decide(reject, "rejected", key, target, note, config)


def _decide(decision: Decides, said: str, key: str, target: str, note: str, config: Path | None) -> None:
    workspace = open_workspace(config)
    with workspace.session() as session:
        try:
            lead = decision(session, key, target, by_me(note), targets(session, workspace.loaded))
        except (NoSuchLead, NotACandidate) as error:
            raise UserError(str(error)) from None
        # Who is known makes another story of it: the lead's key follows from whose it is.
        now = "is" if lead.key.startswith(key) else f"is now {lead.key[:8]},"
        say(f"{said}; the lead {now} {lead.status}")
