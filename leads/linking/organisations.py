"""The index of known organisations, and which of them a mention may be."""

from __future__ import annotations

from leads.linking.company_names import CompanyName, parse_company
from leads.linking.compare_companies import match_companies, weight
from leads.linking.evidence import LETTERS, Evidence
from leads.linking.fold import is_cyrillic, skeleton
from leads.linking.multimap import MultiMap
from leads.linking.organisation_words import lemma
from leads.linking.people import key_hash
from leads.linking.records import CompanyRecord, Key, Mention
from leads.linking.stems import root
from leads.linking.vocabulary import Vocabulary
from leads.linking.weights import Weights

# A word that more organisations have in their names than this is not looked up by itself.
MAX_SHARING = 300
MIN_SCORE = 0.5


class Organisations:
    """Known organisations by domain, by name without legal form, and by the telling words of their names."""

    def __init__(self) -> None:
        self._records: list[CompanyRecord | None] = []
        self._rows: dict[str, int] = {}
        self._names: dict[str, list[int]] = {}
        self._keys: dict[int, list[int]] = {}
        self._words = MultiMap()
        self._vocabulary = Vocabulary()

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, record: CompanyRecord) -> None:
        """Make an organisation known; a record of the same key takes the place of the earlier one."""
        self.remove(record.key)
        row = self._rows[record.key] = len(self._records)
        self._records.append(record)
        for key in record.keys:
            self._keys.setdefault(key_hash(key), []).append(row)
        for name in (record.name, *record.aliases):
            read = parse_company(name)
            self._names.setdefault(read.key, []).append(row)
            for word in dict.fromkeys(read.core):
                self._words.add(self._vocabulary.add(root(word)), row)

    def remove(self, key: str) -> bool:
        """Forget an organisation; tell whether there was one."""
        row = self._rows.pop(key, None)
        if row is None:
            return False
        self._records[row] = None
        return True

    def knows(self, name: CompanyName) -> bool:
        """Tell whether an organisation has this name, declined or in the other alphabet too."""
        if name.key in self._names:
            return True
        return any(is_cyrillic(word) for word in name.core) and _lemma_key(name) in self._names

    def weigh(
        self, mention: Mention, keys: list[Key], weights: Weights
    ) -> list[tuple[CompanyRecord, Evidence]]:
        """Return the organisations that a mention may be, with the evidence for each."""
        exact = {row: key for key in keys for row in self._keys.get(key_hash(key), ())}
        told = parse_company(mention.name) if mention.name else None
        rows = dict.fromkeys(exact)
        if told:
            rows.update(dict.fromkeys(self._by_name(told)))
        found = []
        for row in rows:
            record = self._records[row]
            if record is not None:
                evidence = self._evidence(told, record, exact.get(row), weights)
                if evidence.agrees:
                    found.append((record, evidence))
        return found

    def _by_name(self, told: CompanyName) -> list[int]:
        same = self._names.get(told.key) or self._names.get(_lemma_key(told))
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
        best = max(
            (match_companies(told, parse_company(n)) for n in (record.name, *record.aliases)),
            key=lambda m: m.score,
        )
        bits, letter, reason = _name_bits(best.score, best.how, weights)
        evidence.name_bits = bits
        if letter:
            evidence.agrees.insert(0, letter)
            evidence.reasons.append(reason)
        return evidence


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
