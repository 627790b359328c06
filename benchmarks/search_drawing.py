"""Posts and searches for the benchmark of saved searches: searches such as people write, from the posts' own words."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from triggers.search import words
from triggers.search.posts import SearchPost

# Shapes of searches and their shares: alternatives of a topic, what is asked of it, and what is kept out.
_SHAPES = {"words": 20, "phrase": 15, "near": 15, "groups": 30, "topic": 20}


class Drawn(NamedTuple):
    """A search: its shape, its text for us, the same for FTS5, and its words."""

    shape: str
    query: str
    fts: str
    words: tuple[str, ...]


def read_posts(folder: Path, limit: int) -> list[SearchPost]:
    """Return posts of both languages, mixed."""
    posts = []
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.open(encoding="utf-8"):
            row = json.loads(line)
            posts.append(SearchPost(row["id"], row["text"], lang=row["lang"]))
    random.Random(1).shuffle(posts)
    return posts[:limit]


class Drawer:
    """Draws searches such as people write, from the posts' own words: two words that occur together, and variants."""

    def __init__(self, posts: Sequence[SearchPost], seed: int) -> None:
        self.random = random.Random(seed)
        self.texts = [self.plain(post.text) for post in posts]
        self.texts = [text for text in self.texts if len(text) > 5]
        counts = Counter(word for text in self.texts for word in set(text))
        common = {word for word, count in counts.most_common(150)}
        self.content = {word for word in counts if word not in common and len(word) > 2}

    @staticmethod
    def plain(text: str) -> list[str]:
        """Return the words of a text that FTS5 cuts in the same way."""
        folded = [words.folded(word) for word in words.surfaces(text)]
        return [word for word in folded if word.isalpha() and word not in ("and", "or", "not", "near")]

    def word(self) -> str:
        """Return a word with some content, as often as it occurs."""
        while True:
            word = self.random.choice(self.random.choice(self.texts))
            if word in self.content:
                return word

    def pair(self) -> tuple[str, str]:
        """Return two different words of one post."""
        text = self.random.choice(self.texts)
        one, other = self.random.sample(range(len(text)), 2)
        return text[one], text[other]

    def search(self) -> Drawn:
        """Return a search; for FTS5 it asks one column of lemmas and one of forms."""
        shape = self.random.choices(tuple(_SHAPES), weights=tuple(_SHAPES.values()))[0]
        if shape == "phrase":
            text = self.random.choice(self.texts)
            at = self.random.randrange(len(text) - 2)
            held = tuple(text[at : at + 3])
            forms = " ".join(f"f{word}" for word in held)
            return Drawn(shape, f'"{" ".join(held)}"', f'f : "{forms}"', held)
        a, b = self.pair()
        c, d, e, f, g, h = (self.word() for _ in range(6))
        if shape == "words":
            return _drawn(shape, "{} AND {} AND {}", "{} AND {} AND {}", a, b, c)
        if shape == "near":
            return _drawn(shape, "{} NEAR/5 {}", "NEAR({} {}, 5)", c, b)
        if shape == "groups":
            both = "({} OR {} OR {}) AND ({} OR {} OR {})"
            return _drawn(shape, both, both, a, c, d, b, e, f)
        return _drawn(
            shape,
            "({} OR {} OR {}) AND ({} OR {} OR {}) AND NOT ({} OR {})",
            "(({} OR {} OR {}) AND ({} OR {} OR {})) NOT ({} OR {})",
            a, c, d, b, e, f, g, h,
        )  # fmt: skip


def _drawn(shape: str, ours: str, theirs: str, *asked: str) -> Drawn:
    lemmas = (f'"l{words.lemma(word)}"' for word in asked)
    return Drawn(shape, ours.format(*asked), f"l : ({theirs.format(*lemmas)})", asked)
