"""Contacts, companies and ties from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.povod.conftest import Povod

CAST = """id,Name,E-mail,Company,Title,City,Owner,Spouse,School
7,Anna Sokolova,anna@bakery.example,Bakery Ltd,Director,Riga,olga,,Riga State University
9,Anya Sokolova,sokolova@home.example,Bakery,,Riga,,Boris Chernov,
11,Boris Chernov,boris@zavod.example,Zavod,Head of Procurement,Tula,olga,,
"""


@pytest.fixture
def people(povod: Povod, tmp_path: Path) -> Povod:
    """Three contacts, two of whom are one."""
    (tmp_path / "povod.yml").write_text(
        "database: sqlite:///povod.sqlite3\nme: {name: dina, emails: [dina@firm.example], towns: [Рига]}\n"
    )
    (tmp_path / "cast.csv").write_text(CAST, encoding="utf-8")
    assert povod("contacts", "import", "cast.csv").status == 0
    return povod


def test_two_who_are_one_are_found_merged_and_taken_apart_again(people: Povod) -> None:
    [pair] = json.loads(people("contacts", "duplicates", "--json").out)
    assert {pair["name"], pair["other_name"]} == {"Anna Sokolova", "Anya Sokolova"}
    assert pair["probability"] >= 0.5
    before = people("db", "dump").out
    dry = people("contacts", "merge", "7", "9", "--dry-run")
    assert "would be merged into Anna Sokolova" in dry.out
    assert people("db", "dump").out == before
    merged = json.loads(people("contacts", "merge", "Anna Sokolova", "9", "--json").out)
    assert len(json.loads(people("contacts", "list", "--json").out)) == 2
    assert "unchanged         3" in people("contacts", "import", "cast.csv").out
    assert "are two again" in people("contacts", "unmerge", merged["key"]).out
    assert people("db", "dump").out == before


def test_an_edit_is_shown_with_who_made_it_and_what_was_there(people: Povod) -> None:
    edited = people(
        "contacts", "edit", "anna@bakery.example", "--set", "role=Owner", "--set", "school=Tula School"
    )
    assert "role was 'Director', is 'Owner'" in edited.out
    shown = json.loads(people("contacts", "show", "7", "--json").out)
    role = next(datum for datum in shown["fields"] if datum["field"] == "role")
    assert (role["value"], role["source"], role["previous"]) == ("Owner", "hand", ["Director"])
    assert {datum["value"] for datum in shown["background"]} == {"Riga State University", "Tula School"}
    history = people("contacts", "history", "7").out
    assert "Director" in history
    assert "hand" in history
    assert "cast.csv" in people("contacts", "show", "7").out


def test_ties_are_told_with_where_they_come_from(people: Povod) -> None:
    committee = people("committee", "bakery ltd").out
    assert "a purchase has 6.8 people on average" in committee
    assert "missing: buyer, who negotiates and signs the order" in committee
    assert "missing: decider" in people("company", "show", "Zavod").out
    path = json.loads(people("paths", "11", "--json").out)[0]
    assert path["via"] == ["olga"]
    assert path["steps"][1]["sources"][0].startswith("cast.csv ")
    assert "town: Riga (you: Рига, me in povod.yml; they: cast.csv" in people("common", "7").out
    assert "nothing shared" in people("common", "11").out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("contacts", "show", "Nobody"), "'Nobody': there is no such contact"),
        (("contacts", "show", "Sokolova"), "may be several; say which by its key"),
        (("contacts", "merge", "7", "7"), "cannot be merged with itself"),
        (("contacts", "unmerge", "zz"), "there is no such merge"),
        (("contacts", "edit", "7", "--set", "role"), "write field=value"),
        (("contacts", "edit", "7", "--set", "salary=1"), "there is no field 'salary'"),
        (("committee", "Nowhere"), "'Nowhere': there is no such company"),
        (("paths", "Nobody"), "'Nobody': there is no such contact"),
        (("contacts", "import", "cast.csv", "--map", "name=Who"), "the table has no column 'Who'"),
        (("contacts", "import", "cast.csv", "--map", "nom=Name"), "there is no field 'nom'"),
        (("contacts", "import", "cast.csv", "--encoding", "utf-99"), "there is no encoding 'utf-99'"),
        (("contacts", "import", "cast.csv", "--region", "Mars"), "there is no region 'Mars'"),
    ],
)
def test_wrong_use_is_told_in_one_line_with_status_2(
    people: Povod, arguments: tuple[str, ...], told: str
) -> None:
    ran = people(*arguments)
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert told in ran.err


def test_a_file_that_is_no_table_is_told_in_one_line(people: Povod, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes(bytes(range(256)) * 40)
    ran = people("contacts", "import", "people.csv")
    assert (ran.status, ran.err) == (
        1,
        "povod: people.csv: is not a text table: it holds binary data; save it as .csv or .xlsx\n",
    )


def test_without_a_word_about_the_user_there_is_no_common_ground(people: Povod, tmp_path: Path) -> None:
    (tmp_path / "povod.yml").write_text("database: sqlite:///povod.sqlite3\n")
    assert "nothing is said of you; add 'me:'" in people("common", "7").err


def test_a_mailbox_leaves_the_user_out_and_makes_a_way_warmer(people: Povod, tmp_path: Path) -> None:
    (tmp_path / "own.mbox").write_text(
        "From x\nFrom: dina@firm.example\nTo: anna@bakery.example\nDate: Mon, 1 Jun 2026 10:00:00 +0000\n\nhi\n\n"
        "From y\nFrom: anna@bakery.example\nTo: dina@firm.example\nDate: Tue, 2 Jun 2026 10:00:00 +0000\n\nhi\n"
    )
    told = people("contacts", "import", "own.mbox")
    assert "dina@firm.example: your own address" in told.err
    assert len(json.loads(people("contacts", "list", "--json").out)) == 3
    assert "mail with dina@firm.example: wrote 1, was written 1" in people("contacts", "show", "7").out
    [way] = [path for path in json.loads(people("paths", "7", "--json").out) if path["via"] == []]
    assert "headers of own.mbox" in way["steps"][0]["sources"]


def test_the_configuration_names_mailboxes_and_says_what_a_file_is(povod: Povod, tmp_path: Path) -> None:
    for part in ("cur", "new", "tmp"):
        (tmp_path / "Mail" / part).mkdir(parents=True)
    (tmp_path / "Mail" / "cur" / "1:2,S").write_text(
        "From: Anna Sokolova <anna@bakery.example>\nTo: dina@firm.example\nDate: Tue, 2 Jun 2026 10:00:00 +0000\n\nhi\n"
    )
    (tmp_path / "cards").write_text("BEGIN:VCARD\nVERSION:4.0\nFN:Boris Chernov\nEND:VCARD\n")
    (tmp_path / "povod.yml").write_text(
        "database: sqlite:///povod.sqlite3\nme: {emails: [dina@firm.example]}\n"
        "contacts:\n- file: Mail\n- {file: cards, kind: vcard}\n"
    )
    assert povod("check").status == 0
    for _ in range(2):
        assert povod("run", "--once").status == 0
        names = {contact["name"] for contact in json.loads(povod("contacts", "list", "--json").out)}
        assert names == {"Anna Sokolova", "Boris Chernov"}
    (tmp_path / "Mail" / "new" / "2").write_text(
        "From: Emil Long <emil@bakery.example>\nTo: dina@firm.example\n\nhi\n"
    )
    assert povod("run", "--once").status == 0
    assert len(json.loads(povod("contacts", "list", "--json").out)) == 3
