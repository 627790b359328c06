"""Who is at a company though no file says so, and who is no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from leads.contacts import import_contacts
from leads.contacts.finding import find_company
from leads.ties.committee import Committee, committee
from models import Contact, Link, Post, Signal, Source

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CAST = """id,Name,E-mail,Company,Title
1,Anna Sokolova,anna@kolos.example,Kolos Ltd,Head of Procurement
2,Boris Chernov,boris@zavod.example,Zavod,Engineer
3,Clara Vetrova,clara@kolos.example,Kolos,CFO
4,Dora Long,dora@kolos.example,,
5,Emil Short,emil@shared.example,,CEO
6,Fedor Ray,fedor@shared.example,Kolos,
"""


@pytest.fixture
def firm(engine: Engine, tmp_path: Path) -> Engine:
    """A company of three, one who writes from its domain, and others."""
    (tmp_path / "cast.csv").write_text(CAST, encoding="utf-8")
    with Session(engine) as session, session.begin():
        import_contacts(session, tmp_path / "cast.csv", now=NOON)
    return engine


def tell(engine: Engine, name: str, kind: str, decision: str = "auto", days: int = 5, **slots: Any) -> None:
    """Store a signal about a contact, so many days after the import."""
    at = NOON + timedelta(days=days)
    with Session(engine) as session, session.begin():
        source = session.scalar(select(Source)) or Source(name="n", url="https://n.example/", created_at=NOON)
        session.add(source)
        session.flush()
        key = f"{name} {kind} {slots}"[:60]
        post = Post(
            key=key, source_id=source.id, text="x", content_hash="x", url="https://n.example/1", published_at=at,
            first_seen_at=at,
        )  # fmt: skip
        session.add(post)
        session.flush()
        signal = Signal(
            key=key, post_id=post.id, kind=kind, rule_id="r", rule_version="1", field="text", start=0, end=1, quote="x",
            language="en", confidence=0.9, slots=slots, created_at=at,
        )  # fmt: skip
        session.add(signal)
        session.flush()
        person = session.scalars(select(Contact).where(Contact.name == name)).one()
        session.add(
            Link(
                signal_id=signal.id, contact_id=person.id, decision=decision, code="GF", probability=0.95,
                created_at=at,
            )
        )  # fmt: skip


def at_kolos(engine: Engine) -> Committee:
    """The committee of Kolos."""
    with Session(engine) as session:
        return committee(session, find_company(session, "Kolos"))


def test_who_writes_from_the_companys_domain_is_there_where_no_company_is_known(firm: Engine) -> None:
    members = {member.name: member for member in at_kolos(firm).members}
    assert set(members) == {"Anna Sokolova", "Clara Vetrova", "Dora Long", "Fedor Ray"}
    assert (members["Dora Long"].news, members["Dora Long"].source) == (
        "writes from dora@kolos.example",
        "cast.csv",
    )


def test_whom_a_post_tells_of_at_a_new_job_is_no_more_there_and_covers_no_part(firm: Engine) -> None:
    tell(firm, "Clara Vetrova", "new_job", company="Lark GmbH", role="CEO")
    found = at_kolos(firm)
    assert [(m.name, m.news, m.source, m.at) for m in found.leaving] == [
        ("Clara Vetrova", "new job at Lark GmbH", "https://n.example/1", "2026-03-06")
    ]
    assert "finance" in {name for name, _ in found.missing}


def test_who_joins_is_there_in_the_role_that_the_post_tells(firm: Engine) -> None:
    tell(firm, "Boris Chernov", "new_job", decision="confirmed", company="ООО «Колос»", role="CTO")
    [boris] = [member for member in at_kolos(firm).members if member.name == "Boris Chernov"]
    assert (boris.role, boris.parts, boris.news) == ("CTO", ("technical",), "new job at ООО «Колос»")


@pytest.mark.parametrize(
    ("name", "kind", "more"),
    [
        ("Clara Vetrova", "new_job", {"company": "Kolos"}),
        ("Clara Vetrova", "new_job", {}),
        ("Clara Vetrova", "promotion", {"company": "Lark"}),
        ("Clara Vetrova", "job_loss", {"days": -5}),
        ("Clara Vetrova", "job_loss", {"decision": "review"}),
        ("Clara Vetrova", "retirement", {"decision": "rejected"}),
        ("Clara Vetrova", "new_job", {"company": "Lark", "subject": {"who": "relative", "relation": "wife"}}),
        ("Boris Chernov", "new_job", {"company": "Kolos Bank of Trade"}),
    ],
)
def test_what_is_older_unsure_or_another_matter_changes_nobodys_whereabouts(
    firm: Engine, name: str, kind: str, more: dict[str, Any]
) -> None:
    before = at_kolos(firm)
    tell(firm, name, kind, **more)
    assert at_kolos(firm) == before
