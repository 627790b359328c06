"""Whole exports of address books and CRMs, with the columns that are in the way and the rows that are no people."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from leads.contacts import ImportReport, Options, import_contacts
from models import Company, Contact, ContactFact, Identity

# Headers as the programs write them (leads/contacts/data/headers.tsv says from where); the people are invented.
SALESFORCE_REPORT = (
    '"Salutation","First Name","Last Name","Title","Account Name","Mailing Street","Mailing Country","Mailing State/Province",'
    '"Mailing City","Phone","Mobile","Asst. Phone","Email","Account Owner","Contact Owner"\n'
    '"Ms.","Anna","Sokolova","Baker","Kolos","S 1","Latvia","Vidzeme","Riga","+371 2000 0000","","+371 2000 0009",'
    '"anna@kolos.example","Boris","Olga"\n\n"Contacts & Accounts"\n"Copyright (c) 2000-2026, all rights reserved."\n'
)
SALESFORCE_LOADER = (
    '"ID","ACCOUNTID","LASTNAME","FIRSTNAME","NAME","MAILINGCITY","MAILINGCOUNTRY","MOBILEPHONE","REPORTSTOID","EMAIL",'
    '"TITLE","ASSISTANTNAME","BIRTHDATE","OWNERID","ACCOUNT.NAME","OWNER.NAME"\n'
    '"003A1","001A1","Sokolova","Anna","Anna Sokolova","Riga","Latvia","+37120000000","003B1","anna@kolos.example","Baker",'
    '"Emil Long","1980-05-12","005A1","Kolos","Olga"\n'
)
ODOO = (
    '"External ID","Display Name","Is a Company","Company","Related Company","Job Position","Phone","Email","Salesperson",'
    '"Country","City","Tags","Website Link"\n'
    '"base.1","Kolos","True","My Own Ltd","","","","info@kolos.example","","Latvia","Riga","",""\n'
    '"base.2","Kolos, Anna Sokolova","False","My Own Ltd","Kolos","Baker","+37120000000","anna@kolos.example","Olga",'
    '"Latvia","Riga","VIP,Bread","http://kolos.example"\n'
)
ODOO_FOR_IMPORT = (
    '"id","name","is_company","parent_id/id","parent_id","function","phone","email","user_id/id","user_id","country_id",'
    '"city","company_id"\n'
    '"base.2","Anna Sokolova","False","base.1","Kolos","Baker","+37120000000","anna@kolos.example","base.u1","Olga",'
    '"Latvia","Riga","My Own Ltd"\n'
)
ODOO_LIST = (
    '"Complete Name","Phone","Email","Job Position","Salesperson","City","Country"\n'
    '"Kolos, Inc.","","","","","Riga","Latvia"\n'
    '"Kolos, Anna Sokolova","+37120000000","anna@kolos.example","Baker","Olga","Riga","Latvia"\n'
)
HUBSPOT = (
    "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Primary Associated Company ID,Lead Status,"
    "Company Name,Associated Company,Associated Company IDs (Primary),Job Title,Country/Region,City,Website URL\n"
    "51,Anna,Sokolova,anna@kolos.example,+37120000000,Olga,991,NEW,Kolos at home,Kolos,991,Baker,Latvia,Riga,kolos.example\n"
)
AMOCRM = (
    '"ID","Тип","Имя","Полное имя контакта","Фамилия","Компания","Кем создан","Ответственный","Город","Рабочий телефон",'
    '"Рабочий email","Должность"\n'
    '"4","контакт","Anna","Anna Sokolova","Sokolova","Kolos","Бот","Olga","Riga","+37120000000","anna@kolos.example","Baker"\n'
    '"5","компания","","Kolos","","Kolos","Бот","Olga","","","",""\n'
)
GOOGLE = (
    "First Name,Middle Name,Last Name,File As,Organization Name,Organization Title,Labels,E-mail 1 - Label,E-mail 1 - Value,"
    "Phone 1 - Value,Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - Country\n"
    'Anna,,Sokolova,,Kolos,Baker,* myContacts,* Work,anna@kolos.example,+371 2000 0000,"Street 1\nRiga\nLatvia",Street 1,'
    "Riga,Latvia\n"
)
OUTLOOK = (
    '"First Name","Last Name","Company","Job Title","Business Country/Region","Business City","Business Phone","Anniversary",'
    '"Birthday","E-mail Address","Manager\'s Name","Assistant\'s Name"\n'
    '"Anna","Sokolova","Kolos","Baker","Latvia","Riga","+371 2000 0000","0/0/00","0/0/00","anna@kolos.example",'
    '"Clara Vetrova","Emil Long"\n'
)
# File, how many rows are people, how many are refused, and who looks after her.
EXPORTS = {
    "salesforce report": (SALESFORCE_REPORT, 2, "Olga"),
    "salesforce loader": (SALESFORCE_LOADER, 0, "Olga"),
    "odoo": (ODOO, 1, "Olga"),
    "odoo for import": (ODOO_FOR_IMPORT, 0, "Olga"),
    "odoo list": (ODOO_LIST, 1, "Olga"),
    "hubspot": (HUBSPOT, 0, "Olga"),
    "amocrm": (AMOCRM, 1, "Olga"),
    "google": (GOOGLE, 0, ""),
    "outlook": (OUTLOOK, 0, ""),
}


def imported(engine: Engine, path: Path, text: str | bytes, **more: str) -> ImportReport:
    """Write and import a file."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with Session(engine) as session, session.begin():
        return import_contacts(session, path, options=Options(**more))


@pytest.mark.parametrize("kind", EXPORTS)
def test_of_a_whole_export_each_person_comes_once_and_each_field_from_its_own_column(
    sqlite_engine: Engine, tmp_path: Path, kind: str
) -> None:
    text, refused, owner = EXPORTS[kind]
    report = imported(sqlite_engine, tmp_path / "people.csv", text, kind=kind.partition(" ")[0])
    assert (report.imported, report.refused_count, report.warnings) == (1, refused, [])
    with Session(sqlite_engine) as session:
        anna, company = session.execute(select(Contact, Company.name).join(Company)).one()
        keys = {
            key.normalized for key in session.scalars(select(Identity).where(Identity.contact_id == anna.id))
        }
    assert (anna.name, company, anna.role, anna.place, anna.owner) == (
        "Anna Sokolova", "Kolos", "Baker", "Riga", owner,
    )  # fmt: skip
    assert keys == {"anna sokolova", "anna@kolos.example", "+37120000000"}
    assert imported(sqlite_engine, tmp_path / "people.csv", text).unchanged == 1


def test_a_row_that_is_a_company_is_refused_and_says_so(sqlite_engine: Engine, tmp_path: Path) -> None:
    report = imported(sqlite_engine, tmp_path / "odoo.csv", ODOO)
    assert [(row.line, row.reason) for row in report.refused] == [(2, "is a company, no person")]


def test_managers_and_assistants_of_outlook_and_salesforce_are_kept(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    imported(sqlite_engine, tmp_path / "outlook.csv", OUTLOOK)
    imported(sqlite_engine, tmp_path / "salesforce.csv", SALESFORCE_LOADER)
    with Session(sqlite_engine) as session:
        told = {(fact.kind, fact.value, fact.source) for fact in session.scalars(select(ContactFact))}
    assert told == {
        ("manager", "Clara Vetrova", "outlook.csv"), ("assistant", "Emil Long", "outlook.csv"),
        ("birthday", "1980-05-12", "salesforce.csv"),
    }  # fmt: skip


def test_numbers_of_parents_and_users_in_other_tables_name_nobody(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    report = imported(
        sqlite_engine, tmp_path / "a.csv", "name,email,parent_id,user_id\nAnna Sokolova,a@kolos.example,7,9\n"
    )
    assert report.unused_columns == ("parent_id", "user_id")


def test_where_a_table_has_one_column_for_names_it_is_the_whole_name(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    imported(sqlite_engine, tmp_path / "a.csv", "Имя;Компания\nАнна Соколова;Колос\n")
    with Session(sqlite_engine) as session:
        anna = session.scalars(select(Contact)).one()
        assert (anna.name, anna.given, anna.family) == ("Анна Соколова", "", "")


def test_what_a_spreadsheet_writes_for_nothing_is_nothing(sqlite_engine: Engine, tmp_path: Path) -> None:
    imported(sqlite_engine, tmp_path / "a.csv", "Name,Company,Title\nAnna Sokolova,#N/A,#REF!\n")
    with Session(sqlite_engine) as session:
        anna = session.scalars(select(Contact)).one()
        assert (anna.company_id, anna.role) == (None, "")
