"""What else could link mentions to contacts, in the same run: brute force, TF-IDF, Splink where it is installed."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from anyascii import anyascii
from rapidfuzz import fuzz, process

from benchmarks.invented_people import Told, World
from benchmarks.splink_peer import print_splink

# So many mentions are enough to see the speed of what is slow.
SAMPLE = 100
_BATCH = 20


def print_peers(world: World, told: list[Told]) -> None:
    """Print recall at the first place (any bearer of the right name counts) and mentions a second of each peer."""
    names = [plain(contact.name) for contact in world.contacts]
    sample = told[:SAMPLE]
    peers: dict[str, Callable[[list[str], list[str]], list[int]]] = {
        "rapidfuzz cdist": by_cdist,
        "TF-IDF of trigrams": by_tfidf,
    }
    for peer, find in peers.items():
        find(names[:100], [plain(sample[0].mention.name)])
        started = time.process_time()
        found = find(names, [plain(one.mention.name) for one in sample])
        took = time.process_time() - started
        right = sum(names[at] == names[one.contact] for at, one in zip(found, sample, strict=True))
        print(
            f"{peer:20} {SAMPLE / took:,.1f} mentions/s (its index included, of {SAMPLE}), recall@1 by name {right / SAMPLE:.3f}"
        )
    print_splink(world, told)


def plain(name: str) -> str:
    """Return a name in small Latin letters."""
    return anyascii(name).lower()


def by_cdist(names: list[str], told: list[str]) -> list[int]:
    """Compare each mention with every name."""
    found: list[int] = []
    for begin in range(0, len(told), _BATCH):
        scores = process.cdist(
            told[begin : begin + _BATCH], names, scorer=fuzz.token_sort_ratio, dtype=np.uint8
        )
        found.extend(scores.argmax(axis=1).tolist())
    return found


def by_tfidf(names: list[str], told: list[str]) -> list[int]:
    """Compare weighted trigrams."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32)
    known = vectorizer.fit_transform(names)
    found: list[int] = []
    for begin in range(0, len(told), _BATCH):
        scores = vectorizer.transform(told[begin : begin + _BATCH]) @ known.T
        found.extend(int(row) for row in np.asarray(scores.argmax(axis=1)).ravel())
    return found


if __name__ == "__main__":
    raise SystemExit("python -m benchmarks.linking --peers")
