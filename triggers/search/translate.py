"""From one tool's query language to another's, with what could not be said."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from triggers.search import fields
from triggers.search.dialects import Dialect, dialect_named
from triggers.search.parser import parse
from triggers.search.printer import canonical, quoted
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
    walk,
)  # fmt: skip
from triggers.search.terms import ANY_WORD, term_words

# So many phrases at most stand for one NEAR of groups in Lucene.
_MOST_PAIRS = 20


def translate(text: str, from_dialect: str, to_dialect: str) -> tuple[str, tuple[str, ...]]:
    """Return a query in another dialect, and what of it was lost or has changed its meaning.

    Raises:
        QueryFault: the query is wrong in its own dialect.
        ValueError: a dialect is unknown, or nothing of the query can be said in the other one.
    """
    source, target = dialect_named(from_dialect), dialect_named(to_dialect)
    query = parse(text, source)
    writer = _Writer(target)
    writer.losses.extend(query.losses)
    if source.inflects != target.inflects and any(isinstance(node, Word) for node in walk(query.node)):
        other = "inflected forms match too" if target.inflects else "only the form itself matches"
        writer.lose(f"plain words: {other} in {target.name}")
    written = canonical(query.node) if target.name == "povod" else writer.write(query.node)
    if not written:
        raise ValueError(f"nothing of this query can be said in {target.name}: {'; '.join(writer.losses)}")
    limit = target.max_operators
    count = sum(len(node.nodes) - 1 for node in walk(query.node) if isinstance(node, And | Or))
    if limit is not None and count > limit:
        writer.lose(f"{count} operators: {target.name} takes {limit}")
    return written, tuple(writer.losses)


class _Writer:
    """Writes a tree in one dialect. An empty text stands for what cannot be said."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.losses: list[str] = []

    def lose(self, what: str) -> str:
        """Note a loss, once."""
        if what not in self.losses:
            self.losses.append(what)
        return ""

    def write(self, node: Node) -> str:
        """Return the text of a node."""
        match node:
            case And(nodes):
                return self._joined(nodes, "AND", (Or,))
            case Or(nodes):
                return self._joined(nodes, "OR", (And, Not))
            case Not(inner):
                return self._negated(inner)
            case Near():
                return self._near(node)
            case Scope(name, inner):
                return self._scope(name, inner)
            case Field():
                return self._field(node)
            case Include(name):
                return self.lose(f"search:{quoted(name, always=True)}: only povod includes searches")
        return self._term(node)

    def _joined(self, nodes: Sequence[Node], operator: str, enclosed: tuple[type, ...]) -> str:
        parts = [text for inner in nodes if (text := self._inside(inner, enclosed))]
        if operator == "OR" and len(parts) < len(nodes):
            self.lose("alternatives that cannot be said: fewer posts match")
        if self.dialect.minus and operator == "AND":
            return " ".join(parts)
        return f" {operator} ".join(parts)

    def _inside(self, node: Node, enclosed: tuple[type, ...]) -> str:
        text = self.write(node)
        return f"({text})" if text and isinstance(node, enclosed) else text

    def _negated(self, inner: Node) -> str:
        text = self._inside(inner, (And, Or, Near))
        if not text:
            return self.lose("a NOT whose words cannot be said: more posts match")
        return f"-{text}" if self.dialect.minus else f"NOT {text}"

    def _near(self, node: Near) -> str:
        template = self.dialect.onear if node.ordered else self.dialect.near
        if template is None and node.ordered and self.dialect.near:
            self.lose(f"the order of ONEAR/{node.distance}")
            template = self.dialect.near
        if template is None:
            return self._nearness_lost(node)
        enclosed = (And, Or, Not, Near)
        left, right = self._inside(node.left, enclosed), self._inside(node.right, enclosed)
        if not (left and right):
            return left or right
        return template.format(left=left, right=right, n=node.distance, n1=node.distance + 1)

    def _nearness_lost(self, node: Near) -> str:
        lefts, rights = _plain_words(node.left), _plain_words(node.right)
        if self.dialect.slop and lefts and rights and len(lefts) * len(rights) <= _MOST_PAIRS:
            if node.ordered and node.distance > 1:
                self.lose(
                    f"the order of ONEAR/{node.distance}: a phrase with ~n lets the words change places"
                )
            phrases = [f'"{one} {other}"~{node.distance}' for one in lefts for other in rights]
            if not node.ordered:
                # Backwards a phrase with ~n reaches two words less far, so both orders are written.
                phrases += [f'"{other} {one}"~{node.distance}' for one in lefts for other in rights]
            return f"({' OR '.join(phrases)})"
        self.lose(f"NEAR/{node.distance}: only that both are there, so more posts match")
        both = self._joined((node.left, node.right), "AND", (Or,))
        return f"({both})" if both else ""

    def _scope(self, name: str, inner: Node) -> str:
        native = self.dialect.writes.get(name)
        if native is None:
            self.lose(f"{name}: the words are looked for everywhere")
            return self._inside(inner, (And, Or, Near, Not))
        text = self._inside(inner, (And, Or, Near, Not))
        return f"{native}:{text}" if text else ""

    def _field(self, node: Field) -> str:
        if node.name == "date" and self.dialect.compares == "google":
            return self._google_date(node)
        native = self.dialect.writes.get(node.name)
        if native is None:
            return self.lose(f"{node.name}: cannot be asked for in {self.dialect.name}")
        if node.name not in fields.COMPARED or node.op == "=":
            return f"{native}:{quoted(node.value)}"
        if self.dialect.compares != "brackets":
            return self.lose(f"{node.name}: cannot be compared in {self.dialect.name}")
        return _brackets(native, node)

    def _google_date(self, node: Field) -> str:
        span = fields.period(node.value)
        if node.op in ("<", "<="):
            return f"before:{(span.start if node.op == '<' else span.end):%Y-%m-%d}"
        if node.op in (">", ">="):
            return f"after:{(span.start if node.op == '>=' else span.end):%Y-%m-%d}"
        return f"after:{span.start:%Y-%m-%d} before:{span.end:%Y-%m-%d}"

    def _term(self, node: Node) -> str:
        dialect = self.dialect
        match node:
            case Word(text):
                return self._words(text)
            case Form(text):
                if not dialect.inflects:
                    return self._words(text)
                return f'"{" ".join(term_words(text))}"'
            case Cased(text):
                if dialect.cased:
                    return dialect.cased.format(word=" ".join(term_words(text)))
                return self._changed(f"the capitals of {{{text}}}", self._words(text))
            case Wild(pattern):
                return self._wild(pattern)
            case Fuzzy(text):
                return f"{text}~1" if dialect.fuzzy else self._changed(f"~1 of {text}", self._words(text))
            case Phrase():
                return self._phrase(node)
            case Regex(pattern):
                return canonical(node) if dialect.regex else self.lose(f"the regular expression /{pattern}/")
        raise TypeError(f"{type(node).__name__} cannot be written")

    def _changed(self, loss: str, text: str) -> str:
        self.lose(loss)
        return text

    def _words(self, text: str) -> str:
        found = term_words(text)
        return found[0] if len(found) == 1 else f'"{" ".join(found)}"'

    def _wild(self, pattern: str) -> str:
        stem = pattern.rstrip("*")
        if "?" in pattern and not self.dialect.letter:
            return self.lose(f"the wildcard {pattern}")
        if "*" in stem or (not self.dialect.prefix and pattern != stem):
            return (
                self._changed(f"the wildcard {pattern}", stem.split("*")[0])
                if "?" not in pattern
                else self.lose(f"the wildcard {pattern}")
            )
        least = self.dialect.letters_before_star
        if pattern != stem and len(stem) < least:
            self.lose(f"{pattern}: {self.dialect.name} wants {least} letters before the star")
        return pattern

    def _phrase(self, node: Phrase) -> str:
        phrase = f'"{" ".join(node.items)}"'
        if ANY_WORD in node.items and self.dialect.name != "google":
            self.lose("'*' for any word in a phrase")
            phrase = f'"{" ".join(item for item in node.items if item != ANY_WORD)}"'
        if node.slop is None:
            return phrase
        return (
            f"{phrase}~{node.slop}"
            if self.dialect.slop
            else self._changed(f"~{node.slop} of {phrase}", phrase)
        )


def _plain_words(node: Node) -> list[str]:
    """Return the words of a node that is one word or alternatives of words; nothing for any other."""
    nodes: Sequence[Node] = node.nodes if isinstance(node, Or) else (node,)
    words: list[str] = []
    for inner in nodes:
        if not isinstance(inner, Word | Form) or len(term_words(inner.text)) != 1:
            return []
        words.append(inner.text)
    return words


def _brackets(native: str, node: Field) -> str:
    limits: dict[str, Callable[[str], str]] = {
        ">=": lambda value: f"[{value} TO *]",
        ">": lambda value: f"{{{value} TO *]",
        "<=": lambda value: f"[* TO {value}]",
        "<": lambda value: f"[* TO {value}}}",
    }
    return f"{native}:{limits[node.op](node.value)}"
