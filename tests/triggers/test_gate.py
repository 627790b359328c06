"""The gate tells by sets of words what asking every pattern would."""

from __future__ import annotations

from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from triggers.anchors import Needs, Order, Surface
from triggers.gate import Gate

WORDS = ("moved", "to", "our", "new", "job", "home", "at", "last")
sets = st.frozensets(st.sampled_from(WORDS), min_size=1, max_size=4)
patterns = st.lists(sets, min_size=1, max_size=6).map(tuple)
lines = st.lists(st.lists(patterns, min_size=1, max_size=6), min_size=1, max_size=12)


def ordered(needs: Needs) -> Order:
    return tuple((need, 0) for need in needs)


@settings(deadline=None)
@given(lines=lines, texts=st.lists(st.lists(st.sampled_from(WORDS)).map(" ".join), min_size=1, max_size=5))
def test_the_tree_of_words_lets_through_what_asking_each_pattern_does(
    lines: list[list[Needs]], texts: list[str]
) -> None:
    gate = Gate()
    for number, needs in enumerate(lines):
        gate.add(number, [(need, partial(ordered, need)) for need in needs])
    gate.close()
    for text in texts:
        surface = Surface(text)
        asked = {
            number: [at for at, need in enumerate(needs) if surface.allow(need, ordered(need))]
            for number, needs in enumerate(lines)
        }
        assert gate.lines(surface) == {number: found for number, found in asked.items() if found}


def test_a_pattern_without_words_is_never_met() -> None:
    gate = Gate()
    gate.add(0, [((), tuple)])
    gate.close()
    assert gate.lines(Surface("our new job")) == {}
