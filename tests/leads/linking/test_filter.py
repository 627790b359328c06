"""Linking and comparing as filters over JSON lines."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.contacts.records import file_records
from leads.linking.filter import compare_lines, link_lines
from leads.linking.linker import Linker


def compare(*lines: str) -> tuple[list[dict[str, object]], str, int]:
    """Compare lines; return answers, what was said of bad lines, and how many there were."""
    out, errors = io.StringIO(), io.StringIO()
    bad = compare_lines(io.StringIO("\n".join(lines)), out, errors)
    return [json.loads(line) for line in out.getvalue().splitlines()], errors.getvalue(), bad


def pair(name1: str, name2: str, schema: str = "Person") -> str:
    """One line to compare."""
    return json.dumps({"id": "1", "name1": name1, "name2": name2, "schema": schema})


@pytest.mark.parametrize(
    ("name1", "name2", "schema"),
    [
        ("Анна Соколова", "Sokolova, Anna", "Person"),
        ("Анне Соколовой", "Анна Петровна Соколова", "Person"),
        ("Boris Chernov", "Борис Чернов", "Person"),
        ("BorisChernov", "Boris Chernov", "Person"),
        ("B0ris Chern0v", "Boris Chernov", "Person"),
        ("Шура Чернов", "Александр Чернов", "Person"),
        ("Chernov Boris Petrovich", "Борис Чернов", "Person"),
        ("María García-Robles", "Maria Garcia Robles", "Person"),
        ("Yusuf Al-Karim", "Yusuf Al Karim", "Person"),
        ("Jan van den Berg", "Jan Van Den Berg", "Person"),
        ("Bakery Ltd", "The Bakery Limited", "Company"),
        ("ООО «Ромашка»", "OOO Romashka", "Company"),
        ("Bakery Holding GmbH", "Bakery Holding", "Company"),
        ("Brigade Forty-Four", "Brigade 44", "Organization"),
        ("Минфин РФ", "Министерство финансов Российской Федерации", "Organization"),
        ("Облсадкомбинат", "Областной садовый комбинат", "Organization"),
        ("OrchidAG", "Orchid AG", "Company"),
        ("Societatea cu Răspundere Limitată Orchidea", "S.R.L. Orchidea", "Company"),
        ("Orchid & Sons Ltd", "Orchid and Sons Limited", "Company"),
    ],
)
def test_two_spellings_of_one_name_match(name1: str, name2: str, schema: str) -> None:
    for one, other in ((name1, name2), (name2, name1)):
        [answer], _, _ = compare(pair(one, other, schema))
        assert answer["match"] is True, answer


@pytest.mark.parametrize(
    ("name1", "name2", "schema"),
    [
        ("Anna Sokolova", "Boris Sokolov", "Person"),
        ("Иван Петрович Чернов", "Иван Сергеевич Чернов", "Person"),
        ("Анна", "Анна Петровна Соколова", "Person"),
        ("Yusuf Hasan Karim Al-Tamir", "Yusuf Hasan Karim Al-Sadir", "Person"),
        ("Anna Sokolova", "Anna Petrova", "Person"),
        ("Fund II Ltd", "Fund III Ltd", "Company"),
        ("First Bank", "Second Bank", "Company"),
        ("НСК", "Национальная садовая компания", "Organization"),
        ("Bakery International", "Brewery International", "Company"),
    ],
)
def test_names_of_two_do_not_match(name1: str, name2: str, schema: str) -> None:
    [answer], _, _ = compare(pair(name1, name2, schema))
    assert answer["match"] is False, answer


def test_a_bad_line_is_told_with_its_number_and_the_rest_goes_on() -> None:
    lines = [
        "{",
        "[1]",
        '{"id": 1, "name1": "x"}',
        '{"name1": 1, "name2": "y"}',
        pair("a", "b", "Ship"),
        '{"id": "\\ud800", "name1": "x", "name2": "y"}',
        '{"id": true, "name1": "x", "name2": "y"}',
        "",
        pair("Anna", "Anna"),
    ]
    answers, said, bad = compare(*lines)
    assert (len(answers), bad) == (1, 7)
    first, *rest = said.splitlines()
    assert first.startswith("line 1: not JSON: ")
    assert rest == [
        "line 2: must be an object",
        "line 3: `name2` is missing",
        "line 4: `name1` must be text or null",
        "line 5: `schema` must be Person, Company or Organization, not 'Ship'",
        "line 6: `id` holds half a character (a lone surrogate)",
        "line 7: `id` must be text or a whole number",
    ]


@pytest.mark.parametrize("schema", ["Person", "Company", "Organization"])
def test_two_names_without_a_word_are_not_the_same(schema: str) -> None:
    answers, _, _ = compare(pair("", "", schema), pair(" - ", "!", schema))
    assert [answer["match"] for answer in answers] == [False, False]


def test_mentions_are_linked_to_the_contacts_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text(
        "id,Name,Company,Email\nc1,Анна Соколова,Bakery,anna@bakery.example\nc1,Twice,,\n", encoding="utf-8"
    )
    people, companies, refused = file_records(path)
    assert [str(r) for r in refused] == [f"{path}:3: the id 'c1' is that of an earlier row"]
    out, errors = io.StringIO(), io.StringIO()
    told = '{"id": 1, "name": "Sokolova Anna", "company": "Bakery Ltd"}\n{"id": 2, "company": "Bakery"}\n{"id": 3, "name": "Clara Unknown"}\n'
    assert link_lines(io.StringIO(told), out, errors, Linker(people, companies)) == 1
    first, last = (json.loads(line) for line in out.getvalue().splitlines())
    assert (first["id"], first["decision"], first["links"][0]["contact"]) == (1, "link", "c1")
    assert (last["id"], last["decision"], last["links"]) == (3, "none", [])
    assert errors.getvalue() == "line 2: needs at least one of `name`, `handle`, `email`, `url`\n"


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["Person", "Company"]))
def test_any_two_texts_give_a_score_between_0_and_1_the_same_both_ways(a: str, b: str, schema: str) -> None:
    answers, said, _ = compare(pair(a, b, schema), pair(b, a, schema), pair(a, a, schema))
    assert not said
    one, other, same = (answer["score"] for answer in answers)
    assert 0 <= one <= 1
    assert one == other
    assert same in (0.0, 1.0)
