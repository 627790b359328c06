"""What `povod rules list | show | test | lint | new` do, as plain functions that return text or values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import uuid4

from triggers.faults import RuleFault
from triggers.kinds import KINDS
from triggers.loader import RuleSet, load_rules
from triggers.rule import Rule
from triggers.rule_reader import LANGUAGES
from triggers.testing import Mutation, check_examples, mutate
from triggers.validators import lint

_SKELETON = """\
title: {title}
id: {id}
kind: {kind}
language: {language}
status: experimental
level: medium
description: >-
  What this rule finds, and what it leaves alone.

detection:
  scope: sentence
  selections:
    told:
      phrases:
        - "write a phrase here"
  condition: told

slots:
  subject: {{missing: drop}}

examples:
  match: []
  no_match: []
"""


def rows(loaded: RuleSet) -> list[tuple[str, str, str, str, str, str]]:
    """Return (name, kind, language, status, level, title) of each rule, sensitive ones marked in the kind."""
    return [
        (r.name, r.kind + (" (sensitive)" if r.sensitive else ""), r.language, r.status, r.level, r.title)
        for r in loaded.rules
    ]


def chosen(loaded: RuleSet, names: Sequence[str]) -> list[Rule]:
    """Return the rules called for by name, id, kind or language; all of them without names.

    Raises KeyError with the first name that fits no rule.
    """
    if not names:
        return list(loaded.rules)
    for name in names:
        if not any(name in (r.name, r.id, r.kind, r.language) for r in loaded.rules):
            raise KeyError(name)
    return [r for r in loaded.rules if {r.name, r.id, r.kind, r.language} & set(names)]


def show(rule: Rule) -> str:
    """Return a rule's file as it stands."""
    return rule.path.read_text(encoding="utf-8")


def run_examples(loaded: RuleSet, names: Sequence[str] = ()) -> list[RuleFault]:
    """Run the examples of rules; return one fault for each that comes out wrong."""
    return [fault for rule in chosen(loaded, names) for fault in check_examples(rule, loaded.words)]


def lint_rules(loaded: RuleSet, names: Sequence[str] = ()) -> list[RuleFault]:
    """Return every fault of rules, those of their examples among them."""
    return lint(chosen(loaded, names), loaded.words, everything=loaded.rules)


def mutate_rules(loaded: RuleSet, names: Sequence[str] = ()) -> Iterator[Mutation]:
    """Leave out each selection and filter of rules in turn; yield which example notices."""
    for rule in chosen(loaded, names):
        yield from mutate(rule, loaded.words)


def new_rule(kind: str, language: str, folder: Path, variant: str = "") -> Path:
    """Write a skeleton with a fresh id and return its path.

    Raises ValueError for an unknown kind or language, FileExistsError where the file is there already.
    """
    if kind not in KINDS:
        raise ValueError(f"`{kind}` is no kind; there are: {', '.join(KINDS)}")
    if language not in LANGUAGES:
        raise ValueError(f"`{language}` has no engine; there are: {', '.join(LANGUAGES)}")
    path = folder / ".".join(part for part in (kind, variant, language, "yml") if part)
    text = _SKELETON.format(title=f"{kind}, in a line", id=uuid4(), kind=kind, language=language)
    folder.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    return path


__all__ = [
    "RuleSet",
    "chosen",
    "lint_rules",
    "load_rules",
    "mutate_rules",
    "new_rule",
    "rows",
    "run_examples",
    "show",
]
