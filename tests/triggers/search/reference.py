"""A second evaluator, written for the eye: one post, one query, no index, no masks, every place tried.

It shares with the engine only the tree, the cutting of a text into words and the lemma of a word.
"""

from __future__ import annotations

import fnmatch
import itertools
import re

from triggers.search import words
from triggers.search.posts import SearchPost
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

FAR = 10**6
Occurrence = frozenset[int]


class Reference:
    """Answers whether a query matches a post by trying everything."""

    def __init__(self, post: SearchPost, included: dict[str, Node] | None = None) -> None:
        self.post = post
        self.included = included or {}
        self.words = {place: token.surface for place, token in enumerate(words.tokens(post.title))}
        self.words |= {FAR + place: token.surface for place, token in enumerate(words.tokens(post.text))}

    def matches(self, node: Node, zone: str | None = None) -> bool:
        match node:
            case And(nodes):
                return all(self.matches(inner, zone) for inner in nodes)
            case Or(nodes):
                return any(self.matches(inner, zone) for inner in nodes)
            case Not(inner):
                return not self.matches(inner, zone)
            case Scope(name, inner):
                return self.matches(inner, name)
            case Include(name):
                return self.matches(self.included[name])
            case Field():
                return self.field(node)
            case Near() if has_and(node):
                return self.matches(told_apart(node), zone)
            case Regex(pattern):
                parts = [zone] if zone else ["title", "text"]
                return any(re.search(pattern, getattr(self.post, part), re.IGNORECASE) for part in parts)
        return bool(self.occurrences(node, zone))

    def field(self, node: Field) -> bool:
        if node.name == "lang":
            return self.post.lang == node.value
        held = getattr(self.post, node.name)
        if held is None:
            return False
        limit = float(node.value)
        return {
            "<": held < limit,
            "<=": held <= limit,
            "=": held == limit,
            ">": held > limit,
            ">=": held >= limit,
        }[node.op]

    def occurrences(self, node: Node, zone: str | None) -> set[Occurrence]:
        """All sets of places (first to last) at which a node stands."""
        match node:
            case Or(nodes):
                return set().union(*(self.occurrences(inner, zone) for inner in nodes))
            case Scope(name, inner):
                return self.occurrences(inner, name)
            case Near(left, right, distance, ordered):
                pairs = itertools.product(self.occurrences(left, zone), self.occurrences(right, zone))
                return {
                    frozenset(range(min(one | other), max(one | other) + 1))
                    for one, other in pairs
                    if near(one, other, distance, ordered)
                }
            case Phrase(items, None):
                return self.in_row(
                    [lambda word, item=item: item == "*" or form(word, item) for item in items], zone
                )
            case Phrase(items, slop):
                return self.sloppy(items, slop or 0, zone)
            case Word(text) if text[0] in "#@":
                return self.in_row([lambda word: words.folded(word) == words.folded(text)], zone)
            case Word(text):
                return self.in_row(
                    [lambda word, part=part: lemma_of(word, part) for part in words.surfaces(text)], zone
                )
            case Form(text):
                return self.in_row(
                    [lambda word, part=part: form(word, part) for part in words.surfaces(text)], zone
                )
            case Cased(text):
                return self.in_row(
                    [lambda word, part=part: part in words.names(word) for part in words.surfaces(text)], zone
                )
            case Wild(pattern):
                return self.in_row([lambda word: form(word, pattern)], zone)
            case Fuzzy(text):
                return self.in_row(
                    [
                        lambda word: any(
                            one_edit(words.folded(name), words.folded(text)) for name in words.names(word)
                        )
                    ],
                    zone,
                )
            case Regex(pattern):
                return self.touched(pattern, zone)
        raise AssertionError(node)

    def touched(self, pattern: str, zone: str | None) -> set[Occurrence]:
        found = set()
        for part, first in (("title", 0), ("text", FAR)):
            text = getattr(self.post, part)
            for match in re.finditer(pattern, text, re.IGNORECASE) if zone in (None, part) else ():
                places = [
                    first + number
                    for number, token in enumerate(words.tokens(text))
                    if set(range(token.start, token.end)) & set(range(*match.span()))
                ]
                found |= {frozenset(places)} if places else set()
        return found

    def places(self, zone: str | None) -> list[int]:
        return [place for place in self.words if zone is None or (place < FAR) == (zone == "title")]

    def in_row(self, tests: list, zone: str | None) -> set[Occurrence]:  # type: ignore[type-arg]
        found = set()
        for start in self.places(zone):
            row = [self.words.get(start + offset) for offset in range(len(tests))]
            if all(word is not None and test(word) for test, word in zip(tests, row, strict=True)):
                found.add(frozenset(range(start, start + len(tests))))
        return found

    def sloppy(self, items: tuple[str, ...], slop: int, zone: str | None) -> set[Occurrence]:
        choices_of = [
            [place for place in self.places(zone) if form(self.words[place], item)] for item in items
        ]
        found = set()
        for chosen in itertools.product(*choices_of):
            moved = [place - offset for offset, place in enumerate(chosen)]
            if len(set(chosen)) == len(chosen) and max(moved) - min(moved) <= slop:
                found.add(frozenset(range(min(chosen), max(chosen) + 1)))
        return found


def near(one: Occurrence, other: Occurrence, distance: int, ordered: bool) -> bool:
    if max(one) < min(other):
        return len(range(max(one) + 1, min(other))) <= distance
    if max(other) < min(one) and not ordered:
        return len(range(max(other) + 1, min(one))) <= distance
    return False


def form(word: str, item: str) -> bool:
    if "*" in item or "?" in item:
        return any(fnmatch.fnmatchcase(words.folded(name), item) for name in words.names(word))
    return words.folded(item) in [words.folded(name) for name in words.names(word)]


def lemma_of(word: str, part: str) -> bool:
    wanted = words.lemma(words.folded(part))
    if part[0] in "#@":
        return words.folded(word) == words.folded(part)
    return wanted in [words.lemma(words.folded(name)) for name in words.names(word)]


def one_edit(left: str, right: str) -> bool:
    """By trying every edit."""
    letters = set(left) | set(right)
    edited = {left}
    for at in range(len(left) + 1):
        edited |= {left[:at] + letter + left[at:] for letter in letters}
        if at < len(left):
            edited.add(left[:at] + left[at + 1 :])
            edited |= {left[:at] + letter + left[at + 1 :] for letter in letters}
        if at + 1 < len(left):
            edited.add(left[:at] + left[at + 1] + left[at] + left[at + 2 :])
    return right in edited


def has_and(node: Node) -> bool:
    match node:
        case And():
            return True
        case Or(nodes):
            return any(has_and(inner) for inner in nodes)
        case Near(left, right):
            return has_and(left) or has_and(right)
        case Scope(_, inner):
            return has_and(inner)
    return False


def told_apart(node: Node) -> Node:
    """The same without AND below NEAR: each part of an AND must itself be near the other side."""
    match node:
        case And(nodes):
            return And(tuple(map(told_apart, nodes)))
        case Or(nodes):
            return Or(tuple(map(told_apart, nodes)))
        case Scope(name, inner) if has_and(inner):
            match told_apart(inner):
                case And(nodes):
                    return And(tuple(told_apart(Scope(name, part)) for part in nodes))
                case Or(nodes):
                    return Or(tuple(told_apart(Scope(name, part)) for part in nodes))
        case Near(left, right, distance, ordered):
            left, right = told_apart(left), told_apart(right)
            for kind in (And, Or):
                if isinstance(left, kind) and has_and(left):
                    return kind(tuple(told_apart(Near(one, right, distance, ordered)) for one in left.nodes))
                if isinstance(right, kind) and has_and(right):
                    return kind(tuple(told_apart(Near(left, one, distance, ordered)) for one in right.nodes))
            return Near(left, right, distance, ordered)
    return node
