"""How the bytes of tables and cards are told, and what becomes of bytes that fit nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from leads.contacts import ContactsFault, Options, peek
from leads.contacts.csv_import import open_table
from leads.contacts.encoding import guess_encoding
from models import Contact
from tests.leads.contacts.test_full_exports import imported

RUSSIAN = "Имя;Компания\nАнна Соколова;Колос\nПётр Ёлкин;Лён и хлеб\n"
GERMAN = "First Name,Last Name,Company\nZoë,Müller,Bäcker GmbH\nJörg,Weiß,Öl\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((RUSSIAN, name) for name in ("utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r", "cp866")),
        *((GERMAN, name) for name in ("utf-8", "utf-8-sig", "utf-16", "cp1252")),
        ("Nom,Société\nRenée,Crème à Nîmes\n", "cp1252"),
    ],
)
def test_a_table_is_read_in_the_encoding_it_was_written_in(text: str, encoding: str) -> None:
    assert text.encode(encoding).decode(guess_encoding(text.encode(encoding))) == text


def test_of_two_files_put_together_the_lines_of_the_other_encoding_are_refused(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "both.csv"
    both = "Name,Email\nАнна,anna@kolos.example\n".encode() + "Борис,boris@volna.example\n".encode("cp1251")
    report = imported(sqlite_engine, path, both)
    assert report.imported == 1
    assert [str(row) for row in report.refused] == [
        f"{path}:3: holds bytes that are not UTF-8; name the file's encoding"
    ]


def test_cards_of_another_encoding_are_refused_and_the_rest_comes_in(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    card = "BEGIN:VCARD\nVERSION:3.0\nFN:{}\nEND:VCARD\n"
    both = card.format("Анна").encode() + card.format("Борис").encode("cp1251")
    report = imported(sqlite_engine, tmp_path / "both.vcf", both)
    assert (report.imported, [row.line for row in report.refused]) == (1, [5])
    with Session(sqlite_engine) as session:
        assert session.scalars(select(Contact.name)).all() == ["Анна"]


def test_old_telephones_write_code_pages_and_say_which(sqlite_engine: Engine, tmp_path: Path) -> None:
    for charset in ("windows-1251", "KOI8-R", "UTF-8"):
        written = "".join(f"={byte:02X}" for byte in "Анна Соколова".encode(charset))
        card = (
            f"BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET={charset};ENCODING=QUOTED-PRINTABLE:{written}\nEND:VCARD\n"
        )
        imported(sqlite_engine, tmp_path / "old.vcf", card)
    with Session(sqlite_engine) as session:
        assert session.scalars(select(Contact.name)).all() == ["Анна Соколова"]


def test_a_header_in_another_encoding_than_was_said_is_told(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(RUSSIAN.encode("cp1251"))
    with pytest.raises(ContactsFault, match=r"people\.csv:1: the line that names the columns holds bytes"):
        open_table(path, Options(encoding="utf-8"))


def test_a_table_without_a_line_that_names_the_columns_is_told(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Anna Sokolova,Kolos,anna@kolos.example\n")
    with pytest.raises(ContactsFault, match="its first line is a contact already"):
        peek(path)
