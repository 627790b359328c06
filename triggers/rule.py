"""A rule: one kind in one language, as read from its file. Values only; `rule_reader` makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from triggers.condition import Node
from triggers.matching import Plan, plan
from triggers.phrases import Compiler, Pattern

WHO = ("author", "relative", "person", "public", "company")
# Whom a noun without a name is enough to tell: nobody, somebody in public life (`актриса`), anybody (`водитель`).
UNNAMED = ("nobody", "known", "anybody")
# Facts that the accounts named in a text decide alone.
ACCOUNT_FACTS = frozenset({"text.helpdesk", "text.brand"})
# How sure a rule of each level is when nothing speaks against it.
LEVELS: dict[str, float] = {"low": 0.6, "medium": 0.75, "high": 0.9}


@dataclass(slots=True, eq=False)
class Line:
    """One phrase or token pattern of a selection, compiled when first needed."""

    source: str
    line: int
    compiler: Compiler
    given: tuple[Pattern, ...] = ()
    _compiled: tuple[Pattern, ...] | None = None
    _plans: dict[int, Plan] = field(default_factory=dict)

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """Return the token patterns. Raises PhraseFault where the phrase is wrong."""
        if self._compiled is None:
            self._compiled = self.given or tuple(self.compiler.compile(self.source))
        return self._compiled

    def plan(self, number: int) -> Plan:
        """Return one of the patterns ready to be looked for."""
        ready = self._plans.get(number)
        if ready is None:
            ready = self._plans[number] = plan(self.patterns[number], self.compiler.forms_of)
        return ready


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """A named set of patterns: found when any of them is.

    `subject` says who its matches are about (`find` lets the engine look); `confidence` stands
    in for the rule's. A filter is a selection that takes back what its scope holds.
    """

    name: str
    lines: tuple[Line, ...]
    scope: str = "sentence"
    subject: str = "find"
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class SubjectPlan:
    """Whom a rule may be about, what a missing subject means, and whom a mere noun tells (`UNNAMED`)."""

    accept: frozenset[str]
    missing: str = "drop"
    find: str = "clause"
    unnamed: str = "nobody"


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """How one slot is filled beyond captures: what follows, or stands before, one of some words."""

    name: str
    after: frozenset[str] = frozenset()
    default: Any = None


@dataclass(frozen=True, slots=True)
class Example:
    """A text that tests its rule. `why` explains a text that must not match."""

    text: str
    line: int
    span: str | None = None
    slots: Mapping[str, Any] = field(default_factory=dict)
    published: str | None = None
    why: str = ""


@dataclass(frozen=True, eq=False)
class Rule:
    """All that a rule's file says."""

    path: Path
    shown: str
    version: str
    id: str
    title: str
    kind: str
    language: str
    status: str
    level: str
    sensitive: bool
    description: str
    scope: str
    selections: tuple[Selection, ...]
    filters: tuple[Selection, ...]
    condition_text: str
    condition: Node
    registers_excluded: frozenset[str]
    registers_required: frozenset[str]
    subject: SubjectPlan
    slots: tuple[SlotPlan, ...]
    context: Mapping[str, str]
    falsepositives: tuple[str, ...]
    match: tuple[Example, ...]
    no_match: tuple[Example, ...]
    todo_no_match: tuple[Example, ...]

    @cached_property
    def name(self) -> str:
        """Return the file's name without its ending: `birth.en`, `birth.pregnancy.ru`."""
        return self.path.name.removesuffix(".yml")

    @cached_property
    def all_selections(self) -> tuple[Selection, ...]:
        """Return selections, then filters."""
        return (*self.selections, *self.filters)

    @cached_property
    def main_names(self) -> tuple[str, ...]:
        """Return the selections that can make the condition hold, in its order: the first found is quoted."""
        known = {selection.name for selection in self.selections}
        return tuple(name for name in dict.fromkeys(self.condition.positive()) if name in known)

    @cached_property
    def asks_accounts(self) -> bool:
        """Say whether the condition asks what accounts a text addresses, which is told before it is tokenised."""
        return not ACCOUNT_FACTS.isdisjoint(self.condition.names())
