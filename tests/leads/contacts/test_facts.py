"""Dates, relations and what lies behind a contact, from the files that tell them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from leads.contacts import ContactsFault, ImportReport, Options, import_contacts, peek
from leads.contacts.editing import EditFault, edit_contact
from leads.contacts.facts import kind_of_label, read_date
from leads.contacts.faults import OptionFault
from leads.contacts.finding import find_contact
from leads.contacts.phones import PhoneReader
from leads.contacts.view import show_contact
from leads.linking.keys import phone_key
from models import Contact, ContactFact
from tests.leads.contacts.test_merging import NOON

# Headers as the programs write them: Google before 2024 and since, Outlook classic and new, and CRMs.
EXPORTS = {
    "google old": "Name,Given Name,Additional Name,Family Name,Birthday,E-mail 1 - Type,E-mail 1 - Value,Organization 1 - Name,Organization 1 - Title,Relation 1 - Type,Relation 1 - Value,Event 1 - Type,Event 1 - Value\n"
    "Anna Sokolova,Anna,,Sokolova,1980-05-12,* Home,anna@kolos.example,Kolos,Baker,Spouse,Boris Chernov,Anniversary,2010-06-01\n",
    "google new": "First Name,Middle Name,Last Name,Organization Name,Organization Title,Birthday,Labels,E-mail 1 - Label,E-mail 1 - Value,Relation 1 - Label,Relation 1 - Value,Event 1 - Label,Event 1 - Value\n"
    "Anna,,Sokolova,Kolos,Baker,1980-05-12,* myContacts,* Home,anna@kolos.example,Spouse,Boris Chernov,Anniversary,2010-06-01\n",
    "outlook classic": "First Name,Middle Name,Last Name,Birthday,Anniversary,E-mail Address,Home City,Spouse,Referred By,Company,Job Title,Hobby\n"
    "Anna,,Sokolova,5/12/1980,6/1/2010,anna@kolos.example,Riga,Boris Chernov,Clara Vetrova,Kolos,Baker,chess; rye\n",
    "outlook new": "First Name,Last Name,E-mail Address,Job Title,Company,Spouse,Schools,Hobby,Birthday,Anniversary\n"
    "Anna,Sokolova,anna@kolos.example,Baker,Kolos,Boris Chernov,Riga State University,chess,1980-05-12,2010-06-01\n",
    "bitrix24": "ID;Имя;Отчество;Фамилия;Дата рождения;Компания;Должность;Рабочий телефон;Частный e-mail;Ответственный\n"
    "9;Анна;;Соколова;12.05.1980;Kolos;Baker;+371 2000 0000;anna@kolos.example;olga\n",
    "amocrm": "ID;Полное имя контакта;Компания контакта;Ответственный за контакт;Рабочий телефон;Рабочий email;Должность;Дата рождения\n"
    "4;Анна Соколова;Kolos;olga;+37120000000;anna@kolos.example;Baker;12.05.1980\n",
}
CARD = (
    "BEGIN:VCARD\nVERSION:4.0\nFN:Anna Sokolova\nBDAY:19800512\nANNIVERSARY:20100601\nRELATED;TYPE=spouse;VALUE=text:Boris "
    "Chernov\nRELATED;TYPE=friend:urn:uuid:1\nitem1.X-ABRELATEDNAMES:Clara Vetrova\nitem1.X-ABLabel:_$!<Manager>!$_\n"
    "HOBBY:chess\nBIRTHPLACE:Tula\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:Dora Long\nBDAY:--0229\nEND:VCARD\n"
)


def run(engine: Engine, path: Path, text: str, **more: str) -> ImportReport:
    """Write and import a file."""
    path.write_text(text, encoding="utf-8")
    with Session(engine) as session, session.begin():
        return import_contacts(session, path, options=Options(**more), now=NOON)


def facts(engine: Engine, name: str = "Anna Sokolova") -> set[tuple[str, str]]:
    """What is known of a contact: kinds with what is compared."""
    query = select(ContactFact).join(Contact).where(Contact.name == name)
    with Session(engine) as session:
        return {(fact.kind, fact.normalized) for fact in session.scalars(query)}


@pytest.mark.parametrize("kind", EXPORTS)
def test_exports_tell_dates_and_relations(sqlite_engine: Engine, tmp_path: Path, kind: str) -> None:
    report = run(sqlite_engine, tmp_path / "people.csv", EXPORTS[kind])
    assert (report.imported, report.warnings, report.refused) == (1, [], [])
    with Session(sqlite_engine) as session:
        anna = session.scalars(select(Contact)).one()
        view = show_contact(session, anna)
    told = facts(sqlite_engine, anna.name)
    assert ("birthday", "1980-05-12") in told
    if kind not in ("bitrix24", "amocrm"):
        assert {("spouse", "boris chernov"), ("anniversary", "2010-06-01")} <= told
    assert {datum.source for datum in (*view.dates, *view.relations, *view.identities)} == {"people.csv"}
    assert run(sqlite_engine, tmp_path / "people.csv", EXPORTS[kind]).unchanged == 1


def test_hobbies_schools_and_who_introduced_are_kept(sqlite_engine: Engine, tmp_path: Path) -> None:
    run(sqlite_engine, tmp_path / "a.csv", EXPORTS["outlook classic"])
    run(sqlite_engine, tmp_path / "b.csv", EXPORTS["outlook new"])
    assert facts(sqlite_engine) >= {
        ("interest", "chess"), ("interest", "rye"), ("introduced_by", "clara vetrova"), ("school", "riga state university"),
    }  # fmt: skip


def test_vcards_tell_them_too(sqlite_engine: Engine, tmp_path: Path) -> None:
    assert run(sqlite_engine, tmp_path / "cards.vcf", CARD).imported == 2
    assert facts(sqlite_engine) == {
        ("birthday", "1980-05-12"), ("anniversary", "2010-06-01"), ("spouse", "boris chernov"),
        ("manager", "clara vetrova"), ("interest", "chess"), ("town", "tula"),
    }  # fmt: skip
    assert facts(sqlite_engine, "Dora Long") == {("birthday", "--02-29")}


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("1980-05-12", "1980-05-12"), ("19800512", "1980-05-12"), ("12.05.1980", "1980-05-12"), ("5/12/1980", "1980-05-12"),
        ("25/12/1980", "1980-12-25"), ("--05-12", "--05-12"), ("--0512", "--05-12"), ("12.05", "--05-12"),
        ("1604-05-12", "--05-12"), ("1980-05-12T00:00:00Z", "1980-05-12"), ("0/0/00", ""), ("31.02.1980", ""), ("May", ""),
    ],
)  # fmt: skip
def test_dates_are_read_as_programs_write_them(text: str, date: str) -> None:
    assert read_date(text) == date


@given(st.text(max_size=20))
def test_no_text_breaks_the_reading_of_dates_and_labels(text: str) -> None:
    assert read_date(text) == "" or read_date(text)[-3] == "-"
    assert kind_of_label(text, "relation")


def test_a_birthday_is_not_overwritten_by_another_file_nor_ever_by_a_file_over_a_hand(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    table = "Name,Email,Birthday\nAnna Sokolova,anna@kolos.example,{}\n"
    run(sqlite_engine, tmp_path / "a.csv", table.format("1980-05-12"))
    other = run(sqlite_engine, tmp_path / "b.csv", table.format("1981-05-12"))
    assert [(c.field, c.kept) for c in other.changes] == [("birthday", True)]
    run(sqlite_engine, tmp_path / "a.csv", table.format("1982-05-12"))
    assert facts(sqlite_engine) == {("birthday", "1982-05-12")}
    with Session(sqlite_engine) as session, session.begin():
        edit_contact(session, find_contact(session, "Anna Sokolova"), {"birthday": "--05-13"}, "olga", NOON)
    run(sqlite_engine, tmp_path / "a.csv", table.format("1983-05-12"))
    assert facts(sqlite_engine) == {("birthday", "--05-13")}


def test_show_tells_where_each_field_came_from_and_what_stood_there_before(
    engine: Engine, tmp_path: Path
) -> None:
    table = "id,Name,Title,Email\n7,Anna Sokolova,{},anna@kolos.example\n"
    for role in ("Baker", "Head baker"):
        run(engine, tmp_path / "a.csv", table.format(role))
    run(engine, tmp_path / "b.csv", "Name,Email,City\nAnna Sokolova,anna@kolos.example,Riga\n")
    with Session(engine) as session, session.begin():
        anna = find_contact(session, "7")
        edit_contact(session, anna, {"notes": "met at the fair"}, "olga", NOON)
        fields = {d.field: (d.value, d.source, d.at, d.previous) for d in show_contact(session, anna).fields}
    assert fields["role"] == ("Head baker", "a.csv", "2026-03-01", ("Baker",))
    assert fields["place"] == ("Riga", "b.csv", "2026-03-01", ())
    assert fields["notes"] == ("met at the fair", "hand", "2026-03-01", ())


@pytest.mark.parametrize("field", ["role", "place", "company", "owner", "name"])
def test_no_import_overwrites_what_a_hand_has_set(sqlite_engine: Engine, tmp_path: Path, field: str) -> None:
    table = "id,name,role,place,company,owner\n7,Anna Sokolova,Baker,Riga,Kolos,olga\n"
    run(sqlite_engine, tmp_path / "a.csv", table)
    with Session(sqlite_engine) as session, session.begin():
        edit_contact(session, find_contact(session, "7"), {field: "Said By Hand"}, "dina", NOON)
    for text in (
        table,
        table.replace("Baker,Riga,Kolos,olga", "Chef,Tula,Zavod,emil").replace("Sokolova", "Petrova"),
    ):
        run(sqlite_engine, tmp_path / "a.csv", text)
    with Session(sqlite_engine) as session:
        view = show_contact(session, find_contact(session, "7"))
    datum = next(d for d in view.fields if d.field == field)
    assert (datum.value, datum.source) == ("Said By Hand", "hand")


def test_an_edit_that_cannot_be_made_is_told(sqlite_engine: Engine, tmp_path: Path) -> None:
    run(sqlite_engine, tmp_path / "a.csv", "Name\nAnna Sokolova\n")
    with Session(sqlite_engine) as session:
        anna = find_contact(session, "Anna Sokolova")
        for values, fault in (
            ({"salary": "1"}, "there is no field 'salary'"),
            ({"name": ""}, "a contact must have one"),
            ({"email": "nobody"}, "cannot be read"),
            ({"birthday": "May"}, "is no date"),
            ({"role": "x" * 300}, "has 300 characters"),
        ):
            with pytest.raises(EditFault, match=fault):
                edit_contact(session, anna, values, "olga", NOON)


@pytest.mark.parametrize("region", ["US", "RU", "GB", "DE"])
@settings(max_examples=60)
@given(numbers=st.lists(st.from_regex(r"0?[1-9][0-9]{5,10}", fullmatch=True), max_size=6))
def test_numbers_read_by_what_was_learnt_are_those_of_the_library(region: str, numbers: list[str]) -> None:
    reader = PhoneReader(region)
    for number in [n[:5] + tail for n in numbers for tail in (n[5:], n[5:][::-1])]:
        assert reader.key(number) == phone_key(number, region)


def test_national_phones_need_a_region_that_there_is(sqlite_engine: Engine, tmp_path: Path) -> None:
    table = "Name,Phone\nAnna,(212) 555-0123\n"
    assert run(sqlite_engine, tmp_path / "a.csv", table).warning_count == 1
    assert run(sqlite_engine, tmp_path / "a.csv", table, region="us").warning_count == 0
    with Session(sqlite_engine) as session:
        [phone] = show_contact(session, find_contact(session, "Anna")).identities
    assert phone.value == "+12125550123"
    with pytest.raises(OptionFault, match="there is no region 'Mars'"):
        run(sqlite_engine, tmp_path / "a.csv", table, region="Mars")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"PK\x03\x04" + bytes(range(256)) * 4, "an archive or a workbook"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 99, "an old Excel workbook"),
        (bytes(range(1, 32)) * 40, "it holds binary data"),
        (b"%PDF-1.4\n", "a PDF"),
    ],
)
def test_what_is_no_text_is_told_without_its_bytes(tmp_path: Path, content: bytes, fault: str) -> None:
    path = tmp_path / "contacts.csv"
    path.write_bytes(content)
    with pytest.raises(ContactsFault, match=fault) as caught:
        peek(path)
    assert str(caught.value).isprintable()
