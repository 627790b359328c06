from __future__ import annotations

import pytest

from leads.same_event import Heard, outdone
from leads.signals import BREAK, compose, surroundings

ANNA, BORIS = frozenset({"contact:anna"}), frozenset({"contact:boris"})


@pytest.mark.parametrize(
    ("signals", "gone"),
    [
        ([("promotion", "person"), ("leadership_change", "company")], {1}),
        ([("leadership_change", "company"), ("new_job", "author")], {0}),
        ([("leadership_change", "company"), ("new_job", "public")], {1}),
        ([("promotion", "author"), ("new_job", "author")], set()),
        ([("wedding", "author"), ("moving", "author")], set()),
    ],
)
def test_of_two_kinds_of_one_event_the_more_specific_is_kept(
    signals: list[tuple[str, str]], gone: set[int]
) -> None:
    assert outdone([Heard(kind, who, ANNA) for kind, who in signals]) == gone


def test_other_people_and_relatives_have_events_of_their_own() -> None:
    new = Heard("leadership_change", "company", ANNA)
    assert outdone([Heard("promotion", "person", BORIS), new]) == set()
    assert outdone([Heard("promotion", "relative", ANNA, "wife"), new]) == set()
    assert outdone([Heard("promotion", "person", ANNA | BORIS), new]) == {1}


def test_the_surroundings_of_a_quote_are_its_sentence_and_the_next_ones_of_its_paragraph() -> None:
    text = "Long ago. Anna has joined Heron as director. She comes from Lark.\nBoris married. Wren grew."
    start = text.index("joined")
    found = surroundings(compose("", text), start, start + 6)
    assert found == "Long ago. Anna has joined Heron as director. She comes from Lark."


def test_the_surroundings_of_a_title_go_on_in_the_text() -> None:
    composed = compose("Heron appoints Anna", "Dunmouth. She comes from Lark.\n\nBoris married.")
    start = composed.text.index("appoints")
    assert surroundings(composed, start, start + 8) == "Heron appoints Anna. Dunmouth. She comes from Lark."
    text = composed.text.index("comes")
    assert surroundings(composed, text, text + 5).startswith("Heron appoints Anna. ")
    assert BREAK not in surroundings(composed, start, text)


def test_surroundings_are_never_long() -> None:
    text = "word " * 500
    assert len(surroundings(compose("", text), 1000, 1004)) < 1200
