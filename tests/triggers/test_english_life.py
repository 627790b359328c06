"""English life events in many wordings: english_life.txt holds the kind, whom it is about, and an invented sentence."""

from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from triggers.detector import Detector
from triggers.kinds import KINDS, LIFE
from triggers.loader import load_rules
from triggers.match import Document

SENTENCES = Path(__file__).with_name("english_life.txt")


def rows() -> list[tuple[str, str, str]]:
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    cells = [line.split(" | ", 2) for line in lines if line and not line.startswith("#")]
    return [(kind, who, text) for kind, who, text in cells]


@lru_cache(1)
def detector() -> Detector:
    loaded = load_rules([], kinds=[name for name, kind in KINDS.items() if kind.family == LIFE])
    return Detector(loaded.rules, loaded.words)


@pytest.mark.parametrize(("kind", "who", "text"), rows())
def test_a_life_event_is_found_and_told_of_the_right_person(kind: str, who: str, text: str) -> None:
    found = detector().detect(Document(text, "en"))
    told = {match.slots["subject"]["who"] for match in found.matches if match.kind == kind}
    assert told == (set() if who == "-" else {who}), [drop.reason for drop in found.dropped]


def test_the_list_holds_each_kind_and_each_sort_of_person() -> None:
    told = Counter(kind for kind, _, _ in rows())
    assert set(told) == {name for name, kind in KINDS.items() if kind.family == LIFE}
    assert min(told.values()) >= 20
    assert {who for _, who, _ in rows()} == {"author", "relative", "person", "public", "-"}


def test_no_sentence_stands_twice() -> None:
    assert [text for text, count in Counter(text for _, _, text in rows()).items() if count > 1] == []
