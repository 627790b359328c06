"""Contacts from what other programs export."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from leads.contacts import ContactsFault, ImportReport, Options, import_contacts, peek
from leads.contacts.vcard import read_vcards
from leads.linking.load import load_records
from leads.linking.records import ContactRecord
from models import ContactFact

EXPORTS = {
    "linkedin": "Notes:\nSome addresses are missing\n\nFirst Name,Last Name,URL,Email Address,Company,Position,Connected On\nAnna,Sokolova,,anna@kolos.example,Kolos,Baker,01 Feb 2024\n",
    "google": "First Name,Middle Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value,Organization Name,Organization Title\nAnna,,Sokolova,* myContacts ::: Friends,* Home,anna@kolos.example,Kolos,Baker\n",
    "outlook": "First Name,Middle Name,Last Name,Company,Job Title,Business City,E-mail Address\nAnna,,Sokolova,Kolos,Baker,Riga,anna@kolos.example\n",
    "salesforce": "Contact ID,First Name,Last Name,Account Name,Title,Mailing City,Email,Contact Owner\n003A,Anna,Sokolova,Kolos,Baker,Riga,anna@kolos.example,Boris\n",
    "hubspot": "Record ID,First Name,Last Name,Email,Job Title,Primary Associated Company,Contact owner\n51,Anna,Sokolova,anna@kolos.example,Baker,Kolos,Boris\n",
    "pipedrive": "Person - ID,Person - Name,Person - Email - Work,Person - Organization,Person - Job title\n7,Anna Sokolova,anna@kolos.example,Kolos,Baker\n",
    "bitrix24": "ID;Имя;Отчество;Фамилия;Компания;Должность;Рабочий e-mail;Ответственный\n9;Anna;;Sokolova;Kolos;Baker;anna@kolos.example;Boris\n",
    "amocrm": "ID;Полное имя контакта;Компания контакта;Должность (контакт);Рабочий email (контакт)\n4;Anna Sokolova;Kolos;Baker;anna@kolos.example\n",
    "odoo": "External ID,Name,Related Company,Job Position,Email,City\nbase.p4,Anna Sokolova,Kolos,Baker,anna@kolos.example,Riga\n",
}
CARDS = (
    "BEGIN:VCARD\nVERSION:3.0\nUID:u1\nFN:Anna Sokolova\nN:Sokolova;Anna;;;\nORG:Kolos;Bread\nTITLE:Baker\n"
    "EMAIL;TYPE=INTERNET:anna@kolos.example\nTEL;TYPE=CELL:+371 2000 0000\nADR;TYPE=WORK:;;Street 1;Riga;;1001;Latvia\n"
    "item1.URL:https\\://x.com/anna_bakes\nNOTE:long \n text\\, folded\nEND:VCARD\n"
    "BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=90=D0=BD=D0=BD=D0=B0\nEND:VCARD\n"
    "BEGIN:VCARD\nVERSION:4.0\nFN:Torn\n"
)


def contacts(engine: Engine, path: Path, **more: str) -> tuple[ImportReport, list[ContactRecord]]:
    """Import a file; return the report and who is known then."""
    with Session(engine) as session, session.begin():
        report = import_contacts(session, path, options=Options(**more))
        return report, load_records(session)[0]


@pytest.mark.parametrize("kind", EXPORTS)
def test_the_exports_of_address_books_and_crms_need_no_mapping(
    sqlite_engine: Engine, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"{kind}.csv"
    path.write_text(EXPORTS[kind], encoding="utf-8")
    report, [anna] = contacts(sqlite_engine, path, kind=kind)
    assert (report.imported, report.refused, report.warnings) == (1, [], [])
    assert (anna.name, anna.company, anna.role) == ("Anna Sokolova", "Kolos", "Baker")
    assert [key.value for key in anna.keys] == ["anna@kolos.example"]


def test_a_workbook_is_read_like_a_table(sqlite_engine: Engine, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Our customers"],
        [],
        ["ID", "Name", "Company"],
        [7, "Anna Sokolova", "Kolos"],
        [None, None, None],
        [8, None, "Empty"],
    ):
        sheet.append(row)
    path = tmp_path / "book.xlsx"
    book.save(path)
    report, [anna] = contacts(sqlite_engine, path)
    assert (anna.name, anna.company) == ("Anna Sokolova", "Kolos")
    assert [refused.line for refused in report.refused] == [6]
    path.write_bytes(b"no workbook")
    with pytest.raises(ContactsFault, match="is no XLSX workbook"):
        peek(path)


def test_vcards_of_all_versions_are_read_and_torn_ones_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "cards.vcf"
    path.write_text(CARDS, encoding="utf-8")
    report, [first, second] = contacts(sqlite_engine, path)
    assert (first.name, first.company, first.role, first.place) == ("Anna Sokolova", "Kolos", "Baker", "Riga")
    assert {(k.type, k.value) for k in first.keys} >= {
        ("email", "anna@kolos.example"),
        ("phone", "+37120000000"),
    }
    assert second.name == "Анна"
    assert [str(refused) for refused in report.refused] == [f"{path}:19: a card begins here and does not end"]


APPLE = (
    "BEGIN:VCARD\nVERSION:3.0\nFN:Anna Sokolova\nROLE:Bakes bread\nTITLE:Baker\n"
    "X-SOCIALPROFILE;type=twitter;x-user=anna_bakes:http://twitter.com/anna_bakes\n"
    "X-SOCIALPROFILE;type=telegram;x-user=anna_b:x-apple:anna_b\nIMPP;X-SERVICE-TYPE=Skype:skype:anna.skype\n"
    "item1.X-ABDATE;type=pref:2010-06-01\nitem1.X-ABLabel:_$!<Anniversary>!$_\nEND:VCARD\n"
    "BEGIN:VCARD\nVERSION:4.0\nFN:Boris Chernov\nROLE:CTO\nTEL;VALUE=uri:tel:+1-202-555-0142;ext=5555\n"
    "SOCIALPROFILE;SERVICE-TYPE=Mastodon:https://social.example/@boris\nEND:VCARD\n"
    "BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:The Bakers\nEND:VCARD\n"
    "BEGIN:VCARD\nVERSION:4.0\nKIND:org\nFN:Volna Inc\nEND:VCARD\n"
    "BEGIN:VCARD\nVERSION:3.0\nFN:Volna Inc\nX-ABShowAs:COMPANY\nEND:VCARD\n"
)


def test_vcards_tell_accounts_and_what_is_no_person_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "cards.vcf"
    path.write_text(APPLE, encoding="utf-8")
    report, [anna, boris] = contacts(sqlite_engine, path)
    assert [row.reason for row in report.refused] == [
        "is a group, no person", "is a company, no person", "is a company, no person",
    ]  # fmt: skip
    assert [row.reason for row in report.warnings] == ["not kept: url 'skype:anna.skype' is no web address"]
    assert (anna.role, boris.role) == ("Baker", "CTO")
    assert {(key.platform, key.value) for key in (*anna.keys, *boris.keys)} == {
        ("x", "anna_bakes"), ("telegram", "anna_b"), ("mastodon", "boris@social.example"), ("", "+12025550142"),
    }  # fmt: skip
    with Session(sqlite_engine) as session:
        [anniversary] = session.scalars(select(ContactFact))
    assert (anniversary.kind, anniversary.normalized) == ("anniversary", "2010-06-01")


def test_an_unknown_kind_of_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text("Name\nAnna\n")
    with Session() as session, pytest.raises(ContactsFault, match="there is no kind of file 'notes'"):
        import_contacts(session, path, options=Options(kind="notes"))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_vcards(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("cards") / "any.vcf"
    path.write_text(f"BEGIN:VCARD\n{text}\nEND:VCARD\n", encoding="utf-8", errors="replace")
    assert list(read_vcards(path).rows())
