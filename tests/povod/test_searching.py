"""Saved searches as their users keep them: in files and in the database, with versions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.povod.conftest import Povod
from tests.povod.terminal import shown

CONFIG = """\
sources:
  - {name: habr, url: "https://habr.example/rss"}
searches:
  - name: jobs
    query: new job
    sources: [habr]
    enabled_from: 2026-01-01
search_files: [more.yml]
"""
MORE = """\
searches:
  - name: both
    query: search:jobs OR moving
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration with one search, and another in a file beside it."""
    (tmp_path / "povod.yml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "more.yml").write_text(MORE, encoding="utf-8")
    return tmp_path


def test_searches_of_files_and_of_the_database_stand_side_by_side(povod: Povod, folder: Path) -> None:
    added = povod("search", "add", "mine", "search:both -rain", "--owner", "clara", "--dedupe", "7d")
    assert added.status == 0, added.err
    listed = json.loads(povod("search", "list", "--json").out)
    assert [(one["name"], one["place"]) for one in listed] == [
        ("jobs", "povod.yml:4"),
        ("both", "more.yml:2"),
        ("mine", "the database"),
    ]
    assert povod("search", "check").out == "3 searches: no faults\n"
    shown = povod("search", "show", "mine").out
    assert "dedupe: 7d" in shown
    assert "# understood as: " in shown


def test_on_a_narrow_terminal_each_search_has_two_lines_and_on_a_wide_one_a_row(folder: Path) -> None:
    narrow = shown(folder, "search", "list", columns=80)
    assert narrow.startswith("jobs: enabled, povod.yml:4, version 1, 0 signals\n    new job\nboth: ")
    wide = shown(folder, "search", "list", columns=120)
    assert [line.split()[:1] for line in wide.splitlines() if "enabled" in line] == [["jobs"], ["both"]]
    assert "version" in wide


def test_every_change_is_a_version_with_its_author_and_its_difference(povod: Povod, folder: Path) -> None:
    povod("search", "add", "mine", "red", "--dedupe", "7d")
    assert povod("search", "edit", "mine", "--query", "blue", "--unset", "dedupe").status == 0
    povod("search", "disable", "mine")
    povod("search", "enable", "mine")
    povod("search", "remove", "mine")
    povod("search", "add", "mine", "green")
    versions = json.loads(povod("search", "history", "mine", "--json").out)
    assert [version["change"] for version in versions] == [
        *("added", "edited", "disabled", "enabled", "removed", "added"),
    ]
    assert versions[1]["diff"].splitlines() == ["- query: red", "+ query: blue", "- dedupe: 7d"]
    assert all(version["author"] for version in versions)
    assert versions[1]["match_version"] == versions[3]["match_version"] != versions[0]["match_version"]


def test_what_changes_in_a_file_is_a_version_too(povod: Povod, folder: Path) -> None:
    povod("search", "list")
    (folder / "more.yml").write_text(MORE.replace("moving", "relocating"), "utf-8")
    povod("search", "list")
    (folder / "more.yml").write_text("searches: []\n", "utf-8")
    versions = json.loads(povod("search", "history", "both", "--json").out)
    assert [version["change"] for version in versions] == ["added", "edited", "removed"]
    assert versions[0]["author"] == "povod.yml"


def test_what_a_file_names_is_read_only_to_commands(povod: Povod, folder: Path) -> None:
    for arguments in (("edit", "jobs", "--query", "x"), ("disable", "both"), ("remove", "jobs")):
        ran = povod("search", *arguments)
        assert ran.status == 2
        assert "change it there" in ran.err
    assert "stands in the configuration already" in povod("search", "add", "jobs", "x").err


def test_a_name_in_file_and_database_is_refused(povod: Povod, folder: Path) -> None:
    povod("search", "add", "mine", "red")
    (folder / "more.yml").write_text(MORE + "  - {name: mine, query: red}\n", "utf-8")
    ran = povod("search", "list")
    assert ran.status == 2
    assert "more.yml:4: the name 'mine' is taken by a search added on the command line" in ran.err


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            "    query: new job",
            "    qeury: new job",
            "povod.yml:5: unknown key 'qeury'; did you mean 'query'?",
        ),
        (
            "[habr]",
            "[hbar]",
            "povod.yml:6: search 'jobs' names the source 'hbar', which is not there; did you",
        ),
        ("new job", "trigger:new_jbo", "povod.yml:5: search 'jobs' names the trigger 'new_jbo'"),
        (
            "new job",
            "rule:nothing*",
            "povod.yml:5: search 'jobs' names the rule 'nothing*', which is not there",
        ),
        ("2026-01-01", "2026-01-01\n    deliver: [crm]", "povod.yml:8: search 'jobs' names the target 'crm'"),
        ("more.yml", "moer.yml", "povod.yml:8: there is no file moer.yml; did you mean 'more.yml'?"),
        ("new job", "(new job", "this parenthesis is never closed"),
        ("new job", 'search:"bth"', "includes search:\"bth\", which is not here; did you mean 'both'?"),
    ],
)
def test_unknown_keys_and_dangling_names_are_refused_with_their_line(
    povod: Povod, folder: Path, before: str, after: str, told: str
) -> None:
    (folder / "povod.yml").write_text(CONFIG.replace(before, after), "utf-8")
    ran = povod("search", "check")
    assert ran.status == 2
    assert told in ran.err


def test_a_search_that_others_include_is_not_removed(povod: Povod, folder: Path) -> None:
    povod("search", "add", "red", "red")
    povod("search", "add", "both colours", "search:red OR blue")
    ran = povod("search", "remove", "red")
    assert ran.status == 2
    assert "which is not here" in ran.err


def test_options_that_are_wrong_are_refused_in_the_words_of_the_file(povod: Povod, folder: Path) -> None:
    assert (
        "'priority' is a whole number from -100 to 100"
        in povod("search", "add", "x", "red", "--priority", "500").err
    )
    assert (
        "did you mean 'mine'"
        in (povod("search", "add", "mine", "red") and povod("search", "show", "mien")).err
    )


def test_a_doubtful_query_is_told_and_kept(povod: Povod, folder: Path) -> None:
    ran = povod("search", "add", "mine", "red OR blue AND green")
    assert ran.status == 0
    assert "warning" in ran.err


def test_a_file_of_searches_is_checked_by_itself(povod: Povod, folder: Path) -> None:
    assert "more.yml:2" in povod("search", "check", "more.yml").err


def test_check_counts_searches_and_tells_what_is_wrong_with_them(povod: Povod, folder: Path) -> None:
    assert "searches  2 saved" in povod("check").out
    povod("search", "add", "mine", "red")
    assert "searches  3 saved" in povod("check").out
    (folder / "povod.yml").write_text(CONFIG.replace("[habr]", "[hbar]"), "utf-8")
    assert "did you mean 'habr'?" in povod("check").err


def _editor(folder: Path, monkeypatch: pytest.MonkeyPatch, *commands: str) -> None:
    """An editor that does to the file what a user would; its time must differ for it to count as saved."""
    script = folder / "editor.sh"
    script.write_text(
        "#!/bin/sh\n" + "\n".join(commands) + '\ntouch -d "+5 seconds" "$1"\n', encoding="utf-8"
    )
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(script))
    monkeypatch.delenv("VISUAL", raising=False)


def test_without_options_a_search_is_changed_in_the_editor(
    povod: Povod, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    povod("search", "add", "mine", "red", "--owner", "clara")
    _editor(folder, monkeypatch, 'sed -i s/red/blue/ "$1"', 'echo "daily_cap: 5" >> "$1"')
    ran = povod("search", "edit", "mine")
    assert ran.status == 0, ran.err
    assert ran.out.splitlines() == ["- query: red", "+ query: blue", "+ daily_cap: 5"]
    assert "owner: clara" in povod("search", "show", "mine").out


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ('echo "dayly_cap: 5" >> "$1"', "unknown key 'dayly_cap'; did you mean 'daily_cap'?"),
        ('echo "query: [" > "$1"', "line 2: not valid YAML"),
        ('echo "query: (red" > "$1"', "line 1: search 'mine': column 1: this parenthesis is never closed"),
        ('echo "query: trigger:new_jbo" > "$1"', "did you mean 'new_job'?"),
        ('echo "name: yours" >> "$1"', "the name stays"),
        ("exit 1", "set $EDITOR"),
    ],
)
def test_what_is_wrong_in_the_editor_is_told_and_changes_nothing(
    povod: Povod, folder: Path, monkeypatch: pytest.MonkeyPatch, command: str, told: str
) -> None:
    povod("search", "add", "mine", "red")
    _editor(folder, monkeypatch, command)
    ran = povod("search", "edit", "mine")
    assert ran.status == 2
    assert told in ran.err
    assert len(json.loads(povod("search", "history", "mine", "--json").out)) == 1


def test_an_editor_that_saves_nothing_changes_nothing(
    povod: Povod, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    povod("search", "add", "mine", "red")
    monkeypatch.setenv("EDITOR", "true")
    assert povod("search", "edit", "mine").out == "nothing is changed\n"


def test_a_query_that_cannot_be_read_is_shown_with_its_place(povod: Povod, folder: Path) -> None:
    povod("search", "add", "mine", "red")
    for arguments in (("add", "x", "a (b"), ("edit", "mine", "--query", "a (b"), ("try", "a (b")):
        ran = povod("search", *arguments)
        assert ran.status == 2
        assert ran.err.splitlines()[1:] == ["povod:   a (b", "povod:     ^"]
