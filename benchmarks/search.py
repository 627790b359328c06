"""Saved searches beside their peers, in one run: posts a second at 100, 1,000 and 10,000 searches.

    python benchmarks/search.py --data ../shared/data/unlabelled [--sizes 100,1000,10000] [--batch 8192]

Peers: a loop of compiled queries (closures over a post's words), SQLite FTS5 filled and asked per batch, and spaCy's
PhraseMatcher for the searches that are plain phrases. All get the same searches, drawn from the posts' own words; FTS5
and the loop get the words lemmatised beforehand at no charge, and give post numbers only, so the percolator is timed
both with and without its spans. Exit status 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from triggers.search import words
from triggers.search.parser import parse
from triggers.search.percolator import Percolator, without_collection
from triggers.search.posts import SearchPost

LOOP_POSTS = 40
# `povod run` takes so many posts at once.
FEW = 500
# Shapes of searches and their shares: alternatives of a topic, what is asked of it, and what is kept out.
_SHAPES = {"words": 20, "phrase": 15, "near": 15, "groups": 30, "topic": 20}
BARS = {"fts5": 3.0, "loop": 500.0, "flat": 0.25, "build": 3.0, "add": 0.005}


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

    def search(self) -> tuple[str, str, str]:
        """Return a search's shape, its text for us, and for FTS5 (over lemmas and forms)."""
        shape = self.random.choices(tuple(_SHAPES), weights=tuple(_SHAPES.values()))[0]
        if shape == "phrase":
            text = self.random.choice(self.texts)
            at = self.random.randrange(len(text) - 2)
            return (
                shape,
                f'"{" ".join(text[at : at + 3])}"',
                f'f : "{" ".join("f" + word for word in text[at : at + 3])}"',
            )
        a, b = self.pair()
        c, d, e, f, g, h = (self.word() for _ in range(6))
        if shape == "words":
            return shape, f"{a} {b} {c}", _fts("{} AND {} AND {}", a, b, c)
        if shape == "near":
            return (
                shape,
                f"{c} NEAR/5 {b}",
                "l : NEAR({} {}, 5)".format(*(f'"l{words.lemma(word)}"' for word in (c, b))),
            )
        if shape == "groups":
            return (
                shape,
                f"({a} OR {c} OR {d}) AND ({b} OR {e} OR {f})",
                _fts("({} OR {} OR {}) AND ({} OR {} OR {})", a, c, d, b, e, f),
            )
        return (
            shape,
            f"({a} OR {c} OR {d}) AND ({b} OR {e} OR {f}) AND NOT ({g} OR {h})",
            _fts("(({} OR {} OR {}) AND ({} OR {} OR {})) NOT ({} OR {})", a, c, d, b, e, f, g, h),
        )


def _fts(template: str, *asked: str) -> str:
    return "l : (" + template.format(*(f'"l{words.lemma(word)}"' for word in asked)) + ")"


def timed(run: Callable[[], object]) -> float:
    """Return how long something takes, in seconds."""
    start = time.process_time()
    run()
    return time.process_time() - start


def ours(
    searches: Sequence[tuple[str, str, str]], posts: Sequence[SearchPost], batch: int
) -> dict[str, float]:
    """Return posts a second: which post matches which search, and with all spans."""
    percolator = Percolator()
    for number, (_, query, _) in enumerate(searches):
        percolator.add(f"s{number}", query)
    parts = [posts[start : start + batch] for start in range(0, len(posts), batch)]
    first = timed(lambda: [percolator.masks(part) for part in parts])
    masks = timed(lambda: [percolator.masks(part) for part in parts])
    few = [posts[start : start + FEW] for start in range(0, len(posts), FEW)]
    small = timed(lambda: [percolator.masks(part) for part in few])
    spans = timed(lambda: [_spans(percolator, part) for part in parts])
    hits = sum(mask.bit_count() for part in parts for mask in percolator.masks(part).values())
    return {
        "first": len(posts) / first,
        "masks": len(posts) / masks,
        "small": len(posts) / small,
        "spans": len(posts) / spans,
        "hits": hits,
    }


def _spans(percolator: Percolator, posts: Sequence[SearchPost]) -> int:
    """Ask for the spans of all matches, as `povod match` does."""
    with without_collection():
        return sum(len(match.spans) for found in percolator.match(posts) for match in found)


def fts5(
    searches: Sequence[tuple[str, str, str]], posts: Sequence[SearchPost], batch: int
) -> tuple[float, int]:
    """Return posts a second with an FTS5 table filled for each batch and asked every search, and its hits."""
    prepared = [
        (" ".join(f"l{words.lemma(word)}" for word in text), " ".join(f"f{word}" for word in text))
        for post in posts
        for text in [Drawer.plain(post.text)]
    ]
    hits = 0
    start = time.process_time()
    for first in range(0, len(prepared), batch):
        base = sqlite3.connect(":memory:")
        base.execute(
            "CREATE VIRTUAL TABLE p USING fts5(l, f, content='', tokenize='unicode61 remove_diacritics 0')"
        )
        base.executemany(
            "INSERT INTO p(rowid, l, f) VALUES (?, ?, ?)",
            ((number, *row) for number, row in enumerate(prepared[first : first + batch])),
        )
        for _, _, query in searches:
            hits += len(base.execute("SELECT rowid FROM p WHERE p MATCH ?", (query,)).fetchall())
        base.close()
    return len(posts) / (time.process_time() - start), hits


def loop(searches: Sequence[tuple[str, str, str]], posts: Sequence[SearchPost]) -> float:
    """Return posts a second for compiled queries asked one after the other of each post."""
    compiled = [closure(shape, query) for shape, query, _ in searches]
    prepared = [[(words.lemma(word), word) for word in Drawer.plain(post.text)] for post in posts]

    def run() -> None:
        for text in prepared:
            places: dict[str, list[int]] = {}
            for place, (lemma, form) in enumerate(text):
                places.setdefault(lemma, []).append(place)
                places.setdefault(f"={form}", []).append(place)
            for asked in compiled:
                asked(places)

    return len(posts) / timed(run)


def closure(shape: str, query: str) -> Callable[[dict[str, list[int]]], bool]:
    """Compile one drawn search to a function of a post's words and their places."""
    bare = [
        words.lemma(word)
        for word in query.replace("NEAR/5", "")
        .replace("OR", "")
        .replace("AND", "")
        .replace("NOT", "")
        .translate(str.maketrans("", "", '()-"'))
        .split()
    ]
    if shape == "words":
        return lambda held: all(word in held for word in bare)
    if shape in ("groups", "topic"):
        some, others, none = bare[:3], bare[3:6], bare[6:]
        return lambda held: (
            any(word in held for word in some)
            and any(word in held for word in others)
            and not any(word in held for word in none)
        )
    if shape == "near":
        one, other = bare
        return lambda held: (
            one in held and other in held and any(0 < abs(i - j) <= 6 for i in held[one] for j in held[other])
        )
    forms = [f"={word}" for word in query.strip('"').split()]
    return lambda held: (
        all(form in held for form in forms)
        and any(
            all(place + offset in held[form] for offset, form in enumerate(forms)) for place in held[forms[0]]
        )
    )


def phrase_matcher(
    searches: Sequence[tuple[str, str, str]], posts: Sequence[SearchPost], batch: int
) -> tuple[int, float, float]:
    """Return how many searches are plain phrases, and posts a second by spaCy's PhraseMatcher and by us on those."""
    import spacy
    from spacy.matcher import PhraseMatcher

    phrases = [search for search in searches if search[0] == "phrase"]
    language = spacy.blank("xx")
    matcher = PhraseMatcher(language.vocab, attr="LOWER")
    for number, (_, query, _) in enumerate(phrases):
        matcher.add(str(number), [language.make_doc(query.strip('"'))])
    theirs = timed(lambda: [matcher(language.make_doc(post.text)) for post in posts])
    return len(phrases), len(posts) / theirs, ours(phrases, posts, batch)["masks"]


def changes(searches: Sequence[tuple[str, str, str]]) -> dict[str, float]:
    """Return seconds for building all searches, cold and with words and queries seen before, and for adding one."""
    started = time.process_time()
    queries = [parse(query) for _, query, _ in searches]
    percolator = Percolator()
    for number, query in enumerate(queries):
        percolator.add(f"s{number}", query)
    cold = time.process_time() - started
    warm = timed(lambda: _build(searches))
    one = sorted(
        timed(lambda n=n: percolator.add(f"new{n}", f'word{n} AND (other{n} OR "a phrase")'))
        for n in range(101)
    )
    gone = sorted(timed(lambda n=n: percolator.remove(f"new{n}")) for n in range(101))
    return {"cold": cold, "warm": warm, "add": one[50], "add_worst": one[-1], "remove": gone[50]}


def _build(searches: Sequence[tuple[str, str, str]]) -> Percolator:
    percolator = Percolator()
    percolator.add_all((f"s{number}", query, "1") for number, (_, query, _) in enumerate(searches))
    return percolator


def main() -> int:
    """Print the figures and whether each bar is met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=Path("../shared/data/unlabelled"))
    parser.add_argument("--sizes", default="100,1000,10000")
    parser.add_argument("--batch", type=int, default=8192)
    parser.add_argument("--posts", type=int, default=16_384)
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"{options.data}: no such folder; name one with --data", file=sys.stderr)
        return 2
    posts = read_posts(options.data, options.posts)
    sizes = [int(size) for size in options.sizes.split(",")]
    drawer = Drawer(posts, 7)
    cold = timed(
        lambda: [words.lemma(words.folded(word)) for post in posts for word in words.surfaces(post.text)]
    )
    print(
        f"lemmas of {len(posts):,} posts, first time: {len(posts) / cold:,.0f} posts/s; from here on they are known to all"
    )
    searches = [drawer.search() for _ in range(max(sizes))]
    built = changes(searches)
    print(
        f"build {len(searches):,}: {built['cold']:.2f} s cold, {built['warm']:.2f} s warm; add one {1000 * built['add']:.2f} ms (worst {1000 * built['add_worst']:.2f}), remove {1000 * built['remove']:.2f} ms"
    )
    figures = {}
    for size in sizes:
        chosen = searches[:size]
        mine = ours(chosen, posts, options.batch)
        fts_posts = posts[: max(options.batch, len(posts) // 5)]
        fts, fts_hits = fts5(chosen, fts_posts, options.batch)
        looped = loop(chosen, posts[:LOOP_POSTS])
        figures[size] = (mine["masks"], fts, looped)
        print(
            f"{size:>6} searches: ours {mine['masks']:>9,.0f} posts/s ({mine['first']:,.0f} on new words, {mine['small']:,.0f} in batches of {FEW}, {mine['spans']:,.0f} with spans, {mine['hits'] / len(posts):.2f} hits a post), FTS5 {fts:>7,.0f} ({fts_hits / len(fts_posts):.2f}), loop {looped:>7,.0f}: {mine['masks'] / fts:.1f} x FTS5, {mine['masks'] / looped:,.0f} x the loop"
        )
    count, theirs, mine_phrases = phrase_matcher(searches, posts[:4000], options.batch)
    print(
        f"{count:>6} phrases:  ours {mine_phrases:>9,.0f} posts/s, spaCy PhraseMatcher {theirs:,.0f}: {mine_phrases / theirs:.1f} x"
    )
    return _verdict(figures, built)


def _verdict(figures: dict[int, tuple[float, float, float]], built: dict[str, float]) -> int:
    most, least = figures[max(figures)], figures[min(figures)]
    bars = [
        ("times FTS5 at most searches", most[0] / most[1], BARS["fts5"], True),
        ("times the loop at most searches", most[0] / most[2], BARS["loop"], True),
        ("of the speed at fewest searches", most[0] / least[0], BARS["flat"], True),
        ("s to build", built["warm"], BARS["build"], False),
        ("s to add one", built["add"], BARS["add"], False),
    ]
    missed = 0
    for name, value, bar, above in bars:
        good = value >= bar if above else value <= bar
        missed += not good
        print(f"{'met   ' if good else 'MISSED'} {value:,.3f} {name} (bar {bar:,})")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
