"""Weighs one mention against many known people: each name, company, place and role is compared once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import log2

from rapidfuzz import fuzz

from leads.linking.company_names import CompanyName, parse_company
from leads.linking.compare_companies import match_companies
from leads.linking.context import Context
from leads.linking.evidence import Evidence, NameEvidence, name_evidence
from leads.linking.people import People
from leads.linking.person_names import PersonName
from leads.linking.places import same_place
from leads.linking.records import ContactRecord, Key, Mention
from leads.linking.roles import same_role
from leads.linking.weights import Weights

# Names of companies that agree to this degree are one; less, to the second, partly.
SAME_COMPANY, PARTLY_SAME = 0.85, 0.5
# Names whose sounds agree to less than this, of 100, are not compared word by word.
_HARDLY_ALIKE = 55
_INITIALS = 5


@dataclass(frozen=True, slots=True)
class FieldEvidence:
    """What one field other than the name says."""

    what: str
    bits: float
    reason: str
    fully: bool = True


_SILENT = FieldEvidence("", 0.0, "")


class Weighing:
    """Weighs one mention. Holds what was compared, since namesakes share names, companies and places."""

    def __init__(
        self,
        mention: Mention,
        told: PersonName | None,
        people: People,
        weights: Weights,
        at_home: Collection[str] = (),
    ) -> None:
        """`at_home` are the keys of those contacts at whose own site the mention's author writes."""
        self._mention = mention
        self._told = told
        self._people = people
        self._weights = weights
        self._at_home = at_home
        self._context = Context(mention.context, mention.name) if mention.context and told else None
        self._names: dict[str, NameEvidence] = {}
        self._fields: dict[tuple[str, str], FieldEvidence] = {}

    def bits(self, record: ContactRecord, key: Key | None) -> tuple[float, float]:
        """Return the bits of the name, and of everything else."""
        name = self._name(record) if self._told is not None else None
        other = self._key(key).bits if key is not None else 0.0
        agrees = name is not None and not name.contradicts
        for what, known in (("company", record.company), ("place", record.place), ("role", record.role)):
            if known:
                other += self._field(what, known).bits
        if agrees and record.key in self._at_home:
            other += self._weights.own_site
        return (name.bits if name is not None and agrees else 0.0), other

    def evidence(self, record: ContactRecord, key: Key | None) -> Evidence:
        """Return the evidence with its code and reasons."""
        found = Evidence()
        if key is not None:
            found.exact = True
            self._add(found, self._key(key))
        name = self._name(record) if self._told is not None else None
        if name is not None and name.contradicts:
            found.name_contradicts = True
            found.differs.append("N")
            found.reasons.append(f"the name {record.name} is another")
        elif name is not None:
            found.name_bits = name.bits
            found.agrees.extend(name.agrees)
            found.differs.extend(name.differs)
            found.reasons.extend(name.reasons)
        for what, known in (("company", record.company), ("place", record.place), ("role", record.role)):
            if known:
                self._add(found, self._field(what, known))
        if self._told is not None and not found.name_contradicts and record.key in self._at_home:
            found.add("domain", self._weights.own_site, f"site {self._mention.site} is theirs")
        return found

    @staticmethod
    def _add(found: Evidence, field: FieldEvidence) -> None:
        if field.what:
            found.add(field.what, field.bits, field.reason, fully=field.fully)

    def _name(self, record: ContactRecord) -> NameEvidence | None:
        if not record.aliases and record.name in self._names:
            return self._names[record.name]
        best: NameEvidence | None = None
        for form in self._people.forms(record):
            found = self._names.get(form.raw)
            if found is None:
                found = self._names[form.raw] = self._compare(form)
            if best is None or found.bits > best.bits:
                best = found
        return best

    def _compare(self, form: PersonName) -> NameEvidence:
        shares = {
            word: self._people.share(word, part) for word, part in zip(form.words, form.parts, strict=True)
        }
        assert self._told is not None  # noqa: S101  (narrowing; asked for only where a name is told)
        return name_evidence(self._told, form, shares, self._weights)

    def _key(self, key: Key) -> FieldEvidence:
        bare = key.type == "handle" and key.platform in ("", "?")
        on = "" if bare or not key.platform else f" on {key.platform}"
        bits = self._weights.bare_handle_agrees if bare else self._weights.key_agrees[key.type]
        return FieldEvidence(key.type, bits, f"{key.type} {key.value}{on} is theirs")

    def _field(self, what: str, known: str) -> FieldEvidence:
        found = self._fields.get((what, known))
        if found is None:
            found = self._fields[what, known] = self._weigh(what, known)
        return found

    def _weigh(self, what: str, known: str) -> FieldEvidence:
        """Weigh what is told; where nothing is, or only what is new, what stands near the name."""
        told = getattr(self._mention, what)
        weigh = {"company": self._company, "place": self._place, "role": self._role}[what]
        found = weigh(told, known) if told else _SILENT
        if found.bits > 0 or (told and what not in self._mention.fresh):
            return found
        near = {"company": self._company_near, "place": self._place_near, "role": self._role_near}[what]
        return near(known, self._context) if self._context is not None else _SILENT

    def _company_near(self, known: str, context: Context) -> FieldEvidence:
        score = context.company(known)
        return self._near(
            "company", known, self._company_bits(known, score), self._weights.company_near, score > 0
        )

    def _place_near(self, known: str, context: Context) -> FieldEvidence:
        found = context.place(known)
        return self._near("place", known, self._place_bits(known), self._weights.place_near, found)

    def _role_near(self, known: str, context: Context) -> FieldEvidence:
        return self._near(
            "role", known, self._weights.role_agrees, self._weights.role_near, context.role(known)
        )

    @staticmethod
    def _near(what: str, known: str, bits: float, less: float, found: bool) -> FieldEvidence:
        if not found:
            return _SILENT
        return FieldEvidence(what, max(bits + less, 0.1), f"{what} {known} stands near the name", fully=False)

    def _company(self, told: str, known: str) -> FieldEvidence:
        one, other = parse_company(told), parse_company(known)
        score = match_companies(one, other).score if _may_agree(one, other) else 0.0
        if score < PARTLY_SAME:
            return FieldEvidence("company", self._weights.company_differs, f"company {known} differs")
        bits = self._company_bits(known, score)
        return FieldEvidence("company", max(bits, 0.3), f"company {known} agrees", score >= SAME_COMPANY)

    def _company_bits(self, known: str, score: float) -> float:
        share = self._people.company_share(self._people.company_number(known), self._weights.company_general)
        bits = log2(self._weights.company_m / share)
        return bits if score >= SAME_COMPANY else bits + self._weights.company_partly

    def _place(self, told: str, known: str) -> FieldEvidence:
        if not same_place(told, known):
            return FieldEvidence("place", self._weights.place_differs, f"place {known} differs")
        return FieldEvidence("place", max(self._place_bits(known), 0.2), f"place {known} agrees")

    def _place_bits(self, known: str) -> float:
        share = self._people.place_share(known, self._weights.place_general)
        return log2(self._weights.place_m / share**self._weights.place_power)

    def _role(self, told: str, known: str) -> FieldEvidence:
        if same_role(told, known):
            return FieldEvidence("role", self._weights.role_agrees, f"role {known} agrees")
        return FieldEvidence("role", self._weights.role_differs, f"role {known} differs")


def _may_agree(a: CompanyName, b: CompanyName) -> bool:
    """Rule out at once what shares hardly a letter; what may be initials is always compared."""
    if min(len(a.core[0]), len(b.core[0])) <= _INITIALS or not set(a.core).isdisjoint(b.core):
        return True
    return fuzz.ratio(a.key, b.key, score_cutoff=_HARDLY_ALIKE) > 0
