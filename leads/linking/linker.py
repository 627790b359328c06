"""Decides which contact or company a mention is: linked, for review, or nobody known; and says why."""

from __future__ import annotations

from collections.abc import Iterable
from math import log2

from leads.linking.company_names import parse_company
from leads.linking.compare_companies import match_companies
from leads.linking.evidence import Evidence, NameEvidence, name_evidence, posterior
from leads.linking.keys import domain_key, email_key, handle_key, url_key
from leads.linking.organisations import Organisations
from leads.linking.people import MAX_CANDIDATES, People
from leads.linking.person_names import Part, PersonName, parse_person
from leads.linking.places import same_place
from leads.linking.records import (
    CompanyRecord,
    ContactRecord,
    Decision,
    Key,
    LinkCandidate,
    Linking,
    Mention,
)
from leads.linking.roles import same_role
from leads.linking.weights import DEFAULT_WEIGHTS, MAX_REVIEWED, Thresholds, Weights

PERSON, COMPANY = "person", "company"
# Candidates that a linking lists.
LISTED = 5
_NOBODY = Linking(Decision.NONE)
_EQUAL = 0.8


class Linker:
    """Links mentions to known people and organisations. Records can be added and removed at any time."""

    def __init__(
        self,
        contacts: Iterable[ContactRecord] = (),
        companies: Iterable[CompanyRecord] = (),
        *,
        thresholds: Thresholds | None = None,
        weights: Weights = DEFAULT_WEIGHTS,
    ) -> None:
        self.people = People()
        self.organisations = Organisations()
        self.thresholds = thresholds or Thresholds()
        self.weights = weights
        for contact in contacts:
            self.people.add(contact)
        for company in companies:
            self.organisations.add(company)

    def settle(self) -> None:
        """Finish the index now, so that the first mention need not wait for it."""
        self.people.settle()

    def add(self, record: ContactRecord | CompanyRecord) -> None:
        """Make a record known, in place of an earlier one of the same key."""
        self.remove(record.key)
        if isinstance(record, ContactRecord):
            self.people.add(record)
        else:
            self.organisations.add(record)

    def remove(self, key: str) -> None:
        """Forget a contact or company."""
        self.people.remove(key)
        self.organisations.remove(key)

    def link(self, mention: Mention) -> Linking:
        """Decide about one mention. Where it is not told which it is, both people and companies are tried."""
        keys = mention_keys(mention)
        candidates: list[tuple[LinkCandidate, bool]] = []
        if mention.schema != COMPANY:
            candidates += self._people(mention, keys)
        if mention.schema != PERSON:
            candidates += self._companies(mention, keys)
        candidates.sort(key=lambda found: (-found[0].probability, found[0].key))
        return self._decide(candidates)

    def _people(self, mention: Mention, keys: list[Key]) -> list[tuple[LinkCandidate, bool]]:
        exact = {row: key for key in reversed(keys) for row in self.people.by_key(key)}
        told = parse_person(mention.name) if mention.name and "@" not in mention.name else None
        company = self.people.company_number(mention.company)
        rows = list(exact)
        others = 0
        if told is not None and not exact:
            named = self.people.candidates(told, company)
            others = max(len(named) - MAX_CANDIDATES, 0)
            rows += named[:MAX_CANDIDATES]
        compared: dict[str, NameEvidence] = {}
        found = []
        for row in rows:
            record = self.people.columns[row]
            evidence = self._weigh(mention, told, record, exact.get(row), compared)
            if evidence.agrees:
                found.append((record, evidence))
        odds = posterior([e for _, e in found], self.weights.prior_bits, self.weights.namesake_odds, others)
        return [_candidate(r.key, p, e, PERSON) for (r, e), p in zip(found, odds, strict=True)]

    def _weigh(
        self,
        mention: Mention,
        told: PersonName | None,
        record: ContactRecord,
        key: Key | None,
        compared: dict[str, NameEvidence],
    ) -> Evidence:
        evidence = Evidence()
        if key is not None:
            evidence.add(key.type, self._key_bits(key), _key_reason(key))
            evidence.exact = True
        if told is not None:
            self._weigh_names(told, record, evidence, compared)
        self._weigh_company(mention.company, record.company, evidence)
        self._weigh_place(mention.place, record.place, evidence)
        if mention.role and record.role:
            same = same_role(mention.role, record.role)
            bits = self.weights.role_agrees if same else self.weights.role_differs
            evidence.add("role", bits, f"role {record.role} {'agrees' if same else 'differs'}")
        return evidence

    def _key_bits(self, key: Key) -> float:
        if key.type == "handle" and not key.platform:
            return self.weights.bare_handle_agrees
        return float(getattr(self.weights, f"{key.type}_agrees", self.weights.url_agrees))

    def _weigh_names(
        self, told: PersonName, record: ContactRecord, evidence: Evidence, compared: dict[str, NameEvidence]
    ) -> None:
        best: NameEvidence | None = None
        for form in self.people.forms(record):
            found = compared.get(form.raw)
            if found is None:
                shares = {
                    w: self.people.share(w, part) for w, part in zip(form.words, form.parts, strict=True)
                }
                found = compared[form.raw] = name_evidence(told, form, shares, self.weights)
            if best is None or found.bits > best.bits:
                best = found
        if best is None:
            return
        if best.contradicts:
            evidence.name_contradicts = True
            evidence.differs.append("N")
            evidence.reasons.append(f"the name {record.name} is another")
            return
        evidence.name_bits = best.bits
        evidence.agrees.extend(best.agrees)
        evidence.differs.extend(best.differs)
        evidence.reasons.extend(best.reasons)

    def _weigh_company(self, told: str, known: str, evidence: Evidence) -> None:
        if not told or not known:
            return
        score = match_companies(parse_company(told), parse_company(known)).score
        if score < 0.5:
            evidence.add("company", self.weights.company_differs, f"company {known} differs")
            return
        share = self.people.company_share(self.people.company_number(known), self.weights.company_general)
        bits = log2(self.weights.company_m / share)
        if score < 0.85:
            bits += self.weights.company_partly
        evidence.add("company", max(bits, 0.3), f"company {known} agrees", fully=score >= 0.85)

    def _weigh_place(self, told: str, known: str, evidence: Evidence) -> None:
        if not told or not known:
            return
        if not same_place(told, known):
            evidence.add("place", self.weights.place_differs, f"place {known} differs")
            return
        share = self.people.place_share(known, self.weights.place_general)
        bits = log2(self.weights.place_m / share**self.weights.place_power)
        evidence.add("place", max(bits, 0.2), f"place {known} agrees")

    def _companies(self, mention: Mention, keys: list[Key]) -> list[tuple[LinkCandidate, bool]]:
        found = self.organisations.weigh(mention, keys, self.weights)
        odds = posterior([e for _, e in found], self.weights.company_prior_bits, 0.05)
        return [_candidate(r.key, p, e, COMPANY) for (r, e), p in zip(found, odds, strict=True)]

    def _decide(self, candidates: list[tuple[LinkCandidate, bool]]) -> Linking:
        if not candidates:
            return _NOBODY
        listed = tuple(candidate for candidate, _ in candidates[:LISTED])
        best, contradicted = candidates[0]
        if best.probability >= self.thresholds.link and not contradicted:
            rival = candidates[1][0].probability if len(candidates) > 1 else 0.0
            return Linking(Decision.LINK if rival < self.thresholds.review else Decision.REVIEW, listed)
        equal = [found for found, _ in candidates if found.probability >= best.probability * _EQUAL]
        together = sum(found.probability for found in equal)
        if together >= self.thresholds.review and len(equal) <= MAX_REVIEWED:
            return Linking(Decision.REVIEW, listed)
        return Linking(Decision.NONE, listed)


def mention_keys(mention: Mention) -> list[Key]:
    """Return the exact keys of a mention, strongest first."""
    found = [
        email_key(mention.email) if mention.email else None,
        handle_key(mention.handle, mention.platform) if mention.handle else None,
        url_key(mention.url) if mention.url else None,
    ]
    if mention.schema != PERSON and mention.url:
        found.append(domain_key(mention.url))
    return [key for key in found if key is not None]


def _key_reason(key: Key) -> str:
    on = f" on {key.platform}" if key.platform else ""
    return f"{key.type} {key.value}{on} is theirs"


def _candidate(key: str, probability: float, evidence: Evidence, schema: str) -> tuple[LinkCandidate, bool]:
    contradicted = evidence.exact and evidence.name_contradicts
    return LinkCandidate(
        key, round(probability, 4), evidence.code[:32], tuple(evidence.reasons), schema
    ), contradicted


__all__ = ["COMPANY", "PERSON", "Linker", "Part", "Thresholds", "mention_keys"]
