"""The index of the gate: from the words of a text to the patterns whose words are all there.

A tree of words: from a pattern's rarest words over the next to the last it needs. At each step one intersection
of sets decides about all patterns below, so that a text costs by the words it shares with the rules, not by the
number of patterns. Branches are made when a text first comes to them, and shared where the same patterns lie below.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from triggers.anchors import Needs, Order, Surface

# So few patterns are looked at one by one; so many words decide by sets.
FEW, DEEP = 6, 4


@dataclass(slots=True, eq=False)
class Unit:
    """One way for a line to match: the line's and its pattern's number, the words needed, how to learn their order."""

    line: int
    pattern: int
    needs: Needs
    learn: Callable[[], Order]
    _order: Order | None = None

    def order(self) -> Order:
        """The words in their order: worked out when first asked for, as most patterns never are."""
        if self._order is None:
            self._order = self.learn()
        return self._order


Units = tuple[Unit, ...]


@dataclass(slots=True, eq=False)
class _Branch:
    """What can still be met once a text has one each of the first `depth` words that some units need."""

    units: Units
    depth: int
    met: Units = ()
    few: Units = ()
    ways: dict[str, _Branch] | None = None

    def grow(self) -> dict[str, _Branch]:
        """Sort the units: what is met, what are few, what goes on by which word."""
        depth = self.depth
        self.met = tuple(unit for unit in self.units if len(unit.needs) == depth)
        rest = tuple(unit for unit in self.units if len(unit.needs) > depth)
        if len(rest) <= FEW or depth == DEEP:
            self.few, rest = rest, ()
        self.ways = _ways(rest, depth)
        return self.ways

    def waiting(self, words: set[str]) -> Units:
        """Return the few whose further words a text has, too."""
        depth, found = self.depth, []
        for unit in self.few:
            for need in unit.needs[depth:]:
                if need.isdisjoint(words):
                    break
            else:
                found.append(unit)
        return tuple(found)


def _ways(units: Iterable[Unit], depth: int) -> dict[str, _Branch]:
    by_form: defaultdict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        for form in unit.needs[depth]:
            by_form[form].append(unit)
    shared: dict[Units, _Branch] = {}
    ways = {}
    for form, found in by_form.items():
        key = tuple(found)
        branch = shared.get(key)
        if branch is None:
            branch = shared[key] = _Branch(key, depth + 1)
        ways[form] = branch
    return ways


class Gate:
    """The patterns of some lines, by the words they need."""

    def __init__(self) -> None:
        self._units: list[Unit] = []
        self._roots: dict[str, _Branch] = {}

    def add(self, line: int, needs: Iterable[tuple[Needs, Callable[[], Order]]]) -> None:
        """Enter a line with the words and the order of each of its patterns; one without words is never met."""
        self._units += (Unit(line, number, need, learn) for number, (need, learn) in enumerate(needs) if need)

    def close(self) -> None:
        """Make the index: all lines are entered."""
        self._roots = _ways(self._units, 0)

    def lines(self, surface: Surface) -> dict[int, list[int]]:
        """Return the numbers of the lines that a text could match, each with those of its patterns."""
        found: dict[int, set[int]] = {}
        for unit in dict.fromkeys(self._met(surface.words)):
            if surface.ordered(unit.order()):
                found.setdefault(unit.line, set()).add(unit.pattern)
        return {line: sorted(numbers) for line, numbers in found.items()}

    def _met(self, words: set[str]) -> Iterable[Unit]:
        """Return the units whose words are all there, some of them twice."""
        ways = self._roots
        branches = [ways[form] for form in ways.keys() & words]
        met: list[Unit] = []
        while branches:
            branch = branches.pop()
            ways = branch.grow() if branch.ways is None else branch.ways
            if branch.few:
                met += branch.waiting(words)
            if branch.met:
                met += branch.met
            if ways:
                branches += [ways[form] for form in ways.keys() & words]
        return met
