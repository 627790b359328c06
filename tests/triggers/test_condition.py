"""Boolean conditions over selections."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triggers.condition import ConditionFault, parse

NAMES = ("a", "b", "x1", "x2", "x3")


def holds(text: str, *true: str) -> bool:
    return parse(text, NAMES, frozenset({"text.news"})).holds(lambda name: name in true)


@pytest.mark.parametrize(
    ("text", "true", "expected"),
    [
        ("a and not b", ["a"], True),
        ("a and not b", ["a", "b"], False),
        ("a or b and x1", ["a"], True),
        ("(a or b) and x1", ["a"], False),
        ("2 of x*", ["x1", "x3"], True),
        ("2 of x*", ["x1"], False),
        ("all of x*", ["x1", "x2", "x3"], True),
        ("1 of them", ["b"], True),
        ("a and not text.news", ["a", "text.news"], False),
    ],
)
def test_a_condition_means_what_it_says(text: str, true: list[str], expected: bool) -> None:
    assert holds(text, *true) is expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a and", "ends too early"),
        ("(a or b", "closing parenthesis"),
        ("a b", "was not expected"),
        ("c", "no selection or fact is called `c`"),
        ("4 of x*", "there are 3"),
        ("a && b", "has no meaning"),
        ("not " * 50 + "a", "nested too deeply"),
    ],
)
def test_a_fault_says_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(ConditionFault, match=message):
        parse(text, NAMES, frozenset())


@given(st.text(alphabet="ab()notrd x*12f.", max_size=40))
def test_any_text_is_a_condition_or_a_fault(text: str) -> None:
    try:
        node = parse(text, NAMES, frozenset())
    except ConditionFault:
        return
    assert isinstance(node.holds(lambda name: name == "a"), bool)
