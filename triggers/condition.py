"""Conditions over named selections: `told and not (joke or advert)`, `2 of place*`, `all of a*`, `weight >= 5`.

Names are selections, or facts with a dot (`text.news`, `sentence.date`). A condition is asked
with a function from a name to truth, so that only what it needs is looked at.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

Truth = Callable[[str], bool]
# How often a name is likely to hold; None where it may hold whenever it is asked.
Cost = Callable[[str], float | None]
# Names of which one must hold for a part to hold, with what they cost together.
Key = tuple[float, frozenset[str]]
_TOKEN = re.compile(r"\s*(?:(?P<paren>[()]|>=)|(?P<word>[A-Za-z0-9_.*]+)|(?P<bad>\S))")
_WORDS = frozenset({"and", "or", "not", "of"})
MAX_DEPTH = 20


class ConditionFault(ValueError):
    """A condition that cannot be read; the message says where and what was expected."""


class Node:
    """Part of a condition."""

    def holds(self, truth: Truth) -> bool:
        """Say whether the part holds where `truth` tells which names do."""
        raise NotImplementedError

    def may_hold(self, truth: Truth) -> bool:
        """Say whether the part could hold where `truth` tells which names may; what is denied may."""
        raise NotImplementedError

    def key(self, cost: Cost) -> Key | None:
        """Return the cheapest names of which one must hold for the part to hold; None where it may without any."""
        raise NotImplementedError

    def positive(self) -> Iterator[str]:
        """Yield the names that can make the part hold, in the order written."""
        raise NotImplementedError

    def names(self) -> Iterator[str]:
        """Yield every name, in the order written."""
        raise NotImplementedError

    def evidence(self, truth: Truth) -> Iterator[str]:
        """Yield what was weighed, in words."""
        del truth
        return iter(())


@dataclass(frozen=True, slots=True)
class Name(Node):
    """One selection or fact."""

    name: str

    def holds(self, truth: Truth) -> bool:
        return truth(self.name)

    may_hold = holds

    def key(self, cost: Cost) -> Key | None:
        price = cost(self.name)
        return None if price is None else (price, frozenset({self.name}))

    def positive(self) -> Iterator[str]:
        yield self.name

    def names(self) -> Iterator[str]:
        yield self.name


@dataclass(frozen=True, slots=True)
class Not(Node):
    """The opposite of a part."""

    part: Node

    def holds(self, truth: Truth) -> bool:
        return not self.part.holds(truth)

    def may_hold(self, truth: Truth) -> bool:
        del truth
        return True

    def key(self, cost: Cost) -> Key | None:
        del cost
        return None

    def positive(self) -> Iterator[str]:
        return iter(())

    def names(self) -> Iterator[str]:
        return self.part.names()


@dataclass(frozen=True, slots=True)
class AtLeast(Node):
    """At least `count` of the parts hold: `and` needs all, `or` one."""

    count: int
    parts: tuple[Node, ...]

    def holds(self, truth: Truth) -> bool:
        left = self.count
        for part in self.parts:
            if part.holds(truth):
                left -= 1
                if left == 0:
                    return True
        return left <= 0

    def may_hold(self, truth: Truth) -> bool:
        return sum(part.may_hold(truth) for part in self.parts) >= self.count

    def key(self, cost: Cost) -> Key | None:
        """Where `count` hold, one of any others and one more must."""
        keys = sorted(filter(None, (part.key(cost) for part in self.parts)), key=_price)
        enough = len(self.parts) - self.count + 1
        return _together(keys[:enough]) if 0 < enough <= len(keys) else None

    def positive(self) -> Iterator[str]:
        """Where all must hold, the first part with a selection is what is told; the others support it."""
        for part in self.parts:
            names = list(part.positive())
            yield from names
            if self.count == len(self.parts) and any("." not in name for name in names):
                return

    def names(self) -> Iterator[str]:
        for part in self.parts:
            yield from part.names()

    def evidence(self, truth: Truth) -> Iterator[str]:
        for part in self.parts:
            yield from part.evidence(truth)


@dataclass(frozen=True, slots=True)
class Weighed(Node):
    """The weights of all that holds add up to `least`: evidence, of which no part must be there."""

    least: int
    weights: tuple[tuple[Name, int], ...]

    def holds(self, truth: Truth) -> bool:
        return sum(weight for part, weight in self.weights if part.holds(truth)) >= self.least

    def may_hold(self, truth: Truth) -> bool:
        """What speaks against may be missing in the end."""
        return sum(max(0, weight) for part, weight in self.weights if part.may_hold(truth)) >= self.least

    def key(self, cost: Cost) -> Key | None:
        """Leave out the dearest names as long as they do not weigh enough without the others."""
        left, keys = self.least, []
        parts = [(part.key(cost), weight) for part, weight in self.weights if weight > 0]
        for found, weight in sorted(parts, key=lambda pair: -(pair[0][0] if pair[0] else math.inf)):
            if weight < left:
                left -= weight
            elif found is None:
                return None
            else:
                keys.append(found)
        return _together(keys) if keys else None

    def positive(self) -> Iterator[str]:
        """What weighs most is told first."""
        for part, weight in sorted(self.weights, key=lambda pair: -pair[1]):
            if weight > 0:
                yield part.name

    def names(self) -> Iterator[str]:
        return (part.name for part, _ in self.weights)

    def evidence(self, truth: Truth) -> Iterator[str]:
        met = [(part.name, weight) for part, weight in self.weights if part.holds(truth)]
        told = ", ".join(f"{name} {weight}" for name, weight in met)
        yield f"weight {sum(weight for _, weight in met)}, {self.least} needed: {told}"


def _price(key: Key) -> float:
    return key[0]


def _together(keys: Sequence[Key]) -> Key:
    return sum(map(_price, keys)), frozenset[str]().union(*(names for _, names in keys))


def parse(
    text: str, selections: Sequence[str], facts: frozenset[str], weights: Mapping[str, int] | None = None
) -> Node:
    """Read a condition whose names must be among `selections` or `facts`. Raises ConditionFault.

    `weights` is what each name counts for in `weight >= N`.
    """
    reader = _Reader(_tokens(text), selections, facts, weights or {})
    node = reader.either(0)
    if reader.peek() is not None:
        raise ConditionFault(f"`{reader.peek()}` was not expected; join parts with and, or")
    return node


def _tokens(text: str) -> list[str]:
    found = []
    for match in _TOKEN.finditer(text):
        if match["bad"]:
            raise ConditionFault(
                f"`{match['bad']}` has no meaning in a condition; use names, and, or, not, N of x*"
            )
        found.append(match["paren"] or match["word"])
    return found


class _Reader:
    """A reader by recursive descent: either > both > single."""

    def __init__(
        self,
        tokens: list[str],
        selections: Sequence[str],
        facts: frozenset[str],
        weights: Mapping[str, int],
    ) -> None:
        self.tokens = tokens
        self.at = 0
        self.selections = selections
        self.facts = facts
        self.weights = weights

    def peek(self) -> str | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self) -> str:
        token = self.peek()
        if token is None:
            raise ConditionFault("the condition ends too early; a name is missing")
        self.at += 1
        return token

    def either(self, depth: int) -> Node:
        parts = [self.both(depth)]
        while self.peek() == "or":
            self.take()
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else AtLeast(1, tuple(parts))

    def both(self, depth: int) -> Node:
        parts = [self.single(depth)]
        while self.peek() == "and":
            self.take()
            parts.append(self.single(depth))
        return parts[0] if len(parts) == 1 else AtLeast(len(parts), tuple(parts))

    def single(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise ConditionFault("nested too deeply; name a selection for the inner part")
        word = self.take()
        if word == "not":
            return Not(self.single(depth + 1))
        if word == "(":
            node = self.either(depth + 1)
            if self.peek() != ")":
                raise ConditionFault("a closing parenthesis is missing")
            self.take()
            return node
        if self.peek() == "of":
            return self._count(word)
        if self.peek() == ">=":
            return self._weighed(word)
        return self._name(word)

    def _count(self, number: str) -> Node:
        self.take()
        pattern = self.take()
        names = [n for n in self.selections if pattern == "them" or fnmatchcase(n, pattern)]
        if not names:
            raise ConditionFault(f"no selection is called `{pattern}`")
        if number != "all" and not number.isdigit():
            raise ConditionFault(f"`{number} of` needs a number or `all`")
        count = len(names) if number == "all" else int(number)
        if not 1 <= count <= len(names):
            raise ConditionFault(f"`{number} of {pattern}`: there are {len(names)} such selections")
        return AtLeast(count, tuple(Name(n) for n in names))

    def _weighed(self, word: str) -> Node:
        self.take()
        least = self.take()
        if word != "weight" or not least.isdecimal() or least == "0":
            raise ConditionFault(
                f"`{word} >= {least}`: only `weight >= N` is known, N a whole number above 0"
            )
        if not self.weights:
            raise ConditionFault("`weight` needs `weights:` beside the condition: what each name counts for")
        weighed = Weighed(int(least), tuple((Name(n), weight) for n, weight in self.weights.items()))
        if not weighed.may_hold(lambda _: True):
            raise ConditionFault(f"`weight >= {least}` can never hold: all weights together are less")
        return weighed

    def _name(self, name: str) -> Node:
        if name in _WORDS or name in (")", ">="):
            raise ConditionFault(f"`{name}` stands where a name should")
        if name not in self.selections and name not in self.facts:
            known = ", ".join([*self.selections, *sorted(self.facts)])
            raise ConditionFault(f"no selection or fact is called `{name}`; there are: {known}")
        return Name(name)
