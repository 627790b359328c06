"""Reads the leads of a finished run from its database, as values to compare."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Company, Contact, Lead, Link, Post, Signal, Source, Story
from models.posts import Sighting
from models.session import open_database, session_factory
from tests.povod.demo.comparison import REVIEW, FoundLead


def leads_in(database: Path) -> list[FoundLead]:
    """Return every lead of an SQLite database."""
    engine = open_database(f"sqlite:///{database}")
    with session_factory(engine)() as session:
        rows = session.execute(select(Lead, Story).join(Story, Lead.story_id == Story.id)).all()
        found = [_lead(session, lead, story) for lead, story in rows]
    engine.dispose()
    return found


def _lead(session: Session, lead: Lead, story: Story) -> FoundLead:
    links = _candidates(session, story) if lead.status == REVIEW else _tie(session, story)
    return FoundLead(
        story.kind, story.subject_name, lead.status, frozenset(links), frozenset(_posts(session, story))
    )


def _tie(session: Session, story: Story) -> set[str]:
    if story.contact_id is not None:
        return {session.get_one(Contact, story.contact_id).external_id or "?"}
    return {session.get_one(Company, story.company_id).name} if story.company_id is not None else set()


def _candidates(session: Session, story: Story) -> set[str]:
    people = (
        select(Contact.external_id)
        .join(Link, Link.contact_id == Contact.id)
        .join(Signal, Link.signal_id == Signal.id)
        .where(Signal.story_id == story.id, Link.decision == REVIEW)
    )
    return {key or "?" for key in session.scalars(people)}


def _posts(session: Session, story: Story) -> set[tuple[str, str]]:
    found = set()
    told = select(Post).join(Signal, Signal.post_id == Post.id).where(Signal.story_id == story.id).distinct()
    for post in session.scalars(told).all():
        also = select(Source).join(Sighting, Sighting.source_id == Source.id)
        sources = session.scalars(also.where(Sighting.post_id == post.id)).all()
        owner = session.get_one(Source, post.source_id)
        text = " ".join(f"{post.title} {post.text}".split())
        found |= {(source.name, text) for source in (owner, *sources)}
    return found
