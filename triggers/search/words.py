"""What a word is: in a post and in a query alike.

The rules, pinned down in docs/saved-searches.md and by tests:

- a word is a run of letters, digits and underscores, with the marks that belong to them; an apostrophe between
  letters joins (`don't`), a full stop or comma between digits joins (`3.14`, `1,000`), everything else separates;
- `#tag` and `@name` are words that also answer to `tag` and `name`;
- an e-mail address is one word, and so is a web address; `C++`, `g++`, `C#` are words;
- an emoji is a word, whatever its skin tone; a flag is one emoji.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from triggers.lemmas import lemmatiser

CACHE = 200_000
# A longer run of letters is no word of any dictionary, and analysing it takes time that grows with its length.
LONGEST_LEMMA = 40


def _marks() -> str:
    """Return a character class body of all combining marks, which `\\w` leaves out."""
    ranges: list[list[int]] = []
    for code in range(0x300, sys.maxunicode if sys.maxunicode < 0x1FFFF else 0x1FFFF):
        if unicodedata.category(chr(code)) in ("Mn", "Mc", "Me"):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)


INVISIBLE = "\u00ad\u200c-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_SYMBOL = (
    "[\u231a-\u23ff\u2600-\u27bf\u2b05-\u2b55\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
_TONE = "[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]"
EMOJI = f"[\U0001f1e6-\U0001f1ff]{{2}}|{_SYMBOL}{_TONE}*(?:\u200d{_SYMBOL}{_TONE}*)*"
_RUN = rf"\w[\w{_marks()}]*"
# Repetitions are bounded where a failed attempt would otherwise be made again from every word.
WORD = re.compile(
    rf"https?://[^\s<>\"«»“”(){{}}]*[\w/]"
    rf"|[#@]?{_RUN}(?:[{INVISIBLE}'’]{{1,4}}{_RUN})*"
    r"(?:"
    r"(?:[.+-]\w{1,64}){0,8}@\w[\w-]{0,63}(?:\.\w[\w-]{0,63}){1,8}"  # e-mail
    r"|(?:(?<=\d)[.,](?=\d)\w+)+"  # number
    r"|(?<=[A-Za-z])\+\+(?![\w+])|(?<=\b[A-Za-z])\#(?!\w)"  # C++, C#
    r")?"
    rf"|{EMOJI}",
    re.IGNORECASE,
)
_DROPPED = re.compile(f"[{INVISIBLE}{_TONE[1:-1]}\u0300\u0301\u20e3]")
_CYRILLIC = re.compile("[а-яА-Я]")
_LATIN = re.compile("[a-zA-Z]")
_PLAIN = re.compile(r"[a-zа-я0-9]+")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text with its place: `text[start:end]` in code points."""

    surface: str
    start: int
    end: int


def surfaces(text: str) -> list[str]:
    """Return the words of a text, in order."""
    return WORD.findall(text)


def tokens(text: str) -> Iterator[Token]:
    """Yield the words of a text with their places."""
    for found in WORD.finditer(text):
        yield Token(found[0], found.start(), found.end())


@lru_cache(CACHE)
def folded(surface: str) -> str:
    """Return how words are compared: no case, ё as е, no stress marks, ligatures and styled letters as plain ones."""
    lower = surface.lower()
    if _PLAIN.fullmatch(lower):
        return lower
    lower = _DROPPED.sub("", unicodedata.normalize("NFKC", unicodedata.normalize("NFC", surface)))
    lower = unicodedata.normalize("NFC", lower.casefold())
    lower = lower.replace("ё", "е").replace("’", "'")
    return lower.strip("_") or lower


@lru_cache(CACHE)
def cased(surface: str) -> str:
    """Return how words are compared where capitals count."""
    return _DROPPED.sub("", unicodedata.normalize("NFC", surface)).replace("’", "'")


@lru_cache(CACHE)
def lemma(word: str) -> str:
    """Return the dictionary form of a folded word, by its script: Cyrillic as Russian, Latin as English."""
    if word[:1] in "#@" or "://" in word or len(word) > LONGEST_LEMMA:
        return word
    for ending in ("'s", "'"):
        word = word.removesuffix(ending) or word
    cyrillic = bool(_CYRILLIC.search(word))
    if cyrillic == bool(_LATIN.search(word)):
        return word
    return lemmatiser("ru" if cyrillic else "en").lemma(word)


def names(surface: str) -> tuple[str, ...]:
    """Return what a word answers to: `#Tag` answers to `#Tag` and `Tag`."""
    return (surface, surface[1:]) if surface[0] in "#@" and len(surface) > 1 else (surface,)
