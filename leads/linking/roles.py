"""Roles: whether two titles name the same kind of job."""

from __future__ import annotations

from functools import lru_cache

from leads.linking.fold import words
from leads.linking.stems import root
from leads.linking.tables import rows

_SMALL = frozenset(
    ("of", "the", "and", "for", "at", "in", "по", "и", "в", "с", "на", "head", "senior", "junior")
)


@lru_cache(maxsize=1)
def _synonyms() -> dict[str, str]:
    return {root(word): root(line.split()[0]) for (line,) in rows("roles.tsv") for word in line.split()}


@lru_cache(maxsize=1 << 14)
def role_words(text: str) -> frozenset[str]:
    """Return the roots of a role's telling words, synonyms under one."""
    told = [root(word) for word in words(text) if word not in _SMALL]
    return frozenset(_synonyms().get(word, word) for word in told)


def same_role(a: str, b: str) -> bool:
    """Tell whether two roles share at least half of the shorter one's telling words."""
    one, other = role_words(a), role_words(b)
    return bool(one and other) and 2 * len(one & other) >= min(len(one), len(other)) and bool(one & other)
