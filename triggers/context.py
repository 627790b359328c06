"""Context of a match: negated, wished, asked, reported, past ... by cue words within their reach.

After ConText (Harkema, Dowling, Thornblade, Chapman 2009): each cue has a direction and a reach,
ends at the clause, and look-alikes (`can't wait`, `not only`) are taken out first. The cues are
data: `rules/_cues/<lang>.yml`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from triggers.context_flags import FLAGS
from triggers.dates import When
from triggers.faults import RuleFault, RuleFaults
from triggers.lemmas import lemmatiser
from triggers.lined import read_lined
from triggers.matcher import Hit, outermost
from triggers.matching import Columns, Plan, plan
from triggers.phrases import Compiler, PhraseFault
from triggers.text import Tokens
from triggers.words import UnknownList, WordLists

Where = Literal["clause_before", "before", "after", "clause", "sentence", "near", "post"]
PAST_DAYS = 730


@lru_cache(8)
def shared_cues(path: Path, words: WordLists, lang: str) -> ContextCues:
    """Return the cues of a language with some word lists, read once in a process."""
    return ContextCues(path, Compiler(words, lemmatiser(lang), lang))


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue: what it flags, where it must stand, and within how many words (0: no limit)."""

    flag: str
    where: Where
    reach: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cue was found in a text."""

    cue: Cue
    start: int
    end: int


class ContextCues:
    """The cues of one language, and how they bear on a match. Raises RuleFaults for cues that are wrong."""

    def __init__(self, path: Path, compiler: Compiler) -> None:
        lined = read_lined(path.read_text(encoding="utf-8"))
        # Every pattern under the words of its anchor, by attribute: looked up word by word.
        self._index: dict[str, defaultdict[str, list[tuple[Cue | None, Plan]]]] = {
            name: defaultdict(list) for name in ("LOWER", "ORTH")
        }
        faults = []
        for flag, entries in lined.data.items():
            for number, entry in enumerate(entries):
                try:
                    self._enter(None if flag == "_pseudo" else _cue(flag, entry), entry["phrases"], compiler)
                except (PhraseFault, UnknownList) as fault:
                    line = lined.line_of((flag, number))
                    faults.append(RuleFault(f"rules/_cues/{path.name}", line, f"{flag}: {fault}"))
        if faults:
            raise RuleFaults(faults)

    def _enter(self, cue: Cue | None, phrases: Sequence[str], compiler: Compiler) -> None:
        for phrase in phrases:
            for pattern in compiler.compile(phrase):
                made = plan(pattern, compiler.forms_of)
                if made.anchor is None:
                    raise PhraseFault(f"`{phrase}` has no word that must be there")
                for word in made.anchor[1]:
                    self._index[made.anchor[0]][word].append((cue, made))

    def places(self, columns: Columns) -> list[Place]:
        """Return every cue of a text, less the look-alikes."""
        pseudo: list[Hit] = []
        found: list[Place] = []
        for cue, made in self._met(columns):
            for start, end, _ in made.find(columns):
                if cue is None:
                    pseudo.append(Hit("", start, end))
                else:
                    found.append(Place(cue, start, end))
        pseudo = outermost(pseudo)
        kept = [p for p in found if not any(h.start < p.end and p.start < h.end for h in pseudo)]
        return sorted(kept, key=lambda place: (place.start, place.end, place.cue.flag))

    def _met(self, columns: Columns) -> Iterable[tuple[Cue | None, Plan]]:
        """Return the patterns whose anchor is in the text, each once."""
        met: dict[int, tuple[Cue | None, Plan]] = {}
        for attribute, index in self._index.items():
            if index:
                for word in index.keys() & set(columns[attribute]):
                    met.update((id(entry[1]), entry) for entry in index[word])
        return met.values()


def _cue(flag: str, entry: dict[str, Any]) -> Cue:
    if flag not in FLAGS:
        raise ValueError(f"`{flag}` is no context flag")
    return Cue(flag, entry.get("where", "clause_before"), int(entry.get("reach", 0)))


def bears(place: Place, hit: Hit, tokens: Tokens) -> bool:
    """Say whether a cue bears on a match: it stands outside it, in reach, in its scope."""
    if place.start >= hit.start and place.end <= hit.end:
        return False
    cue = place.cue
    distance = hit.start - place.end if place.end <= hit.start else max(0, place.start - hit.end)
    if cue.reach and distance > cue.reach:
        return False
    if cue.where == "post":
        return True
    if tokens.sentences[place.start] != tokens.sentences[hit.start]:
        return cue.where == "near" and abs(tokens.sentences[place.start] - tokens.sentences[hit.start]) == 1
    if cue.where in ("sentence", "near"):
        return True
    if cue.where == "before":
        return place.start < hit.start
    low, high = tokens.clause_span(hit.start)
    if cue.where == "clause_before":
        return low <= place.start < hit.start or place.end == low
    if cue.where == "after":
        return place.start >= hit.end and place.start < tokens.clause_span(hit.end - 1)[1] + 1
    return low <= place.start < max(high, hit.end)


# `We moved to Porto, who wants to visit?`: words that begin a question of its own.
_ASKING = frozenset(
    "who what when where why how which any anyone anybody should could can would will do does did is are right".split()
)


def _asks_later(tokens: Tokens, hit: Hit) -> bool:
    """Say whether the question of a sentence is a clause of its own, behind a comma after the match (English)."""
    low, high = tokens.sentence_span(hit.start)
    if tokens.lang != "en" or tokens.lowers[low] in _ASKING:
        return False
    commas = (at for at in range(hit.end, high - 1) if tokens.lowers[at] in (",", "-", "–", "—"))
    return any(tokens.lowers[at + 1] in _ASKING for at in commas)


def flags_of(
    hit: Hit, tokens: Tokens, places: Sequence[Place], when: When | None, published: date | None
) -> dict[str, str]:
    """Return the flags of a match, each with the words that raised it."""
    found: dict[str, str] = {}
    for place in places:
        if place.cue.flag not in found and bears(place, hit, tokens):
            found[place.cue.flag] = tokens.text[tokens.starts[place.start] : tokens.ends[place.end - 1]]
    if tokens.sentence_ends[tokens.sentences[hit.start]] == "?" and not _asks_later(tokens, hit):
        found.setdefault("question", "?")
    if when is not None:
        words = tokens.text[tokens.starts[when.start] : tokens.ends[when.end - 1]]
        if when.is_past(published, PAST_DAYS):
            found.setdefault("past", words)
        elif when.is_future(published):
            found.setdefault("future", words)
    return found
