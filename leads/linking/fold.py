"""Writing that differs only in case, marks, alphabet or transliteration, brought to one form."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from operator import eq

from anyascii import anyascii

_WORDS = re.compile(r"[^\W_]+(?:['’ʼ`´][^\W_]+)*")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
# Nearly all that is not ASCII here: Russian letters with ASCII between them; й and ё are и and е with marks.
_BASIC = re.compile(r"[А-яЁё\x00-\x7f]*\Z")
_MARKED = str.maketrans("йё", "ие")
_APOSTROPHES = str.maketrans("", "", "'’ʼ`´‘′")

# One letter to one sound group. Latin spellings are brought to the same groups by `_LATIN` below, so what
# matters is only that both meet: ISO 9, passport (ICAO), BGN and colloquial spellings were all considered.
_SOUNDS = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ё": "e", "є": "e", "ж": "zh",
        "з": "z", "и": "i", "й": "i", "і": "i", "ї": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
        "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ў": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch",
        "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia", "ј": "i", "љ": "li",
        "њ": "ni", "ћ": "ch", "ђ": "dzh", "џ": "dzh", "ә": "a", "қ": "k", "ғ": "g", "ң": "n", "ө": "o",
        "ү": "u", "ұ": "u", "һ": "h",
    }
)  # fmt: skip

# In this order: longer spellings of a sound before shorter ones. Plain texts are replaced as they are, which is far
# faster than a pattern; a pattern is tried only on words that hold the text before it, and a group of them only on
# words with one of the letters that begins it.
_LATIN: tuple[tuple[str, tuple[tuple[str, re.Pattern[str] | None, str], ...]], ...] = tuple(
    (gate, tuple((hint, re.compile(pattern) if pattern else None, to) for hint, pattern, to in steps))
    for gate, steps in (
        (
            "hz",
            (
                ("ch", r"shch|schtsch|stsch|tsch(?=e|i|$)", "sh"),
                ("szcz", "", "sh"),
                ("sch", "", "S"),
                ("sz", "", "S"),
                ("sh", "", "S"),
                ("zh", "", "Z"),
            ),
        ),
        ("j", (("j", r"(?<=[aeiou])j(?=[dk])", "Z"),)),
        # As Russians wrote themselves abroad: Sokoloff; but Kirchhoff.
        ("f", (("ff", r"(?<=\w\w[^h][oe])ff$", "v"),)),
        (
            "hz",
            (
                ("tch", "", "C"),
                ("cz", "", "C"),
                ("ch", "", "C"),
                ("kh", "", "h"),
                ("ph", "", "f"),
                ("th", "", "t"),
                ("gh", r"(?<=[aeiouy])gh|gh(?=t)", "g"),
            ),
        ),
        ("ck", (("ck", "", "k"),)),
        (
            "qtcxw",
            (
                ("q", "", "k"),
                ("tz", "", "T"),
                ("ts", "", "T"),
                ("c", r"c(?=[eiy])", "s"),
                ("c", "", "k"),
                ("x", "", "ks"),
                ("w", "", "v"),
            ),
        ),
        (
            "oeyj",
            (
                ("oo", "", "u"),
                ("ou", "", "u"),
                ("ee", "", "i"),
                ("y", "", "i"),
                ("j", "", "i"),
            ),
        ),
        # Soft vowels: "ye", "je", "ie" for е; "yo", "io" for ё; "yu", "iu" for ю; "ya", "ia" for я. The letters before
        # have become i.
        (
            "iyje",
            (
                ("ie", r"(?:^|(?<=[aeou]))i(?=e)", ""),
                ("ie", "", "e"),
                ("ii", r"i+(?=[aou])", "i"),
                ("ii", r"i{2,}", "i"),
                ("io", r"(?<=[bdfghklmnprstvzSZCT])io(?=.)", "e"),
            ),
        ),
        ("h", (("h", r"(?<=[aeou])h(?=[bcdfgklmnprstvzSZCT])", ""),)),
    )
)
_DOUBLE = re.compile(r"(.)\1+")


def is_cyrillic(text: str) -> bool:
    """Tell whether any letter of the text is Cyrillic."""
    return _CYRILLIC.search(text) is not None


def fold(text: str) -> str:
    """Lower the case and drop marks; Cyrillic stays Cyrillic, every other alphabet becomes Latin."""
    if text.isascii():
        return text.lower()
    if _BASIC.match(text):
        return text.lower().translate(_MARKED)
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    if bare.isascii():
        return bare
    return "".join(c if c.isascii() or "\u0400" <= c <= "\u04ff" else anyascii(c).lower() for c in bare)


@lru_cache(maxsize=1 << 17)
def words(text: str) -> tuple[str, ...]:
    """Split a name into folded words; apostrophes inside a word are dropped, hyphens separate."""
    folded = fold(text)
    plain = folded.split(" ")
    if "".join(plain).isalpha() and "" not in plain:
        return tuple(plain)
    return tuple(word.translate(_APOSTROPHES) for word in _WORDS.findall(folded))


@lru_cache(maxsize=1 << 18)
def skeleton(word: str) -> str:
    """Return how one folded word sounds, roughly, whatever alphabet or transliteration wrote it.

    "Щеголева", "Shchegoleva" and "Schegoleva" are one; so are "Юлия", "Julia", "Yulia" and "Iuliia".
    """
    latin = word.translate(_SOUNDS) if not word.isascii() else word
    if latin.isdigit():
        return latin
    letters = set(latin)
    for gate, steps in _LATIN:
        if letters.isdisjoint(gate):
            continue
        for hint, pattern, to in steps:
            if hint in latin:
                latin = pattern.sub(to, latin) if pattern else latin.replace(hint, to)
    if any(map(eq, latin, latin[1:])):
        latin = _DOUBLE.sub(r"\1", latin)
    return latin or word
