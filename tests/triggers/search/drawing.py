"""Draws random queries and posts over a small vocabulary, so that they meet often."""

from __future__ import annotations

import random

from triggers.search.posts import SearchPost
from triggers.search.syntax import (
    Cased,
    Field,
    Form,
    Fuzzy,
    Near,
    Node,
    Not,
    Phrase,
    Regex,
    Scope,
    Wild,
    Word,
    all_of,
    any_of,
)  # fmt: skip

VOCABULARY = (
    "new", "News", "job", "jobs", "Jobs", "start", "started", "C++", "#job", "@anna", "3.14", "работа", "работу",
    "Новая", "новой", "ёлка", "елки", "e-mail", "don't", "🎉", "👍🏽", "BT", "bt", "jobb", "team's", "AT&T", "стал",
)  # fmt: skip
_WILD = ("job*", "нов*", "star*", "j?b", "ne?s", "раб?т*", "#jo?")
_REGEX = ("jo[bp]s?", "нов(ая|ой)", r"\d\.\d", "n[ex]w")


class Drawing:
    """A seeded source of queries and posts."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def word(self) -> str:
        return self.random.choice(VOCABULARY)

    def text(self, most: int = 12) -> str:
        joints = (" ", " ", " ", ", ", ". ", " - ", "\n")
        return "".join(self.word() + self.random.choice(joints) for _ in range(self.random.randint(0, most)))

    def post(self) -> SearchPost:
        title = self.text(4) if self.random.random() < 0.4 else ""
        lang = self.random.choice(("en", "ru", None))
        followers = self.random.choice((None, 5, 100, 5000))
        return SearchPost("p", self.text(), title, lang, followers=followers)

    def term(self) -> Node:
        pick = self.random.random()
        if pick < 0.45:
            return Word(self.random.choice([word for word in VOCABULARY if "&" not in word]))
        if pick < 0.55:
            return Form(self.random.choice(("jobs", "News", "работу", "елка")))
        if pick < 0.6:
            return Cased(self.random.choice(("BT", "bt", "Jobs")))
        if pick < 0.7:
            return Wild(self.random.choice(_WILD))
        if pick < 0.75:
            return Fuzzy(self.random.choice(("jobs", "start", "работа", "news")))
        return self.phrase()

    def phrase(self) -> Node:
        items = tuple(
            self.random.choice(("new", "job", "jobs", "bt", "работа", "новая", "job*", "c++"))
            for _ in range(self.random.randint(2, 3))
        )
        if self.random.random() < 0.4:
            return Phrase(items, self.random.randint(0, 5))
        return Phrase((items[0], "*", items[1])) if self.random.random() < 0.2 else Phrase(items)

    def positional(self, depth: int) -> Node:
        pick = self.random.random()
        if depth <= 0 or pick < 0.5:
            return self.term() if pick > 0.03 else Regex(self.random.choice(_REGEX))
        if pick < 0.7:
            return any_of(self.positional(depth - 1) for _ in range(2))
        if pick < 0.78:
            return all_of(self.positional(depth - 1) for _ in range(2))
        if pick < 0.83:
            return Scope(self.random.choice(("title", "text")), self.term())
        return self.near(depth - 1)

    def near(self, depth: int) -> Node:
        ordered = self.random.random() < 0.4
        return Near(self.positional(depth), self.positional(depth), self.random.randint(0, 6), ordered)

    def query(self, depth: int = 3) -> Node:
        pick = self.random.random()
        if depth <= 0 or pick < 0.2:
            return self.leaf()
        if pick < 0.45:
            return all_of(self.query(depth - 1) for _ in range(self.random.randint(2, 3)))
        if pick < 0.65:
            return any_of(self.query(depth - 1) for _ in range(self.random.randint(2, 3)))
        if pick < 0.8:
            inner = self.query(depth - 1)
            return inner if isinstance(inner, Not) else Not(inner)
        return self.near(2)

    def leaf(self) -> Node:
        pick = self.random.random()
        if pick < 0.75:
            return self.term()
        if pick < 0.8:
            return Regex(self.random.choice(_REGEX))
        if pick < 0.87:
            return Field("lang", "=", self.random.choice(("en", "ru")))
        if pick < 0.92:
            return Field(
                "followers",
                self.random.choice(("<", "<=", "=", ">", ">=")),
                self.random.choice(("5", "100", "5000")),
            )
        scoped = any_of([self.term(), self.term()]) if self.random.random() < 0.5 else Not(self.term())
        return Scope(self.random.choice(("title", "text")), scoped)
