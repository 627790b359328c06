"""Boolean conditions over selections."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triggers.condition import ConditionFault, Node, parse

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


def weighed(text: str, **weights: int) -> Node:
    return parse(
        text, NAMES, frozenset({"text.news"}), {n.replace("news", "text.news"): w for n, w in weights.items()}
    )


@pytest.mark.parametrize(
    ("true", "expected"),
    [(["a"], False), (["a", "b"], True), (["a", "b", "x1"], False), (["a", "b", "x1", "text.news"], True)],
)
def test_weights_of_all_that_holds_are_added(true: list[str], expected: bool) -> None:
    node = weighed("weight >= 3", a=2, b=1, x1=-2, news=2)
    assert node.holds(lambda name: name in true) is expected


def test_a_weighed_condition_may_hold_while_what_speaks_against_it_may_be_missing() -> None:
    node = weighed("(a or b) and weight >= 3", a=2, b=1, x1=-2)
    assert node.may_hold(lambda name: name in ("a", "b", "x1"))
    assert not node.may_hold(lambda name: name in ("a", "x1"))


def test_what_weighs_most_is_told_first_and_what_was_weighed_is_told_in_words() -> None:
    node = weighed("weight >= 3", a=1, b=3, x1=-2)
    assert list(node.positive()) == ["b", "a"]
    assert list(node.evidence(lambda name: name != "x1")) == ["weight 4, 3 needed: a 1, b 3"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("weight >= 0", "whole number above 0"),
        ("weight >= a", "whole number above 0"),
        ("a >= 3", "only `weight >= N`"),
        ("weight >= 9", "can never hold"),
    ],
)
def test_a_faulty_weighing_says_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(ConditionFault, match=message):
        weighed(text, a=2, b=1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("weight >= 2", "needs `weights:`"),
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


@given(st.text(alphabet="ab()notrd x*12f.>=weigh", max_size=40))
def test_any_text_is_a_condition_or_a_fault(text: str) -> None:
    try:
        node = parse(text, NAMES, frozenset())
    except ConditionFault:
        return
    assert isinstance(node.holds(lambda name: name == "a"), bool)


NODES = [
    "a or b",
    "a and b",
    "(a or b) and text.news",
    "2 of x*",
    "all of x*",
    "not a and (b or 2 of x*)",
    "a and weight >= 4",
    "weight >= 4",
    "weight >= 6 or (b and text.news)",
    "not a",
]


@given(
    text=st.sampled_from(NODES),
    costs=st.dictionaries(st.sampled_from(NAMES), st.floats(0, 100), min_size=len(NAMES)),
    met=st.sets(st.sampled_from([*NAMES, "text.news"])),
)
def test_what_may_hold_has_one_name_of_its_key(text: str, costs: dict[str, float], met: set[str]) -> None:
    weights = {"a": 3, "b": 2, "x1": 1, "x2": 4, "text.news": 1, "x3": -5} if "weight" in text else {}
    node = parse(text, NAMES, frozenset({"text.news"}), weights)
    key = node.key(costs.get)
    if key is not None and node.may_hold(lambda name: name in met or name == "text.news"):
        assert key[1] & met


def test_a_key_is_the_cheapest() -> None:
    node = parse("a and (b or x1)", NAMES, frozenset())
    assert node.key({"a": 1.0, "b": 5.0, "x1": 5.0}.get) == (1.0, {"a"})
    assert node.key({"a": 20.0, "b": 5.0, "x1": 5.0}.get) == (10.0, {"b", "x1"})
    assert parse("not a", NAMES, frozenset()).key({"a": 1.0}.get) is None
