"""Weighs one mention against many known people: each name, company, place and role is compared once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from math import log2
from typing import NamedTuple

from leads.linking.company_names import CompanyName, parse_company
from leads.linking.compare_companies import match_companies
from leads.linking.context import Context
from leads.linking.evidence import Evidence, NameEvidence, name_evidence
from leads.linking.fold import fold, is_cyrillic
from leads.linking.keys import ELSEWHERE
from leads.linking.people import People
from leads.linking.person_names import PersonName, parse_person
from leads.linking.places import COUNTRY, METROPOLIS, largeness, same_place
from leads.linking.records import Key, Mention
from leads.linking.roles import same_role
from leads.linking.ties import AuthorTies, said_of_mails
from leads.linking.weights import Weights

# Names of companies that agree to this degree are one; less, to the second, partly.
SAME_COMPANY, PARTLY_SAME = 0.85, 0.5
# Languages that names are written in Cyrillic letters in.
CYRILLIC = frozenset(("ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn"))
# Fields other than the name, with the columns that hold them.
_FIELDS = (("company", "companies"), ("place", "places"), ("role", "roles"))


class FieldEvidence(NamedTuple):
    """What one field other than the name says. Of a contact's own field `said` goes after what is known: "agrees"."""

    what: str
    bits: float
    said: str
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
        self._by_number: dict[int, NameEvidence] = {}
        self._names: dict[str, NameEvidence] = {}
        self._fields: dict[str, dict[int, FieldEvidence]] = {what: {} for what, _ in self._asked}
        columns = people.columns
        # Of each field asked: its column, and what was found of its texts.
        self._columns = tuple((what, getattr(columns, at), self._fields[what]) for what, at in self._asked)
        # Whatever depends on the row, beside its fields, is asked only where it may say something.
        self._by_author = bool(mention.author or mention.author_handle)
        self._personal = bool(at_home or mention.lang or self._by_author)

    def bits(
        self, rows: Sequence[int], names: Sequence[int | None], keys: Mapping[int, Key]
    ) -> list[tuple[float, float]]:
        """Return for each row the bits of the name, and of everything else.

        `names` are the numbers of the names that the rows were found by, None where a row was found by an exact key.
        """
        ties, compared, found = self._people.columns.ties, self._by_number, []
        for row, name in zip(rows, names, strict=True):
            named = (compared.get(name) if name is not None else None) or self._name(row, name)
            other = self._key(keys[row]).bits if row in keys else 0.0
            for what, numbers, known in self._columns:
                number = numbers[row]
                if number:
                    field = known.get(number) or self._field(what, number, row)
                    other += field.bits
            if named is None or named.contradicts:
                if row in keys and keys[row].platform == ELSEWHERE:
                    other += self._tie(row).bits
                found.append((0.0, other))
                continue
            if self._personal or ties[row]:
                other += self._language(row) + self._tie(row).bits
                if row in self._at_home:
                    other += self._weights.own_site
            found.append((named.bits, other))
        return found

    def evidence(self, row: int, name: int | None, key: Key | None) -> Evidence:
        """Return the evidence with its code and reasons."""
        found = Evidence()
        if key is not None:
            found.exact = True
            self._add(found, self._key(key))
        agreed = self._name(row, name)
        if agreed is not None and agreed.contradicts:
            found.name_contradicts = True
            found.differs.append("N")
            found.reasons.append(f"the name {self._people.names_of(row)[0]} is another")
        elif agreed is not None:
            found.name_bits = agreed.bits
            found.agrees.extend(agreed.agrees)
            found.differs.extend(agreed.differs)
            found.reasons.extend(agreed.reasons())
        for what, numbers, _ in self._columns:
            number = numbers[row]
            field = self._field(what, number, row) if number else _SILENT
            if field.what:
                known = self._people.columns.texts.text(number)
                found.add(what, field.bits, f"{what} {known} {field.said}", fully=field.fully)
        if agreed is None and key is not None and key.platform == ELSEWHERE:
            self._add(found, self._tie(row))
        if agreed is not None and not agreed.contradicts:
            if self._language(row) > 0:
                found.other_bits += self._language(row)
                found.reasons.append(f"language {self._mention.lang} is the contact's")
            self._add(found, self._tie(row))
        if self._told is not None and not found.name_contradicts and row in self._at_home:
            found.add("domain", self._weights.own_site, f"site {self._mention.site} is theirs")
        return found

    def _tie(self, row: int) -> FieldEvidence:
        """Weigh what ties a contact to the users and to the author; it says something only where the name agrees."""
        mails, relations, owned = self._people.columns.tied(row)
        if not (mails or relations or owned or self._by_author):
            return _SILENT
        weights, reasons = self._weights, []
        bits = 0.0
        if mails:
            bits = min(weights.mail_tie * log2(1 + mails), weights.mail_tie_most)
            reasons.append(said_of_mails(mails))
        if owned:
            bits += weights.owner_tie
            reasons.append("you look after them")
        related = self._by_author and self._related.to(row, relations)
        if related:
            bits += weights.author_tie
            reasons.append(f"{self._related.name}, who speaks of them, is related to them")
        if not reasons:
            return _SILENT
        return FieldEvidence("tie", min(bits, weights.ties_most), "; ".join(reasons), fully=related)

    @cached_property
    def _related(self) -> AuthorTies:
        return AuthorTies(self._mention, self._people)

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
            found.add(field.what, field.bits, field.said, fully=field.fully)

    def _name(self, row: int, number: int | None) -> NameEvidence | None:
        """Compare the name that a row was found by, else the best of its names; None where no name is told."""
        if self._told is None:
            return None
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
        if key.platform == ELSEWHERE:
            said = f"handle {key.value} is theirs on another platform"
            return FieldEvidence(key.type, self._weights.handle_elsewhere, said, fully=False)
        bare = key.type == "handle" and key.platform in ("", "?")
        on = "" if bare or not key.platform else f" on {key.platform}"
        bits = self._weights.bare_handle_agrees if bare else self._weights.key_agrees[key.type]
        return FieldEvidence(key.type, bits, f"{key.type} {key.value}{on} is theirs")

    def _field(self, what: str, number: int, row: int) -> FieldEvidence:
        """Weigh the field of a row; `number` is that of its text."""
        fields = self._fields[what]
        found = fields.get(number)
        if found is None:
            found = fields[number] = self._weigh(what, number, row)
        return found

    def _weigh(self, what: str, number: int, row: int) -> FieldEvidence:
        """Weigh what is told; where nothing is, or only what is new, what stands near the name."""
        told = getattr(self._mention, what)
        found = _SILENT
        if told:
            weigh = {"company": self._company, "place": self._place, "role": self._role}[what]
            found = weigh(told, number, row)
            if found.bits > 0 or what not in self._mention.fresh:
                return found
        if self._context is None:
            return _SILENT
        near = {"company": self._company_near, "place": self._place_near, "role": self._role_near}[what]
        return near(self._people.columns.texts.text(number), self._context)

    def _company_near(self, known: str, context: Context) -> FieldEvidence:
        score = context.company(known)
        if not score:
            return _SILENT
        share = self._people.company_share(self._people.employer_number(known), self._weights.company_general)
        return self._near("company", self._company_bits(share, score), self._weights.company_near, found=True)

    def _place_near(self, known: str, context: Context) -> FieldEvidence:
        found = context.place(known)
        return self._near("place", self._place_bits(known), self._weights.place_near, found)

    def _role_near(self, known: str, context: Context) -> FieldEvidence:
        return self._near("role", self._weights.role_agrees, self._weights.role_near, context.role(known))

    @staticmethod
    def _near(what: str, bits: float, less: float, found: bool) -> FieldEvidence:
        if not found:
            return _SILENT
        return FieldEvidence(what, max(bits + less, 0.1), "stands near the name", fully=False)

    @cached_property
    def _told_company(self) -> CompanyName:
        return parse_company(self._mention.company)

    @cached_property
    def _other_company(self) -> FieldEvidence:
        return FieldEvidence("company", self._weights.company_differs, "differs")

    def _company(self, told: str, number: int, row: int) -> FieldEvidence:
        one = self._told_company
        if not self._people.may_work_at(row, one):
            return self._other_company
        known = self._people.columns.texts.text(number)
        score = match_companies(one, parse_company(known)).score
        if score < PARTLY_SAME:
            return self._other_company
        share = self._people.employer_share(row, self._weights.company_general)
        bits = self._company_bits(share, score)
        if fold(told) == fold(known):
            bits += self._weights.company_spelling
        return FieldEvidence("company", max(bits, 0.3), "agrees", score >= SAME_COMPANY)

    def _company_bits(self, share: float, score: float) -> float:
        bits = log2(self._weights.company_m / share)
        return bits if score >= SAME_COMPANY else bits + self._weights.company_partly

    def _place(self, told: str, number: int, _: int) -> FieldEvidence:
        known = self._people.columns.texts.text(number)
        if not same_place(told, known):
            return FieldEvidence("place", self._weights.place_differs, "differs")
        return FieldEvidence("place", max(self._place_bits(known), 0.2), "agrees")

    def _place_bits(self, known: str) -> float:
        weights = self._weights
        general = {COUNTRY: weights.place_country, METROPOLIS: weights.place_metropolis}
        share = self._people.place_share(known, general.get(largeness(known), weights.place_general))
        return log2(self._weights.place_m / share**self._weights.place_power)

    def _role(self, told: str, number: int, _: int) -> FieldEvidence:
        if same_role(told, self._people.columns.texts.text(number)):
            return FieldEvidence("role", self._weights.role_agrees, "agrees")
        return FieldEvidence("role", self._weights.role_differs, "differs")
