"""Which rules a text could match at all, told from its words before anything is tokenised.

A rule whose condition needs one of a few selections is looked at only where one of these could be found; its
other selections are then looked up, and the condition is asked whether it could hold with what there is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from triggers.accounts import addressed
from triggers.anchors import Anchors, Needs, Order, Surface
from triggers.condition import Truth
from triggers.faults import RuleFault, RuleFaults
from triggers.gate import Gate
from triggers.phrases import Compiler, PhraseFault
from triggers.rule import ACCOUNT_FACTS, Line, Rule, Selection
from triggers.words import UnknownList

# How many texts in a thousand, roughly, name a company's account; hold one set of words; hold a set with common words.
ACCOUNT, SELDOM, OFTEN = 20.0, 1.0, 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A line of a rule's selection, and what each of its patterns needs."""

    rule: Rule
    selection: Selection
    line: Line
    needs: tuple[tuple[Needs, Callable[[], Order]], ...]


# Lines that could match, each with the numbers of its patterns.
Opened = list[tuple[Entry, list[int]]]
# The same by selection.
Candidates = dict[str, Opened]


@dataclass(slots=True, eq=False)
class _Gates:
    """What of one rule is looked up once the rule is: selections that do not open it, and filters."""

    others: Gate = field(default_factory=Gate)
    filters: Gate = field(default_factory=Gate)


class Screen:
    """The rules of one language by the words they need."""

    def __init__(self, rules: Sequence[Rule], compiler: Compiler) -> None:
        """Enter the rules. Raises RuleFaults with what is wrong in any phrase."""
        self.entries: list[Entry] = []
        self._filters: list[Entry] = []
        self._anchors = Anchors(compiler)
        self._brands = compiler.words.words("_brands")
        self._keys = Gate()
        self._gates: dict[Rule, _Gates] = {}
        # Rules that the accounts in a text are enough to look at, by the fact asked for.
        self._by_account: dict[str, list[Rule]] = {name: [] for name in ACCOUNT_FACTS}
        self._possible: dict[tuple[Rule, frozenset[str], frozenset[str]], bool] = {}
        faults: list[RuleFault] = []
        for rule in rules:
            self._enter(rule, faults)
        if faults:
            raise RuleFaults(faults)
        self._keys.close()
        self._ask_accounts = any(rule.asks_accounts for rule in rules)

    def _enter(self, rule: Rule, faults: list[RuleFault]) -> None:
        selections = {s.name: self._read(rule, s, faults) for s in rule.selections}
        key = self._key(rule, selections)
        for name in ACCOUNT_FACTS & key:
            self._by_account[name].append(rule)
        gates = self._gates[rule] = _Gates()
        for name, entries in selections.items():
            _add(self._keys if name in key else gates.others, entries, self.entries)
        for selection in rule.filters:
            _add(gates.filters, self._read(rule, selection, faults), self._filters)
        gates.others.close()
        gates.filters.close()

    def _read(self, rule: Rule, selection: Selection, faults: list[RuleFault]) -> list[Entry]:
        entries = []
        for line in selection.lines:
            try:
                needs = tuple(
                    (self._anchors.needs(p), partial(self._anchors.order, p)) for p in line.patterns
                )
            except (PhraseFault, UnknownList) as fault:
                faults.append(RuleFault(rule.shown, line.line, f"{selection.name}: {fault}"))
            else:
                entries.append(Entry(rule, selection, line, needs))
        return entries

    def _key(self, rule: Rule, selections: dict[str, list[Entry]]) -> frozenset[str]:
        """Return the names of which the condition needs one, those that are seldom met; all where none are needed."""

        def cost(name: str) -> float | None:
            if name in selections:
                return sum(self._often(needs) for entry in selections[name] for needs, _ in entry.needs)
            return ACCOUNT if name in ACCOUNT_FACTS else None

        key = rule.condition.key(cost)
        return frozenset(selections) if key is None else key[1]

    def _often(self, needs: Needs) -> float:
        """Guess in how many texts in a thousand a pattern's words are met."""
        return (OFTEN if needs and self._anchors.is_common(needs[0]) else SELDOM) / max(1, len(needs))

    def candidates(self, text: str, surface: Surface) -> dict[Rule, Candidates]:
        """Return the lines that a text could match, of rules whose condition could hold with them."""
        opened = _opened(self._keys, self.entries, surface)
        accounts = addressed(text, self._brands) if self._ask_accounts and "@" in text else frozenset()
        if not opened and not accounts:
            return {}
        by_rule: dict[Rule, Opened] = {}
        for found in opened:
            by_rule.setdefault(found[0].rule, []).append(found)
        for name in accounts:
            for rule in self._by_account[f"text.{name}"]:
                by_rule.setdefault(rule, [])
        kept = {}
        for rule, keys in by_rule.items():
            have = self._by_selection(rule, keys, surface)
            if have and self._may_hold(rule, have, accounts):
                kept[rule] = have
        return kept

    def _by_selection(self, rule: Rule, keys: Opened, surface: Surface) -> Candidates:
        have: Candidates = {}
        for found in (*keys, *_opened(self._gates[rule].others, self.entries, surface)):
            have.setdefault(found[0].selection.name, []).append(found)
        return have

    def _may_hold(self, rule: Rule, have: Candidates, accounts: frozenset[str]) -> bool:
        """Say whether a rule's condition could hold with these selections; every combination is asked once."""
        key = (rule, frozenset(have), accounts if rule.asks_accounts else frozenset())
        if key not in self._possible:
            self._possible[key] = rule.condition.may_hold(_either(have, key[2]))
        return self._possible[key]

    def filters(self, rule: Rule, surface: Surface) -> Opened:
        """Return the lines of a rule's filters that a text could match."""
        return _opened(self._gates[rule].filters, self._filters, surface)

    def reachable(self, text: str) -> set[tuple[int, int]]:
        """Return (line, pattern) of all selections' lines that a text is let through to (for benchmarks)."""
        surface = Surface(text)
        gates = [self._keys, *(gates.others for gates in self._gates.values())]
        return {
            (line, number)
            for gate in gates
            for line, numbers in gate.lines(surface).items()
            for number in numbers
        }


def _add(gate: Gate, entries: list[Entry], numbered: list[Entry]) -> None:
    for entry in entries:
        gate.add(len(numbered), entry.needs)
        numbered.append(entry)


def _opened(gate: Gate, numbered: list[Entry], surface: Surface) -> Opened:
    lines = gate.lines(surface)
    return [(numbered[number], lines[number]) for number in sorted(lines)] if lines else []


def _either(have: Candidates, accounts: frozenset[str]) -> Truth:
    """Return a truth in which facts hold, but those of accounts only where told, and the selections that could be found."""
    unmet = ACCOUNT_FACTS - {f"text.{name}" for name in accounts}
    return lambda name: name in have or ("." in name and name not in unmet)
