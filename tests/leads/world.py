"""A small world for tests: sources, contacts, posts, a detector that finds what a post declares, a linker by book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from leads.keys import stable_key
from leads.linking.records import Decision, LinkCandidate, Linking, Mention
from leads.process import ProcessReport, process
from leads.settings import ProcessSettings
from leads.subjects import name_key
from models import Author, Contact, Delivery, DroppedMatch, Identity, Lead, Link, Post, Signal, Source, Story
from triggers.match import Detection, Document, Dropped, Match

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def day(number: float) -> datetime:
    """The time so many days after the world's start."""
    return START + timedelta(days=number)


def said(kind: str, quote: str, who: str = "author", confidence: float = 0.9, **slots: Any) -> dict[str, Any]:
    """What a rule finds in a text that holds `quote`: `name` and `relation` are the subject's."""
    subject = {"who": who, "name": slots.pop("name", ""), "relation": slots.pop("relation", "")}
    return {"kind": kind, "quote": quote, "confidence": confidence, "slots": {"subject": subject, **slots}}


@dataclass
class ScriptedDetector:
    """Finds each scripted quote wherever a text holds it. Real rules are tested with the detector itself."""

    script: list[dict[str, Any]]
    version: str = "rules-1"
    dropped: list[dict[str, Any]] = field(default_factory=list)

    def detect_batch(self, documents: Sequence[Document], /) -> list[Detection]:
        """Look at each text."""
        return [self._detect(document) for document in documents]

    def _detect(self, document: Document) -> Detection:
        matches = [self._match(document, found) for found in self.script if found["quote"] in document.text]
        dropped = [
            Dropped(
                d["kind"],
                f"{d['kind']}.test",
                document.text.index(d["quote"]),
                document.text.index(d["quote"]) + len(d["quote"]),
                d["reason"],
            )
            for d in self.dropped
            if d["quote"] in document.text
        ]
        return Detection(document.lang or "en", tuple(matches), tuple(dropped))

    def _match(self, document: Document, found: Mapping[str, Any]) -> Match:
        start = document.text.index(found["quote"])
        return Match(
            kind=found["kind"],
            rule=found.get("rule", f"{found['kind']}.test"),
            version="1",
            start=start,
            end=start + len(found["quote"]),
            quote=found["quote"],
            confidence=found["confidence"],
            slots=found["slots"],
            sensitive=found.get("sensitive", False),
        )


class BookLinker:
    """Links by handle surely, by name if it is one contact's alone; namesakes go to review."""

    def __init__(self, contacts: Mapping[str, str], handles: Mapping[str, str] | None = None) -> None:
        """`contacts`: key to name; `handles`: handle to key."""
        self.handles = dict(handles or {})
        self.names: dict[str, list[str]] = {}
        for key, name in sorted(contacts.items()):
            self.names.setdefault(name_key(name), []).append(key)

    def link(self, mention: Mention, /) -> Linking:
        """Whose mention it is."""
        if mention.handle in self.handles:
            return self._decide(Decision.LINK, [self.handles[mention.handle]], "handle", 0.99)
        keys = self.names.get(name_key(mention.name), []) if mention.name else []
        if len(keys) == 1:
            return self._decide(Decision.LINK, keys, "name", 0.92)
        return self._decide(Decision.REVIEW, keys, "name", 0.6) if keys else Linking(Decision.NONE)

    def _decide(self, decision: Decision, keys: Iterable[str], code: str, chance: float) -> Linking:
        return Linking(decision, tuple(LinkCandidate(key, chance, code, (f"same {code}",)) for key in keys))


class World:
    """A database with its detector and linker."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.detector = ScriptedDetector([])
        self.contacts: dict[str, str] = {}
        self.handles: dict[str, str] = {}
        self.settings = ProcessSettings()
        self.contacts_version = "contacts-1"

    def add_source(self, name: str, people: str = "known", basis: str | None = None) -> None:
        """Add a source."""
        with Session(self.engine) as session, session.begin():
            session.add(
                Source(
                    name=name,
                    url=f"https://{name}.example/feed",
                    people=people,
                    basis=basis,
                    created_at=START,
                )
            )

    def add_contact(self, key: str, name: str, handle: str = "", **fields: Any) -> None:
        """Add a contact, known by an account if a handle is given."""
        given, _, family = name.rpartition(" ")
        with Session(self.engine) as session, session.begin():
            own = {
                name: fields.pop(name) for name in ("role", "owner", "external_id", "place") if name in fields
            }
            contact = Contact(
                key=key, name=name, given=given, family=family, created_at=START, updated_at=START, **own
            )
            session.add(contact)
            session.flush()
            if handle:
                plain = handle.lstrip("@")
                session.add(
                    Identity(
                        contact_id=contact.id, type="handle", platform="test", value=handle, normalized=plain
                    )
                )
            for type_, value in fields.items():
                session.add(Identity(contact_id=contact.id, type=type_, value=value, normalized=value))
        self.contacts[key] = name
        if handle:
            self.handles[handle] = key

    def post(
        self,
        key: str,
        text: str,
        at: datetime | None,
        *,
        source: str = "wire",
        author: str = "",
        handle: str = "",
        **fields: Any,
    ) -> None:
        """Store a post; `author` and `handle` describe who wrote it."""
        with Session(self.engine) as session, session.begin():
            source_id = session.scalars(select(Source.id).where(Source.name == source)).one()
            session.add(
                Post(
                    key=stable_key(key),
                    source_id=source_id,
                    author_id=self._author(session, author, handle),
                    title=fields.get("title", ""),
                    text=text,
                    language=fields.get("language", "en"),
                    url=f"https://{source}.example/{key}",
                    content_hash=stable_key(text),
                    published_at=at,
                    first_seen_at=at or START,
                )
            )

    def _author(self, session: Session, name: str, handle: str) -> int | None:
        if not name and not handle:
            return None
        key = stable_key("author", handle or name)
        author = session.scalar(select(Author).where(Author.key == key))
        if author is None:
            author = Author(key=key, name=name, handle=handle, platform="test" if handle else "")
            session.add(author)
            session.flush()
        return author.id

    def edit(self, key: str, text: str) -> None:
        """Change a post's text as its source would."""
        with Session(self.engine) as session, session.begin():
            post = session.scalars(select(Post).where(Post.key == stable_key(key))).one()
            post.text, post.revision, post.processed_with = text, post.revision + 1, None

    def run(self, batch: int = 500) -> ProcessReport:
        """Process all that is due."""
        return process(
            self.engine,
            self.detector,
            BookLinker(self.contacts, self.handles),
            contacts_version=self.contacts_version,
            settings=self.settings,
            batch=batch,
            clock=lambda: day(400),
        )

    def leads(self) -> list[tuple[Lead, Story]]:
        """All leads, in order of their stories."""
        with Session(self.engine) as session:
            rows = session.execute(select(Lead, Story).join(Story).order_by(Story.first_at, Story.key))
            return [(lead, story) for lead, story in rows]

    def lead(self) -> tuple[Lead, Story]:
        """The only lead."""
        [only] = self.leads()
        return only

    def state(self, *, progress: bool = True) -> list[tuple[Any, ...]]:
        """All that processing made, without row ids and clocks: two runs are the same if these are.

        `progress` adds which version has looked at each post.
        """
        with Session(self.engine) as session:
            signals = session.execute(
                select(Signal.key, Signal.quote, Story.key, Story.subject_key).outerjoin(
                    Story, Signal.story_id == Story.id
                )
            )
            leads = session.execute(
                select(
                    Lead.key,
                    Story.key,
                    Lead.status,
                    Lead.score,
                    Lead.sightings,
                    Story.subject_name,
                    Story.first_at,
                    Story.last_at,
                    Lead.owner,
                ).join(Story)
            )
            drops = session.execute(select(DroppedMatch.key, DroppedMatch.reason))
            deliveries = session.execute(select(Delivery.key, Delivery.target, Delivery.state))
            posts = session.execute(select(Post.key, Post.processed_with))
            links = session.execute(
                select(Signal.key, Contact.key, Link.decision, Link.code)
                .join(Link, Link.signal_id == Signal.id)
                .outerjoin(Contact, Link.contact_id == Contact.id)
            )
            tables = [signals, leads, drops, deliveries, links]
            tables += [posts] if progress else []
            return [row for table in tables for row in sorted(map(tuple, table), key=repr)]
