"""Places: told alike where they are the same town under another name or with its country."""

from __future__ import annotations

from functools import lru_cache

from leads.linking.fold import words
from leads.linking.stems import root
from leads.linking.tables import rows


@lru_cache(maxsize=1)
def _synonyms() -> dict[str, str]:
    return {root(name): root(names.split()[0]) for (names,) in rows("places.tsv") for name in names.split()}


@lru_cache(maxsize=1 << 14)
def place_words(text: str) -> frozenset[str]:
    """Return the roots of a place's words, each under the name that its town is known by here."""
    told = (root(word) for word in words(text) if len(word) > 1)
    return frozenset(_synonyms().get(word, word) for word in told)


@lru_cache(maxsize=1 << 14)
def place_key(text: str) -> str:
    """Return what a place is counted under: its first word, as a rule the town."""
    told = words(text)
    return _synonyms().get(root(told[0]), root(told[0])) if told else ""


def same_place(a: str, b: str) -> bool:
    """Tell whether two places share a town or one names the other's country."""
    return bool(place_words(a) & place_words(b))
