"""Contacts from CSV files, into real databases."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from leads.contacts import ContactsFault, ImportReport, Options, import_contacts, peek
from leads.contacts.suppression import suppression_hash
from leads.linking.records import Key
from models.contacts import Company, Contact, Identity, Suppression
from models.session import session_factory

CAST = """id,Full name,E-mail,Employer,Title,City,Twitter,LinkedIn
7,Anna Sokolova,Anna@bakery.example,Bakery Ltd,Director,Riga,@anna_bakes,https://www.linkedin.com/in/anna-sokolova/
8,Борис Чернов,boris@zavod.example,ООО "Завод",инженер,Тула,,
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small table of the cast."""
    path = tmp_path / "contacts.csv"
    path.write_text(CAST, encoding="utf-8")
    return path


def run(engine: Engine, path: Path, **more: Any) -> ImportReport:
    """Import a file in a transaction of its own."""
    with Session(engine) as session, session.begin():
        return import_contacts(session, path, **more)


def count(engine: Engine, model: type[Contact] | type[Company] | type[Identity]) -> int:
    """How many rows a table has."""
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def by_name(engine: Engine, name: str) -> Contact:
    """The one contact of a name."""
    with Session(engine) as session:
        return session.scalars(select(Contact).where(Contact.name == name)).one()


def keys_of(engine: Engine, name: str) -> set[tuple[str, str, str]]:
    """The identities of a contact, normalised."""
    with Session(engine) as session:
        rows = session.scalars(
            select(Identity).join(Contact, Contact.id == Identity.contact_id).where(Contact.name == name)
        )
        return {(row.type, row.platform, row.normalized) for row in rows}


def test_rows_become_contacts_with_company_and_exact_keys(engine: Engine, file: Path) -> None:
    report = run(engine, file)
    assert (report.rows, report.imported, report.refused) == (2, 2, [])
    anna = by_name(engine, "Anna Sokolova")
    assert (anna.role, anna.place, anna.external_id) == ("Director", "Riga", "7")
    assert anna.provenance["role"]["from"] == "contacts.csv"
    assert keys_of(engine, "Anna Sokolova") == {
        ("name", "", "anna sokolova"),
        ("email", "", "anna@bakery.example"),
        ("handle", "x", "anna_bakes"),
        ("handle", "linkedin", "anna-sokolova"),
    }
    assert count(engine, Company) == 2


def test_a_second_import_changes_nothing(engine: Engine, file: Path) -> None:
    run(engine, file)
    before = count(engine, Identity)
    report = run(engine, file)
    assert (report.imported, report.merged, report.unchanged, report.change_count) == (0, 0, 2, 0)
    assert (count(engine, Contact), count(engine, Identity)) == (2, before)


def test_a_dry_run_stores_nothing_and_says_what_it_would(engine: Engine, file: Path) -> None:
    report = run(engine, file, dry_run=True)
    assert (report.imported, report.companies) == (2, 2)
    assert count(engine, Contact) == count(engine, Company) == count(engine, Identity) == 0


def test_a_changed_row_of_the_same_file_updates_and_says_what(engine: Engine, file: Path) -> None:
    run(engine, file)
    file.write_text(CAST.replace("Director", "Owner"), encoding="utf-8")
    report = run(engine, file)
    assert (report.merged, report.unchanged) == (1, 1)
    [change] = report.changes
    assert str(change) == f"{file}:2: Anna Sokolova: role was 'Director', is 'Owner'"
    assert by_name(engine, "Anna Sokolova").role == "Owner"


def test_another_file_fills_gaps_and_tells_where_it_differs(
    engine: Engine, file: Path, tmp_path: Path
) -> None:
    run(engine, file)
    other = tmp_path / "crm.csv"
    other.write_text(
        "Name,Email,Title,Phone\nAnna Sokolova,anna@bakery.example,Baker,+371 2000 0000\n", encoding="utf-8"
    )
    report = run(engine, other)
    assert {(c.field, c.kept) for c in report.changes} == {("role", True), ("phone", False)}
    assert by_name(engine, "Anna Sokolova").role == "Director"
    assert ("phone", "", "+37120000000") in keys_of(engine, "Anna Sokolova")
    assert run(engine, other).merged == 0


def test_what_a_person_entered_by_hand_is_never_overwritten(engine: Engine, file: Path) -> None:
    run(engine, file)
    with Session(engine) as session, session.begin():
        anna = session.scalars(select(Contact).where(Contact.external_id == "7")).one()
        anna.role = "Founder"
        anna.provenance = anna.provenance | {"role": {"from": "hand", "at": "2026-01-01"}}
    report = run(engine, file)
    assert [change.kept for change in report.changes] == [True]
    assert by_name(engine, "Anna Sokolova").role == "Founder"


def test_a_row_is_found_by_email_handle_url_or_name_with_company(
    engine: Engine, file: Path, tmp_path: Path
) -> None:
    run(engine, file)
    other = tmp_path / "more.csv"
    other.write_text(
        "Name,Email,Twitter,Profile URL,Company\n"
        "A. Sokolova,ANNA@bakery.example,,,\n"
        "Anya Sokolova,,anna_bakes,,\n"
        "Anna S,,,linkedin.com/in/Anna-Sokolova,\n"
        "Чернов Борис,,,,Завод\n",
        encoding="utf-8",
    )
    report = run(engine, other)
    assert (report.imported, report.refused) == (0, [])
    assert count(engine, Contact) == 2


def test_namesakes_with_addresses_of_their_own_stay_two(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "namesakes.csv"
    path.write_text(
        "Name,Email,Company\nIvan Petrov,i1@bank.example,Bank\nIvan Petrov,i2@bank.example,Bank\n",
        encoding="utf-8",
    )
    assert run(engine, path).imported == 2
    assert run(engine, path).unchanged == 2


def test_people_who_share_a_mailbox_stay_two(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "shared.csv"
    path.write_text(
        "Name,Email\nAnna Sokolova,info@shop.example\nBoris Chernov,info@shop.example\n", encoding="utf-8"
    )
    assert run(engine, path).imported == 2
    assert run(engine, path).unchanged == 2


def test_a_row_that_fits_two_contacts_equally_is_refused(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text(
        "Name,Email,Company\nIvan Petrov,i1@bank.example,Bank\nIvan Petrov,i2@bank.example,Bank\n"
    )
    run(engine, path)
    other = tmp_path / "third.csv"
    other.write_text("Name,Company\nIvan Petrov,Bank\n")
    [refused] = run(engine, other).refused
    assert str(refused).startswith(f"{other}:2: name and company fits 2 known contacts")


def test_every_refused_row_says_where_and_why(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "faulty.csv"
    path.write_text(
        'Name,Email,Title\n,,Director\nAnna Sokolova,not-an-address,\nBoris,b@x.example,a,b\n"Clara,c@x.example,\n'
        + f"{'D' * 300},d@x.example,\n",
        encoding="utf-8",
    )
    report = run(engine, path)
    assert [refused.line for refused in report.refused] == [2, 4, 5, 6]
    assert "names nobody" in report.refused[0].reason
    assert "has 4 cells, the header 3" in report.refused[1].reason
    assert "never closed" in report.refused[2].reason
    assert "more than 255" in report.refused[3].reason
    assert [str(w) for w in report.warnings] == [
        f"{path}:3: not kept: email 'not-an-address' is no e-mail address"
    ]
    assert report.imported == 1


def test_forgotten_people_are_kept_out(engine: Engine, file: Path) -> None:
    secret = b"a key of at least some length"
    with Session(engine) as session, session.begin():
        session.add(
            Suppression(
                hash=suppression_hash(secret, Key("email", "anna@bakery.example")),
                reason="forgotten",
                created_at=datetime.now(UTC),
            )
        )
    report = run(engine, file, suppression_key=secret)
    assert (report.suppressed, report.imported) == (1, 1)
    with pytest.raises(ContactsFault, match="suppression key is not set"):
        run(engine, file)


def test_russian_headers_code_page_and_semicolons_are_recognised(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "контакты.csv"
    text = "Фамилия;Имя;Отчество;Эл. почта;Компания;Должность;Город;Телефон\nСоколова;Анна;Петровна;anna@dom.example;ООО «Дом»;директор;Тверь;8 (912) 345-67-89\n"
    path.write_bytes(text.encode("cp1251"))
    report = run(engine, path)
    assert (report.encoding, report.delimiter, report.imported) == ("cp1251", ";", 1)
    anna = by_name(engine, "Анна Петровна Соколова")
    assert (anna.given, anna.patronymic, anna.family) == ("Анна", "Петровна", "Соколова")
    assert ("phone", "", "+79123456789") in keys_of(engine, anna.name)


def test_notes_before_the_header_are_passed_over(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "Connections.csv"
    path.write_text(
        'Notes:\n"When exporting your connection data, some addresses may be missing, see below"\n\n'
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
        "Anna,Sokolova,https://www.linkedin.com/in/anna-sokolova,,Bakery,Director,01 Feb 2024\n",
        encoding="utf-8",
    )
    assert run(engine, path).imported == 1
    assert ("handle", "linkedin", "anna-sokolova") in keys_of(engine, "Anna Sokolova")


def test_a_given_mapping_overrules_the_guess_and_faults_name_the_nearest(
    engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("Wer,Wo\nAnna Sokolova,Bakery\n", encoding="utf-8")
    with pytest.raises(ContactsFault, match="the columns are 'Wer', 'Wo'"):
        peek(path)
    assert peek(path, {"name": "Wer", "company": "wo"}).mapping == {"name": ("Wer",), "company": ("Wo",)}
    with pytest.raises(ContactsFault, match="no field 'nmae'; did you mean 'name'"):
        peek(path, {"nmae": "Wer"})
    with pytest.raises(ContactsFault, match="no column 'Werr'; did you mean 'Wer'"):
        peek(path, {"name": "Werr"})
    assert run(engine, path, options=Options({"name": "Wer"}, owner="Boris")).imported == 1
    assert by_name(engine, "Anna Sokolova").owner == "Boris"


@pytest.mark.parametrize(
    ("content", "said"), [(None, "no such file"), (b"", "is empty"), (b"\n \n", "is empty")]
)
def test_a_file_that_cannot_be_read_is_one_clear_line(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "contacts.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ContactsFault, match=said):
        peek(path)


def test_two_rows_that_name_one_person_differently_do_not_take_turns(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "contacts.csv"
    file.write_text(
        "Name,E-mail,Place\nAnna Sokolova,anna@lark.example,Leeds\nАнна Соколова,anna@lark.example,Лидс\n",
        encoding="utf-8",
    )
    reports = []
    for _ in range(3):
        with session_factory(sqlite_engine).begin() as session:
            reports.append(import_contacts(session, file))
            person = session.scalars(select(Contact)).one()
            assert (person.name, person.place) == ("Anna Sokolova", "Leeds")
    assert [(report.imported, report.merged) for report in reports[1:]] == [(0, 0), (0, 0)]


def test_ids_of_another_list_in_a_file_of_the_same_name_make_nobody_somebody_else(
    engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_text("ID,Name,Email\n7,Anna Sokolova,anna@kolos.example\n8,Dina Long,dina@kolos.example\n")
    run(engine, path)
    path.write_text(
        "ID,Name,Email\n7,Boris Chernov,boris@volna.example\n8,Dina Short,\n8,Emil Ray,\n7,Anna Ray,anna@kolos.example\n"
    )
    report = run(engine, path)
    assert [(row.line, row.reason.partition(",")[0]) for row in report.refused] == [
        (2, "its id 7 is that of Anna Sokolova"),
        (4, "its id 8 is that of Dina Short"),
    ]
    with Session(engine) as session, session.begin():
        other = import_contacts(session, path, source="other list")
    # Boris and Emil; Dina is known by her name; Anna Ray would be Boris by her id.
    assert (other.imported, other.unchanged, other.refused_count) == (2, 1, 1)
