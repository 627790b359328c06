"""Which given names stand for the same person: diminutives, nicknames, forms in other languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from nicknames import NickNamer

from leads.linking.fold import fold, skeleton
from leads.linking.stems import root
from leads.linking.tables import rows

_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class GivenNames:
    """Groups of given names, by how they sound; a name of several groups may stand for several people."""

    by_sound: dict[str, frozenset[int]]
    by_root: dict[str, frozenset[int]]
    roots: dict[int, frozenset[str]]


@lru_cache(maxsize=1)
def given_names() -> GivenNames:
    """Return all groups: Russian ones first, then those of other languages, then English nicknames."""
    groups = [
        [*forms.split(), *short.split(), *foreign.split()]
        for forms, _, short, foreign in rows("russian_given.tsv")
    ]
    groups += [line.split() for (line,) in rows("given_equivalents.tsv")]
    groups += [
        [canonical, *sorted(short)] for canonical, short in sorted(NickNamer().nickname_lookup.items())
    ]
    by_sound: dict[str, set[int]] = {}
    by_root: dict[str, set[int]] = {}
    roots: dict[int, set[str]] = {}
    for number, names in enumerate(groups):
        for name in names:
            word = fold(name)
            by_sound.setdefault(skeleton(word), set()).add(number)
            by_root.setdefault(root(word), set()).add(number)
            roots.setdefault(number, set()).add(root(word))
    return GivenNames(_frozen(by_sound), _frozen(by_root), {k: frozenset(v) for k, v in roots.items()})


def _frozen(groups: dict[str, set[int]]) -> dict[str, frozenset[int]]:
    return {key: frozenset(found) for key, found in groups.items()}


def is_given(word: str) -> bool:
    """Tell whether a folded word is a known given name in the nominative, in either alphabet."""
    return skeleton(word) in given_names().by_sound


@lru_cache(maxsize=1 << 16)
def groups_of(word: str) -> frozenset[int]:
    """Return the groups of a folded word, declined or not."""
    names = given_names()
    return names.by_sound.get(skeleton(word)) or (
        _NONE if word.isascii() else names.by_root.get(root(word), _NONE)
    )


@lru_cache(maxsize=1 << 16)
def equivalent_roots(word: str) -> tuple[str, ...]:
    """Return the roots of all names that may stand for the same person as this one, its own first."""
    own, groups = root(word), groups_of(word)
    if not groups:
        return (own,)
    found = {other for number in groups for other in given_names().roots[number]}
    return (own, *sorted(found - {own}))
