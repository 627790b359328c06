"""Which neighbouring words with capitals look like somebody's name, and which like a place, a title or shouting."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from leads.linking.context import is_word
from leads.linking.fold import is_cyrillic, words
from leads.linking.given_names import groups_of, is_given
from leads.linking.organisation_words import NAMES, in_dictionary, readings
from leads.linking.person_names import is_patronymic
from leads.linking.tables import rows

# "I'm", "It's", "We'll": no names, though "O'Neil" is.
_SHORTENED = re.compile(r"['’](?:m|s|t|re|ve|ll|d)$", re.IGNORECASE)
# Words that begin the names of places and greetings: "West Virginia", "San Diego Little", "Merry White Christmas".
_OPENERS = frozenset(
    ("west", "east", "north", "south", "new", "san", "santa", "saint", "st", "merry", "happy", "fort")
)
# "@ Joe River": where a picture was taken.
_TAGGED_PLACE = re.compile(r"@\s+$")


@lru_cache(maxsize=1)
def things_named() -> frozenset[str]:
    """Return the words for what bears the names of people and places: parks, schools, prizes."""
    return frozenset(word for (word,) in rows("things_named.tsv"))


@lru_cache(maxsize=1)
def _function_words() -> frozenset[str]:
    return frozenset(word for (word,) in rows("function_words.tsv"))


def is_no_name(text: str, word: str) -> bool:
    """Tell whether a word with a capital is a small word, a shortened verb or a place, and nobody's name."""
    return word in _function_words() or _SHORTENED.search(text) is not None or _is_place(word)


def may_stand_between(text: str) -> bool:
    """Tell whether a word between a given name and a family name may be left out: "J.", "Петровна", "Robert"."""
    split = words(text)
    return len(text) == 1 or (len(split) == 1 and (is_patronymic(split[0]) or is_given(split[0])))


def like_a_name(told: Sequence[str], first: int, last: int, before: str) -> bool:
    """Tell whether two words of a run may be somebody's name.

    Ruled out are parts of longer names ("Muhammad Ali Leon", "David Harris Park", "@ St Joe River"), places like
    "West Virginia", and shouting. `before` is the text before the run.
    """
    one, other = words(told[first])[0], words(told[last])[0]
    if is_cyrillic(one) != is_cyrillic(other):
        return False
    following = words(told[last + 1]) if last + 1 < len(told) else ()
    leading = words(told[first - 1]) if first else ()
    if following and following[0] in things_named():
        return False
    if one in _OPENERS or (leading and leading[-1] in _OPENERS):
        return False
    tagged = first == 0 and _TAGGED_PLACE.search(before) is not None
    if (tagged and following) or ((tagged or leading) and other in things_named()):
        return False
    if is_cyrillic(one):
        return _russian(one, other)
    if leading and is_given(leading[-1]) and is_given(one):
        return False
    # "Virginia West" may be a person, West Virginia is none; and "GOOD DAY" is nobody.
    shouted = told[first].isupper() and told[last].isupper() and not (is_given(one) and not is_word(other))
    return not shouted and (is_given(one) or not is_word(one))


def _russian(one: str, other: str) -> bool:
    """Two words that are no names in any dictionary need a given name beside each; two given names are no full name."""
    given = _is_given_only(one), _is_given_only(other)
    if all(given):
        return False
    return all(beside or not _is_mere_word(word) for word, beside in ((one, given[1]), (other, given[0])))


@lru_cache(maxsize=1 << 14)
def _is_given_only(word: str) -> bool:
    found = readings(word)
    return (
        bool(groups_of(word))
        and any("Name" in told for told in found)
        and not any("Surn" in told for told in found)
    )


@lru_cache(maxsize=1 << 14)
def _is_mere_word(word: str) -> bool:
    return in_dictionary(word) and not any(told & NAMES for told in readings(word))


@lru_cache(maxsize=1 << 14)
def _is_place(word: str) -> bool:
    """Tell whether a folded Russian word names a country or town, and is nobody's name."""
    found = readings(word) if is_cyrillic(word) else ()
    return any("Geox" in told for told in found) and not any(told & NAMES for told in found)
