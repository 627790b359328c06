"""Two contacts (or companies) made one, and taken apart again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from leads.contacts import import_contacts
from leads.contacts.editing import edit_contact
from leads.contacts.finding import find_contact
from leads.contacts.journal import entries_of
from leads.contacts.merging import MergeRefused, merge, unmerge
from leads.contacts.view import show_contact
from leads.linking.load import load_records
from leads.review import By
from models import (
    Company,
    Contact,
    ContactFact,
    Identity,
    Lead,
    LeadEvent,
    Link,
    Post,
    RecordMerge,
    Signal,
    Source,
    Story,
)
from models.dump import canonical

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLGA = By("olga", NOON)
CAST = """id,Full name,E-mail,Employer,Title,City,Owner,Lists,Spouse
7,Anna Sokolova,anna@bakery.example,Bakery Ltd,Director,Riga,olga,customers,
9,Anya Sokolova,sokolova@home.example,Kolos,,Tula,,fair,Boris Chernov
"""


@pytest.fixture
def people(engine: Engine, tmp_path: Path) -> Engine:
    """Anna, twice, from one file."""
    (tmp_path / "cast.csv").write_text(CAST, encoding="utf-8")
    again(engine, tmp_path)
    return engine


def again(engine: Engine, folder: Path, text: str = CAST) -> tuple[int, int]:
    """Import the file; return how many were imported and merged."""
    (folder / "cast.csv").write_text(text, encoding="utf-8")
    with Session(engine) as session, session.begin():
        report = import_contacts(session, folder / "cast.csv", now=NOON)
    return report.imported, report.merged


def key_of(engine: Engine, name: str) -> str:
    """The key of the one contact of a name."""
    with Session(engine) as session:
        return session.scalars(select(Contact.key).where(Contact.name == name)).one()


def contact(engine: Engine, name: str) -> Contact:
    """The one contact of a name."""
    with Session(engine) as session:
        return session.scalars(select(Contact).where(Contact.name == name)).one()


def count(engine: Engine, model: type[Contact] | type[Company] | type[RecordMerge]) -> int:
    """How many rows a table has."""
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def merged(engine: Engine, survivor: str = "Anna Sokolova", gone: str = "Anya Sokolova") -> str:
    """Merge two contacts by name; return the merge's id."""
    keys = key_of(engine, survivor), key_of(engine, gone)
    with Session(engine) as session, session.begin():
        return merge(session, "contact", *keys, OLGA).key


def undo(engine: Engine, key: str) -> None:
    """Undo a merge."""
    with Session(engine) as session, session.begin():
        unmerge(session, key, OLGA)


def add_signal(session: Session, key: str, contact_key: str, decision: str) -> None:
    """A signal about a contact with its post, link, story and lead."""
    source = session.scalar(select(Source)) or Source(
        name="news", url="https://news.example/feed", created_at=NOON
    )
    session.add(source)
    session.flush()
    person = session.scalars(select(Contact).where(Contact.key == contact_key)).one()
    post = Post(
        key=f"post {key}", source_id=source.id, text="Anna starts.", content_hash=key, first_seen_at=NOON
    )
    story = Story(
        key=f"story {key}", kind="new_job", subject_key=f"contact:{contact_key}", subject_name=person.name,
        contact_id=person.id, first_at=NOON, last_at=NOON,
    )  # fmt: skip
    session.add_all([post, story])
    session.flush()
    signal = Signal(
        key=key, post_id=post.id, story_id=story.id, kind="new_job", rule_id="r", rule_version="1", field="text", start=0,
        end=4, quote="Anna", language="en", confidence=0.9, created_at=NOON,
    )  # fmt: skip
    lead = Lead(key=f"lead {key}", story_id=story.id, created_at=NOON, updated_at=NOON)
    session.add_all([signal, lead])
    session.flush()
    link = Link(
        signal_id=signal.id,
        contact_id=person.id,
        decision=decision,
        code="GF",
        probability=0.9,
        created_at=NOON,
    )
    event = LeadEvent(lead_id=lead.id, at=NOON, actor="olga", old_status="new", new_status="accepted")
    session.add_all([link, event])


def test_the_survivor_takes_what_it_lacks_and_keeps_what_it_has(people: Engine) -> None:
    merged(people)
    anna = contact(people, "Anna Sokolova")
    assert (anna.role, anna.place, anna.owner, anna.lists) == (
        "Director",
        "Riga",
        "olga",
        ["customers", "fair"],
    )
    with Session(people) as session:
        [record], _ = load_records(session)
        assert {key.value for key in record.keys} == {"anna@bakery.example", "sokolova@home.example"}
        assert record.aliases == ("Anya Sokolova",)
        assert session.scalars(select(ContactFact.value)).all() == ["Boris Chernov"]


def test_lists_that_a_merge_brings_keep_where_they_came_from(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,Name,Lists\n1,Anna Sokolova,\n2,Anya Sokolova,fair\n")
    with Session(sqlite_engine) as session, session.begin():
        import_contacts(session, tmp_path / "a.csv", now=NOON)
    keys = key_of(sqlite_engine, "Anna Sokolova"), key_of(sqlite_engine, "Anya Sokolova")
    before = list(canonical(sqlite_engine))
    with Session(sqlite_engine) as session, session.begin():
        key = merge(session, "contact", *keys, OLGA).key
        anna = find_contact(session, "Anna Sokolova")
        [lists] = [datum for datum in show_contact(session, anna).fields if datum.field == "lists"]
    assert (lists.value, lists.source.partition(" ")[0], lists.at) == ("fair", "a.csv", "2026-03-01")
    undo(sqlite_engine, key)
    assert list(canonical(sqlite_engine)) == before


def test_a_dry_run_of_a_merge_tells_and_changes_nothing(people: Engine) -> None:
    before = list(canonical(people))
    keys = key_of(people, "Anna Sokolova"), key_of(people, "Anya Sokolova")
    with Session(people) as session, session.begin():
        report = merge(session, "contact", *keys, OLGA, dry_run=True)
    assert report.moved == {"identities": 2, "facts": 1, "lists": 1}
    assert ("place", "Riga", "Tula") in report.kept
    assert list(canonical(people)) == before


def test_merging_and_unmerging_changes_nothing(people: Engine) -> None:
    anna, anya = key_of(people, "Anna Sokolova"), key_of(people, "Anya Sokolova")
    with Session(people) as session, session.begin():
        add_signal(session, "s1", anna, "auto")
        add_signal(session, "s2", anya, "confirmed")
    before = list(canonical(people))
    key = merged(people)
    assert list(canonical(people)) != before
    undo(people, key)
    assert list(canonical(people)) == before


def test_importing_again_after_a_merge_brings_nobody_back(people: Engine, tmp_path: Path) -> None:
    merged(people)
    before = list(canonical(people))
    assert again(people, tmp_path) == (0, 0)
    assert list(canonical(people)) == before


def test_a_row_without_an_id_does_not_come_back_either(sqlite_engine: Engine, tmp_path: Path) -> None:
    table = "Name,Company,City\nAnna Sokolova,Bakery,Riga\nAnya Sokolova,Kolos,Tula\n"
    again(sqlite_engine, tmp_path, table)
    merged(sqlite_engine)
    assert again(sqlite_engine, tmp_path, table) == (0, 0)
    assert count(sqlite_engine, Contact) == 1


def test_each_row_goes_on_changing_what_came_from_it(people: Engine, tmp_path: Path) -> None:
    table = CAST.replace("Director,Riga,olga", ",,")
    again(people, tmp_path, table.replace("Kolos,,Tula", "Kolos,Baker,Tula"))
    with Session(people) as session, session.begin():
        session.execute(delete(Contact))
    again(people, tmp_path, table.replace("Kolos,,Tula", "Kolos,Baker,Tula"))
    key = merged(people)
    assert contact(people, "Anna Sokolova").role == "Baker"
    changed = table.replace("Kolos,,Tula", "Kolos,Owner,Tula")
    assert again(people, tmp_path, changed) == (0, 1)
    assert again(people, tmp_path, changed) == (0, 0)
    assert contact(people, "Anna Sokolova").role == "Owner"
    undo(people, key)
    assert contact(people, "Anna Sokolova").role == ""


def test_what_a_hand_changed_since_the_merge_stays(people: Engine) -> None:
    with Session(people) as session, session.begin():
        anya = session.scalars(select(Contact).where(Contact.name == "Anya Sokolova")).one()
        edit_contact(session, anya, {"notes": "met in Tula", "role": "Owner"}, "olga", NOON)
    key = merged(people)
    assert contact(people, "Anna Sokolova").role == "Owner"  # A hand's word goes before a file's.
    with Session(people) as session, session.begin():
        anna = session.scalars(select(Contact).where(Contact.name == "Anna Sokolova")).one()
        edit_contact(session, anna, {"notes": "moved", "email": "new@anna.example"}, "olga", NOON)
    undo(people, key)
    anna, anya = contact(people, "Anna Sokolova"), contact(people, "Anya Sokolova")
    assert (anna.notes, anna.role) == ("moved", "Director")
    assert (anya.notes, anya.role) == ("met in Tula", "Owner")
    with Session(people) as session:
        emails = select(Identity.value).where(Identity.contact_id == anna.id, Identity.type == "email")
        assert set(session.scalars(emails)) == {"anna@bakery.example", "new@anna.example"}


def test_links_stories_and_leads_become_the_survivors(people: Engine) -> None:
    anya = key_of(people, "Anya Sokolova")
    with Session(people) as session, session.begin():
        add_signal(session, "s2", anya, "confirmed")
    merged(people)
    anna = contact(people, "Anna Sokolova")
    with Session(people) as session:
        assert session.scalars(select(Link.contact_id)).all() == [anna.id]
        story = session.scalars(select(Story)).one()
        assert (story.subject_key, story.contact_id) == (f"contact:{anna.key}", anna.id)
        assert session.scalars(select(Lead.key)).all() == ["lead s2"]
        assert session.scalars(select(LeadEvent.new_status)).all() == ["accepted"]


def test_of_two_links_on_one_signal_the_confirmed_one_holds(people: Engine) -> None:
    anna, anya = (contact(people, name) for name in ("Anna Sokolova", "Anya Sokolova"))
    with Session(people) as session, session.begin():
        add_signal(session, "s1", anna.key, "rejected")
        signal = session.scalars(select(Signal.id)).one()
        session.add(
            Link(
                signal_id=signal,
                contact_id=anya.id,
                decision="confirmed",
                code="E",
                probability=1,
                created_at=NOON,
            )
        )
    before = list(canonical(people))
    key = merged(people)
    with Session(people) as session:
        assert session.scalars(select(Link.decision)).all() == ["confirmed"]
    undo(people, key)
    assert list(canonical(people)) == before


def test_merges_are_undone_in_the_order_that_makes_sense(people: Engine, tmp_path: Path) -> None:
    again(people, tmp_path, CAST + "11,A. Sokolova,a@sokolova.example,,,,,,\n")
    first = merged(people)
    second = merged(people, "A. Sokolova", "Anna Sokolova")
    with Session(people) as session, pytest.raises(MergeRefused, match=f"undo merge {second} first"):
        unmerge(session, first, OLGA)
    assert again(people, tmp_path, CAST) == (0, 0)
    undo(people, second[:6])
    undo(people, first)
    assert count(people, Contact) == 3


def test_the_journal_tells_of_both_sides(people: Engine) -> None:
    anna, anya = key_of(people, "Anna Sokolova"), key_of(people, "Anya Sokolova")
    undo(people, merged(people))
    with Session(people) as session:
        told = [(e.field, e.before, e.after, e.actor) for _, e in entries_of(session.connection(), [anna])]
        assert ("merged", "", f"Anya Sokolova ({anya})", "olga") in told
        assert ("merged", anya, "", "olga") in told
        assert [e.field for _, e in entries_of(session.connection(), [anya])] == ["merged into"] * 2


def test_a_merge_that_cannot_be_is_refused_with_its_reason(people: Engine) -> None:
    anna = key_of(people, "Anna Sokolova")
    with Session(people) as session:
        with pytest.raises(MergeRefused, match="cannot be merged with itself"):
            merge(session, "contact", anna, anna, OLGA)
        with pytest.raises(MergeRefused, match="nobody: there is no such contact"):
            merge(session, "contact", anna, "nobody", OLGA)
        with pytest.raises(MergeRefused, match="there is no such merge"):
            unmerge(session, "m", OLGA)


def test_companies_are_merged_and_taken_apart_too(people: Engine, tmp_path: Path) -> None:
    before = list(canonical(people))
    with Session(people) as session, session.begin():
        keys = {row[0]: row[1] for row in session.execute(select(Company.name, Company.key))}
        report = merge(session, "company", keys["Bakery Ltd"], keys["Kolos"], OLGA)
    assert report.moved == {"identities": 1, "contacts": 1}
    assert (count(people, Company), again(people, tmp_path)) == (1, (0, 0))
    undo(people, report.key)
    assert list(canonical(people)) == before


TEXTS = st.sampled_from(["", "Baker", "Riga", "olga"])
RECORD = st.fixed_dictionaries(
    {
        "role": TEXTS, "place": TEXTS, "notes": TEXTS, "hand": st.booleans(), "lists": st.lists(TEXTS, max_size=2, unique=True),
        "emails": st.lists(st.sampled_from("abc"), max_size=3, unique=True), "company": st.sampled_from(["", "k1", "k2"]),
        "spouse": st.sampled_from(["", "boris", "clara"]), "links": st.lists(st.sampled_from(["auto", "review", "confirmed", "rejected"]), max_size=2),
    }
)  # fmt: skip


def put(session: Session, key: str, told: dict[str, Any], companies: dict[str, int]) -> None:
    """Store a drawn contact."""
    source = "hand" if told["hand"] else "a.csv"
    marks = {name: {"from": source, "at": "2026-01-01"} for name in ("role", "place", "notes") if told[name]}
    person = Contact(
        key=key, name=f"Anna {key}", role=told["role"], place=told["place"], notes=told["notes"], lists=told["lists"],
        company_id=companies.get(str(told["company"])), provenance=marks, created_at=NOON, updated_at=NOON,
    )  # fmt: skip
    session.add(person)
    session.flush()
    for email in told["emails"]:
        session.add(
            Identity(contact_id=person.id, type="email", value=email, normalized=email, source=source)
        )
    if told["spouse"]:
        session.add(
            ContactFact(
                contact_id=person.id, family="relation", kind="spouse", value=told["spouse"], normalized=told["spouse"],
                source=source, added_at=NOON,
            )
        )  # fmt: skip
    for number, decision in enumerate(told["links"]):
        add_signal(session, f"{key}{number}", key, decision)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(RECORD, RECORD))
def test_unmerging_a_merge_is_the_identity(
    sqlite_engine: Engine, pair: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    with Session(sqlite_engine) as session, session.begin():
        for model in (
            LeadEvent,
            Lead,
            Link,
            Signal,
            Story,
            Post,
            Source,
            Identity,
            ContactFact,
            Contact,
            Company,
        ):
            session.execute(delete(model))
        companies = [Company(key=key, name=key, created_at=NOON, updated_at=NOON) for key in ("k1", "k2")]
        session.add_all(companies)
        session.flush()
        for key, told in zip("pq", pair, strict=True):
            put(session, key, told, {company.key: company.id for company in companies})
    before = list(canonical(sqlite_engine))
    with Session(sqlite_engine) as session, session.begin():
        key = merge(session, "contact", "p", "q", OLGA).key
    with Session(sqlite_engine) as session, session.begin():
        unmerge(session, key, OLGA)
    assert list(canonical(sqlite_engine)) == before
