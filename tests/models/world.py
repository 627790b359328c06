"""A small invented world with at least one row in every table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import (
    Company,
    Contact,
    ContactChange,
    ContactFact,
    ContactFile,
    CrawlRun,
    Delivery,
    DroppedMatch,
    Identity,
    Lead,
    LeadEvent,
    Link,
    LinkVerdict,
    MailTraffic,
    MuteEntry,
    Post,
    RecordMerge,
    RobotsFile,
    Search,
    SearchLabel,
    SearchVersion,
    Signal,
    Source,
    Story,
    Suppression,
)
from models.rows import PostRow
from models.session import session_factory
from models.store import store_posts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def make_source(name: str = "news", **fields: Any) -> Source:
    """A feed of an invented site."""
    return Source(name=name, url=f"https://{name}.example/feed", created_at=NOON, **fields)


def make_row(
    key: str = "k1", source_id: int = 1, text: str = "Anna starts at Orchid.", **fields: Any
) -> PostRow:
    """A post as its source carried it."""
    return PostRow(key, source_id, text, content_hash=f"hash of {text}", first_seen_at=NOON, **fields)


def fill(engine: Engine, *, sources: tuple[str, str] = ("news", "digest"), now: datetime = NOON) -> None:
    """Store one story from its sources to its delivery; sources are read in the order given."""
    with session_factory(engine).begin() as session:
        rows = {name: make_source(name) for name in sources}
        session.add_all(rows.values())
        session.flush()
        news, digest = rows["news"].id, rows["digest"].id
        author = {"author_key": "a1", "author_name": "Anna Sokolova"}
        connection = session.connection()
        store_posts(
            connection,
            [make_row("k1", news, "Anna starts.", **author), make_row("k1", digest, "Anna starts.")],
        )
        store_posts(connection, [make_row("k1", news, "Anna starts in May.", published_at=NOON, **author)])
        store_posts(connection, [make_row("k2", digest, "Boris moves.", tags=["город"], extra={"n": 1})])
        _add_signals(session, now)
        _add_search(session, now)
        _add_ties(session, now)
        session.add(CrawlRun(started_at=now))
        robots = {"origin": "https://news.example:443", "status": 200, "body": "User-agent: *"}
        session.add(RobotsFile(**robots, fetched_at=now, expires_at=now))
        session.add(ContactFile(path="contacts.csv", content_hash="c", rows=2, imported_at=now))
        session.add(Suppression(hash="s", reason="objection", created_at=now))


def _add_signals(session: Session, now: datetime) -> None:
    company = Company(key="c1", name="Orchid", created_at=now, updated_at=now)
    session.add(company)
    session.flush()
    contact = Contact(key="p1", name="Anna Sokolova", company_id=company.id, created_at=now, updated_at=now)
    story = Story(key="t1", kind="new_job", subject_key="contact:p1", first_at=NOON, last_at=NOON)
    session.add_all([contact, story])
    session.flush()
    story.contact_id = contact.id
    post = _post_id(session, "k1")
    signal = Signal(
        key="s1", post_id=post, story_id=story.id, kind="new_job", rule_id="new_job.en", rule_version="1",
        field="text", start=0, end=4, quote="Anna", language="en", confidence=0.9, slots={"role": "x"}, created_at=now,
    )  # fmt: skip
    lead = Lead(key="l1", story_id=story.id, score=0.5, created_at=now, updated_at=now)
    session.add_all([signal, lead])
    session.flush()
    session.add_all(
        [
            Link(signal_id=signal.id, contact_id=contact.id, decision="auto", code="name", probability=0.9, created_at=now),
            Identity(contact_id=contact.id, type="email", value="Anna@orchid.example", normalized="anna@orchid.example"),
            Identity(company_id=company.id, type="domain", value="orchid.example", normalized="orchid.example"),
            LeadEvent(lead_id=lead.id, at=now, old_status="new", new_status="accepted"),
            Delivery(key="d1", lead_id=lead.id, target="csv", created_at=now),
            DroppedMatch(
                key="m1", post_id=_post_id(session, "k2"), kind="moving", rule_id="moving.en", field="text", start=0,
                end=5, reason="unknown_person", created_at=now,
            ),
        ]
    )  # fmt: skip


def _add_ties(session: Session, now: datetime) -> None:
    anna = session.scalars(select(Contact.id).where(Contact.key == "p1")).one()
    session.add_all(
        [
            ContactFact(
                contact_id=anna, family="relation", kind="spouse", value="Boris", normalized="boris", source="hand",
                added_at=now,
            ),
            MailTraffic(
                source="own.mbox", sender="anna@orchid.example", recipient="me@home.example", messages=2, first_at=NOON,
                last_at=NOON,
            ),
            ContactChange(subject_key="p1", changed_at=now, source="hand", field="role", after="Baker"),
            RecordMerge(key="g1", type="contact", survivor_key="p1", gone_key="p0", snapshot={}, merged_at=now),
            LinkVerdict(
                key="e1", mention={"name": "Anna"}, target_type="contact", target_key="p1", same=True, decided_at=now
            ),
        ]
    )  # fmt: skip


def _add_search(session: Session, now: datetime) -> None:
    search = Search(name="jobs", settings={"query": "new job"}, created_at=now, updated_at=now)
    session.add(search)
    session.flush()
    session.add_all(
        [
            SearchVersion(
                key="v1", search_id=search.id, number=1, change="added", settings={"query": "new job"},
                match_version="1", author="olga", created_at=now,
            ),
            SearchLabel(
                key="b1", search_id=search.id, post_id=_post_id(session, "k1"), relevant=True, author="olga",
                created_at=now,
            ),
            MuteEntry(key="m1", what="site", value="spam.example", author="olga", created_at=now),
        ]
    )  # fmt: skip


def _post_id(session: Session, key: str) -> int:
    found: int = session.scalars(select(Post.id).where(Post.key == key)).one()
    return found
