"""Weighs one mention against many known people: each name, company, place and role is compared once."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from math import log2
from typing import NamedTuple

from rapidfuzz import fuzz

from leads.linking.company_names import CompanyName, parse_company
from leads.linking.compare_companies import match_companies
from leads.linking.context import Context
from leads.linking.evidence import Evidence, NameEvidence, name_evidence
from leads.linking.fold import fold, is_cyrillic
from leads.linking.people import People
from leads.linking.person_names import PersonName, parse_person
from leads.linking.places import same_place
from leads.linking.records import Key, Mention
from leads.linking.roles import same_role
from leads.linking.ties import AuthorTies, said_of_mails
from leads.linking.weights import Weights

# Names of companies that agree to this degree are one; less, to the second, partly.
SAME_COMPANY, PARTLY_SAME = 0.85, 0.5
# Words whose sounds agree to less than this, of 100, are further apart than the slips that are forgiven.
_HARDLY_ALIKE = 70
_INITIALS = 5
# Languages that names are written in Cyrillic letters in.
CYRILLIC = frozenset(("ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn"))
# Fields other than the name, with the columns that hold them.
_FIELDS = (("company", "companies"), ("place", "places"), ("role", "roles"))


class FieldEvidence(NamedTuple):
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
        at_home: Collection[int] = (),
    ) -> None:
        """`at_home` are the rows of those contacts at whose own site the mention's author writes."""
        self._mention = mention
        self._told = told
        self._people = people
        self._weights = weights
        self._at_home = at_home
        self._context = Context(mention.context, mention.name) if mention.context and told else None
        self._asked = tuple(
            (what, at) for what, at in _FIELDS if self._context is not None or getattr(mention, what)
        )
        # Nothing but the name is told.
        self._bare = not (self._asked or at_home or mention.lang or mention.author)
        self._by_number: dict[int, NameEvidence] = {}
        self._names: dict[str, NameEvidence] = {}
        self._fields: dict[tuple[str, int], FieldEvidence] = {}

    def bits(self, row: int, name: int | None, key: Key | None) -> tuple[float, float]:
        """Return the bits of the name, and of everything else.

        `name` is the number of the name that the row was found by, None where it was found by an exact key.
        """
        if name is not None and self._bare:
            found = self._name(row, name)
            if found is None or found.contradicts:
                return 0.0, 0.0
            return found.bits, self._tie(row).bits if self._people.columns.ties[row] else 0.0
        found = self._name(row, name) if self._told is not None else None
        other = self._key(key).bits if key is not None else 0.0
        agrees = found is not None and not found.contradicts
        if self._asked:
            columns = self._people.columns
            for what, at in self._asked:
                number = getattr(columns, at)[row]
                if number:
                    other += self._field(what, number).bits
        if agrees:
            other += self._language(row)
            if self._mention.author or self._people.columns.ties[row]:
                other += self._tie(row).bits
            if row in self._at_home:
                other += self._weights.own_site
        return (found.bits if found is not None and agrees else 0.0), other

    def evidence(self, row: int, name: int | None, key: Key | None) -> Evidence:
        """Return the evidence with its code and reasons."""
        found = Evidence()
        if key is not None:
            found.exact = True
            self._add(found, self._key(key))
        agreed = self._name(row, name) if self._told is not None else None
        if agreed is not None and agreed.contradicts:
            found.name_contradicts = True
            found.differs.append("N")
            found.reasons.append(f"the name {self._people.names_of(row)[0]} is another")
        elif agreed is not None:
            found.name_bits = agreed.bits
            found.agrees.extend(agreed.agrees)
            found.differs.extend(agreed.differs)
            found.reasons.extend(agreed.reasons)
        for what, at in self._asked:
            number = getattr(self._people.columns, at)[row]
            if number:
                self._add(found, self._field(what, number))
        if agreed is not None and not agreed.contradicts and self._language(row) > 0:
            found.other_bits += self._language(row)
            found.reasons.append(f"language {self._mention.lang} is the contact's")
        if agreed is not None and not agreed.contradicts:
            self._add(found, self._tie(row))
        if self._told is not None and not found.name_contradicts and row in self._at_home:
            found.add("domain", self._weights.own_site, f"site {self._mention.site} is theirs")
        return found

    def _tie(self, row: int) -> FieldEvidence:
        """Weigh what ties a contact to the users and to the author; it says something only where the name agrees."""
        mails, relations = self._people.columns.tied(row)
        if not (mails or relations or self._mention.author):
            return _SILENT
        weights, reasons = self._weights, []
        bits = 0.0
        if mails:
            bits = min(weights.mail_tie * log2(1 + mails), weights.mail_tie_most)
            reasons.append(said_of_mails(mails))
        related = bool(self._mention.author) and self._related.to(row, relations)
        if related:
            bits += weights.author_tie
            reasons.append(f"{self._mention.author}, who speaks of them, is related to them")
        if not reasons:
            return _SILENT
        return FieldEvidence("tie", min(bits, weights.ties_most), "; ".join(reasons), fully=related)

    @cached_property
    def _related(self) -> AuthorTies:
        return AuthorTies(self._mention.author, self._people)

    def _language(self, row: int) -> float:
        """Return the bits of the mention's language, as far as the alphabet of the contact's name tells theirs."""
        if not self._mention.lang:
            return 0.0
        name = self._people.columns.texts.text(self._people.columns.names[row])
        same = is_cyrillic(name) == (self._mention.lang in CYRILLIC)
        return self._weights.language_agrees if same else self._weights.language_differs

    @staticmethod
    def _add(found: Evidence, field: FieldEvidence) -> None:
        if field.what:
            found.add(field.what, field.bits, field.reason, fully=field.fully)

    def _name(self, row: int, number: int | None) -> NameEvidence | None:
        """Compare the name that a row was found by, else the best of its names."""
        if number is not None:
            found = self._by_number.get(number)
            if found is None:
                found = self._by_number[number] = self._compared(self._people.columns.texts.text(number))
            return found
        told = [self._compared(name) for name in self._people.names_of(row)]
        return max(told, key=lambda one: one.bits, default=None)

    def _compared(self, name: str) -> NameEvidence:
        found = self._names.get(name)
        if found is None:
            found = self._names[name] = self._compare(parse_person(name))
        return found

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

    def _field(self, what: str, number: int) -> FieldEvidence:
        found = self._fields.get((what, number))
        if found is None:
            known = self._people.columns.texts.text(number)
            found = self._fields[what, number] = self._weigh(what, known)
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
        if fold(told) == fold(known):
            bits += self._weights.company_spelling
        return FieldEvidence("company", max(bits, 0.3), f"company {known} agrees", score >= SAME_COMPANY)

    def _company_bits(self, known: str, score: float) -> float:
        share = self._people.company_share(self._people.employer_number(known), self._weights.company_general)
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
    """Rule out at once names no two words of which are alike; what may be initials is always compared."""
    if min(len(a.core[0]), len(b.core[0])) <= _INITIALS:
        return True
    ours, theirs = a.key.split(), b.key.split()
    return any(fuzz.ratio(one, other, score_cutoff=_HARDLY_ALIKE) > 0 for one in ours for other in theirs)
