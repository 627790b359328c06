"""Keeps what people said of links, so that it teaches even when the post or the rule that led to it is gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from leads.keys import stable_key
from leads.linking.records import Mention
from leads.subjects import Writer, subject_of
from models import Author, Company, Contact, Link, LinkVerdict, Post, Signal


def remember(session: Session, links: Iterable[Link], actor: str, now: datetime) -> None:
    """Store confirmed and rejected links with the mentions that they were about; the caller commits."""
    decided = {link.id: link for link in links if link.decision in ("confirmed", "rejected")}
    query = (
        select(Link.id, Signal, Author, Contact.key, Company.key)
        .join(Signal, Link.signal_id == Signal.id)
        .join(Post, Signal.post_id == Post.id)
        .outerjoin(Author, Post.author_id == Author.id)
        .outerjoin(Contact, Link.contact_id == Contact.id)
        .outerjoin(Company, Link.company_id == Company.id)
        .where(Link.id.in_(decided))
        .order_by(Link.id)
    )
    for number, signal, author, contact_key, company_key in session.execute(query):
        link = decided[number]
        mention = _mention(signal, author, link.via)
        if mention is not None:
            target = ("contact", contact_key) if contact_key else ("company", company_key)
            row = _row(session, mention, target)
            row.same, row.code, row.probability = link.decision == "confirmed", link.code, link.probability
            row.actor, row.decided_at = actor, now
    session.flush()


def _mention(signal: Signal, author: Author | None, via: str) -> Mention | None:
    writer = Writer()
    if author is not None:
        writer = Writer(
            author.key, author.name or "", author.handle or "", author.platform or "", author.url or "", author.email or ""
        )  # fmt: skip
    subject = subject_of(signal.kind, signal.slots, writer, signal.language)
    found = next((mention for its, mention in subject.mentions if its == via), None)
    # The text around a name and its author are the post's: they go when the post goes.
    return (
        replace(found, context="", site="", author="", author_handle="", author_platform="")
        if found
        else None
    )


def _row(session: Session, mention: Mention, target: tuple[str, str]) -> LinkVerdict:
    told = {name: value for name, value in asdict(mention).items() if value}
    key = stable_key("verdict", repr(sorted(told.items())), *target)
    row = session.scalar(select(LinkVerdict).where(LinkVerdict.key == key))
    if row is None:
        row = LinkVerdict(key=key, mention=told, target_type=target[0], target_key=target[1])
        session.add(row)
    return row
