"""The percolator gives what a slow evaluator gives that tries everything, SQLite's FTS5 too where it can."""

from __future__ import annotations

import itertools
import random
import sqlite3

import pytest

from tests.triggers.search.drawing import Drawing
from tests.triggers.search.reference import Reference
from triggers.search.parser import parse
from triggers.search.percolator import Percolator
from triggers.search.posts import SearchPost
from triggers.search.printer import canonical
from triggers.search.syntax import Near, Phrase, Word


def _compare(seed: int, queries: int, posts: int) -> int:
    drawing = Drawing(seed)
    trees = [drawing.query() for _ in range(queries)]
    batch = [drawing.post() for _ in range(posts)]
    percolator = Percolator()
    for number, tree in enumerate(trees):
        percolator.add(str(number), parse(canonical(tree)))
    found = [{match.search for match in matches} for matches in percolator.match(batch)]
    for post, matched in zip(batch, found, strict=True):
        reference = Reference(post)
        for number, tree in enumerate(trees):
            assert (str(number) in matched) == reference.matches(tree), (canonical(tree), post)
    return sum(map(len, found))


@pytest.mark.parametrize("seed", range(5))
def test_it_agrees_with_the_reference_on_two_thousand_and_more_pairs_of_query_and_post(seed: int) -> None:
    assert _compare(seed, queries=60, posts=45) > 100


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 160))
def test_it_agrees_with_the_reference_on_many_more_pairs(seed: int) -> None:
    assert _compare(seed, queries=150, posts=120) > 600


def test_every_match_quotes_words_of_the_post_and_nothing_else() -> None:
    drawing = Drawing(77)
    percolator = Percolator()
    for number in range(150):
        percolator.add(str(number), parse(canonical(drawing.query())))
    posts = [drawing.post() for _ in range(60)]
    for post, matches in zip(posts, percolator.match(posts), strict=True):
        for match in matches:
            in_text = [(span.start, span.end) for span in match.places if span.field == "text"]
            assert match.spans == in_text
            for span in match.places:
                text = getattr(post, span.field)
                assert 0 <= span.start < span.end <= len(text)
                assert text[span.start : span.end].strip() == text[span.start : span.end]


def test_the_batch_a_post_comes_in_makes_no_difference() -> None:
    drawing = Drawing(5)
    percolator = Percolator()
    for number in range(120):
        percolator.add(str(number), parse(canonical(drawing.query())))
    posts = [drawing.post() for _ in range(50)]
    together = [[(match.search, match.places) for match in found] for found in percolator.match(posts)]
    alone = [[(match.search, match.places) for match in percolator.match([post])[0]] for post in posts]
    assert together == alone


def test_what_is_found_for_all_searches_at_once_is_what_each_finds_by_itself() -> None:
    drawing = Drawing(6)
    percolator = Percolator()
    for number in range(300):
        percolator.add(str(number), parse(canonical(drawing.query())))
    posts = [drawing.post() for _ in range(200)]
    alone, together = percolator.batch(posts), percolator.masks(posts)
    for number in range(300):
        plan = percolator.get(str(number)).plan
        assert plan.posts(alone, alone.all) == together.get(str(number), 0)
    assert not alone.joined


def test_searches_that_come_and_go_between_batches_match_as_if_they_had_always_been_there() -> None:
    drawing = Drawing(8)
    changing = Percolator()
    queries: dict[str, str] = {}
    for number in range(80):
        queries[str(number)] = canonical(drawing.query())
        changing.add(str(number), queries[str(number)])
        if number > 20:
            gone = drawing.random.choice(sorted(queries))
            changing.remove(gone)
            del queries[gone]
        posts = [drawing.post() for _ in range(5)]
        fresh = Percolator()
        for name, query in queries.items():
            fresh.add(name, query)
        assert changing.masks(posts) == fresh.masks(posts)


def test_near_agrees_with_every_order_of_four_words_at_every_distance() -> None:
    percolator = Percolator()
    trees = {}
    for distance, ordered in itertools.product(range(4), (False, True)):
        for left, right in (
            (Word("a"), Word("b")),
            (Word("b"), Word("a")),
            (Word("a"), Word("a")),
            (Phrase(("a", "b")), Word("c")),
        ):
            tree = Near(left, right, distance, ordered)
            trees[canonical(tree)] = tree
        deep = Near(Near(Word("a"), Word("b"), distance, ordered), Word("c"), 1)
        trees[canonical(deep)] = deep
    for text in trees:
        percolator.add(text, text)
    posts = [
        SearchPost("p", " ".join(chosen))
        for length in range(6)
        for chosen in itertools.product("abcx", repeat=length)
    ]
    for post, found in zip(posts, percolator.match(posts), strict=True):
        matched = {match.search for match in found}
        assert matched == {text for text, tree in trees.items() if Reference(post).matches(tree)}, post.text


def test_a_sloppy_phrase_agrees_with_every_choice_of_places() -> None:
    percolator = Percolator()
    trees = {}
    for items in (("a", "b"), ("b", "a"), ("a", "a"), ("a", "b", "c"), ("a", "b", "a")):
        for slop in range(5):
            tree = Phrase(items, slop)
            trees[canonical(tree)] = tree
            near = Near(tree, Word("c"), 1)
            trees[canonical(near)] = near
    for text in trees:
        percolator.add(text, text)
    posts = [
        SearchPost("p", " ".join(chosen))
        for length in range(7)
        for chosen in itertools.product("abc", repeat=length)
    ]
    for post, found in zip(posts, percolator.match(posts), strict=True):
        matched = {match.search for match in found}
        assert matched == {text for text, tree in trees.items() if Reference(post).matches(tree)}, post.text


def test_it_agrees_with_fts5_on_what_fts5_can_say() -> None:
    source = random.Random(11)
    vocabulary = ["ash", "bay", "cob", "dew", "elm", "fir", "gum", "hop", "ivy", "jet"]
    texts = [" ".join(source.choices(vocabulary, k=source.randint(0, 9))) for _ in range(300)]
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE post USING fts5(text, tokenize='unicode61')")
    base.executemany("INSERT INTO post(rowid, text) VALUES (?, ?)", enumerate(texts))
    percolator = Percolator()
    asked: dict[str, set[int]] = {}
    for _ in range(400):
        ours, theirs = _said_to_both(source, vocabulary, 2)
        rows = base.execute("SELECT rowid FROM post WHERE post MATCH ?", (theirs,)).fetchall()
        asked[ours] = {row for (row,) in rows}
        percolator.add(ours, ours)
    base.close()
    found: dict[str, set[int]] = {query: set() for query in asked}
    for number, matches in enumerate(
        percolator.match([SearchPost(str(n), text) for n, text in enumerate(texts)])
    ):
        for match in matches:
            found[match.search].add(number)
    assert found == asked
    assert sum(map(len, asked.values())) > 5000


def _said_to_both(source: random.Random, vocabulary: list[str], depth: int) -> tuple[str, str]:
    """A query in both languages: words, phrases, NEAR of two different words, AND, OR, and NOT after something."""
    pick = source.random()
    one, other = source.sample(vocabulary, 2)
    if depth == 0 or pick < 0.2:
        return (f"={one}", f'"{one}"')
    if pick < 0.35:
        return (f'"{one} {other}"', f'"{one} {other}"')
    if pick < 0.5:
        distance = source.randint(0, 4)
        return (f"={one} NEAR/{distance} ={other}", f'NEAR("{one}" "{other}", {distance})')
    left, right = (_said_to_both(source, vocabulary, depth - 1) for _ in range(2))
    operator = source.choice(("AND", "OR", "NOT"))
    ours = "AND NOT" if operator == "NOT" else operator
    return (f"({left[0]}) {ours} ({right[0]})", f"({left[1]}) {operator} ({right[1]})")
