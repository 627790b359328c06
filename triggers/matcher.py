"""Where the lines of rules are found in a text: hits with their captures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from triggers.matching import Columns, is_number
from triggers.phrases import Pattern
from triggers.rule import Line

__all__ = ["Hit", "hits", "outermost", "spacy_matcher"]


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a line of a selection was found: words [start, end), and its captures by label."""

    selection: str
    start: int
    end: int
    labels: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def inside(self, low: int, high: int) -> bool:
        """Say whether the hit lies within words [low, high)."""
        return low <= self.start and self.end <= high


def hits(columns: Columns, line: Line, numbers: Iterable[int], selection: str) -> list[Hit]:
    """Return where the patterns `numbers` of a line are found."""
    return [
        Hit(selection, start, end, _captures(line.patterns[number], start, alignment))
        for number in numbers
        for start, end, alignment in line.plan(number).find(columns)
    ]


def _captures(pattern: Pattern, start: int, alignment: Sequence[int]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for offset, number in enumerate(alignment):
        label = pattern.tokens[number].label
        if label:
            place = start + offset
            low = found.get(label, (place, place))[0]
            found[label] = (low, place + 1)
    return found


def outermost(found: list[Hit]) -> list[Hit]:
    """Return hits that lie in no other, the longest at each place, in text order."""
    kept: list[Hit] = []
    for hit in sorted(found, key=lambda h: (h.start, -h.end, -len(h.labels))):
        if not kept or hit.end > kept[-1].end:
            kept.append(hit)
    return kept


def spacy_matcher(nlp: Any, lines: Sequence[Line], *, validate: bool = False) -> Any:
    """Return a spaCy Matcher of the patterns of lines, each under `line pattern`: what hits are checked against.

    Raises ValueError where spaCy refuses a pattern, PhraseFault where a phrase is wrong.
    """
    from spacy import attrs  # noqa: PLC0415 -- a second of work that detection does without
    from spacy.matcher import Matcher  # noqa: PLC0415 -- as above

    nlp.vocab.lex_attr_getters[attrs.LIKE_NUM] = is_number
    matcher = Matcher(nlp.vocab, validate=validate)
    for index, line in enumerate(lines):
        for number, pattern in enumerate(line.patterns):
            matcher.add(f"{index} {number}", [[token.spacy() for token in pattern.tokens]])
    return matcher
