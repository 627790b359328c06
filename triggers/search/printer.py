"""The canonical text of a query: parsing it again gives the same tree."""

from __future__ import annotations

import re

from triggers.search.syntax import (
    And,
    Cased,
    Field,
    Form,
    Fuzzy,
    Include,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Regex,
    Scope,
    Wild,
    Word,
)  # fmt: skip
from triggers.search.terms import OPERATORS

_PLAIN_VALUE = re.compile(r"[\w@*/:%~.+-][\w@*/:%~.+=?-]*")
_DOTS = ".."


def canonical(node: Node) -> str:
    """Return the canonical text of a query."""
    match node:
        case And(nodes):
            return " AND ".join(_inside(inner, (Or,)) for inner in nodes)
        case Or(nodes):
            return " OR ".join(_inside(inner, (And,)) for inner in nodes)
        case Not(inner):
            return f"NOT {_inside(inner, (And, Or, Near))}"
        case Near(left, right, distance, ordered):
            operator = "ONEAR" if ordered else "NEAR"
            return f"{_inside(left, (And, Or, Not))} {operator}/{distance} {_inside(right, (And, Or, Not, Near))}"
        case Scope(name, inner):
            return f"{name}:{_inside(inner, (And, Or, Not, Near))}"
        case Field(name, op, value):
            return f"{name}:{'' if op == '=' else op}{quoted(value)}"
        case Include(name):
            return f"search:{quoted(name, always=True)}"
    return term(node)


def term(node: Node) -> str:
    """Return the text of a term."""
    match node:
        case Word(text):
            return text
        case Form(text):
            return f"={text}"
        case Cased(text):
            return f"{{{text}}}"
        case Wild(pattern):
            return pattern
        case Fuzzy(text):
            return f"{text}~1"
        case Phrase(items, slop):
            return f'"{" ".join(items)}"' + ("" if slop is None else f"~{slop}")
        case Regex(pattern):
            return "/" + re.sub(r"(?<!\\)((?:\\\\)*)/", r"\1\\/", pattern) + "/"
    raise TypeError(f"{type(node).__name__} is no term")


def _inside(node: Node, kinds: tuple[type, ...]) -> str:
    text = canonical(node)
    return f"({text})" if isinstance(node, kinds) else text


def quoted(value: str, *, always: bool = False) -> str:
    """Return a value as it must be written to be read as one: bare where possible."""
    if not always and _PLAIN_VALUE.fullmatch(value) and _DOTS not in value and value not in OPERATORS:
        return value
    escaped = value.replace("\\", "\\\\")
    return '"' + re.sub(r"([\"“”])", r"\\\1", escaped) + '"'
