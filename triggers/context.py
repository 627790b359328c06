"""Context of a match: negated, wished, asked, reported, past ... by cue words within their reach.

After ConText (Harkema, Dowling, Thornblade, Chapman 2009): each cue has a direction and a reach,
ends at the clause, and look-alikes (`can't wait`, `not only`) are taken out first. The cues are
data: `rules/_cues/<lang>.yml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from triggers.context_flags import FLAGS
from triggers.dates import When
from triggers.faults import RuleFault, RuleFaults
from triggers.lemmas import lemmatiser
from triggers.matcher import Hit, Matchers, outermost, shared_matchers
from triggers.phrases import Compiler, Pattern, PhraseFault
from triggers.rule import Line
from triggers.text import Tokens
from triggers.words import UnknownList, WordLists

Where = Literal["clause_before", "before", "after", "clause", "sentence", "near", "post"]
PAST_DAYS = 730


@lru_cache(8)
def shared_cues(path: Path, words: WordLists, lang: str) -> ContextCues:
    """Return the cues of a language with some word lists, read once in a process."""
    return ContextCues(path, Compiler(words, lemmatiser(lang), lang), shared_matchers(lang))


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
    """The cues of one language, and how they bear on a match."""

    def __init__(self, path: Path, compiler: Compiler, matchers: Matchers) -> None:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.matchers = matchers
        self.shown = f"rules/_cues/{path.name}"
        self.cues: list[tuple[Cue | None, list[Line]]] = []
        for flag, entries in data.items():
            for entry in entries:
                cue = None if flag == "_pseudo" else _cue(flag, entry)
                lines = [Line(phrase, 0, compiler) for phrase in entry["phrases"]]
                self.cues.append((cue, lines))
        self._all: Any = None
        self._keys: dict[int, tuple[Cue | None, Line, int]] = {}

    def places(self, document: Any, tokens: Tokens) -> list[Place]:
        """Return every cue of a text, less the look-alikes."""
        pseudo: list[Hit] = []
        found: list[Place] = []
        for cue, line, start, end, number in self._found(document):
            if line.patterns[number].at_clause and not tokens.clause_start[start]:
                continue
            if (
                line.patterns[number].at_sentence
                and start
                and tokens.sentences[start] == tokens.sentences[start - 1]
            ):
                continue
            if cue is None:
                pseudo.append(Hit("", start, end))
            else:
                found.append(Place(cue, start, end))
        pseudo = outermost(pseudo)
        return [p for p in found if not any(h.start < p.end and p.start < h.end for h in pseudo)]

    def _found(self, document: Any) -> list[tuple[Cue | None, Line, int, int, int]]:
        return [
            (*self._keys[key][:2], start, end, self._keys[key][2]) for key, start, end in self._all(document)
        ]

    def ready(self) -> None:
        """Build the Matcher of all cues. Outside a memory zone only."""
        if self._all is not None:
            return
        from spacy.matcher import Matcher  # noqa: PLC0415 -- spaCy is loaded when the first text needs it

        self._all = Matcher(self.matchers.nlp.vocab)
        count = 0
        for cue, lines in self.cues:
            for line in lines:
                for number, pattern in enumerate(self._patterns(line)):
                    name = f"cue{count}"
                    count += 1
                    self._all.add(name, [[token.spacy() for token in pattern.tokens]])
                    self._keys[self.matchers.nlp.vocab.strings[name]] = (cue, line, number)

    def _patterns(self, line: Line) -> tuple[Pattern, ...]:
        try:
            return line.patterns
        except (PhraseFault, UnknownList) as fault:
            raise RuleFaults([RuleFault(self.shown, 1, str(fault))]) from None


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


def flags_of(
    hit: Hit, tokens: Tokens, places: Sequence[Place], when: When | None, published: date | None
) -> dict[str, str]:
    """Return the flags of a match, each with the words that raised it."""
    found: dict[str, str] = {}
    for place in places:
        if place.cue.flag not in found and bears(place, hit, tokens):
            found[place.cue.flag] = tokens.text[tokens.starts[place.start] : tokens.ends[place.end - 1]]
    if tokens.sentence_ends[tokens.sentences[hit.start]] == "?":
        found.setdefault("question", "?")
    if when is not None:
        words = tokens.text[tokens.starts[when.start] : tokens.ends[when.end - 1]]
        if when.is_past(published, PAST_DAYS):
            found.setdefault("past", words)
        elif when.is_future(published):
            found.setdefault("future", words)
    return found
