"""What kind of text a post is: how it is written decides which rules may trust it.

A post can be several at once (a personal greeting). Signs are counted on cheap features of the
tokens; the word lists `_register_*` of each language hold the words.
"""

from __future__ import annotations

import re
from functools import lru_cache

from triggers.accounts import addressed
from triggers.text import MONEY, Tokens
from triggers.words import WordLists

REGISTERS = frozenset(
    {
        "personal",
        "greeting",
        "headline",
        "news",
        "advert",
        "lyrics",
        "digest",
        "question",
        "helpdesk",
        "brand",
    }
)
# Adverts, songs and digests tell of no one's life, unless the rule says otherwise; news may, of the
# people it names (there, a missing subject is never the author).
EXCLUDED = {
    "life": frozenset({"advert", "lyrics", "digest"}),
    "company": frozenset({"lyrics", "advert"}),
    "intent": frozenset({"news", "advert", "lyrics", "digest"}),
}
# A country, not its people speaking.
COUNTRY = "US"
# How near the end a channel calls to subscribe.
CALL = 12
_BULLET = re.compile(r"^\s*(?:[-•—▪️◾✅👉🔹🔸▶️➡]|\d{1,2}[.)])\s*\S", re.MULTILINE)
# Russian posts end what they took from a song or a book so: `(с) Виктор`.
_QUOTED = re.compile(r"(?:©|\([cс]\))", re.IGNORECASE)
_PHONE = re.compile(r"(?:\+?\d[\s()-]*){10,12}")
_TITLE_FREE = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "but",
        "by",
        "for",
        "from",
        "in",
        "into",
        "is",
        "of",
        "on",
        "or",
        "over",
        "the",
        "to",
        "up",
        "vs",
        "via",
        "with",
        "you",
        "your",
        "that",
        "it",
        "its",
        "after",
        "how",
    ]
)


class Registers:
    """The register signs of one language."""

    def __init__(self, words: WordLists, lang: str) -> None:
        self.lang = lang
        self.lists = {
            name: (
                words.words(f"_register_{name}"),
                tuple(e for e in words.entries(f"_register_{name}") if " " in e),
            )
            for name in ("personal", "greeting", "news", "advert", "lyrics")
        }
        self.brands = words.words("_brands")
        self.calls = words.words("_register_channel") if "_register_channel" in words.lists else frozenset()
        self.verbs = lru_cache(20_000)(_first_person_verb)

    def of(self, tokens: Tokens) -> frozenset[str]:
        """Return the registers of a text."""
        signs = {name: self._count(tokens, *lists) for name, lists in self.lists.items()}
        found = set()
        if signs["personal"] or self._personal_verb(tokens) or tokens.smiles:
            found.add("personal")
        if signs["greeting"]:
            found.add("greeting")
        if self._news(tokens, signs["news"], "personal" in found):
            found.add("news")
        if signs["advert"] >= 2 or (
            signs["advert"] and (_PHONE.search(tokens.text) or MONEY in tokens.words)
        ):
            found.add("advert")
        if self._headline(tokens, "personal" in found):
            found.add("headline")
        if self._lyrics(tokens, signs["lyrics"]):
            found.add("lyrics")
        if len(_BULLET.findall(tokens.text)) >= 4 or tokens.urls >= 4:
            found.add("digest")
        found |= addressed(tokens.text, self.brands)
        if any("?" in mark for mark in tokens.sentence_ends):
            found.add("question")
        return frozenset(found)

    def _count(self, tokens: Tokens, single: frozenset[str], phrases: tuple[str, ...]) -> int:
        count = sum(lower in single for lower in tokens.lowers)
        if "us" in single:
            count -= tokens.words.count(COUNTRY)
        if phrases:
            joined = f" {' '.join(tokens.lowers)} ".replace("ё", "е")
            count += sum(f" {phrase} " in joined for phrase in phrases)
        return count

    def _personal_verb(self, tokens: Tokens) -> bool:
        return self.lang == "ru" and any(self.verbs(word) for word in tokens.lowers if len(word) > 3)

    def _news(self, tokens: Tokens, signs: int, personal: bool) -> bool:
        # A channel's post: a bold lead, a call to subscribe, sources quoted, and much text about others.
        called = tokens.urls > 0 and not self.calls.isdisjoint(tokens.lowers[-CALL:])
        score = 2 * signs + (tokens.bold >= 2) + (tokens.urls > 0) + (len(tokens) > 60) + 2 * called
        return score >= (5 if personal else 3)

    def _headline(self, tokens: Tokens, personal: bool) -> bool:
        """Most Words Are in Capitals, one line, no full stop: English only."""
        if self.lang != "en" or personal or tokens.lines > 1 or not 3 <= len(tokens) <= 25:
            return False
        if "@" in tokens.words:
            return False  # where somebody's post was sent from: `Moving Day @ Echo Park, Los Angeles`
        words = [w for w in tokens.words if w.isalpha() and w.lower() not in _TITLE_FREE]
        capital = sum(w[0].isupper() for w in words)
        return (
            len(words) >= 3
            and capital >= 0.75 * len(words)
            and not any(w.startswith("#") for w in tokens.words)
        )

    def _lyrics(self, tokens: Tokens, signs: int) -> bool:
        lines = [line for line in tokens.text.split("\n") if line.strip()]
        short = sum(len(line) < 45 for line in lines)
        verse = (
            len(lines) >= 6
            and short >= 0.85 * len(lines)
            and sum(map(_rhymes, lines, lines[1:])) + sum(map(_rhymes, lines, lines[2:])) >= 2
        )
        return verse or signs > 0 or (self.lang == "ru" and _QUOTED.search(tokens.text) is not None)


def _rhymes(one: str, other: str) -> bool:
    first, second = one.rstrip(" .,!?;:…-")[-3:].lower(), other.rstrip(" .,!?;:…-")[-3:].lower()
    return len(first) == 3 and first[1:] == second[1:] and one != other


def _first_person_verb(word: str) -> bool:
    # Ends like a verb in the first person; the analyser has the last word only for these.
    if not word.endswith(("ю", "у", "ем", "им", "ешь", "юсь", "усь", "мся")):
        return False
    from triggers.lemmas import Russian, lemmatiser  # noqa: PLC0415 -- only Russian texts need it

    russian = lemmatiser("ru")
    return isinstance(russian, Russian) and "1per" in russian.readings(word)[0]
