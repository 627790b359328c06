"""Places: told alike where they are the same town under another name or with its country."""

from __future__ import annotations

from functools import lru_cache

from leads.linking.fold import words
from leads.linking.stems import root
from leads.linking.tables import rows

METROPOLIS, COUNTRY = "metropolis", "country"
# Words that say what kind of place it is, and words that begin the names of many towns.
_KINDS = frozenset(
    root(word)
    for word in "city town county region area district greater great г город обл область раион санкт".split()
)
_OPENERS = frozenset(
    root(word)
    for word in (
        "new san santa saint st los las el la le fort port mount lake north south east west нью сан новыи новая старыи "
        "верхнии нижнии великии северныи южныи красныи красная"
    ).split()
)
_GENERIC = _KINDS | _OPENERS


@lru_cache(maxsize=1)
def _synonyms() -> dict[str, str]:
    return {root(name): root(names.split()[0]) for (names,) in rows("places.tsv") for name in names.split()}


@lru_cache(maxsize=1)
def _large() -> dict[tuple[str, ...], str]:
    """Return the class of each large place, by the roots of its words in alphabetical order."""
    return {
        tuple(sorted(map(root, name.split()))): kind
        for kind, names in rows("large_places.tsv")
        for name in names.split("|")
    }


@lru_cache(maxsize=1 << 14)
def place_words(text: str) -> frozenset[str]:
    """Return the roots of a place's words, each under the name that its town is known by here."""
    told = (root(word) for word in words(text) if len(word) > 1)
    return frozenset(_synonyms().get(word, word) for word in told)


@lru_cache(maxsize=1 << 14)
def town_words(text: str) -> tuple[str, ...]:
    """Return what of a place's words tells the town: the first, two where the first begins the names of many."""
    told = words(text)
    own = [word for word in told if root(word) not in _KINDS and _large().get((root(word),)) != COUNTRY]
    own = own or list(told)
    return tuple(own[:2] if own and root(own[0]) in _OPENERS else own[:1])


@lru_cache(maxsize=1 << 14)
def place_key(text: str) -> str:
    """Return what a place is counted under: as a rule the town."""
    told = [_synonyms().get(root(word), root(word)) for word in town_words(text)]
    return " ".join(told)


@lru_cache(maxsize=1 << 14)
def largeness(text: str) -> str:
    """Return `country` or `metropolis` where a place is no more than that, else an empty text."""
    parts = [tuple(sorted(map(root, words(part)))) for part in text.split(",")]
    kinds = {_large().get(part, "") for part in parts if part}
    if kinds == {COUNTRY}:
        return COUNTRY
    return METROPOLIS if METROPOLIS in kinds else ""


@lru_cache(maxsize=1 << 14)
def _without_country(text: str) -> frozenset[str]:
    parts = [part for part in text.split(",") if largeness(part) != COUNTRY]
    return place_words(" ".join(parts))


@lru_cache(maxsize=1 << 14)
def same_place(a: str, b: str) -> bool:
    """Tell whether two places share a town, or where only a country is told, that country."""
    one, other = _without_country(a), _without_country(b)
    if not one or not other:
        return bool(place_words(a) & place_words(b))
    return one <= other or other <= one or bool((one & other) - _GENERIC)
