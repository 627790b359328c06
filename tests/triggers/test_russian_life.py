"""Russian life events in many wordings: russian_life.txt holds the kind, whom it is about, and an invented sentence."""

from collections import Counter
from pathlib import Path

import pytest

from tests.triggers.test_english_life import detector
from triggers.kinds import KINDS, LIFE
from triggers.match import Document

SENTENCES = Path(__file__).with_name("russian_life.txt")
ROWS = [
    line.split(" | ", 2)
    for line in SENTENCES.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(("kind", "who", "text"), ROWS)
def test_a_life_event_is_told_of_the_right_person(kind: str, who: str, text: str) -> None:
    found = detector().detect(Document(text, "ru"))
    told = {match.slots["subject"]["who"] for match in found.matches if match.kind == kind}
    assert told == (set() if who == "-" else {who}), [drop.reason for drop in found.dropped]


def test_the_list_holds_every_kind_and_every_sort_of_person() -> None:
    told = Counter(kind for kind, _, _ in ROWS)
    assert set(told) == {name for name, kind in KINDS.items() if kind.family == LIFE}
    assert min(told.values()) >= 10
    assert {who for _, who, _ in ROWS} == {"author", "relative", "person", "public", "-"}


def test_no_sentence_is_listed_twice() -> None:
    assert len({text for _, _, text in ROWS}) == len(ROWS)
