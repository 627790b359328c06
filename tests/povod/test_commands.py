"""The command line as a user meets it: from an empty folder to an exported lead."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crawler.server import Reply, Server
from tests.povod.conftest import FEED, Povod


def test_init_writes_a_configuration_that_check_finds_no_fault_in(povod: Povod, tmp_path: Path) -> None:
    assert povod("init").status == 0
    assert (tmp_path / "povod.yml").exists()
    checked = povod("check")
    assert checked.status == 0
    assert "nothing to read yet" in checked.out
    assert not (tmp_path / "povod.sqlite3").exists()


def test_init_leaves_a_configuration_that_is_there_as_it_is(povod: Povod, tmp_path: Path) -> None:
    (tmp_path / "povod.yml").write_text("sources: []\n", encoding="utf-8")
    ran = povod("init")
    assert ran.status == 2
    assert "there already" in ran.err
    assert (tmp_path / "povod.yml").read_text(encoding="utf-8") == "sources: []\n"


def test_one_pass_makes_a_lead_with_its_evidence_and_a_second_one_repeats_nothing(
    povod: Povod, configured: Path
) -> None:
    first = povod("run", "--once")
    assert first.status == 0, first.err
    assert "2 posts processed; 1 new signal; 1 new lead" in first.out
    (lead,) = json.loads(povod("leads", "list", "--json").out)
    assert lead["contact"]["name"] == "Anna Sokolova"
    assert lead["kind"] == "new_job"
    assert lead["owner"] == "olga"
    assert "new job" in lead["quote"]
    shown = povod("leads", "show", lead["key"][:8])
    for part in ("new job", "https://lark.example/1", "rule new_job", "anna@lark.example", "score"):
        assert part in shown.out
    povod("crawl", "--all")
    again = povod("process")
    assert again.out.startswith("0 posts processed; 0 new signals; 0 new leads")
    assert configured.joinpath("povod.sqlite3").exists()


def test_an_export_can_be_repeated_without_a_change(povod: Povod, configured: Path) -> None:
    povod("run", "--once")
    for template in ("plain", "salesforce", "hubspot", "pipedrive", "bitrix24", "amocrm", "odoo"):
        assert povod("export", "--template", template, "--out", "a.csv").status == 0
        assert povod("export", "--template", template, "--out", "b.csv").status == 0
        written = (configured / "a.csv").read_bytes()
        assert written == (configured / "b.csv").read_bytes()
        assert b"Sokolova" in written
    (line,) = povod("export", "--format", "jsonl").out.splitlines()
    assert json.loads(line)


def test_a_leads_status_moves_only_where_it_may_and_the_move_is_recorded(
    povod: Povod, configured: Path
) -> None:
    povod("run", "--once")
    (lead,) = json.loads(povod("leads", "list", "--json").out)
    assert povod("leads", "set-status", lead["key"], "accepted", "--note", "a good reason").status == 0
    assert "a good reason" in povod("leads", "show", lead["key"]).out
    refused = povod("leads", "set-status", lead["key"], "review")
    assert refused.status == 2
    assert "can become" in refused.err
    assert povod("leads", "list", "--status", "new").out.strip() == "no leads"
    assert "did you mean 'accepted'" in povod("leads", "list", "--status", "acepted").err


def test_contacts_are_imported_once_however_often(povod: Povod, configured: Path) -> None:
    (configured / "more.csv").write_text(
        "Full name;Employer;Mail\nClara Unknown;Heron;clara@heron.example\n;;\n;Nobody;\n", encoding="utf-8"
    )
    dry = povod("contacts", "import", "more.csv", "--dry-run")
    assert dry.status == 0
    assert "would be imported" in dry.out
    assert "more.csv:4" in dry.err
    assert povod("contacts", "list").out.strip().startswith("no contacts")
    assert povod("contacts", "import", "more.csv").status == 0
    again = json.loads(povod("contacts", "import", "more.csv", "--json").out)
    assert (again["imported"], again["unchanged"], again["refused_count"]) == (0, 1, 1)
    assert "Clara Unknown" in povod("contacts", "list").out


def test_a_column_can_be_named_where_the_guess_is_wrong(povod: Povod, configured: Path) -> None:
    (configured / "odd.csv").write_text("X1,X2\nClara Unknown,clara@heron.example\n", encoding="utf-8")
    ran = povod("contacts", "import", "odd.csv", "--map", "name=X1", "--map", "email=X2", "--json")
    assert json.loads(ran.out)["imported"] == 1
    assert "write field=column" in povod("contacts", "import", "odd.csv", "--map", "name").err


def test_how_a_contacts_file_is_to_be_read_is_checked_before_it_is_read(
    povod: Povod, configured: Path
) -> None:
    for option, value, words in (
        ("--delimiter", ";;", "a delimiter is one character"),
        ("--as", "vcrad", "did you mean 'vcard'?"),
    ):
        ran = povod("contacts", "import", "contacts.csv", option, value)
        assert (ran.status, ran.out) == (2, "")
        assert words in ran.err


def test_a_contacts_file_can_be_said_to_be_what_its_name_does_not_say(povod: Povod, configured: Path) -> None:
    card = "BEGIN:VCARD\nVERSION:3.0\nFN:Clara Unknown\nEMAIL:clara@heron.example\nEND:VCARD\n"
    (configured / "cards.txt").write_text(card, encoding="utf-8")
    report = json.loads(povod("contacts", "import", "cards.txt", "--as", "vcard", "--json").out)
    assert (report["imported"], report["warnings"], report["changes"]) == (1, [], [])


def test_a_folder_where_a_rules_name_belongs_is_told_of_the_option(povod: Povod, configured: Path) -> None:
    (configured / "mine").mkdir()
    ran = povod("rules", "lint", "mine")
    assert ran.status == 2
    assert ran.err == "povod: mine is no rule's name but a path; a folder of rules is given with --packs\n"


def test_check_tells_a_switched_off_rule_that_does_not_exist_and_a_secret_of_the_wrong_form(
    povod: Povod, configured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (configured / "off.yml").write_text("rules: {disabled: [layofs, funding]}", encoding="utf-8")
    ran = povod("check", "-c", "off.yml")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "povod: off.yml:1: there is no rule or kind 'layofs'; did you mean 'layoffs'?\n"
    assert povod("process", "-c", "off.yml").err == ran.err
    monkeypatch.setenv("HOOK", "no such secret")
    hook = 'deliver: {webhooks: [{name: a, url: "https://a.example/", secret: {env: HOOK}}]}'
    (configured / "hook.yml").write_text(hook, encoding="utf-8")
    ran = povod("check", "-c", "hook.yml")
    assert (ran.status, ran.out) == (2, "")
    assert "hook.yml:1: a webhook secret is" in ran.err
    assert "no such secret" not in ran.err


def test_check_tells_a_database_that_is_a_folder(povod: Povod, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "povod.yml").write_text("database: sqlite:///folder", encoding="utf-8")
    assert povod("check").err == f"povod: {tmp_path}/folder: is a folder; name a file in it\n"


def test_detect_is_a_filter_that_tells_bad_lines_and_goes_on(povod: Povod) -> None:
    lines = ['{"id": "a", "text": "I got a new job!"}', "not json", '{"id": "b", "text": "It rained."}']
    ran = povod("detect", stdin="\n".join(lines) + "\n")
    found = [json.loads(line) for line in ran.out.splitlines()]
    assert [(post["id"], [s["kind"] for s in post["signals"]]) for post in found] == [
        ("a", ["new_job"]),
        ("b", []),
    ]
    assert ran.err.startswith("line 2: ")
    assert ran.status == 1


def test_names_in_any_script_are_written_whatever_the_system_speaks(povod: Povod, tmp_path: Path) -> None:
    (tmp_path / "povod.yml").write_text("", encoding="utf-8")
    (tmp_path / "people.csv").write_text("name\nАнна Соколова\n", encoding="utf-8")
    assert povod("contacts", "import", "people.csv").status == 0
    command = [sys.executable, "-m", "povod", "contacts", "list"]
    done = subprocess.run(
        command, capture_output=True, env=os.environ | {"PYTHONIOENCODING": "ascii"}, timeout=100, check=False
    )
    assert done.returncode == 0
    assert "Анна Соколова" in done.stdout.decode("utf-8")


@pytest.mark.parametrize("command", [("detect",), ("match", "--searches", "s.yml")])
def test_a_line_that_is_no_text_is_told_and_the_rest_goes_on(
    command: tuple[str, ...], povod: Povod, tmp_path: Path
) -> None:
    (tmp_path / "s.yml").write_text("searches: [{name: a, query: job}]", encoding="utf-8")
    (tmp_path / "posts.jsonl").write_bytes(b'{"id": 1, "text": "\xff"}\n{"id": 2, "text": "caf\xc3\xa9"}\n')
    ran = povod(*command, "--in", "posts.jsonl")
    assert (ran.status, ran.err) == (1, "line 1: not UTF-8 text (byte 0xff); save it as UTF-8\n")
    assert [json.loads(line)["id"] for line in ran.out.splitlines()] == [2]


def test_the_dump_of_two_runs_over_the_same_feed_is_the_same(povod: Povod, configured: Path) -> None:
    dumps = []
    for _ in range(2):
        povod("run", "--once")
        dumps.append(povod("db", "dump", "--canonical").out)
        (configured / "povod.sqlite3").unlink()
    assert dumps[0] == dumps[1]
    assert "new job" in dumps[0]


def test_a_backup_holds_what_the_database_holds(povod: Povod, configured: Path) -> None:
    povod("run", "--once")
    assert povod("db", "backup", "copy.sqlite3").status == 0
    before = povod("db", "dump", "--canonical").out
    text = (configured / "povod.yml").read_text(encoding="utf-8")
    (configured / "povod.yml").write_text("database: sqlite:///copy.sqlite3\n" + text, encoding="utf-8")
    assert povod("db", "dump", "--canonical").out == before
    assert povod("db", "backup", "copy.sqlite3").status != 0


class TestSources:
    """What is read: added, listed, checked, paused, removed."""

    def test_a_page_that_names_its_feed_is_followed(
        self, povod: Povod, configured: Path, site: Server
    ) -> None:
        page = (
            b'<html><head><link rel="alternate" type="application/rss+xml" href="/other.xml"></head></html>'
        )
        site.on("/", Reply(page, headers={"Content-Type": "text/html"}))
        site.on("/other.xml", FEED.replace("Lark News", "Other News").encode())
        added = povod("sources", "add", site.url("/"))
        assert added.status == 0, added.err
        assert "/other.xml" in added.out
        assert {row["name"] for row in json.loads(povod("sources", "list", "--json").out)} == {
            "lark",
            "Other News",
        }

    def test_what_cannot_be_read_is_not_added(self, povod: Povod, configured: Path, site: Server) -> None:
        ran = povod("sources", "add", site.url("/missing.xml"))
        assert ran.status == 1
        assert "404" in ran.err
        assert "nothing was added" in ran.err

    def test_a_source_of_the_file_is_read_only_to_commands(self, povod: Povod, configured: Path) -> None:
        for command in ("pause", "remove"):
            ran = povod("sources", command, "lark")
            assert ran.status == 2
            assert "povod.yml:2" in ran.err

    def test_a_name_both_in_the_file_and_in_the_database_is_refused(
        self, povod: Povod, configured: Path
    ) -> None:
        povod("sources", "add", "https://heron.example/feed", "--name", "heron", "--no-check")
        with (configured / "povod.yml").open("a", encoding="utf-8") as file:
            file.write("# more\n")
        text = (configured / "povod.yml").read_text(encoding="utf-8")
        text = text.replace("sources:\n", "sources:\n  - {name: heron, url: 'https://heron.example/feed'}\n")
        (configured / "povod.yml").write_text(text, encoding="utf-8")
        for command in (["check"], ["run", "--once"]):
            ran = povod(*command)
            assert ran.status == 2
            assert "povod.yml:2: the name 'heron' is taken" in ran.err

    def test_a_paused_source_is_not_read_until_it_is_resumed(
        self, povod: Povod, configured: Path, site: Server
    ) -> None:
        site.on("/paused.xml", FEED.encode())
        povod("sources", "add", site.url("/paused.xml"), "--name", "heron", "--no-check")
        povod("sources", "pause", "heron")
        povod("crawl")
        assert not site.asked("/paused.xml")
        povod("sources", "resume", "heron")
        povod("crawl")
        assert len(site.asked("/paused.xml")) == 1

    def test_a_wrong_name_is_answered_with_the_nearest(self, povod: Povod, configured: Path) -> None:
        ran = povod("sources", "show", "lrak")
        assert ran.status == 2
        assert "did you mean 'lark'" in ran.err

    def test_sources_leave_and_come_back_as_opml(self, povod: Povod, configured: Path) -> None:
        povod(
            "sources", "add", "https://heron.example/feed", "--name", "heron", "--tag", "press", "--no-check"
        )
        assert povod("sources", "export", "all.opml").status == 0
        ran = povod("sources", "import", "all.opml")
        assert "0 sources added, 2 known already" in ran.out
        povod("sources", "remove", "heron", "--with-posts")
        assert "1 source added, 1 known already" in povod("sources", "import", "all.opml").out


def test_a_spacy_pipeline_that_is_not_installed_is_told_with_its_line(povod: Povod, configured: Path) -> None:
    with (configured / "povod.yml").open("a", encoding="utf-8") as file:
        file.write("rules:\n  pipelines: {en: en_nowhere_sm}\n")
    ran = povod("check")
    assert ran.status == 2
    assert "en_nowhere_sm" in ran.err
    assert "povod.yml:7" in ran.err


class TestBadInput:
    """One clear line and the right exit status; never a traceback."""

    def test_without_a_configuration_it_says_how_to_get_one(self, povod: Povod) -> None:
        ran = povod("run", "--once")
        assert ran.status == 2
        assert "povod init" in ran.err

    def test_a_database_that_is_none_is_told_and_left_as_it_is(self, povod: Povod, configured: Path) -> None:
        (configured / "povod.sqlite3").write_bytes(b"these are somebody's notes, not a database" * 100)
        ran = povod("run", "--once")
        assert ran.status == 1
        assert len(ran.err.strip().splitlines()) == 1
        assert (configured / "povod.sqlite3").read_bytes().startswith(b"these are")

    def test_when_nothing_can_be_read_the_status_is_1(
        self, povod: Povod, configured: Path, site: Server
    ) -> None:
        site.on("/feed.xml", Reply(b"", status=500))
        ran = povod("crawl")
        assert ran.status == 1
        assert "500" in ran.err
        (row,) = json.loads(povod("sources", "list", "--json").out)
        assert row["error_count"] == 1
        assert "500" in row["last_error"]

    def test_one_sick_source_among_others_is_no_failure(
        self, povod: Povod, configured: Path, site: Server
    ) -> None:
        povod("sources", "add", site.url("/sick.xml"), "--name", "sick", "--no-check")
        ran = povod("run", "--once")
        assert ran.status == 0
        assert "404" in ran.err
        assert "1 new lead" in ran.out

    @pytest.mark.parametrize(
        "arguments",
        [
            ("contacts", "import", "nowhere.csv"),
            ("sources", "import", "nowhere.opml"),
            ("leads", "show", "0000000000"),
            ("rules", "show", "new_jbo"),
            ("rules", "new", "new_jbo", "en"),
            ("detect", "--in", "nowhere.jsonl"),
            ("export", "--template", "sugar"),
            ("export", "--out", "nowhere/leads.csv"),
            ("crawl", "--source", "nowhere"),
        ],
    )
    def test_what_is_not_there_is_told_in_one_line(
        self, povod: Povod, configured: Path, arguments: tuple[str, ...]
    ) -> None:
        ran = povod(*arguments)
        assert ran.status in (1, 2)
        assert len(ran.err.strip().splitlines()) == 1
        assert ran.err.startswith("povod: ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["crawll"], "Did you mean 'crawl'? (see povod --help)"),
        (["process", "--sorce", "x"], "No such option: --sorce"),
        (["contacts", "import"], "Missing argument 'file' (see povod contacts import --help)"),
        (["search", "try", "cat", "--days", "soon"], "Invalid value for '--days'"),
    ],
)
def test_a_command_typed_wrongly_gets_one_line(povod: Povod, arguments: list[str], told: str) -> None:
    ran = povod(*arguments)
    assert ran.status == 2
    assert len(ran.err.splitlines()) == 1
    assert told in ran.err
