"""A lead in words and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.text import Text

from leads.queries import LeadView, LinkEvidence, SignalEvidence
from povod.console import print_table, printable

QUOTE = 110


def print_table_of(leads: Sequence[LeadView]) -> None:
    """Print one row per lead: who, what, in which words, and why it is believed to be them."""
    print_table(
        ("key", "score", "who", "what", "in their words", "told", "why them"),
        [
            (
                lead.key[:8],
                f"{lead.score:.0f}",
                who(lead),
                Text(what(lead)),
                quoted(lead.before, lead.quote, lead.after),
                f"{lead.last_at:%d %b}, {lead.source}{times(lead.sightings)}",
                why(lead),
            )
            for lead in leads
        ],
    )


def who(lead: LeadView) -> str:
    """Name the lead's subject, with company and role where known."""
    if lead.contact is None:
        return lead.company or lead.subject or "unknown"
    about = ", ".join(part for part in (lead.contact.role, lead.contact.company) if part)
    return f"{lead.contact.name}\n{about}" if about else lead.contact.name


def what(lead: LeadView) -> str:
    """Name the kind, whose it is, and what is special about the lead."""
    words = lead.kind.replace("_", " ")
    if lead.relation:
        words += f" ({lead.relation})"
    if lead.status == "review":
        words += "\nwho is it?"
    if lead.policy == "remember":
        words += "\nremember, do not pitch"
    return words


def times(sightings: int) -> str:
    """Say how often it was told, if more than once."""
    return f"; told {sightings} times" if sightings > 1 else ""


def why(lead: LeadView) -> str:
    """Say in a few words why the lead is believed to be about its subject."""
    links = best_links(lead)
    if not links:
        return "not a contact"
    if lead.status == "review":
        return "; ".join(map(_open, links))
    link = links[0]
    reason = link.reasons[0] if link.reasons else ""
    # News of a known company may be news of a contact as well, who is still to be decided about.
    others = "".join(f"; and {_open(one)}" for one in links[1:] if one.decision == "review")
    return f"{link.code} {link.probability:.0%}: {reason}{others}"


def _open(link: LinkEvidence) -> str:
    return f"{link.name} {link.probability:.0%}?"


def best_links(lead: LeadView) -> list[LinkEvidence]:
    """Return each linked contact or company once, by its surest link; rejected ones are left out."""
    best: dict[str, LinkEvidence] = {}
    links = [link for signal in lead.signals for link in signal.links if link.decision != "rejected"]
    for link in sorted(links, key=lambda link: -link.probability):
        best.setdefault(link.key, link)
    return list(best.values())


def quoted(before: str, quote: str, after: str, most: int = QUOTE) -> Text:
    """Return the quoted words in bold, within as much of their sentence as there is room for."""
    quote = shortened(quote, 2 * most)
    room = max(0, most - len(quote)) // 2
    before, after = " ".join(printable(before).split(" ")), " ".join(printable(after).split(" "))
    if len(before) > room:
        before = "… " + before[-room:].partition(" ")[2] if room else "… "
    if len(after) > room:
        after = (after[:room].rpartition(" ")[0] if room else "") + " …"
    return Text.assemble("“", before, (quote, "bold"), after, "”")


def shortened(text: str, limit: int = QUOTE) -> str:
    """Return a text on one line, cut at a word with an ellipsis where it is long."""
    line = " ".join(printable(text).split())
    return line if len(line) <= limit else line[:limit].rsplit(" ", 1)[0] + " …"


def evidence(lead: LeadView) -> Iterator[str]:
    """Write a lead with all its evidence, line by line."""
    yield f"{who(lead).replace(chr(10), ', ')}: {what(lead).replace(chr(10), '; ')}"
    yield f"key      {lead.key}"
    yield f"status   {lead.status}" + (f", owner {lead.owner}" if lead.owner else "")
    parts = ", ".join(f"{name} {value:g}" for name, value in lead.score_parts.items())
    yield f"score    {lead.score:g} = {parts}"
    yield f"told     {lead.first_at:%Y-%m-%d %H:%M} to {lead.last_at:%Y-%m-%d %H:%M} UTC{times(lead.sightings)}"
    for number, signal in enumerate(lead.signals, 1):
        yield ""
        yield from _signal(number, signal)
    for event in lead.events:
        yield ""
        note = f": {event.note}" if event.note else ""
        yield f"{event.at:%Y-%m-%d %H:%M} {event.actor}: {event.old_status} -> {event.new_status}{note}"


def _signal(number: int, signal: SignalEvidence) -> Iterator[str]:
    yield f"{number}. {quoted(signal.before, f'[{signal.quote}]', signal.after, 400).plain}"
    yield f"   {signal.source}, {signal.told_at:%Y-%m-%d %H:%M} UTC, {signal.field} {signal.start}-{signal.end}"
    if signal.post_title:
        yield f"   {shortened(signal.post_title, 120)}"
    if signal.post_url:
        yield f"   {signal.post_url}"
    yield f"   rule {signal.rule} ({signal.rule_version}), confidence {signal.confidence:.2f}"
    slots = {name: value for name, value in signal.slots.items() if value}
    if slots:
        yield f"   {'; '.join(f'{name}: {_slot(value)}' for name, value in slots.items())}"
    for reason in (*signal.reasons, *signal.context):
        yield f"   - {reason}"
    for link in signal.links:
        yield f"   {link.decision}: {link.name} [{link.key[:12]}], {link.code}, {link.probability:.0%}"
        for reason in link.reasons:
            yield f"     - {reason}"


def _slot(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(printable(item) for item in value.values() if item not in (None, "", []))
    return printable(value)


def as_data(lead: LeadView) -> dict[str, Any]:
    """Return a lead as plain data for JSON."""
    return asdict(lead)
