from __future__ import annotations

import csv
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from guards.failpoints import VARIABLE
from leads.export import TEMPLATES
from leads.export.files import ExportFault, ExportOptions, export_file, write_whole
from leads.queries import LeadFilter, NoSuchLead, count_leads, find_lead, list_leads
from leads.review import By, set_status
from tests.leads.world import World, day, said

ROOT = Path(__file__).parents[2]
QUOTE = '=HYPERLINK("http://evil.example")'


@pytest.fixture
def filled(world: World) -> World:
    """Three leads: Anna's, with a hostile quote, a company's, and one in review."""
    world.detector.script = [
        said("new_job", QUOTE, company="Lark"),
        said("funding", "Lark raised", who="company", company="Lark"),
        said("promotion", "Boris Petrov was promoted", who="person", name="Boris Petrov"),
    ]
    world.post("p1", f"{QUOTE} says\nAnna", day(1), handle="@anna")
    world.post("p2", "Lark raised $5m", day(0))
    world.post("p3", "Boris Petrov was promoted", day(2))
    world.run()
    return world


def export(world: World, path: Path, options: ExportOptions, wanted: LeadFilter | None = None) -> int:
    with Session(world.engine) as session:
        return export_file(session, path, options, wanted)


def rows_of(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_a_second_export_is_the_same_bytes(filled: World, tmp_path: Path, name: str, format_: str) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    assert (
        export(filled, one, ExportOptions(name, format_))
        == export(filled, two, ExportOptions(name, format_))
        == 2
    )
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_gives_each_lead_its_stable_id_and_no_formula(
    filled: World, tmp_path: Path, name: str
) -> None:
    export(filled, tmp_path / "out.csv", ExportOptions(name))
    rows = rows_of(tmp_path / "out.csv", TEMPLATES[name].delimiter)
    assert list(rows[0]) == [column.heading for column in TEMPLATES[name].columns]
    for row, (lead, _) in zip(rows, filled.leads(), strict=False):
        assert sum(lead.key in cell for cell in row.values()) == 1
        assert not [cell for cell in row.values() if cell.startswith(tuple("=+-@\t\r"))]
    assert any("+7" in cell or "7 900 000-00-01" in cell for row in rows for cell in row.values())


def test_each_crm_gets_what_it_requires(filled: World, tmp_path: Path) -> None:
    company, anna = _rows(filled, tmp_path, "salesforce")
    assert (anna["Last Name"], anna["First Name"], anna["Company"]) == ("Sokolova", "Anna", "[not provided]")
    assert company["Last Name"]
    assert company["Company"] == "[not provided]"
    company, anna = _rows(filled, tmp_path, "pipedrive")
    assert anna["Lead - Title"] == "new job: Anna Sokolova"
    assert company["Person - Name"] or company["Organization - Name"]
    company, anna = _rows(filled, tmp_path, "odoo")
    assert anna["id"].startswith("povod.lead_")
    assert (anna["email_from"], anna["phone"]) == ("anna@lark.example", "7 900 000-00-01")
    company, anna = _rows(filled, tmp_path, "bitrix24")
    assert (anna["Название лида"], anna["Имя"], anna["Фамилия"]) == (
        "new job: Anna Sokolova",
        "Anna",
        "Sokolova",
    )
    company, anna = _rows(filled, tmp_path, "amocrm")
    assert anna["Дата создания сделки"] == "03.03.2026"
    company, anna = _rows(filled, tmp_path, "hubspot")
    assert (anna["Email"], anna["Deal Name"]) == ("anna@lark.example", "new job: Anna Sokolova")


def _rows(world: World, folder: Path, template: str) -> list[dict[str, str]]:
    path = folder / f"{template}.csv"
    export(world, path, ExportOptions(template))
    return rows_of(path, TEMPLATES[template].delimiter)


def test_byte_order_mark_and_delimiter_are_the_templates_unless_said(filled: World, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    export(filled, path, ExportOptions("amocrm"))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    export(filled, path, ExportOptions("amocrm", delimiter="\t", bom=False))
    assert path.read_bytes().startswith("Название сделки\tДата".encode())


def test_json_lines_keep_the_words_as_they_are(filled: World, tmp_path: Path) -> None:
    export(filled, tmp_path / "out.jsonl", ExportOptions(format="jsonl"))
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert rows[1]["quote"] == QUOTE


def test_what_waits_for_review_is_exported_only_when_asked_for(filled: World, tmp_path: Path) -> None:
    assert export(filled, tmp_path / "out", ExportOptions(), LeadFilter(statuses=("review",))) == 1
    assert export(filled, tmp_path / "out", ExportOptions(), LeadFilter(kinds=("funding",))) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (ExportOptions("salesfroce"), "did you mean 'salesforce'"),
        (ExportOptions("xyz"), "there are plain, salesforce"),
        (ExportOptions(format="xlsx"), "there are csv, jsonl"),
        (ExportOptions(delimiter=";;"), "is no delimiter"),
        (ExportOptions(delimiter="a"), "is no delimiter"),
    ],
)
def test_wrong_options_are_refused_in_one_line(
    filled: World, tmp_path: Path, options: ExportOptions, words: str
) -> None:
    with pytest.raises(ExportFault, match=words) as refused:
        export(filled, tmp_path / "out", options)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_not_there_is_said(filled: World, tmp_path: Path) -> None:
    with pytest.raises(ExportFault, match="cannot be written: No such file"):
        export(filled, tmp_path / "nowhere" / "out.csv", ExportOptions())


def test_an_export_that_breaks_off_leaves_the_earlier_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("earlier")

    def pieces() -> Iterator[str]:
        yield "half"
        raise OSError(28, os.strerror(28))

    with pytest.raises(OSError, match="No space"):
        write_whole(path, pieces())
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_is_its_owners_alone_and_a_replaced_one_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    write_whole(path, ["a"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    write_whole(path, ["b"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_leads_are_listed_by_score_and_filtered(filled: World) -> None:
    with Session(filled.engine) as session:
        everything = list_leads(session)
        assert [lead.score for lead in everything] == sorted(
            (lead.score for lead in everything), reverse=True
        )
        assert {lead.kind for lead in list_leads(session, LeadFilter(owner="olga"))} == {"new_job"}
        assert [lead.kind for lead in list_leads(session, LeadFilter(since=day(2)))] == ["promotion"]
        assert len(list_leads(session, LeadFilter(limit=1))) == 1
        assert count_leads(session, LeadFilter(limit=1)) == 3
        assert list_leads(session, LeadFilter(min_score=100)) == []


def test_a_lead_is_found_by_the_beginning_of_its_key(filled: World) -> None:
    key = filled.leads()[0][0].key
    with Session(filled.engine) as session:
        assert find_lead(session, key[:8]).key == key
        for wrong in ("zzzzzzzz", key[:3], "", "%%%%%%%%"):
            with pytest.raises(NoSuchLead):
                find_lead(session, wrong)


def test_a_won_lead_leaves_the_exports(filled: World, tmp_path: Path) -> None:
    with Session(filled.engine) as session, session.begin():
        key = next(lead.key for lead in list_leads(session) if lead.kind == "funding")
        set_status(session, key, "accepted", By("olga", day(9)))
        set_status(session, key, "won", By("olga", day(9)))
    assert export(filled, tmp_path / "out", ExportOptions()) == 1


def test_a_kill_before_the_move_leaves_the_earlier_file(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("earlier")
    code = "import sys, pathlib; from leads.export.files import write_whole; write_whole(pathlib.Path(sys.argv[1]), ['new'])"
    environment = {**os.environ, VARIABLE: "export.file.written"}
    killed = subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert path.read_text() == "earlier"
