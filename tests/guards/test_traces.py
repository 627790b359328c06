from __future__ import annotations

import re

import pytest

from guards.failpoints import UnknownFailpoint, parse
from guards.text import one_line
from guards.traces import fault_in_brief


def test_a_fault_is_told_by_its_kind_and_place_and_quotes_nothing() -> None:
    with pytest.raises(UnknownFailpoint, match="Anna") as caught:
        parse("Anna starts a new job")
    assert re.fullmatch(r"UnknownFailpoint at guards/failpoints\.py:\d+", fault_in_brief(caught.value))


def test_the_place_is_ours_also_where_another_s_code_has_failed() -> None:
    with pytest.raises(TypeError) as caught:
        one_line("Anna", "no number")  # type: ignore[arg-type]
    assert re.fullmatch(r"TypeError at guards/text\.py:\d+", fault_in_brief(caught.value))


def test_a_fault_without_a_trace_is_its_kind() -> None:
    assert fault_in_brief(KeyError("Anna")) == "KeyError"
