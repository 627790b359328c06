"""A contact as it stands while an import runs, and what one more row about it changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from leads.contacts.drafts import Draft
from leads.contacts.facts import SINGLE, Fact, make_fact
from leads.linking.fold import skeleton, words
from leads.linking.records import Key

HAND = "hand"
# Columns of a contact that a row may fill; `industry` is the company's.
COLUMNS = ("given", "patronymic", "family", "role", "place", "owner", "notes")
# A person has one address per key type in most files; two rows with different ones are two people.
TELLING = ("email", "handle")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after; `kept` where the row was not followed."""

    field: str
    before: str
    after: str
    kept: bool = False


@dataclass(slots=True, eq=False)
class Person:
    """One contact: stored (`id`) or about to be. `keys` holds every identity with its spelling, names too."""

    id: int | None
    key: str
    name: str
    external_id: str
    company_id: int | None
    company: str
    values: dict[str, str]
    lists: list[str] = field(default_factory=list)
    provenance: dict[str, Any] = field(default_factory=dict)
    keys: dict[Key, str] = field(default_factory=dict)
    new_keys: list[Key] = field(default_factory=list)
    # By kind and what is compared: as it was written, and which import or hand it came from.
    facts: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    new_facts: list[Fact] = field(default_factory=list)
    gone_facts: list[tuple[str, str]] = field(default_factory=list)
    dirty: bool = False

    def source_of(self, name: str) -> str:
        """Return where a field's value came from."""
        entry = self.provenance.get(name)
        return str(entry.get("from", "")) if isinstance(entry, dict) else ""

    def name_forms(self) -> Iterator[str]:
        """Yield the name and every other form it is known by."""
        yield self.name
        yield from (spelling for key, spelling in self.keys.items() if key.type == "name")


@lru_cache(maxsize=1 << 15)
def name_key(name: str) -> Key:
    """Return the key of a name form: its folded words in alphabetical order."""
    return Key("name", " ".join(sorted(words(name))) or name.casefold())


def names_agree(person: Person, name: str) -> bool:
    """Tell whether a name may be this person's: a word in common, or no words to compare."""
    told = {skeleton(word) for word in words(name) if len(word) > 1}
    if not told or "@" in name:
        return True
    for form in person.name_forms():
        known = {skeleton(word) for word in words(form) if len(word) > 1}
        if not known or "@" in form or told & known:
            return True
    return False


def may_be(person: Person, draft: Draft, source: str) -> bool:
    """Tell whether nothing speaks against a row being about this person: other ids, other addresses."""
    if (
        draft.external_id
        and person.external_id
        and person.source_of("external_id") == source
        and person.external_id != draft.external_id
    ):
        return False
    for kind in TELLING:
        theirs = {(k.platform, k.value) for k in person.keys if k.type == kind}
        told = {(k.platform, k.value) for k in draft.keys if k.type == kind}
        if theirs & told:
            return True
        if {platform for platform, _ in theirs} & {platform for platform, _ in told}:
            return False
    return True


class Merger:
    """Brings rows of one source into people. `stamp` is the day that provenance names.

    A field belongs to the source that filled it first: other sources fill what is empty and are told of where
    they differ; what a person entered by hand is never changed. So importing any set of files again, in any
    order, changes nothing.

    Where a contact was merged away, the rows about it speak of the survivor: `of` is then its key, and such a row may
    change those fields only that came from it.
    """

    def __init__(self, source: str, stamp: str) -> None:
        self._source = source
        self._mark = {"from": source, "at": stamp}
        self._of = ""
        self._marks: dict[tuple[str, ...], dict[str, Any]] = {}
        # Whom this import has met (hashes of keys): of two rows on one person the first decides what both tell, or the
        # two would take turns in every import.
        self._met: set[int] = set()
        self._again = False

    def create(self, key: str, draft: Draft, company_id: int | None) -> Person:
        """Return a new person from a row."""
        self._met.add(hash(key))
        values = {name: draft.values.get(name, "") for name in COLUMNS}
        person = Person(
            None, key, draft.name, draft.external_id, company_id, draft.company, values, list(draft.lists)
        )
        filled = ["name", *(name for name, value in values.items() if value)]
        filled += ["external_id"] * bool(draft.external_id) + ["company"] * bool(company_id)
        filled += ["lists"] * bool(draft.lists)
        person.provenance = self._all_mine(tuple(filled))
        self._add_key(person, name_key(draft.name), draft.name)
        for alias in draft.aliases:
            self._add_key(person, name_key(alias), alias)
        for found, spelling in draft.keys.items():
            self._add_key(person, found, spelling)
        for fact in draft.facts:
            if (fact.kind, fact.normalized) not in person.facts:
                self._add_fact(person, fact)
        return person

    def merge(self, person: Person, draft: Draft, company_id: int | None, of: str = "") -> list[FieldChange]:
        """Bring a row into a known person; return what it changed or would have changed."""
        met = hash(f"{person.key} {of}" if of else person.key)
        self._of, self._again = of, met in self._met
        self._met.add(met)
        changes = list(self._name(person, draft))
        for name in COLUMNS:
            value = draft.values.get(name, "")
            if value and value != person.values.get(name, ""):
                changes.append(self._set(person, name, person.values.get(name, ""), value))
                if not changes[-1].kept:
                    person.values[name] = value
        if draft.external_id and draft.external_id != person.external_id and not person.external_id:
            changes.append(self._set(person, "external_id", "", draft.external_id))
            person.external_id = draft.external_id
        if company_id is not None and company_id != person.company_id:
            changes.append(self._set(person, "company", person.company, draft.company))
            if not changes[-1].kept:
                person.company_id, person.company = company_id, draft.company
        changes.extend(self._lists(person, draft))
        changes.extend(self._keys(person, draft))
        changes.extend(self._facts(person, draft))
        return changes

    def _all_mine(self, filled: tuple[str, ...]) -> dict[str, Any]:
        """Return the provenance of fields that all come from here; most rows fill the same, and share one."""
        if filled not in self._marks:
            self._marks[filled] = dict.fromkeys(filled, self._mark)
        return self._marks[filled]

    def _may_change(self, person: Person, name: str) -> bool:
        entry = person.provenance.get(name)
        of = str(entry.get("of", "")) if isinstance(entry, dict) else ""
        return person.source_of(name) == self._source and of == self._of and not self._again

    def _set(self, person: Person, name: str, before: str, after: str) -> FieldChange:
        kept = bool(before) and not self._may_change(person, name)
        if not kept:
            mark = {**self._mark, "of": self._of} if self._of else self._mark
            person.provenance = person.provenance | {name: mark}
            person.dirty = True
        return FieldChange(name, before, after, kept)

    def _name(self, person: Person, draft: Draft) -> Iterator[FieldChange]:
        if draft.name == person.name or any(key.value == draft.name for key in draft.keys):
            return
        if self._may_change(person, "name"):
            yield self._set(person, "name", person.name, draft.name)
            person.name = draft.name
        if name_key(draft.name) not in person.keys:
            self._add_key(person, name_key(draft.name), draft.name)
            yield FieldChange("alias", "", draft.name)

    def _lists(self, person: Person, draft: Draft) -> Iterator[FieldChange]:
        added = [name for name in draft.lists if name not in person.lists]
        if added:
            before = ", ".join(person.lists)
            person.lists = [*person.lists, *added]
            person.dirty = True
            if "lists" not in person.provenance:
                person.provenance = person.provenance | {"lists": self._mark}
            yield FieldChange("lists", before, ", ".join(person.lists))

    def _keys(self, person: Person, draft: Draft) -> Iterator[FieldChange]:
        told = [(name_key(alias), alias) for alias in draft.aliases] + list(draft.keys.items())
        for key, spelling in told:
            if key not in person.keys:
                self._add_key(person, key, spelling)
                yield FieldChange("alias" if key.type == "name" else key.type, "", spelling)

    def _facts(self, person: Person, draft: Draft) -> Iterator[FieldChange]:
        owner = draft.values.get("owner", "")
        told = [*draft.facts]
        if owner and person.values.get("owner", "") not in ("", owner):
            # A colleague brought somebody whom another one looks after: both know them.
            known_to = make_fact("known_to", owner)
            told += [known_to] if known_to else []
        for fact in told:
            if (fact.kind, fact.normalized) in person.facts:
                continue
            before = (
                next((k for k in person.facts if k[0] == fact.kind), None) if fact.kind in SINGLE else None
            )
            if before is None:
                self._add_fact(person, fact)
                yield FieldChange(fact.kind, "", fact.value)
                continue
            value, source = person.facts[before]
            kept = source != self._source or self._again
            if not kept:
                del person.facts[before]
                person.gone_facts.append(before)
                self._add_fact(person, fact)
            yield FieldChange(fact.kind, value, fact.value, kept)

    def _add_fact(self, person: Person, fact: Fact) -> None:
        person.facts[fact.kind, fact.normalized] = (fact.value, self._source)
        person.new_facts.append(fact)

    @staticmethod
    def _add_key(person: Person, key: Key, spelling: str) -> None:
        if key not in person.keys:
            person.keys[key] = spelling
            person.new_keys.append(key)
