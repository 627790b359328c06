"""Finds the lines of rules in a text with spaCy's Matcher, one small Matcher for each line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from triggers.date_words import NUMERALS
from triggers.lemmas import English, Russian, folded, lemmatiser
from triggers.phrases import Pattern
from triggers.rule import Line
from triggers.text import Tokens


@lru_cache(4)
def shared_matchers(lang: str) -> Matchers:
    """Return the spaCy side of a language that all detectors of this process share."""
    return Matchers(lang, lemmatiser(lang))


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a line of a selection was found: words [start, end), and its captures by label."""

    selection: str
    start: int
    end: int
    labels: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def inside(self, low: int, high: int) -> bool:
        """Say whether the hit lies within words [low, high)."""
        return low <= self.start and self.end <= high


class Matchers:
    """The spaCy side of one language: a vocabulary, documents, and a Matcher for each line in use."""

    def __init__(self, lang: str, lemmas: English | Russian) -> None:
        import spacy  # noqa: PLC0415 -- a second of work that help texts and faults do without

        self.nlp = spacy.blank(lang)
        _lighten(self.nlp.vocab)
        self.lemmas = lemmas
        self._built: dict[Line, tuple[Any, tuple[Pattern, ...]]] = {}

    def ready(self, lines: Iterable[Line]) -> None:
        """Build the Matchers of lines. Outside a memory zone only: a zone forgets the words met in it."""
        for line in lines:
            if line not in self._built:
                self._built[line] = (self.build(line), line.patterns)

    def document(self, tokens: Tokens) -> Any:
        """Return the words as a spaCy Doc with our lemmas."""
        from spacy.tokens import Doc  # noqa: PLC0415 -- see above

        lemmas = [self.lemmas.lemma(folded(word)) for word in tokens.lowers]
        return Doc(self.nlp.vocab, words=tokens.words, lemmas=lemmas)

    def hits(self, document: Any, tokens: Tokens, line: Line, selection: str) -> list[Hit]:
        """Return where a line is found, longest first at each place, none inside another. The line must be ready."""
        matcher, patterns = self._built[line]
        found = []
        for key, start, end, alignment in matcher(document, with_alignments=True):
            pattern = patterns[int(self.nlp.vocab.strings[key])]
            if end > start and _stands(pattern, tokens, start, end):
                found.append(Hit(selection, start, end, _captures(pattern, start, alignment)))
        return outermost(found)

    def build(self, line: Line, *, validate: bool = False) -> Any:
        """Return a spaCy Matcher with a line's patterns, each under its number."""
        from spacy.matcher import Matcher  # noqa: PLC0415 -- see above

        matcher = Matcher(self.nlp.vocab, validate=validate)
        for number, pattern in enumerate(line.patterns):
            matcher.add(str(number), [[token.spacy() for token in pattern.tokens]])
        return matcher


def _lighten(vocab: Any) -> None:
    """Let the vocabulary work out only what patterns may ask: half the time of a new word goes into the rest."""
    from spacy import attrs  # noqa: PLC0415 -- see above

    for name in ("LIKE_EMAIL", "LIKE_URL", "PREFIX", "SUFFIX", "NORM", "LANG"):
        vocab.lex_attr_getters.pop(getattr(attrs, name), None)
    vocab.lex_attr_getters[attrs.LIKE_NUM] = is_number


def is_number(word: str) -> bool:
    """Say whether a word is a number: figures, or a numeral that dates are counted with."""
    return word[:1].isdigit() or word.lower() in NUMERALS


def _stands(pattern: Pattern, tokens: Tokens, start: int, end: int) -> bool:
    """Say whether a pattern's place in the sentence is right, and that it spans no sentence's end."""
    sentences = tokens.sentences
    if sentences[start] != sentences[end - 1]:
        return False
    if pattern.at_clause and not tokens.clause_start[start]:
        return False
    if pattern.at_sentence and start > 0 and sentences[start - 1] == sentences[start]:
        return False
    return not (pattern.at_end and end < len(tokens) and sentences[end] == sentences[start])


def _captures(pattern: Pattern, start: int, alignment: Sequence[int]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for offset, number in enumerate(alignment):
        label = pattern.tokens[number].label
        if label:
            place = start + offset
            low = found.get(label, (place, place))[0]
            found[label] = (low, place + 1)
    return found


def outermost(hits: list[Hit]) -> list[Hit]:
    """Return hits that lie in no other, the longest at each place, in text order."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start, -h.end, -len(h.labels))):
        if not kept or hit.end > kept[-1].end:
            kept.append(hit)
    return kept
