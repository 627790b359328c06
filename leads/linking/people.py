"""The index of known people, and who of them a mention may be."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import combinations

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from leads.linking.columns import Columns
from leads.linking.company_names import parse_company
from leads.linking.fold import words
from leads.linking.given_names import equivalent_roots
from leads.linking.keys import unplaced
from leads.linking.multimap import MultiMap, Rows
from leads.linking.person_names import Part, PersonName, is_patronymic, parse_person, particles, titles
from leads.linking.places import place_key
from leads.linking.records import ContactRecord, Key
from leads.linking.stems import root
from leads.linking.vocabulary import BELIEF, Vocabulary

# A single name that more contacts bear than this says nobody.
MAX_SINGLE = 200
# Candidates looked at closely; the rest are counted as namesakes.
MAX_CANDIDATES = 24
# So few are looked at as they come.
FEW = 6
# Partners of a name among which a badly misspelt one is looked for.
MAX_PARTNERS = 50_000
MAX_SLIPS = 2
_COMPANY_PAIR = 1 << 63
# What a word may be instead of a number: a patronymic, or part of a name that needs parsing.
_PATRONYMIC, _PARSE = -1, 0


def key_hash(key: Key) -> int:
    """Return 64 bits of an exact key, the same in every process."""
    text = f"{key.type}\0{key.platform}\0{key.value}"
    return int.from_bytes(
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little"
    )


def _pair(a: int, b: int) -> int:
    return a << 32 | b


class People:
    """Known people by exact key, by any two words of their names, and by one word with their company."""

    def __init__(self) -> None:
        self.columns = Columns()
        self.vocabulary = Vocabulary()
        self._pairs = MultiMap()
        self._keys = MultiMap()
        # Rows by the records' keys, made when a record is first replaced or removed.
        self._rows: dict[str, list[int]] | None = None
        # Words of names as they are written, with their numbers; while the index is being built.
        self._plain: dict[str, int] = {}
        self._companies: dict[str, int] = {}
        self._company_counts: list[int] = [0]
        self._places: dict[str, int] = {}
        self._place_counts: list[int] = [0]

    def __len__(self) -> int:
        return self.columns.alive

    def add(self, record: ContactRecord) -> None:
        """Make a person known; its key must not be known yet: see `remove`."""
        company = _count(
            parse_company(record.company).key if record.company else "", self._companies, self._company_counts
        )
        place = _count(place_key(record.place), self._places, self._place_counts)
        row = self.columns.append(record, company, place)
        for key in record.keys:
            self._keys.add(key_hash(key), row)
            if key.type == "handle" and key.platform:
                self._keys.add(key_hash(Key("handle", key.value)), row)
            elif key.type == "handle":
                self._keys.add(key_hash(unplaced(key)), row)
        if self._rows is not None:
            self._rows.setdefault(record.key, []).append(row)
        self._pairs.extend(self._name_pairs(record.name, company), row)
        if record.aliases:
            told = set(self._name_pairs(record.name, company, count=False))
            for alias in record.aliases:
                pairs = [pair for pair in self._name_pairs(alias, company) if pair not in told]
                told.update(pairs)
                self._pairs.extend(pairs, row)

    def _name_pairs(self, name: str, company: int, *, count: bool = True) -> list[int]:
        """Return the index entries of one name; its words are counted but for the second time."""
        if "@" in name:
            return []
        numbers = self._word_numbers(name) if count else None
        if numbers is None:
            roots = (root(word) for word in usable_words(parse_person(name)))
            numbers = [self.vocabulary.add(one) if count else self.vocabulary.number(one) for one in roots]
        if len(numbers) == 1:
            numbers = [numbers[0], 0]
        pairs: list[int] = []
        for at, a in enumerate(numbers):
            for b in numbers[at + 1 :]:
                if a != b:
                    pairs += (_pair(a, b), _pair(b, a))
            if company and a:
                pairs.append(_pair(company, a) | _COMPANY_PAIR)
        return pairs if len(numbers) < 3 else list(dict.fromkeys(pairs))

    def _word_numbers(self, name: str) -> list[int] | None:
        """Return the numbers of the words of an ordinary name, None where it has to be parsed.

        Nearly all names are two words, or three with a patronymic, that others bear too: no need to parse each.
        """
        found = []
        told = name.split(" ")
        for at, word in enumerate(told):
            number = self._plain.get(word)
            if number is None:
                number = self._plain[word] = self._classify(word)
            if number == _PATRONYMIC and at and len(told) == 3:
                continue
            if number <= 0:
                return None
            found.append(number)
        if len(found) > 2:
            return None
        for number in found:
            self.vocabulary.count_in(number)
        return found

    def _classify(self, text: str) -> int:
        split = words(text)
        if (
            len(split) != 1
            or len(split[0]) < 2
            or split[0] in particles()
            or split[0] in titles()
            or "," in text
        ):
            return _PARSE
        return _PATRONYMIC if is_patronymic(split[0]) else self.vocabulary.enter(root(split[0]))

    def remove(self, key: str) -> bool:
        """Forget a person; tell whether there was one."""
        if self._rows is None:
            self._rows = {}
            for row in range(len(self.columns)):
                self._rows.setdefault(self.columns[row].key, []).append(row)
        rows = [row for row in self._rows.pop(key, ()) if not self.columns.is_gone(row)]
        for row in rows:
            self.columns.remove(row)
        return bool(rows)

    def settle(self) -> None:
        """Sort what was added since the last time."""
        self._pairs.settle()
        self._keys.settle()
        self._plain.clear()
        self.vocabulary.settle()

    def by_key(self, key: Key) -> list[int]:
        """Return the rows that have an exact key."""
        return self._alive(self._keys.get([key_hash(key)]))

    def company_number(self, name: str) -> int:
        """Return the number of a company's name, 0 where nobody known works there."""
        return self._companies.get(parse_company(name).key, 0) if name else 0

    def company_share(self, number: int, general: float) -> float:
        """Return the share of people who work at a company; `general` is what is believed before counting."""
        return self._share(self._company_counts[number] if number else 0, general)

    def place_share(self, place: str, general: float) -> float:
        """Return the share of people at a place; `general` is what is believed before counting."""
        number = self._places.get(place_key(place), 0)
        return self._share(self._place_counts[number] if number else 0, general)

    def _share(self, count: int, general: float) -> float:
        return (count + BELIEF * general) / (len(self.columns) + BELIEF)

    def candidates(self, told: PersonName, company: int, place: str = "") -> list[int]:
        """Return the rows of those whom a name, with a company's number and a place, may mean; likeliest first.

        First come those at the company or place, then those with the name as it is told, then those who bear
        a name that may stand for it.
        """
        found_words = usable_words(told)
        options = [self._numbers(equivalent_roots(word)) for word in found_words]
        exact = self._by_pairs([self._numbers([root(word)]) for word in found_words])
        rows = self._by_pairs(options)
        if len(rows) == 0:
            rows = self._single(options[0]) if len(found_words) == 1 else self._misspelt(found_words, options)
            if company:
                rows = np.union1d(rows, self._at_company(company, options))
        return self._alive(rows if len(rows) <= FEW else self._by_likelihood(rows, exact, company, place))

    def _by_likelihood(self, rows: Rows, exact: Rows, company: int, place: str) -> Rows:
        number = self._places.get(place_key(place), 0) if place else 0
        near = np.zeros(len(rows), dtype=np.int8)
        if company:
            near += 2 * (self.columns.at_companies(rows) == company)
        if number:
            near += self.columns.at_places(rows) == number
        near = 2 * near + np.isin(rows, exact, assume_unique=True)
        return rows[np.argsort(-near, kind="stable")]

    def known_pairs(self, pairs: list[int]) -> list[bool]:
        """Tell, for many pairs of two words' numbers (first << 32 | second), whether anybody bears both."""
        return self._pairs.known(pairs)

    def bearers(self, told: PersonName, limit: int) -> list[ContactRecord]:
        """Return up to `limit` people who bear a name in some form."""
        return [self.columns[row] for row in self.candidates(told, 0)[:limit]]

    def _numbers(self, roots: Iterable[str]) -> list[int]:
        return [number for one in roots if (number := self.vocabulary.number(one))]

    def _by_pairs(self, options: list[list[int]]) -> Rows:
        keys = {
            _pair(a, b)
            for one, other in combinations(range(len(options)), 2)
            for a in options[one]
            for b in options[other]
            if a != b
        }
        return self._pairs.get(keys)

    def _at_company(self, company: int, options: list[list[int]]) -> Rows:
        return self._pairs.get(
            {_pair(company, number) | _COMPANY_PAIR for option in options for number in option}
        )

    def _single(self, options: list[int]) -> Rows:
        parts = []
        for number in options[:1]:
            if self._pairs.count(_pair(number, 0), _pair(number + 1, 0)) <= MAX_SINGLE:
                parts.append(self._pairs.range(_pair(number, 0), _pair(number + 1, 0))[1])
        return np.unique(np.concatenate(parts)) if parts else np.empty(0, dtype=np.uint32)

    def _misspelt(self, found_words: list[str], exact: list[list[int]]) -> Rows:
        near = [self.vocabulary.near(root(word)) for word in found_words]
        either = [[*one, *other] for one, other in zip(exact, near, strict=True)]
        rows = self._by_pairs(either)
        if len(rows):
            return rows
        parts = [
            self._by_partner(number, found_words, at)
            for at in range(len(found_words))
            for number in (exact[at] or near[at])[:2]
        ]
        parts = [part for part in parts if len(part)]
        return np.unique(np.concatenate(parts)) if parts else np.empty(0, dtype=np.uint32)

    def _by_partner(self, number: int, found_words: list[str], at: int) -> Rows:
        """Look among all who bear one word of the name for those whose other word is two slips away."""
        low, high = _pair(number, 0), _pair(number + 1, 0)
        if self._pairs.count(low, high) > MAX_PARTNERS:
            return np.empty(0, dtype=np.uint32)
        keys, rows = self._pairs.range(low, high)
        partners = (keys & np.uint64(0xFFFFFFFF)).astype(np.uint32)
        lengths = self.vocabulary.lengths(partners)
        parts = []
        for other, word in enumerate(found_words):
            if other != at:
                told = root(word)
                near = np.abs(lengths - len(told)) <= MAX_SLIPS
                numbers = np.unique(partners[near]).tolist()
                names = [self.vocabulary.root(one) for one in numbers]
                hits = process.extract(told, names, scorer=OSA.distance, score_cutoff=MAX_SLIPS, limit=10)
                parts.append(rows[np.isin(partners, [numbers[hit[2]] for hit in hits if hit[1]])])
        return np.unique(np.concatenate(parts)) if parts else np.empty(0, dtype=np.uint32)

    def _alive(self, rows: Rows) -> list[int]:
        return [row for row in rows.tolist() if not self.columns.is_gone(row)]

    def share(self, word: str, part: Part) -> float:
        """Return the share of people who bear a word as this part of their names."""
        return self.vocabulary.share(root(word), part, len(self.columns))

    def forms(self, record: ContactRecord) -> Iterator[PersonName]:
        """Yield the names a person is known by, read."""
        for name in (record.name, *record.aliases):
            if "@" not in name:
                yield parse_person(name)


def usable_words(name: PersonName) -> list[str]:
    """Return the words of a name that people are found by: no patronymics, particles or initials."""
    plain = [
        word
        for word, part in zip(name.words, name.parts, strict=True)
        if len(word) > 1 and part not in (Part.PARTICLE, Part.PATRONYMIC)
    ]
    if len(plain) < 2:
        plain += name.part(Part.PATRONYMIC)
    return plain[:5]


def _count(key: str, numbers: dict[str, int], counts: list[int]) -> int:
    if not key:
        return 0
    number = numbers.get(key)
    if number is None:
        number = numbers[key] = len(counts)
        counts.append(0)
    counts[number] += 1
    return number
