"""The index of known people, and who of them a mention may be."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from leads.linking.columns import NOWHERE, Columns, Origin
from leads.linking.company_names import CompanyName, parse_company
from leads.linking.employers import Employers
from leads.linking.fold import words
from leads.linking.given_names import equivalent_roots
from leads.linking.keys import unplaced
from leads.linking.multimap import NO_ROWS, MultiMap, Rows
from leads.linking.numbering import Numbering
from leads.linking.partners import Partners, all_pairs, pair_key
from leads.linking.person_names import Part, PersonName, is_patronymic, parse_person, particles, titles
from leads.linking.places import place_key
from leads.linking.records import ContactRecord, Key
from leads.linking.stems import root
from leads.linking.strings import Arrays, inside, under
from leads.linking.vocabulary import BELIEF, Vocabulary

# A single name that more contacts bear than this says nobody.
MAX_SINGLE = 200
# Candidates looked at closely; the rest are counted as namesakes.
MAX_CANDIDATES = 24
# So few are looked at as they come.
FEW = 6
MAX_REMEMBERED = 1 << 16
# What a word may be instead of a number: a patronymic, or part of a name that needs parsing.
_PATRONYMIC, _PARSE = -1, 0


def key_hash(key: Key) -> int:
    """Return 64 bits of an exact key, the same in every process."""
    return text_hash(f"{key.type}\0{key.platform}\0{key.value}")


def text_hash(text: str) -> int:
    """Return 64 bits of a text, the same in every process."""
    return int.from_bytes(
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little"
    )


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows of those whom a name may mean, likeliest first, each with the number of the name it was found by."""

    rows: list[int]
    names: list[int]

    def but(self, rows: Collection[int]) -> Candidates:
        """Return the others than these."""
        kept = [at for at, row in enumerate(self.rows) if row not in rows]
        return Candidates([self.rows[at] for at in kept], [self.names[at] for at in kept])


NOBODY = Candidates([], [])


class People:
    """Known people by exact key, by any two words of their names, and by one word with their company.

    Words lead to names, and names to the people who bear them: however many namesakes there are, their name is
    found and compared once.
    """

    def __init__(self) -> None:
        self.columns = Columns()
        self.vocabulary = Vocabulary()
        self._pairs = MultiMap()
        self._bearers = MultiMap()
        self._at_company = MultiMap()
        self._keys = MultiMap()
        self._own_keys = MultiMap()
        self._companies = Employers()
        self._places = Numbering()
        # While the index is being built: words as they are written, names already read, companies and places.
        self._plain: dict[str, int] = {}
        self._read: dict[int, tuple[int, ...]] = {}
        self._employers: dict[str, int] = {}
        # Numbers of what words of mentions may stand for, as long as no new root is known.
        self._stands_for: dict[str, list[int]] = {}
        self._partners = Partners()

    def __len__(self) -> int:
        return self.columns.alive

    def add(self, record: ContactRecord, origin: Origin = NOWHERE) -> int:
        """Make a person known; its key must not be known yet: see `remove`. Return its row."""
        employer = self._employer(record.company)
        town = self._places.enter(place_key(record.place))
        self._companies.count_in(employer)
        self._places.count_in(town)
        self._stands_for.clear()
        self._partners.forget()
        row = self.columns.append(record, employer, town, origin)
        self._own_keys.add(text_hash(record.key), row)
        for key in record.keys:
            self._keys.add(key_hash(key), row)
            if key.type == "handle" and key.platform:
                self._keys.add(key_hash(Key("handle", key.value)), row)
            elif key.type == "handle":
                self._keys.add(key_hash(unplaced(key)), row)
        roots = self._enter_name(self.columns.names[row], record.name, row)
        for alias in record.aliases:
            number = self.columns.texts.enter(alias)
            roots += tuple(one for one in self._enter_name(number, alias, row) if one not in roots)
        for one in roots:
            self.vocabulary.count_in(one)
            if employer:
                self._at_company.add(pair_key(employer, one), row)
        return row

    def _employer(self, company: str) -> int:
        number = self._employers.get(company)
        if number is None:
            number = self._companies.enter_company(parse_company(company)) if company else 0
            self._employers[company] = number
        return number

    def _enter_name(self, number: int, name: str, row: int) -> tuple[int, ...]:
        """Put a person under one of their names; return the numbers of its roots."""
        if not name or "@" in name:
            return ()
        self._bearers.add(number, row)
        found = self._read.get(number)
        if found is None:
            found = self._read[number] = self._word_numbers(name)
            self._pairs.extend(_pairs(found), number)
        return found

    def _word_numbers(self, name: str) -> tuple[int, ...]:
        """Return the numbers of the roots of a name.

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
                return self._parsed_numbers(name)
            found.append(number)
        return tuple(found) if len(found) <= 2 else self._parsed_numbers(name)

    def _parsed_numbers(self, name: str) -> tuple[int, ...]:
        return tuple(self.vocabulary.enter(root(word)) for word in usable_words(parse_person(name)))

    def _classify(self, text: str) -> int:
        split = words(text)
        if (
            len(split) != 1
            or len(split[0]) < 2
            or split[0] in particles()
            or split[0] in titles()
            or "," in text
            or not text[0].isalpha()
        ):
            return _PARSE
        return _PATRONYMIC if is_patronymic(split[0]) else self.vocabulary.enter(root(split[0]))

    def remove(self, key: str) -> bool:
        """Forget a person; tell whether there was one."""
        rows = self.rows_of(key)
        for row in rows:
            self._remove_row(row)
        return bool(rows)

    def keep_last(self, key: str) -> None:
        """Of people who were added with the same key forget all but the one that was added last."""
        for row in sorted(self.rows_of(key))[:-1]:
            self._remove_row(row)

    def _remove_row(self, row: int) -> None:
        record = self.columns[row]
        names = [name for name in (record.name, *record.aliases) if name and "@" not in name]
        for one in {one for name in names for one in self._word_numbers(name)}:
            self.vocabulary.count_in(one, -1)
        self._companies.count_in(self.columns.employers[row], -1)
        self._places.count_in(self.columns.towns[row], -1)
        self.columns.remove(row)

    def rows_of(self, key: str) -> list[int]:
        """Return the rows of the record with this key: one, or none."""
        return [
            row for row in self._alive(self._own_keys.get([text_hash(key)])) if self.columns.key(row) == key
        ]

    def settle(self) -> None:
        """Sort and pack what was added since the last time."""
        for part in (self._pairs, self._bearers, self._at_company, self._keys, self._own_keys):
            part.settle()
        self._plain.clear()
        self._read.clear()
        self._employers.clear()
        self.columns.settle()
        self.vocabulary.settle()

    def wipe(self) -> None:
        """Blank what only removed people have said."""
        self.settle()
        self.columns.wipe()
        self.vocabulary.forget_unused()

    def by_key(self, key: Key) -> list[int]:
        """Return the rows that have an exact key."""
        return self._alive(self._keys.get([key_hash(key)]))

    def employer_number(self, name: str) -> int:
        """Return the number of a company's name, 0 where nobody known works there."""
        return self._companies.number_of(name)

    def employer_share(self, row: int, general: float) -> float:
        """Return the share of people who work where a person does; `general` is what is believed before counting."""
        return self._share(self._companies.count(self.columns.employers[row]), general)

    def may_work_at(self, row: int, told: CompanyName) -> bool:
        """Rule out at once most companies that a person works at and that are not the told one."""
        return self._companies.may_be(told, self.columns.employers[row])

    def company_share(self, number: int, general: float) -> float:
        """Return the share of people who work at a company; `general` is what is believed before counting."""
        return self._share(self._companies.count(number), general)

    def place_share(self, place: str, general: float) -> float:
        """Return the share of people at a place; `general` is what is believed before counting."""
        return self._share(self._places.count(self._places.number(place_key(place))), general)

    def _share(self, count: int, general: float) -> float:
        return (count + BELIEF * general) / (self.columns.alive + BELIEF)

    def candidates(self, told: PersonName, company: int, place: str = "") -> Candidates:
        """Return those whom a name, with a company's number and a place, may mean; likeliest first.

        First come those at the company or place, then those with the name as it is told, then those who bear
        a name that may stand for it; among equals, those whom something ties to the users or to others.
        """
        found_words = usable_words(told)
        options = [self._numbers(word) for word in found_words]
        own = [self.vocabulary.number(root(word)) for word in found_words]
        names, exact = self._by_pairs(options, own)
        if not names:
            names = (
                self._single(options[0]) if len(found_words) == 1 else self._misspelt(found_words, options)
            )
            found = self._bearing(names, self._colleagues(options, company))
        else:
            found = self._bearing(names, NO_ROWS)
            if company and not self._any_at(found, company):
                # Nobody of that name works there: somebody may who had another family name.
                found = self._bearing(names, self._colleagues(options, company))
        if len(found) <= FEW:
            return Candidates(list(found), list(found.values()))
        return self._by_likelihood(found, exact, company, place)

    def _any_at(self, rows: Iterable[int], company: int) -> bool:
        employers = self.columns.employers
        return any(employers[row] == company for row in rows)

    def _colleagues(self, options: list[list[int]], company: int) -> Rows:
        """Return the rows of those at a company who bear one of the words."""
        if not company:
            return NO_ROWS
        return self._at_company.get({pair_key(company, number) for option in options for number in option})

    def _bearing(self, names: list[int], others: Rows) -> dict[int, int]:
        """Return the rows that bear these names, each with the first of its names, and `others` with their own."""
        still, found = self.columns.still, dict[int, int]()
        for at, rows in self._bearers.hits(names):
            told = dict.fromkeys(still(rows).tolist(), names[at])
            if found:
                for row, name in told.items():
                    found.setdefault(row, name)
            else:
                found = told
        for row in still(others).tolist():
            found.setdefault(row, self.columns.names[row])
        return found

    def _by_likelihood(self, found: dict[int, int], exact: list[int], company: int, place: str) -> Candidates:
        town = self._places.number(place_key(place)) if place else 0
        rows = np.fromiter(found, dtype=np.uint32, count=len(found))
        near = self.columns.are_tied(rows).astype(np.int8)
        if company:
            near += 8 * (self.columns.at_employers(rows) == company)
        if town:
            near += 4 * (self.columns.at_towns(rows) == town).astype(np.int8)
        if exact:
            very = set(exact)
            near += 2 * np.fromiter(map(very.__contains__, found.values()), dtype=np.int8, count=len(found))
        order = np.argsort(-near, kind="stable")
        names = np.fromiter(found.values(), dtype=np.uint32, count=len(found))
        return Candidates(rows[order].tolist(), names[order].tolist())

    def known_pairs(self, pairs: list[int]) -> list[bool]:
        """Tell, for many pairs of two words' numbers (first << 32 | second), whether anybody bears both."""
        return self._pairs.known(pairs)

    def bearers(self, told: PersonName, limit: int) -> list[ContactRecord]:
        """Return up to `limit` people who bear a name in some form."""
        return [self.columns[row] for row in self.candidates(told, 0).rows[:limit]]

    def _numbers(self, word: str) -> list[int]:
        """Return the numbers of the roots that may stand for the same person as this word, its own first."""
        found = self._stands_for.get(word)
        if found is None:
            if len(self._stands_for) > MAX_REMEMBERED:
                self._stands_for.clear()
            known = (self.vocabulary.number(one) for one in equivalent_roots(word))
            found = self._stands_for[word] = [number for number in known if number]
        return found

    def _by_pairs(self, options: list[list[int]], own: list[int]) -> tuple[list[int], list[int]]:
        """Return the names that two words of the told one, or what may stand for them, lead to.

        First and once more by themselves come those with the very words.
        """
        exact = [pair_key(a, b) for a, b in combinations(own, 2) if a and b and a != b]
        keys = dict.fromkeys(exact)
        for one, other in combinations(options, 2):
            keys.update((pair_key(a, b), None) for a in one for b in other if a != b)
        found: dict[int, None] = {}
        same: list[int] = []
        for at, names in self._pairs.hits(list(keys)):
            told = names.tolist()
            found.update(dict.fromkeys(told))
            if at < len(exact):
                same += told
        return list(found), same

    def _single(self, options: list[int]) -> list[int]:
        for number in options[:1]:
            if self._pairs.count(*all_pairs(number)) <= MAX_SINGLE:
                names = list(dict.fromkeys(self._pairs.range(*all_pairs(number))[1].tolist()))
                if sum(len(rows) for _, rows in self._bearers.hits(names)) <= MAX_SINGLE:
                    return names
        return []

    def _misspelt(self, found_words: list[str], exact: list[list[int]]) -> list[int]:
        near = [self.vocabulary.near(root(word)) for word in found_words]
        either = [[*one, *other] for one, other in zip(exact, near, strict=True)]
        names, _ = self._by_pairs(either, [])
        if names:
            return names
        found: dict[int, None] = {}
        for at in range(len(found_words)):
            for number in (exact[at] or near[at])[:2]:
                found.update(dict.fromkeys(self._by_partner(number, found_words, at)))
        return list(found)

    def _by_partner(self, number: int, found_words: list[str], at: int) -> list[int]:
        """Look among all names with one word of the told one for those whose other word is two slips away."""
        found: list[int] = []
        for other, word in enumerate(found_words):
            if other != at:
                alike = self._partners.alike(number, root(word), self._pairs, self.vocabulary)
                keys = [pair_key(number, one) for one in alike]
                for _, names in self._pairs.hits(keys):
                    found += names.tolist()
        return found

    def _alive(self, rows: Rows) -> list[int]:
        return [row for row in rows.tolist() if not self.columns.is_gone(row)]

    def share(self, word: str, part: Part) -> float:
        """Return the share of people who bear a word as this part of their names."""
        return self.vocabulary.share(root(word), part, self.columns.alive)

    def names_of(self, row: int) -> list[str]:
        """Return the names a person is known by."""
        names = (self.columns.texts.text(self.columns.names[row]), *self.columns.aliases(row))
        return [name for name in names if name and "@" not in name]

    def arrays(self) -> Arrays:
        """Return all as arrays."""
        parts = {name: getattr(self, f"_{name}").arrays() for name in _MAPS}
        parts |= {name: getattr(self, f"_{name}").arrays() for name in _NUMBERINGS}
        parts |= {"columns": self.columns.arrays(), "vocabulary": self.vocabulary.arrays()}
        return {name: array for part, told in parts.items() for name, array in under(part, told).items()}

    @classmethod
    def of(cls, arrays: Arrays) -> People:
        """Return the people that `arrays` gave."""
        found = cls()
        for name in _MAPS:
            setattr(found, f"_{name}", MultiMap.of(inside(name, arrays)))
        for name in _NUMBERINGS:
            kind = Employers if name == "companies" else Numbering
            setattr(found, f"_{name}", kind.of(inside(name, arrays)))
        found.columns = Columns.of(inside("columns", arrays))
        found.vocabulary = Vocabulary.of(inside("vocabulary", arrays))
        return found


_MAPS = ("pairs", "bearers", "at_company", "keys", "own_keys")
_NUMBERINGS = ("companies", "places")


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


def _pairs(numbers: tuple[int, ...]) -> list[int]:
    """Return the index entries of a name: any two of its words, in either order; of one word, it alone."""
    if len(numbers) == 1:
        numbers = (numbers[0], 0)
    pairs: list[int] = []
    for at, a in enumerate(numbers):
        for b in numbers[at + 1 :]:
            if a != b:
                pairs += (pair_key(a, b), pair_key(b, a))
    return pairs if len(numbers) < 3 else list(dict.fromkeys(pairs))
