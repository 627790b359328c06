"""Saved searches beside their peers, in one run: posts a second at 100, 1,000 and 10,000 searches.

    python -m benchmarks.search [--data ../shared/data/unlabelled] [--sizes 100,1000,10000] [--batch 16384] [--rounds 7]

All get the same searches, drawn from the posts' own words (benchmarks/search_drawing.py), and give the numbers of the
posts that each matches; the peers are told in benchmarks/search_peers.py. Everybody is timed once in each round, one
right after the other, and a bar is held against the median of the rounds' ratios: what else the machine does then
weighs on both sides. Figures are of the processor's time; those of the clock stand beside them. The loops are timed on
other posts in each round, several hundred in all; the bar is held against the one that any query can be compiled to,
the quicker two are printed beside it. Exit status 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.search_drawing import Drawer, Drawn, read_posts
from benchmarks.search_peers import by_shape, compiled, fts5, generated, loop, phrase_matcher, prepared
from triggers.search import words
from triggers.search.parser import parse
from triggers.search.percolator import BATCH, Percolator, without_collection
from triggers.search.posts import SearchPost

LOOP_POSTS = 60
# `povod run` takes so many posts at once.
FEW = 500
OURS, FTS5, LOOP = "ours", "FTS5", "loop"
# The loop of compiled queries, and two that are quicker because they are written for the drawn shapes.
LOOPS = {LOOP: compiled, "loop by shape": by_shape, "generated code": generated}
BARS = {"fts5": 3.0, "loop": 500.0, "flat": 0.25, "build": 3.0, "add": 0.005}


@dataclass(frozen=True, slots=True)
class Took:
    """How long something took, in seconds of the processor and of the clock."""

    work: float
    clock: float


def timed(run: Callable[[], object]) -> Took:
    """Return how long something takes."""
    clock, work = time.perf_counter(), time.process_time()
    run()
    return Took(time.process_time() - work, time.perf_counter() - clock)


@dataclass(slots=True)
class Speeds:
    """Posts a second of everybody at one number of searches, a figure for each round."""

    work: dict[str, list[float]] = field(default_factory=dict)
    clock: dict[str, list[float]] = field(default_factory=dict)
    hits: dict[str, list[float]] = field(default_factory=dict)

    def note(self, who: str, posts: int, run: Callable[[], int]) -> None:
        """Time one round of somebody."""
        hits = 0

        def counted() -> None:
            nonlocal hits
            hits = run()

        took = timed(counted)
        self.work.setdefault(who, []).append(posts / took.work)
        self.clock.setdefault(who, []).append(posts / took.clock)
        self.hits.setdefault(who, []).append(hits / posts)

    def times(self, who: str) -> list[float]:
        """Return how many times as fast as a peer we are, for each round."""
        return [ours / theirs for ours, theirs in zip(self.work[OURS], self.work[who], strict=True)]

    def line(self, who: str) -> str:
        """Say how somebody did."""
        work, clock, hits = (statistics.median(held[who]) for held in (self.work, self.clock, self.hits))
        said = f"    {who:<15}{work:>10,.0f} posts/s ({clock:,.0f} by the clock), {hits:.2f} hits a post"
        if who == OURS:
            return said
        ratios = self.times(who)
        by_clock = statistics.median(
            ours / theirs for ours, theirs in zip(self.clock[OURS], self.clock[who], strict=True)
        )
        return (
            f"{said}: ours is {statistics.median(ratios):,.1f} times as fast "
            f"({min(ratios):,.1f} to {max(ratios):,.1f}; {by_clock:,.1f} by the clock)"
        )


def rounds(
    searches: Sequence[Drawn], sizes: Sequence[int], posts: Sequence[SearchPost], batch: int, count: int
) -> dict[int, Speeds]:
    """Time everybody `count` times at each number of searches, in turns."""
    parts = [posts[start : start + batch] for start in range(0, len(posts), batch)]
    plain = [prepared(post) for post in posts]
    percolators = {size: _build(searches[:size]) for size in sizes}
    loops = {who: [compile_one(search) for search in searches] for who, compile_one in LOOPS.items()}
    for percolator in percolators.values():
        _masks(percolator, parts)
    speeds = {size: Speeds() for size in sizes}
    for turn in range(count):
        some = random.Random(turn).sample(plain, min(LOOP_POSTS, len(plain)))
        start = turn % len(parts) * batch
        filled = plain[start : start + batch]
        for size, noted in speeds.items():
            noted.note(OURS, len(posts), partial(_masks, percolators[size], parts))
        for size, noted in speeds.items():
            for who, asked in loops.items():
                noted.note(who, len(some), partial(loop, asked[:size], some))
            noted.note(FTS5, len(filled), partial(fts5, searches[:size], filled))
    return speeds


def _masks(percolator: Percolator, parts: Sequence[Sequence[SearchPost]]) -> int:
    """Find which searches match which posts; counting them is not what is timed, but next to nothing."""
    return sum(mask.bit_count() for part in parts for mask in percolator.masks(part).values())


def _build(searches: Sequence[Drawn]) -> Percolator:
    percolator = Percolator()
    percolator.add_all((f"s{number}", search.query, "1") for number, search in enumerate(searches))
    return percolator


def ways(searches: Sequence[Drawn], posts: Sequence[SearchPost], batch: int) -> str:
    """Return posts a second for other ways to use us: on words never seen, in small batches, with matches and spans."""
    percolator = _build(searches)
    parts = [posts[start : start + batch] for start in range(0, len(posts), batch)]
    few = [posts[start : start + FEW] for start in range(0, len(posts), FEW)]
    runs: dict[str, Callable[[], object]] = {
        "on words never seen": lambda: _masks(percolator, parts),
        f"in batches of {FEW}": lambda: _masks(percolator, few),
        "with matches by post": lambda: [len(found) for part in parts for found in percolator.match(part)],
        "with all spans": lambda: [_spans(percolator, part) for part in parts],
    }
    return ", ".join(f"{len(posts) / timed(run).work:,.0f} {name}" for name, run in runs.items())


def _spans(percolator: Percolator, posts: Sequence[SearchPost]) -> int:
    """Ask for the spans of all matches, as `povod match` does."""
    with without_collection():
        return sum(len(match.spans) for found in percolator.match(posts) for match in found)


def changes(searches: Sequence[Drawn], posts: Sequence[SearchPost]) -> dict[str, float]:
    """Return seconds for building all searches, cold and warm, and for adding one that brings new words.

    To what an addition takes belongs what the next batch takes longer: what is known of the posts' words has to learn
    of the new ones.
    """
    cold = timed(lambda: [parse(search.query) for search in searches])
    warm = timed(lambda: _build(searches))
    percolator = _build(searches)
    percolator.masks(posts)
    added = _additions(percolator, posts[:50], 'word{} AND (other{} OR "a phrase{}")')
    wild = _additions(percolator, posts[:50], "market{}* AND hello{}~1")
    gone = [timed(partial(percolator.remove, f"new{n}")).work for n in range(31)]
    return {
        "cold": cold.work + warm.work,
        "warm": warm.work,
        "add": statistics.median(added),
        "worst": max(added),
        "wild": statistics.median(wild),
        "remove": statistics.median(gone),
    }


def _additions(percolator: Percolator, posts: Sequence[SearchPost], query: str) -> list[float]:
    taken = []
    for number in range(31):
        text = query.replace("{}", chr(ord("a") + number // 6) + chr(ord("a") + number % 6))
        usual = statistics.median(timed(partial(percolator.masks, posts)).work for _ in range(3))
        added = timed(partial(percolator.add, f"new{number}", text))
        taken.append(added.work + timed(partial(percolator.masks, posts)).work - usual)
    return taken


def main() -> int:
    """Print the figures and whether each bar is met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data/unlabelled"))
    parser.add_argument("--sizes", default="100,1000,10000")
    parser.add_argument("--batch", type=int, default=BATCH)
    parser.add_argument("--posts", type=int, default=16_384)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"{options.data}: no such folder; name one with --data", file=sys.stderr)
        return 2
    posts = read_posts(options.data, options.posts)
    sizes = sorted(int(size) for size in options.sizes.split(","))
    drawer = Drawer(posts, 7)
    cold = timed(
        lambda: [words.lemma(words.folded(word)) for post in posts for word in words.surfaces(post.text)]
    )
    print(
        f"lemmas of {len(posts):,} posts, first time: {len(posts) / cold.work:,.0f} posts/s; from here on known to all"
    )
    searches = [drawer.search() for _ in range(sizes[-1])]
    built = changes(searches, posts)
    print(
        f"build {len(searches):,}: {built['cold']:.2f} s cold, {built['warm']:.2f} s warm; add one with new words, "
        f"the next batch's loss included: {1000 * built['add']:.2f} ms (worst {1000 * built['worst']:.2f}, "
        f"with wildcards {1000 * built['wild']:.2f}); remove {1000 * built['remove']:.2f} ms"
    )
    speeds = rounds(searches, sizes, posts, options.batch, options.rounds)
    for size, noted in speeds.items():
        print(f"{size:,} searches, {options.rounds} rounds:")
        print("\n".join(noted.line(who) for who in (OURS, FTS5, *LOOPS)))
    print(f"ours with {sizes[-1]:,} searches, posts/s: {ways(searches, posts, options.batch)}")
    _phrases([search for search in searches if search.shape == "phrase"], posts[:4000])
    return _verdict(speeds, built)


def _phrases(phrases: Sequence[Drawn], posts: Sequence[SearchPost]) -> None:
    theirs = timed(phrase_matcher(phrases, posts))
    percolator = _build(phrases)
    _masks(percolator, [posts])
    ours = timed(lambda: _masks(percolator, [posts]))
    print(
        f"{len(phrases):,} plain phrases: ours {len(posts) / ours.work:,.0f} posts/s, spaCy's PhraseMatcher "
        f"{len(posts) / theirs.work:,.0f}: {theirs.work / ours.work:.1f} times as fast"
    )


def _verdict(speeds: dict[int, Speeds], built: dict[str, float]) -> int:
    most, least = speeds[max(speeds)], speeds[min(speeds)]
    flat = [many / few for many, few in zip(most.work[OURS], least.work[OURS], strict=True)]
    bars = [
        ("times FTS5 at most searches", statistics.median(most.times(FTS5)), BARS["fts5"], True),
        ("times the loop at most searches", statistics.median(most.times(LOOP)), BARS["loop"], True),
        ("of the speed at fewest searches", statistics.median(flat), BARS["flat"], True),
        ("s to build", built["warm"], BARS["build"], False),
        ("s to add one", built["add"], BARS["add"], False),
    ]
    print(f"speed at most searches against fewest: {min(flat):.2f} to {max(flat):.2f}")
    missed = 0
    for name, value, bar, above in bars:
        good = value >= bar if above else value <= bar
        missed += not good
        print(f"{'met   ' if good else 'MISSED'} {value:,.3f} {name} (bar {bar:,})")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
