"""Buying committees, warm paths and common ground, each line with the datum that says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from leads.contacts import Options, import_contacts
from leads.contacts.editing import edit_contact
from leads.contacts.finding import NotOne, find_company, find_contact
from leads.ties import strengths
from leads.ties.committee import AVERAGE_PEOPLE, committee, parts_of
from leads.ties.common import common_ground
from leads.ties.graph import TieGraph
from leads.ties.paths import WarmPath, warm_paths
from models import Contact, MailTraffic

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CAST = """id,Name,E-mail,Company,Title,City,Owner,Spouse,Introduced by,School,Former company
1,Anna Sokolova,anna@kolos.example,Kolos Ltd,Head of Procurement,Riga,,,,Riga State University,
2,Boris Chernov,boris@zavod.example,Zavod,Engineer,Tula,olga,Clara Vetrova,,,Kolos
3,Clara Vetrova,clara@vetrov.example,Vetrov,Owner,Tver,,,,,
4,Dora Long,dora@far.example,Far,CFO,Oslo,,,Clara Vetrova,,
5,Emil Short,emil@kolos.example,Kolos,Финансовый директор,Riga,dina,,,,
"""


@pytest.fixture
def village(engine: Engine, tmp_path: Path) -> Engine:
    """Five people at four companies; dina is the user who asks."""
    path = tmp_path / "cast.csv"
    path.write_text(CAST, encoding="utf-8")
    with Session(engine) as session, session.begin():
        assert import_contacts(session, path, now=NOON).refused == []
    return engine


def paths(engine: Engine, name: str, hops: int = 3) -> list[WarmPath]:
    """The warm paths of dina to a contact."""
    with Session(engine) as session:
        graph = TieGraph(session, ("dina",), ("dina@firm.example",), NOON + timedelta(days=30))
        return warm_paths(graph, find_contact(session, name).id, hops=hops)


def write(engine: Engine, sender: str, recipient: str, messages: int, owner: str = "") -> None:
    """Store mail between two addresses, read from the mailbox of the first."""
    with Session(engine) as session, session.begin():
        session.add(
            MailTraffic(
                source="own.mbox", mailbox=sender, owner=owner, sender=sender, recipient=recipient, messages=messages,
                first_at=NOON, last_at=NOON,
            )
        )  # fmt: skip


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("Chief Executive Officer", ("decider",)),
        ("Генеральный директор", ("decider",)),
        ("Head of Procurement", ("buyer",)),
        ("директор по закупкам", ("buyer",)),
        ("CFO", ("finance",)),
        ("IT Director", ("technical",)),
        ("Финансовый директор", ("finance",)),
        ("Editor of items", ()),
        ("", ()),
    ],
)
def test_a_job_title_tells_the_part_in_a_purchase(title: str, parts: tuple[str, ...]) -> None:
    assert parts_of(title) == parts


def test_a_committee_tells_who_is_known_what_is_covered_and_who_is_missing(village: Engine) -> None:
    with Session(village) as session:
        found = committee(session, find_company(session, "Kolos"))
    assert [(m.name, m.parts, m.source) for m in found.members] == [
        ("Anna Sokolova", ("buyer",), "cast.csv"),
        ("Emil Short", ("finance",), "cast.csv"),
    ]
    assert found.covered == ("finance", "buyer")
    assert {name for name, _ in found.missing} == {"decider", "technical", "user", "gatekeeper"}
    assert [m.name for m in found.former] == ["Boris Chernov"]
    assert (found.average_people, "Harvard Business Review" in found.average_source) == (AVERAGE_PEOPLE, True)


def test_whom_the_user_looks_after_is_the_warmest_way(village: Engine) -> None:
    [best, *_] = paths(village, "Emil Short")
    assert (best.via, best.strength) == ((), strengths.OWNER)
    [step] = best.steps
    assert step.because == ("you look after Emil Short",)
    assert step.sources == ("cast.csv 2026-03-01",)


def test_a_colleague_leads_over_an_introduction_to_the_subject(village: Engine) -> None:
    ways = {path.via: path for path in paths(village, "Dora Long")}
    way = ways["Clara Vetrova",]
    assert way.steps[-1].because == ("Clara Vetrova introduced Dora Long",)
    assert way.strength == round(strengths.LISTED * strengths.RELATIONS["introduced_by"], 3)
    through_boris = [
        path for path in paths(village, "Clara Vetrova") if path.via == ("olga", "Boris Chernov")
    ]
    assert through_boris[0].steps[-1].because == ("Clara Vetrova is Boris Chernov's spouse",)


def test_no_path_is_longer_than_was_asked_or_passes_anybody_twice(village: Engine) -> None:
    for hops in (1, 2, 3):
        found = paths(village, "Dora Long", hops)
        assert all(len(path.steps) <= hops for path in found)
        assert all(len(set(path.via)) == len(path.via) for path in found)
        assert [path.strength for path in found] == sorted((p.strength for p in found), reverse=True)


def test_mail_makes_a_way_warmer_the_more_and_the_more_mutual(village: Engine) -> None:
    def best() -> float:
        return paths(village, "Anna Sokolova", hops=1)[0].strength

    listed = best()
    write(village, "dina@firm.example", "anna@kolos.example", 20)
    one_sided = best()
    write(village, "anna@kolos.example", "dina@firm.example", 20)
    assert listed < one_sided < best()
    [path] = paths(village, "Anna Sokolova", hops=1)
    assert "headers of own.mbox" in path.steps[0].sources


def test_the_mail_of_a_colleague_goes_through_the_colleague(village: Engine) -> None:
    write(village, "olga@firm.example", "anna@kolos.example", 20, owner="olga")
    assert ("olga",) in [path.via for path in paths(village, "Anna Sokolova")]


def test_who_was_where_somebody_is_and_who_is_there_now_know_each_other(village: Engine) -> None:
    told = {
        because for path in paths(village, "Anna Sokolova") for step in path.steps for because in step.because
    }
    assert "Emil Short and Anna Sokolova are both at Kolos Ltd" in told
    assert "Boris Chernov was at Kolos Ltd, where Anna Sokolova is" in told


def test_a_name_that_several_bear_ties_nobody(village: Engine, tmp_path: Path) -> None:
    path = tmp_path / "more.csv"
    path.write_text("Name,Company,E-mail\nClara Vetrova,Other,clara@other.example\n", encoding="utf-8")
    with Session(village) as session, session.begin():
        import_contacts(session, path)
    assert [way.via for way in paths(village, "Dora Long", hops=2)] == [()]


def test_a_second_user_who_brings_a_known_contact_knows_them_too(village: Engine, tmp_path: Path) -> None:
    path = tmp_path / "Connections.csv"
    path.write_text(
        "First Name,Last Name,Email Address\nBoris,Chernov,boris@zavod.example\n", encoding="utf-8"
    )
    with Session(village) as session, session.begin():
        import_contacts(session, path, options=Options(owner="dina"))
        assert session.scalar(select(Contact.owner).where(Contact.name == "Boris Chernov")) == "olga"
    [way] = paths(village, "Boris Chernov", hops=1)
    assert way.steps[0].because == ("you know Boris Chernov",)


def test_common_ground_is_what_both_have_told(village: Engine) -> None:
    mine = {
        "school": ["Рига State University", "Elsewhere"],
        "town": ["Рига"],
        "employer": ["ООО Kolos"],
        "team": ["Foxes"],
    }
    with Session(village) as session:
        anna = find_contact(session, "Anna Sokolova")
        found = common_ground(session, anna, mine, "povod.yml")
        assert {(one.kind, one.theirs, one.their_source) for one in found} == {
            ("town", "Riga", "cast.csv"),
            ("employer", "Kolos Ltd", "cast.csv"),
            ("school", "Riga State University", "cast.csv"),
        }
        edit_contact(session, anna, {"team": "foxes"}, "dina", NOON)
        assert ("team", "hand") in {
            (one.kind, one.their_source) for one in common_ground(session, anna, mine, "povod.yml")
        }


def test_who_is_meant_is_asked_where_several_are(village: Engine) -> None:
    with Session(village) as session:
        assert find_contact(session, "boris@zavod.example").name == "Boris Chernov"
        assert find_contact(session, "Sokolova Anna").name == "Anna Sokolova"
        assert find_contact(session, "3").name == "Clara Vetrova"
        with pytest.raises(NotOne, match="may be several; say which by its key: "):
            find_contact(session, "or")
        with pytest.raises(NotOne, match="'Nobody': there is no such contact"):
            find_contact(session, "Nobody")
        with pytest.raises(NotOne, match="'Nowhere': there is no such company"):
            find_company(session, "Nowhere")
