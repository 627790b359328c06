"""Who is at a company though no file says so: by the address they write from, and by what signals tell since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from leads.linking.company_names import parse_company
from leads.linking.compare_companies import match_companies
from leads.linking.keys import email_domain
from leads.linking.weighing import SAME_COMPANY
from leads.subjects import slot_text
from models import Company, Contact, Identity, Link, Post, Signal

JOINED, LEFT = "new_job", ("new_job", "job_loss", "retirement")
_SURE = ("auto", "confirmed")
# Addresses at a domain that so many people of the company have tell who else is there.
_SHARED = 2
# People of one company whose addresses are looked at.
_MOST = 500


@dataclass(frozen=True, slots=True)
class Told:
    """What tells that somebody is at a company, or is not any more: the file or post, the day, and in words."""

    source: str
    at: str
    news: str = ""
    role: str = ""


def by_address(session: Session, company: Company, here: Sequence[Contact]) -> Iterator[tuple[Contact, Told]]:
    """Yield those of whom no company is known and whose e-mail address is at the company's domain."""
    domains = _domains(session, company, here)
    if not domains:
        return
    query = (
        select(Contact, Identity)
        .join(Identity, Identity.contact_id == Contact.id)
        .where(
            Contact.company_id.is_(None),
            Identity.type == "email",
            or_(*(Identity.normalized.endswith(f"@{domain}", autoescape=True) for domain in domains)),
        )
        .order_by(Contact.id, Identity.id)
    )
    for contact, address in session.execute(query):
        yield (
            contact,
            Told(
                address.source,
                address.added_at.date().isoformat() if address.added_at else "",
                f"writes from {address.value}",
            ),
        )


def _domains(session: Session, company: Company, here: Sequence[Contact]) -> list[str]:
    """Return the company's own domains, and those that its people's addresses share or that are its name."""
    own = select(Identity.normalized).where(Identity.company_id == company.id, Identity.type == "domain")
    addresses = select(Identity.normalized, Identity.contact_id).where(
        Identity.contact_id.in_([contact.id for contact in here[:_MOST]]), Identity.type == "email"
    )
    bearers = {(email_domain(address), contact) for address, contact in session.execute(addresses)}
    counts = Counter(domain for domain, _ in bearers if domain)
    named = parse_company(company.name)
    told = (
        domain
        for domain, people in counts.items()
        if people >= _SHARED or _same(domain.partition(".")[0], named.raw)
    )
    return sorted({*session.scalars(own), *told})


def _same(one: str, other: str) -> bool:
    return match_companies(parse_company(one), parse_company(other)).score >= SAME_COMPANY


def arrivals(session: Session, company: Company) -> Iterator[tuple[Contact, Told]]:
    """Yield those elsewhere of whom a signal says that they have a new job at the company."""
    for contact, signal, told in _news(session, (JOINED,)):
        if contact.company_id != company.id and _at(signal, company):
            yield contact, told


def departures(session: Session, company: Company, here: Sequence[Contact]) -> dict[int, Told]:
    """Return, by row, those of these of whom a signal tells a job elsewhere or none, later than their file told the company."""
    since = {contact.id: str((contact.provenance.get("company") or {}).get("at", "")) for contact in here}
    return {
        contact.id: told
        for contact, signal, told in _news(session, LEFT)
        if contact.id in since
        and told.at > since[contact.id]
        and not (signal.kind == JOINED and (not _company(signal) or _at(signal, company)))
    }


def _news(session: Session, kinds: Sequence[str]) -> Iterator[tuple[Contact, Signal, Told]]:
    """Yield signals of these kinds that are surely a contact's, the oldest first."""
    query = (
        select(Contact, Signal, Post)
        .join(Link, Link.contact_id == Contact.id)
        .join(Signal, Signal.id == Link.signal_id)
        .join(Post, Post.id == Signal.post_id)
        .where(Signal.kind.in_(kinds), Link.decision.in_(_SURE))
        .order_by(Signal.id)
    )
    for contact, signal, post in session.execute(query):
        subject = signal.slots.get("subject") or {}
        if subject.get("who") == "relative":  # "My wife starts at Lark": the link is to the author.
            continue
        day = (post.published_at or signal.created_at).date().isoformat()
        said = signal.kind.replace("_", " ") + (f" at {_company(signal)}" if _company(signal) else "")
        yield contact, signal, Told(post.url or "a post", day, said, slot_text(signal.slots.get("role")))


def _at(signal: Signal, company: Company) -> bool:
    return _same(_company(signal), company.name) if _company(signal) else False


def _company(signal: Signal) -> str:
    return slot_text(signal.slots.get("company"))
