"""The tree of a query: what the parser makes, the printer writes and the planner reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Word:
    """A bare word: any inflected form of it. Several words joined by hyphens stand next to each other."""

    text: str


@dataclass(frozen=True, slots=True)
class Form:
    """`=word`: this form only, whatever its case."""

    text: str


@dataclass(frozen=True, slots=True)
class Cased:
    """`{BT}`: written with exactly these capitals."""

    text: str


@dataclass(frozen=True, slots=True)
class Wild:
    """`word*` or `wo?d`."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """`word~1`: one letter added, left out, changed, or two neighbours swapped."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """`"a phrase"`: those forms in order. An item is a word, a wildcard word, or `*` for any one word.

    `slop` is Lucene's: how far the words together may be moved; None: not at all.
    """

    items: tuple[str, ...]
    slop: int | None = None


@dataclass(frozen=True, slots=True)
class Regex:
    """`/regex/`, by RE2, without regard to case."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Field:
    """`followers:>100`, `lang:en`: `op` is one of `= < <= > >=`."""

    name: str
    op: str
    value: str


@dataclass(frozen=True, slots=True)
class Include:
    """`search:"name"`: whatever that search matches."""

    name: str


@dataclass(frozen=True, slots=True)
class Scope:
    """`title:(...)`, `text:(...)`: only in that part of the post."""

    field: str
    node: Node


@dataclass(frozen=True, slots=True)
class Not:
    """Posts that the rest does not match."""

    node: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of these."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of these."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """At most `distance` words between; `ordered`: the left one first."""

    left: Node
    right: Node
    distance: int
    ordered: bool = False


Term: TypeAlias = Word | Form | Cased | Wild | Fuzzy | Phrase | Regex
Node: TypeAlias = Term | Field | Include | Scope | Not | And | Or | Near


def all_of(nodes: Iterable[Node]) -> Node:
    """Join nodes by AND; nested ANDs become one."""
    flat = _flat(nodes, And)
    return flat[0] if len(flat) == 1 else And(flat)


def any_of(nodes: Iterable[Node]) -> Node:
    """Join nodes by OR; nested ORs become one."""
    flat = _flat(nodes, Or)
    return flat[0] if len(flat) == 1 else Or(flat)


def _flat(nodes: Iterable[Node], kind: type[And] | type[Or]) -> tuple[Node, ...]:
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node.nodes if isinstance(node, kind) else (node,))
    return tuple(flat)


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below a node."""
    match node:
        case And(nodes) | Or(nodes):
            return nodes
        case Not(inner) | Scope(_, inner):
            return (inner,)
        case Near(left, right):
            return (left, right)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def includes(node: Node) -> frozenset[str]:
    """Return the names of the searches that a query includes."""
    return frozenset(inner.name for inner in walk(node) if isinstance(inner, Include))
