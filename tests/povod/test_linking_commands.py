"""`povod link`, `povod compare-names` and `povod links fit` as a user runs them."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from leads.linking.records import Mention
from models.contacts import Contact
from models.history import LinkVerdict
from models.schema import upgrade
from models.session import open_database
from tests.povod.conftest import Povod, Ran

CONTACTS = """\
Id,Name,E-mail,Company,Position,City
anna,Анна Соколова,anna@lark.example,Harbour Ltd,Director,Riga
ivan1,Иван Петров,,Банк,,Москва
ivan2,Иван Петров,,Завод,,Москва
"""


@pytest.fixture
def contacts(tmp_path: Path) -> Path:
    """A file of three contacts, two of them namesakes."""
    (tmp_path / "contacts.csv").write_text(CONTACTS, "utf-8")
    return tmp_path


def lines(text: str) -> list[dict[str, Any]]:
    """The objects of JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


def test_link_answers_line_by_line_in_the_agreed_form(povod: Povod, contacts: Path) -> None:
    mentions = [
        {"id": "a", "name": "Anna Sokolova", "company": "HARBOUR"},
        {"id": 2, "name": "Ивана Петрова"},
        {"id": "c", "name": "Clara Unknown", "handle": None},
        {"id": "d", "email": "Anna@Lark.example"},
    ]
    (contacts / "mentions.jsonl").write_text("".join(json.dumps(one) + "\n" for one in mentions), "utf-8")
    ran = povod("link", "--contacts", "contacts.csv", "--in", "mentions.jsonl", "--out", "links.jsonl")
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    found = lines((contacts / "links.jsonl").read_text("utf-8"))
    assert [(one["id"], one["decision"]) for one in found] == [
        ("a", "link"), (2, "review"), ("c", "none"), ("d", "link"),
    ]  # fmt: skip
    assert all(set(one) == {"id", "links", "decision"} for one in found)
    assert set(found[0]["links"][0]) == {"contact", "probability", "code", "reasons"}
    assert found[0]["links"][0]["code"] == "GFC"
    assert {link["contact"] for link in found[1]["links"]} == {"ivan1", "ivan2"}
    assert found[2]["links"] == []


def test_link_reads_and_writes_streams_and_tells_bad_lines(povod: Povod, contacts: Path) -> None:
    told = '{"id": 1, "email": "anna@lark.example"}\n{"id": 2}\nnonsense\n\n{"id": 5, "name": "Анна Соколова", "place": "Рига"}\n'
    ran = povod("link", "--contacts", "contacts.csv", "--in", "-", "--out", "-", stdin=told)
    assert ran.status == 1
    assert [one["id"] for one in lines(ran.out)] == [1, 5]
    assert [line.partition(":")[0] for line in ran.err.splitlines()] == ["line 2", "line 3"]


def test_link_refuses_contacts_that_cannot_be_read(povod: Povod, contacts: Path) -> None:
    ran = povod("link", "--contacts", "nobody.csv", stdin="")
    assert ran.status == 2
    assert "nobody.csv" in ran.err


def test_compare_names_answers_in_the_agreed_form(povod: Povod) -> None:
    told = [
        {"id": 1, "name1": "Иванов Сергей Петрович", "name2": "Sergey Ivanov", "schema": "Person"},
        {"id": 2, "name1": "ООО «Ромашка»", "name2": "Romashka Ltd", "schema": "Company"},
        {"id": 3, "name1": "Anna Sokolova", "name2": "Boris Chernov"},
        {"id": 4, "name1": "x", "name2": "y", "schema": "Vessel"},
    ]
    ran = povod("compare-names", stdin="".join(json.dumps(one) + "\n" for one in told))
    assert ran.status == 1
    found = lines(ran.out)
    assert all(set(one) == {"id", "score", "match", "code"} for one in found)
    assert [(one["id"], one["match"]) for one in found] == [(1, True), (2, True), (3, False)]
    assert ran.err.startswith("line 4: `schema` must be")


@pytest.fixture
def taught(povod: Povod, tmp_path: Path) -> Path:
    """A workspace in whose database a person has confirmed sixty links under a short name."""
    database = tmp_path / "povod.sqlite3"
    (tmp_path / "povod.yml").write_text(f"database: sqlite:///{database}\nsources: []\n", "utf-8")
    engine = open_database(f"sqlite:///{database}")
    upgrade(engine)
    now = datetime(2026, 3, 1, tzinfo=UTC)
    with Session(engine) as session:
        for at in range(60):
            name = f"Анна {'абвгде'[at % 6].upper()}{'ор' * (1 + at // 6)}лова"
            session.add(Contact(key=f"c{at}", name=name, place="Тверь", created_at=now, updated_at=now))
            said = asdict(Mention(name=name.replace("Анна", "Нюра"), place="Тверь"))
            session.add(
                LinkVerdict(
                    key=f"v{at}",
                    mention=said,
                    target_type="contact",
                    target_key=f"c{at}",
                    same=True,
                    decided_at=now,
                )
            )
        session.commit()
    engine.dispose()
    return tmp_path


def fit(povod: Povod, *more: str) -> Ran:
    """Run `povod links fit`."""
    return povod("links", "fit", *more)


def test_fit_shows_before_and_after_and_changes_nothing_by_itself(povod: Povod, taught: Path) -> None:
    ran = fit(povod)
    assert ran.status == 0, ran.err
    assert "four fifths of 60 confirmed and 0 rejected" in ran.out
    assert "level_m.nickname" in ran.out
    assert "12 confirmed" in ran.out
    assert not (taught / "linking-weights.json").exists()


def test_fitted_weights_are_used_once_written_and_no_more_once_reverted(povod: Povod, taught: Path) -> None:
    assert fit(povod, "--write").status == 0
    told = json.loads((taught / "linking-weights.json").read_text("utf-8"))
    assert told["provenance"]["confirmed"] == 60
    before = told["weights"]["level_m"]["nickname"]
    assert f"level_m.nickname   {before:.4f} ->" in fit(povod).out
    assert "those that povod brings along" in fit(povod, "--revert").out
    again = fit(povod, "--revert")
    assert again.status == 2
    assert "no fitted weights" in again.err


def test_fit_refuses_too_few_verdicts(povod: Povod, tmp_path: Path) -> None:
    (tmp_path / "povod.yml").write_text("sources: []\n", "utf-8")
    ran = fit(povod)
    assert ran.status == 1
    assert "0 confirmed and 0 rejected" in ran.err


def test_a_damaged_file_of_weights_is_told(povod: Povod, taught: Path) -> None:
    (taught / "linking-weights.json").write_text("{", "utf-8")
    ran = fit(povod)
    assert ran.status == 2
    assert "linking-weights.json: no file of weights" in ran.err
