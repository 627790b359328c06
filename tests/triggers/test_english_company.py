"""English company events and intents in many wordings: english_company.txt holds the kind, whom it is about, and an invented sentence."""

from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from triggers.detector import Detector
from triggers.kinds import KINDS, LIFE
from triggers.loader import load_rules
from triggers.match import Document

COMPANY_AND_INTENT = [name for name, kind in KINDS.items() if kind.family != LIFE]
LINES = Path(__file__).with_name("english_company.txt").read_text(encoding="utf-8").splitlines()
ROWS = [tuple(line.split(" | ", 2)) for line in LINES if not line.startswith("#")]


@lru_cache(1)
def detector() -> Detector:
    loaded = load_rules([], kinds=COMPANY_AND_INTENT)
    return Detector(loaded.rules, loaded.words)


@pytest.mark.parametrize(("kind", "who", "text"), ROWS)
def test_what_a_company_or_its_customer_tells_is_found_and_told_of_the_right_one(
    kind: str, who: str, text: str
) -> None:
    found = detector().detect(Document(text, "en"))
    told = {match.slots["subject"]["who"] for match in found.matches if match.kind == kind}
    assert told == (set() if who == "-" else {who}), [drop.reason for drop in found.dropped]


def test_each_kind_is_told_in_many_ways_and_has_its_near_misses() -> None:
    told = Counter(kind for kind, who, _ in ROWS if who != "-")
    missed = Counter(kind for kind, who, _ in ROWS if who == "-")
    assert set(told) == set(missed) == set(COMPANY_AND_INTENT)
    assert min(told.values()) >= 6
    assert min(missed.values()) >= 3
