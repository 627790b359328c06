from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.headers import LONGEST_PATIENCE, retry_after_seconds, status_with_phrase

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
# A date with some of its characters replaced, each by one or by many of its kind.
PIECES = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from("0179 :+-,JT"), st.sampled_from([1, 2, 20, 5000])),
    max_size=4,
)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("99999999999", LONGEST_PATIENCE),
        ("9" * 5000, LONGEST_PATIENCE),
        ("0" * 5000 + "7", 7),
        ("Wed, 04 Mar 2026 13:00:00 GMT", 3600),
        ("Wed, 04 Mar 2026 13:00:00 +0100", 0),
        ("Wednesday, 04-Mar-26 13:00:00 GMT", 3600),
        ("Wed Mar  4 13:00:00 2026", 3600),
        ("Mon, 02 Mar 2020 09:01:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 -1200", LONGEST_PATIENCE),
        ("Wed, 04 Mar 2026 13:00:00 +99999999999999999999", None),
        ("Wed, 04 Mar 2026 99999999999999999999:00:00 GMT", None),
        ("later", None),
        ("-5", None),
        ("1.5", None),
        ("\u00b2", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_number_and_as_date(value: str | None, seconds: int | None) -> None:
    assert retry_after_seconds(value, NOW) == seconds


@given(PIECES)
def test_no_date_however_broken_does_harm(pieces: list[tuple[int, str, int]]) -> None:
    value = "Wed, 04 Mar 2026 13:00:00 +0000"
    for place, character, times in pieces:
        value = value[:place] + character * times + value[place + 1 :]
    seconds = retry_after_seconds(value, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_PATIENCE


def test_a_status_is_named_as_the_standard_does() -> None:
    assert status_with_phrase(404) == "404 Not Found"
    assert status_with_phrase(799) == "799"
