"""`match_lines` and files of searches: what comes out, what is refused and where."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from triggers.match import Detection, Document, Match
from triggers.search.definitions import SearchFaults, load_searches, read_searches
from triggers.search.filter import build, match_lines

PLAIN = "searches:\n  - {name: jobs, query: new job}\n  - {name: quiet, query: '-job'}\n"


def run(text: str, *lines: str, **given: object) -> tuple[list[dict[str, object]], str, int]:
    answers, errors = io.StringIO(), io.StringIO()
    faults = match_lines(
        read_searches(text, "s.yml"), io.StringIO("\n".join(lines)), answers, errors, **given
    )  # type: ignore[arg-type]
    return [json.loads(line) for line in answers.getvalue().split("\n") if line], errors.getvalue(), faults


def refused(text: str) -> list[str]:
    with pytest.raises(SearchFaults) as caught:
        read_searches(text, "s.yml")
    return list(caught.value.lines)


def test_each_post_has_one_line_with_the_searches_that_match_it() -> None:
    answers, errors, faults = run(
        PLAIN, '{"id": 7, "text": "🎉 a new job"}', '{"id": "b", "text": "nothing\u2028here"}'
    )
    assert (errors, faults) == ("", 0)
    version = read_searches(PLAIN, "s.yml")[0].version
    assert answers[0] == {
        "id": 7,
        "matches": [{"search": "jobs", "version": version, "spans": [[4, 7], [8, 11]]}],
    }
    assert [match["search"] for match in answers[1]["matches"]] == ["quiet"]  # type: ignore[attr-defined, index]


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("{", "not JSON"),
        ("[]", "must be an object"),
        ('{"id": 1}', "`text` is missing"),
        ('{"text": ""}', "`id` is missing"),
        ('{"id": true, "text": ""}', "`id` must be"),
        ('{"id": "\\ud83d", "text": ""}', "half a character"),
        ('{"id": 1, "text": 5}', "`text` must be"),
        ('{"id": 1, "text": "", "likes": "many"}', "`likes` must be a number"),
        ('{"id": 1, "text": "", "likes": NaN}', "`likes` must be a number"),
        ('{"id": 1, "text": "", "hashtags": "a"}', "`hashtags` must be a list"),
        ('{"id": 1, "text": "", "published": "soon"}', "`published` is no ISO time"),
        ('{"id": 1, "text": "", "author": {}}', "`author` must be text"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_bad_line_is_told_and_the_rest_goes_on(line: str, part: str) -> None:
    answers, errors, faults = run(PLAIN, line, '{"id": 2, "text": "new job"}')
    assert faults == 1
    assert errors.startswith("line 1: ")
    assert part in errors
    assert errors.count("\n") == 1
    assert [answer["id"] for answer in answers] == [2]


def test_blanks_and_comments_do_not_change_the_version_and_words_do() -> None:
    def version(query: str) -> str:
        return read_searches(json.dumps({"searches": [{"name": "a", "query": query}]}), "s.yml")[0].version

    assert version("a OR b") == version("(a | b)  # fruit")
    assert version("a OR b") != version("a OR c")


def test_the_limits_of_a_search_are_part_of_what_it_matches() -> None:
    text = "searches: [{name: a, query: job, languages: [en, ru], sources: Habr, contacts: [any]}]"
    answers, _, _ = run(
        text,
        '{"id": 1, "text": "job", "lang": "en", "source": "habr"}',
        '{"id": 2, "text": "job", "lang": "de", "source": "habr"}',
    )
    assert [len(answer["matches"]) for answer in answers] == [1, 0]  # type: ignore[arg-type]


def test_all_faults_of_a_file_are_told_at_once_each_with_its_line() -> None:
    lines = refused(
        "searches:\n"
        "  - name: a\n"
        "    qeury: x\n"
        "  - name: b\n"
        "    query: (x\n"
        "  - name: c\n"
        '    query: search:"bb"\n'
        "    priority: high\n"
        "  - name: d\n"
        "    query: x\n"
        "    buyer: {rol: CTO}\n"
        "  - just text\n"
        "  - name: e\n"
        "    query: x\n"
        "    dialect: klingon\n"
        "    languages: [english]\n"
    )
    text = "\n".join(lines)
    for part in (
        "s.yml:3: unknown key 'qeury'; did you mean 'query'?",
        "s.yml:2: search 'a' wants a 'query'",
        "s.yml:5: search 'b': column 1: this parenthesis is never closed",
        "s.yml:8: 'priority' is a whole number",
        "s.yml:11: 'buyer' has no 'rol'; did you mean 'role'?",
        "s.yml:12: a search holds keys and values",
        "s.yml:15: search 'e': unknown dialect 'klingon'",
        "s.yml:16: 'languages' holds 'english': a language is its code: write lang:en",
    ):
        assert part in text


def test_names_that_stand_twice_and_includes_that_lead_nowhere_or_round_are_refused() -> None:
    text = "\n".join(
        refused(
            "searches:\n"
            "  - {name: a, query: 'search:\"b\"'}\n"
            "  - {name: b, query: 'search:\"a\"'}\n"
            "  - {name: a2, query: x}\n"
            "  - {name: a2, query: y}\n"
            "  - {name: z, query: 'search:\"a3\"'}\n"
        )
    )
    assert "s.yml:2: searches include each other in a circle: a -> b -> a" in text
    assert "s.yml:5: a search 'a2' stands here already, in line 4" in text
    assert "s.yml:6: search 'z' includes search:\"a3\", which is not here; did you mean 'a'?" in text


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "holds a list"),
        ("searches: 5", "holds a list"),
        ("a: [", "not valid YAML"),
        ("searches: []\nsource: x", "unknown key 'source'"),
    ],
)
def test_what_is_no_file_of_searches_is_refused(text: str, part: str) -> None:
    assert part in refused(text)[0]


def test_a_file_that_is_missing_or_not_text_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SearchFaults, match="no such file"):
        load_searches(tmp_path / "none.yml")
    (tmp_path / "bytes.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SearchFaults, match="not UTF-8"):
        load_searches(tmp_path / "bytes.yml")


def test_a_search_that_asks_for_contacts_is_refused_without_them() -> None:
    searches = read_searches(
        "searches: [{name: a, query: 'contact:known'}, {name: b, query: 'trigger:x'}]", "s.yml"
    )
    with pytest.raises(SearchFaults) as caught:
        build(searches)
    assert [line.split(":")[0] for line in caught.value.lines] == ["search 'a'", "search 'b'"]


class Detector:
    """Finds the word `job`, wherever it stands."""

    def detect_batch(self, documents: Sequence[Document]) -> list[Detection]:
        return [
            Detection(
                "en",
                tuple(
                    Match("new_job", "r", "1", at, at + 3, "job", 1.0)
                    for at in [document.text.find("job")]
                    if at >= 0
                ),
            )
            for document in documents
        ]


@pytest.mark.parametrize(
    ("post", "spans"),
    [
        ({"text": "a job"}, [[2, 5]]),
        ({"title": "Hello", "text": "a job"}, [[2, 5]]),
        ({"title": "My job", "text": "none"}, []),
        ({"title": "My job", "text": "My job is done"}, [[3, 6]]),
    ],
)
def test_a_trigger_in_the_text_is_quoted_and_one_in_the_title_has_no_place_there(
    post: dict[str, str], spans: list[list[int]]
) -> None:
    text = "searches: [{name: a, query: 'trigger:new_job'}]"
    answers, _, _ = run(text, json.dumps({"id": 1, **post}), detector=Detector())
    (match,) = answers[0]["matches"]  # type: ignore[misc]
    assert match["spans"] == spans
