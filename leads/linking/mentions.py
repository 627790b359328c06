"""Finds known people and organisations that a text names, whether or not a rule has asked for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from leads.linking.company_names import parse_company
from leads.linking.context import is_word
from leads.linking.fold import words
from leads.linking.given_names import equivalent_roots
from leads.linking.keys import handle_key, url_key
from leads.linking.linker import COMPANY, PERSON, Linker
from leads.linking.person_names import is_patronymic, parse_person
from leads.linking.records import Decision, Linking, Mention
from leads.linking.stems import root

# A run of words that begin with capitals, with initials among them: what names look like in both scripts.
_WORD = r"[A-ZА-ЯЁ][\w'’]+(?:-[A-ZА-ЯЁ][\w'’]+)*"
_RUN = re.compile(rf"(?:{_WORD}|[A-ZА-ЯЁ]\.)(?:\s?(?<=[\s.])(?:{_WORD}|[A-ZА-ЯЁ]\.))+")
_IN_RUN = re.compile(rf"{_WORD}|[A-ZА-ЯЁ](?=\.)")
_HANDLE = re.compile(r"(?<![\w@/.])@\w{3,50}(?:@[\w-]+(?:\.[\w-]+)+)?")
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'«»)]+|(?<![\w@.])(?:[\w-]+\.)+(?:com|org|net|io|ai|dev|ru|рф|su|uk|de|eu|example|test)\b(?:/[^\s<>\"'«»)]*)?"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_QUOTED = re.compile(r"[«\"“„]([^«»\"“”„\n]{2,60})[»\"”]")
_NAMED = re.compile(rf"{_WORD}(?:(?:\s|-|\s?&\s?){_WORD}){{0,3}}")
# Texts looked at together: their names are looked up in the index at once.
BATCH = 512
_MIN_COMPANY = 4


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a text that names somebody known: characters `start` to `end`, and who it may be."""

    start: int
    end: int
    text: str
    schema: str
    linking: Linking


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two words of one text that may be a name, as entries of the index; characters `start` to `end`."""

    place: int
    start: int
    end: int
    keys: tuple[int, ...]


class MentionScanner:
    """Finds whom texts name. A name alone is a hint for review; company, place or role near it decide."""

    def __init__(self, linker: Linker) -> None:
        self._linker = linker
        self._numbers: dict[str, tuple[int, ...]] = {}

    def scan(self, text: str) -> list[Found]:
        """Return the known people and organisations that one text names, in order."""
        return self.scan_batch([text])[0]

    def scan_batch(self, texts: Sequence[str]) -> list[list[Found]]:
        """Return the same for each of many texts, faster."""
        found: list[list[Found]] = [[] for _ in texts]
        for begin in range(0, len(texts), BATCH):
            part = texts[begin : begin + BATCH]
            for pair in self._known([p for at, text in enumerate(part) for p in self._pairs(at, text)]):
                self._person(part[pair.place], pair, found[begin + pair.place])
            for at, text in enumerate(part):
                found[begin + at].extend(self._exact(text))
                if len(self._linker.organisations):
                    found[begin + at].extend(self._companies(text))
        return [_apart(one) for one in found]

    def _pairs(self, place: int, text: str) -> Iterator[_Pair]:
        """Yield neighbouring words with capitals, a patronymic or initial between them left out."""
        for run in _RUN.finditer(text):
            told = [
                (m.group(), m.start() + run.start(), m.end() + run.start())
                for m in _IN_RUN.finditer(run.group())
            ]
            numbers = [self._word(word) for word, _, _ in told]
            for at, first in enumerate(numbers):
                if not first:
                    continue
                other = at + 1
                if other < len(told) and not numbers[other] and other + 1 < len(told):
                    other += 1
                if other < len(told) and numbers[other]:
                    keys = tuple(a << 32 | b for a in first for b in numbers[other] if a != b)
                    yield _Pair(place, told[at][1], told[other][2], keys)

    def _word(self, text: str) -> tuple[int, ...]:
        """Return the index numbers of a word that may be part of a known name; empty where it is none."""
        numbers = self._numbers.get(text)
        if numbers is None:
            if len(self._numbers) > 1 << 18:
                self._numbers.clear()
            numbers = self._numbers[text] = self._look_up(text)
        return numbers

    def _look_up(self, text: str) -> tuple[int, ...]:
        split = words(text)
        if len(split) != 1 or len(split[0]) < 2 or is_patronymic(split[0]):
            return ()
        vocabulary = self._linker.people.vocabulary
        return tuple(n for one in equivalent_roots(split[0]) if (n := vocabulary.number(one)))

    def _known(self, pairs: list[_Pair]) -> Iterator[_Pair]:
        hits = self._linker.people.known_pairs([key for pair in pairs for key in pair.keys])
        at = 0
        for pair in pairs:
            if any(hits[at : at + len(pair.keys)]):
                yield pair
            at += len(pair.keys)

    def _person(self, text: str, pair: _Pair, found: list[Found]) -> None:
        name = text[pair.start : pair.end]
        linking = self._linker.link(self._with_context(name, text))
        if linking.decision is not Decision.NONE:
            found.append(Found(pair.start, pair.end, name, PERSON, linking))

    def _with_context(self, name: str, text: str) -> Mention:
        """Return a mention with the company, place or role of any bearer of the name that the text also tells."""
        near = {root(word) for word in words(text)}
        company = place = role = ""
        for record in self._linker.people.bearers(parse_person(name), limit=20):
            if record.company and not company and _all_in(parse_company(record.company).core, near):
                company = record.company
            if record.place and not place and _all_in(words(record.place)[:1], near):
                place = record.place
            if record.role and not role and _all_in(words(record.role), near):
                role = record.role
        return Mention(name=name, company=company, place=place, role=role, schema=PERSON)

    def _exact(self, text: str) -> Iterator[Found]:
        """Yield handles and addresses that are somebody's."""
        if "@" in text:
            for hit in _HANDLE.finditer(text):
                if handle_key(hit.group()):
                    yield from self._link(hit.start(), hit.group(), Mention(handle=hit.group()))
            for hit in _EMAIL.finditer(text):
                yield from self._link(hit.start(), hit.group(), Mention(email=hit.group()))
        if "." in text:
            for hit in _ADDRESS.finditer(text):
                address = hit.group().rstrip(".,;:!?)")
                if url_key(address):
                    yield from self._link(hit.start(), address, Mention(url=address))

    def _companies(self, text: str) -> Iterator[Found]:
        """Yield names of known organisations: in quotation marks, or with capitals and no word of the language."""
        told: Iterable[tuple[int, str, bool]] = (
            *((hit.start(1), hit.group(1), True) for hit in _QUOTED.finditer(text)),
            *((hit.start(), hit.group(), False) for hit in _NAMED.finditer(text)),
        )
        for start, name, quoted in told:
            for begin, part in _parts(name):
                plain = parse_company(part)
                if len("".join(plain.core)) < _MIN_COMPANY or not self._linker.organisations.knows(plain):
                    continue
                if quoted or plain.forms or len(plain.core) > 1 or not is_word(plain.core[0]):
                    yield from self._link(start + begin, part, Mention(name=part, schema=COMPANY))
                    break

    def _link(self, start: int, text: str, mention: Mention) -> Iterator[Found]:
        linking = self._linker.link(mention)
        if linking.decision is not Decision.NONE:
            yield Found(start, start + len(text), text, linking.candidates[0].schema, linking)


def _parts(name: str) -> Iterator[tuple[int, str]]:
    """Yield a name and what is left of it without its first and last words, longest first."""
    at = [(m.start(), m.end()) for m in re.finditer(r"\S+", name)]
    for size in range(len(at), 0, -1):
        for begin in range(len(at) - size + 1):
            start, end = at[begin][0], at[begin + size - 1][1]
            yield start, name[start:end]


def _all_in(told: Sequence[str], near: set[str]) -> bool:
    return bool(told) and all(root(word) in near for word in told)


def _apart(found: list[Found]) -> list[Found]:
    """Keep, of overlapping finds, the surer and then the longer one; in the order of the text."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (-f.linking.candidates[0].probability, f.start - f.end, f.start)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda f: f.start)
