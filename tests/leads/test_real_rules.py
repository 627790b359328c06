"""The whole way with the rules and the linker that povod brings along."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from leads.linking.linker import Linker
from leads.linking.load import load_records
from leads.process import process
from leads.queries import LeadView, leads_in_order
from leads.subjects import is_company_news
from tests.leads.conftest import furnish
from tests.leads.world import day
from triggers.detector import Detector


def test_real_rules_and_the_real_linker_make_one_lead_of_two_languages(sqlite_engine: Engine) -> None:
    world = furnish(sqlite_engine)
    world.post(
        "p1",
        "Мы поженились вчера! Спасибо всем",
        day(1),
        author="Анна Соколова",
        handle="@anna",
        language="ru",
    )
    world.post(
        "p2", "We got married yesterday!", day(2), author="Anna Sokolova", source="blog", handle="@anna"
    )
    world.post("p3", "We got married yesterday!", day(2), author="Clara Unknown")
    world.post(
        "p4",
        "My daughter got married on Saturday",
        day(5),
        author="Anna Sokolova",
        source="blog",
        handle="@anna",
    )
    leads = run(sqlite_engine)
    assert [(lead.kind, lead.subject, lead.relation, lead.sightings) for lead in leads] == [
        ("wedding", "Anna Sokolova", "", 2),
        ("wedding", "Anna Sokolova", "daughter", 1),
    ]
    assert {signal.quote.casefold() for signal in leads[0].signals} == {"поженились", "got married"}


def run(engine: Engine) -> list[LeadView]:
    with Session(engine) as session:
        linker = Linker(*load_records(session))
    process(engine, Detector.load(), linker, clock=lambda: day(400))
    with Session(engine) as session:
        return leads_in_order(session)


def test_company_news_is_told_by_family() -> None:
    assert is_company_news("funding")
    assert not is_company_news("award")
    assert not is_company_news("birth")
    assert not is_company_news("search:crm")
