"""`povod match` and `povod search translate` as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.povod.conftest import Povod

SEARCHES = """\
searches:
  - {name: jobs, query: new job}
  - {name: friends, query: "contact:known"}
  - {name: vips, query: "contact:@vip company:lark score:>50"}
"""
POSTS = [
    {"id": 1, "text": "I got a new job!", "author": "Anna Sokolova"},
    {"id": "2", "text": "A new job", "author": "Clara Unknown"},
    {"id": 3, "text": "I met Anna Sokolova today", "author": "Clara Unknown"},
]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Searches, posts and contacts in the folder that commands run in."""
    (tmp_path / "searches.yml").write_text(SEARCHES, encoding="utf-8")
    (tmp_path / "posts.jsonl").write_text("".join(json.dumps(post) + "\n" for post in POSTS), "utf-8")
    (tmp_path / "contacts.csv").write_text("Name,Company,Lists\nAnna Sokolova,Lark,vip\n", "utf-8")
    return tmp_path


def test_match_writes_one_line_for_each_post(povod: Povod, files: Path) -> None:
    ran = povod(
        *("match", "--searches", "searches.yml", "--in", "posts.jsonl", "--out", "matches.jsonl"),
        *("--contacts", "contacts.csv"),
    )
    assert (ran.status, ran.err) == (0, "")
    lines = [json.loads(line) for line in (files / "matches.jsonl").read_text("utf-8").splitlines()]
    assert [(line["id"], [match["search"] for match in line["matches"]]) for line in lines] == [
        (1, ["jobs", "friends", "vips"]),
        ("2", ["jobs"]),
        (3, ["friends", "vips"]),
    ]
    assert set(lines[0]["matches"][0]) == {"search", "version", "spans"}
    assert lines[0]["matches"][0]["spans"] == [[8, 11], [12, 15]]


def test_match_without_contacts_refuses_searches_that_ask_for_them(povod: Povod, files: Path) -> None:
    ran = povod("match", "--searches", "searches.yml", "--in", "posts.jsonl", "--out", "matches.jsonl")
    assert ran.status == 2
    assert "--contacts" in ran.err
    assert not (files / "matches.jsonl").exists()


def test_a_bad_line_is_told_and_the_status_is_1(povod: Povod, files: Path) -> None:
    (files / "plain.yml").write_text("searches: [{name: jobs, query: job}]", "utf-8")
    ran = povod("match", "--searches", "plain.yml", stdin='{"id": 1}\n{"id": 2, "text": "a job"}\n')
    assert ran.status == 1
    assert json.loads(ran.out)["id"] == 2


def test_a_faulty_file_of_searches_is_refused_with_its_lines(povod: Povod, files: Path) -> None:
    (files / "bad.yml").write_text("searches:\n  - name: a\n    qeury: x\n", "utf-8")
    ran = povod("match", "--searches", "bad.yml", "--in", "posts.jsonl")
    assert ran.status == 2
    assert "bad.yml:3: unknown key 'qeury'; did you mean 'query'?" in ran.err


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("trigger:new_jbo", "names the trigger 'new_jbo', which is not there; did you mean 'new_job'?"),
        ("rule:nothing", "names the rule 'nothing', which is not there"),
    ],
)
def test_a_trigger_or_rule_that_is_not_there_is_refused(
    povod: Povod, files: Path, query: str, told: str
) -> None:
    (files / "trigger.yml").write_text(f"searches: [{{name: moves, query: '{query}'}}]", "utf-8")
    ran = povod("match", "--searches", "trigger.yml", "--in", "posts.jsonl")
    assert (ran.status, ran.out) == (2, "")
    assert told in ran.err


def test_a_trigger_is_what_detection_finds(povod: Povod, files: Path) -> None:
    (files / "trigger.yml").write_text("searches: [{name: moves, query: 'trigger:new_job'}]", "utf-8")
    ran = povod("match", "--searches", "trigger.yml", "--in", "posts.jsonl")
    assert [len(json.loads(line)["matches"]) for line in ran.out.splitlines()] == [1, 0, 0]


def test_a_query_is_translated_and_losses_are_told_apart(povod: Povod) -> None:
    ran = povod("search", "translate", "--from", "youscan", "--to", "povod", "hand /2 cream -mask")
    assert (ran.status, ran.out) == (0, "hand NEAR/1 cream AND NOT mask\n")
    ran = povod("search", "translate", "--to", "sales navigator", "a NEAR/3 b")
    assert "lost: NEAR/3" in ran.err


def test_a_dialect_or_query_that_is_not_understood_is_told_with_its_place(povod: Povod) -> None:
    assert "did you mean 'lucene'" in povod("search", "translate", "--to", "lucen", "a").err
    ran = povod("search", "translate", "(a OR b")
    assert ran.status == 2
    assert "^" in ran.err
