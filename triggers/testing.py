"""Runs the examples of rules, and shows that every selection and filter earns its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from triggers.detector import Detector
from triggers.faults import RuleFault, RuleFaults
from triggers.match import Detection, Document, Match
from triggers.rule import Example, Rule, Selection
from triggers.words import WordLists


@dataclass(frozen=True, slots=True)
class Mutation:
    """A rule with one part left out, and the example that then fails (None: nobody noticed)."""

    rule: str
    left_out: str
    noticed_by: str | None


def check_examples(rule: Rule, words: dict[str, WordLists]) -> list[RuleFault]:
    """Return a fault for every example of a rule that does not come out as it says."""
    try:
        return list(_failures(rule, Detector([rule], words)))
    except RuleFaults:
        return []  # told by the lint that compiles every phrase


def _failures(rule: Rule, detector: Detector) -> Iterator[RuleFault]:
    for example in rule.match:
        what = _mismatch(example, _detect(detector, rule, example))
        if what:
            yield RuleFault(rule.shown, example.line, f"example {_short(example)}: {what}")
    for example in rule.no_match:
        found = _detect(detector, rule, example)
        if found.matches:
            match = found.matches[0]
            yield RuleFault(
                rule.shown,
                example.line,
                f"example {_short(example)}: must not match, but `{match.quote}` did ({match.reasons[0]})",
            )


def _detect(detector: Detector, rule: Rule, example: Example) -> Detection:
    published = datetime.fromisoformat(example.published).replace(tzinfo=UTC) if example.published else None
    return detector.detect(Document(example.text, rule.language, published))


def _mismatch(example: Example, detection: Detection) -> str:
    """Say how a detection differs from what an example asks for; nothing where it does not."""
    if not detection.matches:
        dropped = "; ".join(
            f"`{example.text[d.start : d.end]}` dropped: {d.reason}" for d in detection.dropped
        )
        return f"must match, but does not ({dropped or 'no selection found anything'})"
    for match in detection.matches:
        if match.quote == example.span and not _slot_difference(example.slots, match.slots):
            return ""
    first: Match = detection.matches[0]
    if first.quote != example.span:
        return f"span is `{first.quote}`, not `{example.span}`"
    return _slot_difference(example.slots, first.slots)


def _slot_difference(wanted: Mapping[str, Any], found: Mapping[str, Any], above: str = "") -> str:
    for key, value in wanted.items():
        there = found.get(key)
        if isinstance(value, dict) and isinstance(there, dict):
            inner = _slot_difference(value, there, f"{above}{key}.")
            if inner:
                return inner
        elif there != value:
            return f"slot {above}{key} is {there!r}, not {value!r}"
    return ""


def _short(example: Example) -> str:
    return f"«{example.text[:60]}{'…' if len(example.text) > 60 else ''}»"


def todo_now_right(rule: Rule, words: dict[str, WordLists]) -> list[Example]:
    """Return the known mistakes (`todo_no_match`) that are mistakes no longer: move them to `no_match`."""
    detector = Detector([rule], words)
    return [example for example in rule.todo_no_match if not _detect(detector, rule, example).matches]


def mutate(rule: Rule, words: dict[str, WordLists]) -> Iterator[Mutation]:
    """Leave out each selection and filter in turn and name the first example that notices."""
    for name, changed in _mutants(rule):
        failure = next(_failures(changed, Detector([changed], words)), None)
        yield Mutation(rule.name, name, str(failure) if failure else None)


def _mutants(rule: Rule) -> Iterator[tuple[str, Rule]]:
    for selection in rule.selections:
        yield f"selection {selection.name}", replace(rule, selections=_without(rule.selections, selection))
    for selection in rule.filters:
        yield f"filter {selection.name}", replace(rule, filters=_without(rule.filters, selection, drop=True))


def _without(selections: Sequence[Selection], out: Selection, *, drop: bool = False) -> tuple[Selection, ...]:
    """Return selections with one emptied; its name stays, as the condition speaks of it."""
    if drop:
        return tuple(s for s in selections if s is not out)
    return tuple(replace(s, lines=()) if s is out else s for s in selections)
