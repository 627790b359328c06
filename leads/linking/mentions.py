"""Finds known people and organisations that a text names, whether or not a rule has asked for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leads.linking.company_mentions import WORD, CompanyFinder
from leads.linking.company_names import parse_company
from leads.linking.evidence import LETTERS
from leads.linking.fold import is_cyrillic, words
from leads.linking.given_names import equivalent_roots
from leads.linking.linker import COMPANY, PERSON, Linker, mention_keys
from leads.linking.name_shapes import is_no_name, like_a_name, may_stand_between, things_named
from leads.linking.person_names import Part, is_patronymic, parse_person
from leads.linking.places import town_words
from leads.linking.records import Decision, Linking, Mention
from leads.linking.stems import root

# A run of words that begin with capitals, with initials among them: what names look like in both scripts.
_RUN = re.compile(rf"(?:{WORD}|[A-ZА-ЯЁ]\.)(?:\s?(?<=[\s.])(?:{WORD}|[A-ZА-ЯЁ]\.))+")
_IN_RUN = re.compile(rf"{WORD}|[A-ZА-ЯЁ](?=\.)")
_HANDLE = re.compile(r"(?<![\w@/.])@\w{3,50}(?:@[\w-]+(?:\.[\w-]+)+)?")
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'«»)]+|(?<![\w@.])(?:[\w-]+\.)+(?:com|org|net|io|ai|dev|ru|рф|su|uk|de|eu|example|test)\b(?:/[^\s<>\"'«»)]*)?"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_FAMILY = LETTERS[Part.FAMILY]
# One of these must agree beside a family name with initials.
_OTHERS = frozenset((LETTERS["company"], LETTERS["place"], LETTERS["role"]))
# Texts looked at together: their names are looked up in the index at once.
BATCH = 512
_MOST_INITIALS = 2


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
    """Two words of one text that may be a name, as entries of the index; characters `start` to `end`.

    Initials with a family name have no entries: what stands near them must decide.
    """

    place: int
    start: int
    end: int
    keys: tuple[int, ...]


class MentionScanner:
    """Finds whom texts name. A name alone is a hint for review; company, place or role near it decide."""

    def __init__(self, linker: Linker) -> None:
        self._linker = linker
        self._numbers: dict[str, tuple[int, ...]] = {}
        self._keys: dict[str, bool] = {}
        self._finder = CompanyFinder(linker.organisations)

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
            if "." in run.group():
                for begin, end in _initialled([word for word, _, _ in told], numbers):
                    yield _Pair(place, told[begin][1], told[end][2], ())
            for at, first in enumerate(numbers):
                other = at + 1
                if (
                    first
                    and other + 1 < len(told)
                    and not numbers[other]
                    and may_stand_between(told[other][0])
                ):
                    other += 1
                if not first or other >= len(told) or not numbers[other]:
                    continue
                if like_a_name([word for word, _, _ in told], at, other, text[: run.start()]):
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
        found = tuple(n for one in equivalent_roots(split[0]) if (n := vocabulary.number(one)))
        return () if found and is_no_name(text, split[0]) else found

    def _known(self, pairs: list[_Pair]) -> Iterator[_Pair]:
        hits = self._linker.people.known_pairs([key for pair in pairs for key in pair.keys])
        at = 0
        for pair in pairs:
            if not pair.keys or any(hits[at : at + len(pair.keys)]):
                yield pair
            at += len(pair.keys)

    def _person(self, text: str, pair: _Pair, found: list[Found]) -> None:
        name = text[pair.start : pair.end]
        # In Latin letters nothing is declined: a family name that is only like another is another.
        linking = self._linker.link(self._with_context(name, text))
        if linking.decision is Decision.NONE:
            return
        code = linking.candidates[0].code.partition("!")[0]
        told_enough = bool(pair.keys) or (_FAMILY in code.upper() and not _OTHERS.isdisjoint(code.upper()))
        if told_enough and (is_cyrillic(name) or _FAMILY in code):
            found.append(Found(pair.start, pair.end, name, PERSON, linking))

    def _with_context(self, name: str, text: str) -> Mention:
        """Return a mention with the company, place or role of any bearer of the name that the text also tells."""
        near = {root(word) for word in words(text)}
        company = place = role = ""
        for record in self._linker.people.bearers(parse_person(name), limit=20):
            if record.company and not company and _all_in(parse_company(record.company).core, near):
                company = record.company
            if record.place and not place and _all_in(town_words(record.place), near):
                place = record.place
            if record.role and not role and _all_in(words(record.role), near):
                role = record.role
        return Mention(name=name, company=company, place=place, role=role, schema=PERSON)

    def _exact(self, text: str) -> Iterator[Found]:
        """Yield handles and addresses that are somebody's."""
        if "@" in text:
            for hit in _HANDLE.finditer(text):
                yield from self._by_key(hit.start(), hit.group(), Mention(handle=hit.group()))
            for hit in _EMAIL.finditer(text):
                yield from self._by_key(hit.start(), hit.group(), Mention(email=hit.group()))
        if "." in text:
            for hit in _ADDRESS.finditer(text):
                address = hit.group().rstrip(".,;:!?)")
                yield from self._by_key(hit.start(), address, Mention(url=address))

    def _by_key(self, start: int, text: str, mention: Mention) -> Iterator[Found]:
        """Link what has an exact key that anybody known has; most have none, and the same ones come again and again."""
        known = self._keys.get(text)
        if known is None:
            if len(self._keys) > 1 << 16:
                self._keys.clear()
            known = self._keys[text] = any(map(self._linker.knows_key, mention_keys(mention)))
        if known:
            yield from self._link(start, text, mention)

    def _companies(self, text: str) -> Iterator[Found]:
        """Yield names of known organisations. One that is made of words of the language is for a person to decide."""
        for start, name, common in self._finder.find(text):
            for found in self._link(start, name, Mention(name=name, schema=COMPANY)):
                if common and found.linking.decision is Decision.LINK:
                    unsure = Linking(Decision.REVIEW, found.linking.candidates)
                    yield Found(found.start, found.end, found.text, found.schema, unsure)
                else:
                    yield found

    def _link(self, start: int, text: str, mention: Mention) -> Iterator[Found]:
        linking = self._linker.link(mention)
        if linking.decision is not Decision.NONE:
            yield Found(start, start + len(text), text, linking.candidates[0].schema, linking)


def _initialled(told: Sequence[str], numbers: Sequence[tuple[int, ...]]) -> Iterator[tuple[int, int]]:
    """Yield the first and last place of each family name in a run with initials: "А. И. Соколов", "Соколов А. И.".

    In Latin letters initials come first; "Anna M. Sokolova" and "J. Smith Park" have none for a given name.
    """
    for at, known in enumerate(numbers):
        if not known:
            continue
        following = words(told[at + 1]) if at + 1 < len(told) else ()
        first = at
        while first and len(told[first - 1]) == 1 and at - first < _MOST_INITIALS:
            first -= 1
        if (
            first < at
            and not (first and numbers[first - 1])
            and not (following and following[0] in things_named())
        ):
            yield first, at
        last = at
        while last + 1 < len(told) and len(told[last + 1]) == 1 and last - at < _MOST_INITIALS:
            last += 1
        if first == at < last and is_cyrillic(told[at]):
            yield at, last


def _all_in(told: Sequence[str], near: set[str]) -> bool:
    return bool(told) and all(root(word) in near for word in told)


def _apart(found: list[Found]) -> list[Found]:
    """Keep, of overlapping finds, the surer and then the longer one; in the order of the text."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (-f.linking.candidates[0].probability, f.start - f.end, f.start)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda f: f.start)
