"""Russian company events and intents in many wordings: russian_company.txt holds the kind, whom it is about, and an invented sentence."""

from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from triggers.detector import Detector
from triggers.kinds import KINDS, LIFE
from triggers.loader import load_rules
from triggers.match import Document

SENTENCES = Path(__file__).with_name("russian_company.txt")
ROWS = [
    line.split(" | ", 2)
    for line in SENTENCES.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]

OTHER_KINDS = {name for name, kind in KINDS.items() if kind.family != LIFE}


@lru_cache(1)
def detector() -> Detector:
    loaded = load_rules([], kinds=sorted(OTHER_KINDS))
    return Detector(loaded.rules, loaded.words)


@pytest.mark.parametrize(("kind", "who", "text"), ROWS)
def test_an_event_of_a_company_or_an_intent_is_told_of_the_right_one(kind: str, who: str, text: str) -> None:
    found = detector().detect(Document(text, "ru"))
    told = {match.slots["subject"]["who"] for match in found.matches if match.kind == kind}
    assert told == (set() if who == "-" else {who}), [drop.reason for drop in found.dropped]


def test_the_list_holds_every_kind_with_a_sentence_that_is_none() -> None:
    told = Counter(kind for kind, _, _ in ROWS)
    assert set(told) == OTHER_KINDS
    assert {kind for kind, who, _ in ROWS if who == "-"} == set(told)


def test_no_sentence_is_listed_twice() -> None:
    assert len({text for _, _, text in ROWS}) == len(ROWS)
