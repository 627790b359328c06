from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guards.cells import FIRST, LIKE_FORMULA, neutralise, phone

HOSTILE = Path(__file__).parents[3] / "shared" / "data" / "hostile" / "csv_injection.txt"


SIGNS = tuple("=+-@" + LIKE_FORMULA)


def harmless(cell: str) -> bool:
    return not cell.startswith(("\t", "\r", "\n")) and no_formula(cell)


def no_formula(cell: str) -> bool:
    return not cell.lstrip(" \t\r\n\u00a0\ufeff\u200b").startswith(SIGNS)


@pytest.mark.parametrize("sign", list("=+-@\t\r\n＝＋－＠﹦﹢﹣﹫"))
def test_what_would_start_a_formula_gets_an_apostrophe(sign: str) -> None:
    assert neutralise(f"{sign}1+1") == f"'{sign}1+1"


@pytest.mark.parametrize(
    "text", ["Anna", "a = b", "1-2", "it's", "", "mail@lark.example", "https://a.example/?b=c", "C++"]
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert neutralise(text) == text


@pytest.mark.parametrize("text", [" =1", "\ufeff=1", "\u200b@SUM(1)", "\u00a0+1"])
def test_what_cannot_be_seen_does_not_hide_a_formula(text: str) -> None:
    assert neutralise(text) == "'" + text


@settings(max_examples=300)
@given(st.text(st.sampled_from("=+-@'\",;|\t\r\n\0 a1＝"), max_size=12))
def test_no_text_becomes_a_formula_and_twice_is_once(text: str) -> None:
    cell = neutralise(text)
    assert harmless(cell)
    assert neutralise(cell) == cell


@settings(max_examples=150)
@given(
    st.text(st.sampled_from("=+-@'\",; a1"), max_size=10), st.sampled_from(",;|\t"), st.sampled_from(",;|\t")
)
def test_a_file_opened_with_another_separator_has_no_formula_either(
    text: str, written: str, opened: str
) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=written).writerow(["id", neutralise(text), "end"])
    row = next(csv.reader(io.StringIO(buffer.getvalue()), delimiter=opened))
    assert all(no_formula(cell) for cell in row)


def test_a_phone_number_keeps_its_digits_and_nothing_that_starts_a_formula() -> None:
    assert phone("+7 (900) 000-00-01") == "7 (900) 000-00-01"
    assert phone("8 900 000 00 01") == "8 900 000 00 01"
    assert phone("+1+cmd|' /C calc'!A0") == "'+1'+cmd|' /C calc'!A0" or harmless(
        phone("+1+cmd|' /C calc'!A0")
    )
    assert phone("") == ""


def test_published_attack_strings_are_harmless() -> None:
    if not HOSTILE.exists():
        pytest.skip(f"{HOSTILE.name} is not here")
    for line in HOSTILE.read_text("utf-8").splitlines():
        cell = neutralise(line)
        assert harmless(cell)
        assert cell == line or line[0] in FIRST
