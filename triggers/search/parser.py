"""From the text of a query to its tree: recursive descent, NOT > NEAR > AND > OR, a space is AND."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triggers.search import fields
from triggers.search.dialects import POVOD, Dialect
from triggers.search.limits import MAX_DEPTH, MAX_LENGTH, MAX_PAIRS, MAX_REGEXES, MAX_TERMS
from triggers.search.scanner import Scanner, Token
from triggers.search.syntax import (
    And,
    Cased,
    Field,
    Include,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Regex,
    Scope,
    Word,
    all_of,
    any_of,
    children,
    walk,
)  # fmt: skip

_STARTS = frozenset({"(", "NOT", "TERM", "FIELD", "LIST", "RANGE", "+"})


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood: its tree, what may not be meant, and what of another dialect was left out."""

    text: str
    node: Node
    warnings: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()


def parse(text: str, dialect: Dialect = POVOD) -> Query:
    """Read a query.

    Raises:
        QueryFault: what is wrong, at which code point, and how to mend it.
    """
    return _Parser(text, dialect).query()


class _Parser:
    """Reads one query. A node of None stands for what another dialect can say and povod cannot."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self.scanner = Scanner(text, dialect)
        self.dialect = dialect
        self.text = text
        self.depth = 0
        self.terms = 0
        self.regexes = 0
        self.scope: str | None = None
        self.token: Token | None = None

    def query(self) -> Query:
        scanner = self.scanner
        if len(self.text) > MAX_LENGTH:
            raise scanner.fault(
                MAX_LENGTH,
                f"the query has {len(self.text):,} characters",
                f"at most {MAX_LENGTH:,} are possible",
            )
        if self.peek().kind == "END":
            raise scanner.fault(0, "the query is empty", "write a word to search for")
        node = self.expression()
        left = self.peek()
        if left.kind != "END":
            raise scanner.fault(
                left.at, "this parenthesis closes nothing", "take it out, or open one before it"
            )
        if node is None:
            raise scanner.fault(0, "nothing of this query can be said here", "; ".join(scanner.losses[:3]))
        if not _requires(node):
            scanner.warn(0, "nothing is required: every post without these words matches")
        return Query(self.text, node, tuple(scanner.warnings), tuple(scanner.losses))

    def peek(self) -> Token:
        if self.token is None:
            self.token = self.scanner.next()
        return self.token

    def take(self) -> Token:
        token = self.peek()
        self.token = None
        return token

    def expression(self) -> Node | None:
        if self.dialect.or_binds_tighter:
            return self.conjunction(self.alternatives)
        return self.optional() if self.dialect.space_is_or else self.disjunction()

    def disjunction(self) -> Node | None:
        """Read `a AND b OR c`."""
        parts: list[Node | None] = []
        mixed: int | None = None
        while True:
            at = self.peek().at
            part = self.conjunction(self.near)
            mixed = at if isinstance(part, And) and self.text[at : at + 1] != "(" else mixed
            parts.append(part)
            if self.peek().kind != "OR":
                break
            self.take()
        if len(parts) > 1 and mixed is not None:
            self.scanner.warn(
                mixed, "AND binds more tightly than OR here; put parentheses to say which you mean"
            )
        return _joined(parts, any_of)

    def alternatives(self) -> Node | None:
        """Read `a OR b` where OR binds more tightly than AND."""
        parts = [self.near()]
        while self.peek().kind == "OR":
            self.take()
            parts.append(self.near())
        return _joined(parts, any_of)

    def conjunction(self, operand: object) -> Node | None:
        """Read operands joined by AND or, except in Lucene, by nothing."""
        read = self.near if operand == self.near else self.alternatives
        parts = [read()]
        while True:
            kind = self.peek().kind
            if kind == "AND":
                self.take()
            elif kind not in _STARTS or self.dialect.space_is_or:
                return _joined(parts, all_of)
            parts.append(read())

    def optional(self) -> Node | None:
        """Read Lucene's clauses: `+a` is required, `-a` forbidden, the rest are alternatives."""
        required: list[Node | None] = []
        others: list[Node | None] = []
        forbidden: list[Node | None] = []
        while self.peek().kind in _STARTS or not (required or others or forbidden):
            plus = self.peek().kind == "+"
            node = self.disjunction()
            kept = required if plus else forbidden if isinstance(node, Not) else others
            kept.append(node)
        if required and others:
            self.scanner.losses.append("words without + only rank in Lucene; they were left out")
            others = []
        return _joined(
            [*required, _joined(others, any_of), *forbidden] if others else [*required, *forbidden], all_of
        )

    def near(self) -> Node | None:
        negated = False
        while self.dialect.not_over_near and self.peek().kind == "NOT" and self._is_word(self.peek()):
            negated ^= self.take().kind == "NOT"
        node = self.nears()
        return _negated(node) if negated else node

    def _is_word(self, token: Token) -> bool:
        """Return whether an operator is written as a word: a minus belongs to the next word alone."""
        return self.text[token.at : token.at + 1].isalpha()

    def nears(self) -> Node | None:
        """Read `a NEAR/5 b`."""
        left_at = self.peek().at
        left = self.unary()
        chain = 0
        while self.peek().kind == "NEAR":
            token = self.take()
            right_at = self.peek().at
            right = self.unary()
            chain += 1
            if chain > MAX_DEPTH:
                raise self.scanner.fault(token.at, f"more than {MAX_DEPTH} NEAR in a row", "group them")
            left = self.nearness(left, right, token, (left_at, right_at))
        return left

    def nearness(
        self, left: Node | None, right: Node | None, token: Token, places: tuple[int, int]
    ) -> Node | None:
        for node, place in zip((left, right), places, strict=True):
            if node is not None:
                self._check_positional(node, place)
        if left is None or right is None:
            return left or right
        if any(isinstance(node, And) for side in (left, right) for node in walk(side)):
            self.scanner.warn(token.at, "AND inside NEAR: each of its parts must be near")
            if _pairs(left) * _pairs(right) > MAX_PAIRS:
                raise self.scanner.fault(
                    token.at, "too many AND inside NEAR", f"at most {MAX_PAIRS} pairs are worked out"
                )
        return Near(left, right, *token.value)

    def _check_positional(self, node: Node, place: int) -> None:
        for inner in walk(node):
            if isinstance(inner, Not):
                hint = "write a NOT (a NEAR/5 b) for posts in which b is not near a"
                raise self.scanner.fault(place, "NOT cannot stand inside NEAR", hint)
            if isinstance(inner, Field | Include):
                name = inner.name if isinstance(inner, Field) else "search"
                hint = "write #tag" if name == "hashtag" else f"write (a NEAR/5 b) AND {name}:..."
                raise self.scanner.fault(
                    place, f"{name}: has no place in the text, so nothing can be near it", hint
                )

    def unary(self) -> Node | None:
        negated = False
        while self.peek().kind in ("NOT", "+"):
            negated ^= self.take().kind == "NOT"
        node = self.primary()
        return _negated(node) if negated else node

    def primary(self) -> Node | None:
        token = self.take()
        match token.kind:
            case "TERM":
                return self.counted(token)
            case "RANGE":
                kept = [node for node in token.value if node is not None]
                return all_of(kept) if kept else self._lost()
            case "(":
                return self.group(token)
            case "FIELD":
                return self.field(token)
            case "LIST":
                return self.near_list(token)
        raise self._misplaced(token)

    def _misplaced(self, token: Token) -> Exception:
        if token.kind == "END":
            return self.scanner.fault(
                token.at, "something is missing at the end", "an operator wants words on both sides"
            )
        if token.kind == ")":
            return self.scanner.fault(
                token.at, "there is nothing before this parenthesis", "write words between parentheses"
            )
        name = self.text[token.at : self.scanner.place].strip() or token.kind
        hint = (
            "put the word in quotes to search for it"
            if name.isalpha()
            else "take it out, or write a word before it"
        )
        return self.scanner.fault(token.at, f"{name} has nothing on its left", hint)

    def counted(self, token: Token) -> Node | None:
        node: Node | None = token.value
        self.terms += 1
        self.regexes += isinstance(node, Regex)
        if self.terms > MAX_TERMS:
            raise self.scanner.fault(token.at, f"more than {MAX_TERMS:,} terms", "split the search in two")
        if self.regexes > MAX_REGEXES:
            raise self.scanner.fault(
                token.at, f"more than {MAX_REGEXES} regular expressions", "join them with |"
            )
        return self._lost() if node is None else node

    def _lost(self) -> Node | None:
        name = (self.scanner.field or "").lstrip("?")
        loss = f"{name}: has no counterpart here" if name else "a limit of * on both sides"
        if loss not in self.scanner.losses:
            self.scanner.losses.append(loss)
        return None

    def group(self, token: Token) -> Node | None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.scanner.fault(
                token.at, f"more than {MAX_DEPTH} levels of parentheses", "flatten the query"
            )
        lists, self.scanner.lists = self.scanner.lists, 0
        node = self.expression()
        # Inside the group a comma joined values of one field as OR does.
        while self.scanner.field and self.peek().kind == ",":
            self.take()
            node = _joined([node, self.expression()], any_of)
        closing = self.peek()
        if closing.kind != ")":
            raise self.scanner.fault(token.at, "this parenthesis is never closed", "close it with )")
        self.scanner.lists = lists
        self.depth -= 1
        self.take()
        return node

    def field(self, token: Token) -> Node | None:
        name: str = token.value
        if self.scope or self.scanner.field:
            raise self.scanner.fault(
                token.at, f"{name}: cannot stand inside another field", "join the two with AND"
            )
        if name in fields.TEXT or name == "raw":
            return self._scoped(name, token)
        self.scanner.field = name
        first = self.peek()
        if first.kind not in ("TERM", "RANGE", "("):
            raise self.scanner.fault(
                token.at, f"{name}: wants a value", f"write {name}:value, or {name}:(a OR b)"
            )
        parts = [_as_include(self.primary())]
        while self._comma():
            parts.append(_as_include(self.primary()))
        self.scanner.field = None
        return _joined(parts, any_of)

    def _comma(self) -> bool:
        # Looked up in the text: a token fetched now would be read as one more value of the field.
        scanner = self.scanner
        if self.token is None and self.text[scanner.place : scanner.place + 1] == ",":
            scanner.place += 1
            return True
        return False

    def _scoped(self, name: str, token: Token) -> Node | None:
        self.scope = name
        first = self.peek()
        if first.kind not in ("TERM", "("):
            raise self.scanner.fault(
                token.at, f"{name}: wants words", f"write {name}:word, or {name}:(a OR b)"
            )
        node = self.primary()
        self.scope = None
        if name == "raw":
            return self._in_capitals(node)
        if node is None or not any(isinstance(inner, Include) for inner in walk(node)):
            return None if node is None else Scope(name, node)
        raise self.scanner.fault(token.at, "search: cannot stand inside a field", "join the two with AND")

    def _in_capitals(self, node: Node | None) -> Node | None:
        """Turn the words of `raw:` into words with exactly these capitals, as they stand in braces."""
        match node:
            case Word(text):
                return Cased(text)
            case Phrase(items, None) if all(item.replace("'", "").isalnum() for item in items):
                return Cased("-".join(items))
            case And(nodes):
                return all_of(inner for part in nodes if (inner := self._in_capitals(part)) is not None)
            case Or(nodes):
                return any_of(inner for part in nodes if (inner := self._in_capitals(part)) is not None)
            case Not(inner):
                return _negated(self._in_capitals(inner))
        if node is not None:
            self.scanner.losses.append("raw: takes words alone; of the rest capitals do not count")
        return node

    def near_list(self, token: Token) -> Node | None:
        if self.scanner.lists:
            raise self.scanner.fault(
                token.at, "a list stands directly in a list", "put the inner one in parentheses"
            )
        self.scanner.lists += 1
        place, chain = self.peek().at, 0
        node = self.unary()
        while self.peek().kind == ",":
            self.take()
            at, chain = self.peek().at, chain + 1
            if chain > MAX_DEPTH:
                raise self.scanner.fault(at, f"more than {MAX_DEPTH} words in one list", "group them")
            node = self.nearness(node, self.unary(), token, (place, at))
        self.scanner.lists -= 1
        if not isinstance(node, Near):
            raise self.scanner.fault(token.at, "a list of words wants a comma", "write near/5:new,job")
        return node


def _negated(node: Node | None) -> Node | None:
    if node is None:
        return None
    return node.node if isinstance(node, Not) else Not(node)


def _joined(parts: Sequence[Node | None], join: object) -> Node | None:
    kept = [part for part in parts if part is not None]
    if not kept:
        return None
    return all_of(kept) if join is all_of else any_of(kept)


def _as_include(node: Node | None) -> Node | None:
    """Turn values of the field `search` into includes."""
    match node:
        case Field("search", _, name):
            return Include(name)
        case And(nodes):
            return And(tuple(_as_include(inner) or inner for inner in nodes))
        case Or(nodes):
            return Or(tuple(_as_include(inner) or inner for inner in nodes))
        case Not(inner):
            return Not(_as_include(inner) or inner)
    return node


def _requires(node: Node) -> bool:
    """Return whether a query asks for anything to be there."""
    match node:
        case Not():
            return False
        case Or(nodes):
            return all(_requires(inner) for inner in nodes)
        case And(nodes):
            return any(_requires(inner) for inner in nodes)
    return True


def _pairs(node: Node) -> int:
    """Return into how many plain parts the ANDs inside NEAR are worked out."""
    match node:
        case And(nodes) | Or(nodes):
            return (
                sum(_pairs(inner) for inner in nodes)
                if any(isinstance(inner, And) for inner in walk(node))
                else 1
            )
        case Near():
            product = 1
            for inner in children(node):
                product *= _pairs(inner)
            return product
        case Scope(_, inner):
            return _pairs(inner)
    return 1
