"""What an export writes of a lead: columns made of named values, and a template that is a list of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from leads.queries import LeadView

Value = Callable[[LeadView], str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading as the target knows it, what stands in it, and whether that is a phone number."""

    heading: str
    value: Value
    is_phone: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """A target's own import columns. `documentation` is where the target describes them.

    `delimiter` and `bom` are what the target's import expects by default.
    """

    name: str
    title: str
    documentation: str
    columns: tuple[Column, ...]
    delimiter: str = ","
    bom: bool = False


def key(lead: LeadView) -> str:
    """The lead's stable external id."""
    return lead.key


def title(lead: LeadView) -> str:
    """What happened to whom, in one line: `new job: Anna Sokolova`."""
    what = kind_words(lead.kind)
    relation = f" ({lead.relation})" if lead.relation else ""
    return f"{what}{relation}: {lead.subject}" if lead.subject else what


def kind_words(kind: str) -> str:
    """A kind as words: `new_job` -> `new job`, `search:crm` -> `search crm`."""
    return kind.replace("_", " ").replace(":", " ")


def contact_name(lead: LeadView) -> str:
    """The contact's full name, or the subject's where it is no company of the user's."""
    return lead.contact.name if lead.contact else ("" if lead.company else lead.subject)


def given_name(lead: LeadView) -> str:
    """The contact's first name; without one recorded, the first word of a name of several."""
    if lead.contact and (lead.contact.given or lead.contact.family):
        return lead.contact.given
    words = contact_name(lead).split()
    return words[0] if len(words) > 1 else ""


def patronymic(lead: LeadView) -> str:
    """The contact's patronymic or middle name."""
    return lead.contact.patronymic if lead.contact else ""


def family_name(lead: LeadView) -> str:
    """The contact's last name; without one recorded, what follows the first word of the name."""
    if lead.contact and (lead.contact.given or lead.contact.family):
        return lead.contact.family or lead.contact.name
    words = contact_name(lead).split()
    return " ".join(words[1:]) if len(words) > 1 else " ".join(words)


def company(lead: LeadView) -> str:
    """The company that the story is about, else the contact's."""
    return lead.company or (lead.contact.company if lead.contact else "")


def role(lead: LeadView) -> str:
    """The contact's role as recorded."""
    return lead.contact.role if lead.contact else ""


def place(lead: LeadView) -> str:
    """The contact's place as recorded."""
    return lead.contact.place if lead.contact else ""


def email(lead: LeadView) -> str:
    """The contact's first email address."""
    return lead.contact.first("email") if lead.contact else ""


def phone_number(lead: LeadView) -> str:
    """The contact's first phone number."""
    return lead.contact.first("phone") if lead.contact else ""


def contact_id(lead: LeadView) -> str:
    """The id under which the user's own system holds the contact, else ours."""
    return (lead.contact.external_id or lead.contact.key) if lead.contact else ""


def status(lead: LeadView) -> str:
    """The lead's status."""
    return lead.status


def owner(lead: LeadView) -> str:
    """Who looks after the lead."""
    return lead.owner


def score(lead: LeadView) -> str:
    """The score, 0 to 100."""
    return f"{lead.score:g}"


def quote(lead: LeadView) -> str:
    """The words that the lead rests on."""
    return " ".join(lead.quote.split())


def url(lead: LeadView) -> str:
    """Where those words stand."""
    return lead.url


def source(lead: LeadView) -> str:
    """Which source brought them."""
    return lead.source


def happened(lead: LeadView) -> str:
    """The day on which it was first told, as 2026-03-31."""
    return lead.first_at.date().isoformat()


def day_first(lead: LeadView) -> str:
    """The day on which it was first told, as 31.03.2026."""
    return lead.first_at.strftime("%d.%m.%Y")


def sightings(lead: LeadView) -> str:
    """In how many posts it was told."""
    return str(lead.sightings)


def why(lead: LeadView) -> str:
    """Why it is believed to be this contact: the link's code, probability and reasons."""
    links = [
        link for signal in lead.signals for link in signal.links if link.decision in ("auto", "confirmed")
    ]
    if not links:
        return ""
    best = max(links, key=lambda link: (link.probability, link.code))
    reasons = ", ".join(best.reasons)
    return f"{best.code} {best.probability:.2f}" + (f": {reasons}" if reasons else "")


def description(lead: LeadView) -> str:
    """What a seller needs to know in one paragraph: what, the quoted words, where, and why this contact."""
    parts = [f"{title(lead)}, {happened(lead)}.", f"\u201c{quote(lead)}\u201d", url(lead)]
    if why(lead):
        parts.append(f"[{why(lead)}]")
    return " ".join(part for part in parts if part)


def fixed(text: str) -> Value:
    """The same text in every row."""
    return lambda _lead: text
