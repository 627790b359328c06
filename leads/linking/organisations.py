"""The index of known organisations, and which of them a mention may be."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from leads.linking.columns import NOWHERE, Origin, Origins
from leads.linking.company_names import CompanyName, parse_company
from leads.linking.compare_companies import match_companies, weight
from leads.linking.evidence import LETTERS, Evidence
from leads.linking.fold import fold, is_cyrillic, skeleton
from leads.linking.multimap import MultiMap, Rows
from leads.linking.organisation_words import lemma
from leads.linking.people import key_hash, text_hash
from leads.linking.records import CompanyRecord, Key, Mention
from leads.linking.stems import root
from leads.linking.strings import Arrays, Strings, inside, under
from leads.linking.vocabulary import Vocabulary
from leads.linking.weights import Weights

# A word that more organisations have in their names than this is not looked up by itself.
MAX_SHARING = 300
MIN_SCORE = 0.5
_GAP = "\x1f"


class Organisations:
    """Known organisations by domain, by name without legal form, and by the telling words of their names."""

    def __init__(self) -> None:
        self.origins = Origins()
        self._texts = Strings()
        self._gone: set[int] = set()
        self._own_keys = MultiMap()
        self._names = MultiMap()
        self._keys = MultiMap()
        self._words = MultiMap()
        self._vocabulary = Vocabulary()

    def __len__(self) -> int:
        return len(self._texts) - 1 - len(self._gone)

    def __getitem__(self, row: int) -> CompanyRecord:
        key, name, place, *aliases = self._texts.text(row + 1).split(_GAP)
        return CompanyRecord(key, name, tuple(aliases), place)

    def add(self, record: CompanyRecord, origin: Origin = NOWHERE) -> int:
        """Make an organisation known; a record of the same key takes the place of the earlier one. Return its row."""
        self.remove(record.key)
        row = self._texts.append(_GAP.join((record.key, record.name, record.place, *record.aliases))) - 1
        self.origins.append(origin)
        self._own_keys.add(text_hash(record.key), row)
        for key in record.keys:
            self._keys.add(key_hash(key), row)
        for number in self._words_of(record):
            self._vocabulary.count_in(number)
            self._words.add(number, row)
        for name in {parse_company(name).key for name in (record.name, *record.aliases)}:
            self._names.add(text_hash(name), row)
        return row

    def _words_of(self, record: CompanyRecord) -> list[int]:
        told = [word for name in (record.name, *record.aliases) for word in parse_company(name).core]
        return list(dict.fromkeys(self._vocabulary.enter(root(word)) for word in told))

    def remove(self, key: str) -> bool:
        """Forget an organisation; tell whether there was one."""
        rows = self.rows_of(key)
        for row in rows:
            for number in self._words_of(self[row]):
                self._vocabulary.count_in(number, -1)
            self._gone.add(row)
        return bool(rows)

    def rows_of(self, key: str) -> list[int]:
        """Return the rows of the record with this key: one, or none."""
        found = self._alive(self._own_keys.get([text_hash(key)]))
        return [row for row in found if self.key(row) == key]

    def key(self, row: int) -> str:
        """Return the key of a record."""
        return self._texts.text(row + 1).partition(_GAP)[0]

    def alive_rows(self) -> npt.NDArray[np.bool_]:
        """Tell for each row whether it was not removed."""
        found = np.ones(len(self.origins.ids), dtype=bool)
        found[list(self._gone)] = False
        return found

    def _alive(self, rows: Rows) -> list[int]:
        return [row for row in rows.tolist() if row not in self._gone]

    def settle(self) -> None:
        """Sort and pack what was added since the last time."""
        for part in (self._own_keys, self._names, self._keys, self._words, self._vocabulary, self._texts):
            part.settle()

    def wipe(self) -> None:
        """Blank what only removed organisations have said."""
        self.settle()
        self._texts.blank(np.flatnonzero(~self.alive_rows()) + 1)
        self._vocabulary.forget_unused()

    def arrays(self) -> Arrays:
        """Return all as arrays."""
        parts = {name: getattr(self, f"_{name}").arrays() for name in _PARTS}
        parts["origins"] = self.origins.arrays()
        found = {name: array for part, told in parts.items() for name, array in under(part, told).items()}
        return {**found, "gone": np.array(sorted(self._gone), dtype=np.uint32)}

    @classmethod
    def of(cls, arrays: Arrays) -> Organisations:
        """Return the organisations that `arrays` gave."""
        found = cls()
        for name, part in _PARTS.items():
            setattr(found, f"_{name}", part.of(inside(name, arrays)))
        found.origins = Origins.of(inside("origins", arrays))
        found._gone = set(arrays["gone"].tolist())
        return found

    def knows(self, name: CompanyName, *, same_script: bool = False) -> bool:
        """Tell whether an organisation has this name, declined or in the other alphabet too.

        With `same_script`, a name in the other alphabet, or one that only sounds the same, is none.
        """
        rows = self._alive(self._named(name))
        if not same_script:
            return bool(rows)
        told = {name.core, tuple(map(lemma, name.core))}
        return any(
            told & {read.core, tuple(map(lemma, read.core))}
            for row in rows
            for record in (self[row],)
            for read in map(parse_company, (record.name, *record.aliases))
        )

    def has_word(self, word: str) -> bool:
        """Tell whether a word is in the name of any known organisation, declined or in the other alphabet too."""
        return self._vocabulary.number(root(word)) > 0

    def has_key(self, key: Key) -> bool:
        """Tell whether an organisation has, or has had, an exact key."""
        return len(self._keys.get([key_hash(key)])) > 0

    def _named(self, name: CompanyName) -> Rows:
        rows = self._names.get([text_hash(name.key)])
        if len(rows) or not any(is_cyrillic(word) for word in name.core):
            return rows
        return self._names.get([text_hash(_lemma_key(name))])

    def weigh(
        self, mention: Mention, keys: list[Key], weights: Weights
    ) -> list[tuple[CompanyRecord, Evidence]]:
        """Return the organisations that a mention may be, with the evidence for each."""
        exact = {row: key for key in keys for row in self._keys.get([key_hash(key)]).tolist()}
        told = parse_company(mention.name) if mention.name else None
        rows = dict.fromkeys(exact)
        if told:
            rows.update(dict.fromkeys(self._by_name(told)))
        found = []
        for row in rows:
            if row not in self._gone:
                record = self[row]
                evidence = self._evidence(told, record, exact.get(row), weights)
                if evidence.agrees:
                    found.append((record, evidence))
        return found

    def _by_name(self, told: CompanyName) -> list[int]:
        same = self._alive(self._named(told))
        if same:
            return same
        rows: list[int] = []
        for word in sorted(told.core, key=weight, reverse=True)[:4]:
            number = self._vocabulary.number(root(word))
            numbers = [number] if number else self._vocabulary.near(root(word))
            for one in numbers:
                if self._words.count(one, one + 1) <= MAX_SHARING:
                    rows.extend(self._words.get([one]).tolist())
        return rows

    def _evidence(
        self, told: CompanyName | None, record: CompanyRecord, key: Key | None, weights: Weights
    ) -> Evidence:
        evidence = Evidence()
        if key is not None:
            evidence.add(key.type, weights.key_agrees[key.type], f"{key.type} {key.value} is theirs")
            evidence.exact = True
        if told is None:
            return evidence
        known = [parse_company(name) for name in (record.name, *record.aliases)]
        best, name = max(((match_companies(told, one), one) for one in known), key=lambda pair: pair[0].score)
        bits, letter, reason = _name_bits(best.score, best.how, weights)
        if fold(told.raw) == fold(name.raw):
            reason = "the name is the same"
        evidence.name_bits = bits
        if letter:
            evidence.agrees.insert(0, letter)
            evidence.reasons.append(reason)
        return evidence


_PARTS: dict[str, type[MultiMap] | type[Strings] | type[Vocabulary]] = {
    "texts": Strings, "own_keys": MultiMap, "names": MultiMap, "keys": MultiMap, "words": MultiMap, "vocabulary": Vocabulary,
}  # fmt: skip


def _lemma_key(name: CompanyName) -> str:
    return " ".join(skeleton(lemma(word)) for word in name.core)


def _name_bits(score: float, how: str, weights: Weights) -> tuple[float, str, str]:
    full, part = LETTERS["name"], LETTERS["name"].lower()
    if how == "exact":
        return (
            weights.company_exact + 20 * (score - 1.0),
            full,
            "the name is the same but for legal form and spelling",
        )
    if how == "initials":
        return weights.company_initials, part, "the initials of the name are the same"
    if score >= 0.9:
        return weights.company_words, full, "the words of the name agree"
    if score >= MIN_SCORE:
        return weights.company_part * score, part, "part of the name agrees"
    return 0.0, "", ""
