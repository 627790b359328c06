"""Decides which contact or company a mention is: linked, for review, or nobody known; and says why."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from leads.linking.compare import compare_persons, only_given
from leads.linking.compare_companies import compare_companies
from leads.linking.context import Context
from leads.linking.evidence import Evidence, posterior
from leads.linking.keys import ELSEWHERE, domain_key, email_key, handle_key, unplaced, url_key
from leads.linking.organisations import Organisations
from leads.linking.people import MAX_CANDIDATES, Candidates, People
from leads.linking.person_names import parse_person
from leads.linking.places import same_place
from leads.linking.records import CompanyRecord, ContactRecord, Decision, Key, LinkCandidate, Linking, Mention
from leads.linking.roles import same_role
from leads.linking.vocabulary import common_names
from leads.linking.weighing import Weighing
from leads.linking.weights import DEFAULT_WEIGHTS, MAX_REVIEWED, Thresholds, Weights

PERSON, COMPANY = "person", "company"
# Candidates that a linking lists.
LISTED = 5
# More namesakes than this are not sorted by what stands near the name.
MAX_SORTED = 300
_NOBODY = Linking(Decision.NONE)
# Candidates this near to the best fit equally: nothing tells them apart that would count.
_EQUAL = 0.8


class _Fit(NamedTuple):
    """One record with its probability; `candidate` only for those that are listed."""

    probability: float
    candidate: LinkCandidate | None
    # However probable, this is for a person to decide.
    doubtful: bool = False


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
        known: set[str] = set()
        for contact in contacts:
            if contact.key in known:
                self.people.remove(contact.key)
            known.add(contact.key)
            self.people.add(contact)
        for company in companies:
            self.organisations.add(company)

    @classmethod
    def over(
        cls,
        people: People,
        organisations: Organisations,
        *,
        thresholds: Thresholds | None = None,
        weights: Weights = DEFAULT_WEIGHTS,
    ) -> Linker:
        """Return a linker over an index that is there already."""
        found = cls(thresholds=thresholds, weights=weights)
        found.people, found.organisations = people, organisations
        return found

    def knows_key(self, key: Key) -> bool:
        """Tell whether an exact key is anybody's, or was."""
        return bool(self.people.by_key(key)) or self.organisations.has_key(key)

    def contact(self, key: str) -> ContactRecord | None:
        """Return a known contact, without its exact keys."""
        rows = self.people.rows_of(key)
        return self.people.columns[rows[0]] if rows else None

    def company(self, key: str) -> CompanyRecord | None:
        """Return a known company, without its exact keys."""
        rows = self.organisations.rows_of(key)
        return self.organisations[rows[0]] if rows else None

    def settle(self) -> None:
        """Finish the index and load the tables now, so that the first mention need not wait for them."""
        load_tables()
        self.people.settle()
        self.organisations.settle()

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

    def link(self, mention: Mention, *, without: str = "", least: float = 0.0) -> Linking:
        """Decide about one mention. Where it is not told which it is, both people and companies are tried.

        `without` is the key of a contact that is to be passed over, as if nobody knew them. People are not told of where
        none is at least as probable as `least`.
        """
        keys = mention_keys(mention)
        fits: list[_Fit] = []
        if mention.schema != COMPANY:
            fits += self._people(mention, keys, self.people.rows_of(without) if without else (), least)
        if mention.schema != PERSON:
            fits += self._companies(mention, keys)
        return self._decide(fits)

    def _people(self, mention: Mention, keys: list[Key], without: Sequence[int], least: float) -> list[_Fit]:
        exact = {row: key for key in reversed(keys) for row in self.people.by_key(key)}
        told = parse_person(mention.name) if mention.name and "@" not in mention.name else None
        if not exact and told is None:
            exact = self._elsewhere(keys)
        for row in without:
            exact.pop(row, None)
        names: list[int | None] = [None] * len(exact)
        rows, others = list(exact), 0
        if told is not None and not exact:
            found = self.people.candidates(told, self.people.employer_number(mention.company), mention.place)
            if without:
                found = found.but(without)
            others = max(len(found.rows) - MAX_CANDIDATES, 0)
            if mention.context and others in range(1, MAX_SORTED):
                found = self._near_first(found, mention)
            rows, names = found.rows[:MAX_CANDIDATES], [*found.names[:MAX_CANDIDATES]]
        if not rows:
            return []
        at_home = self._at_home(mention)
        # "Anna at Bakery": somebody else there may be called so.
        alone = told is not None and only_given(told) and not exact and not at_home
        weighing = Weighing(mention, told, self.people, self.weights, at_home)
        bits = weighing.bits(rows, names, exact)
        odds = posterior(bits, self.weights.prior_bits, self.weights.namesake_odds, others)
        if max(odds) < least:
            return []
        fits, listed = [], self._listed(rows, odds)
        for at, key in listed:
            evidence = weighing.evidence(rows[at], names[at], exact.get(rows[at]))
            if evidence.agrees:
                fits.append(_fit(key, odds[at], evidence, PERSON, doubtful=alone))
        if len(listed) < len(odds):
            shown = {at for at, _ in listed}
            fits += [_Fit(p, None) for at, p in enumerate(odds) if at not in shown]
        return fits

    def _elsewhere(self, keys: list[Key]) -> dict[int, Key]:
        """Return those who are tied to the users and have one of the handles on another platform.

        The same handle elsewhere is as a rule another's: only ties make it worth a look, and never more than that.
        """
        people = self.people
        handles = {key.value for key in keys if key.type == "handle" and key.platform not in ("", "?")}
        return {
            row: Key("handle", handle, ELSEWHERE)
            for handle in handles
            for row in people.by_key(Key("handle", handle))
            if people.columns.ties[row]
        }

    def _listed(self, rows: list[int], odds: list[float]) -> list[tuple[int, str]]:
        """Return the places of the likeliest with their keys, by which equals are ordered."""
        if len(odds) == 1:
            return [(0, self.people.columns.key(rows[0]))]
        least = sorted(odds, reverse=True)[:LISTED][-1]
        key = self.people.columns.key
        ranks = sorted((-p, key(rows[at]), at) for at, p in enumerate(odds) if p >= least)
        return [(at, found) for _, found, at in ranks[:LISTED]]

    def _at_home(self, mention: Mention) -> frozenset[int]:
        """The rows of the contacts whose own site the mention's author writes at."""
        key = domain_key(mention.site) if mention.site else None
        return frozenset(self.people.by_key(key)) if key else frozenset()

    def _near_first(self, found: Candidates, mention: Mention) -> Candidates:
        """Put those of very many namesakes first whose company stands near the name."""
        context = Context(mention.context, mention.name)
        columns = self.people.columns
        known: dict[int, bool] = {0: True}

        def apart(at: int) -> bool:
            company = columns.companies[found.rows[at]]
            if company not in known:
                known[company] = not context.company(columns.texts.text(company))
            return known[company]

        order = sorted(range(len(found.rows)), key=apart)
        return Candidates([found.rows[at] for at in order], [found.names[at] for at in order])

    def _companies(self, mention: Mention, keys: list[Key]) -> list[_Fit]:
        found = self.organisations.weigh(mention, keys, self.weights)
        bits = [(evidence.name_bits, evidence.other_bits) for _, evidence in found]
        odds = posterior(bits, self.weights.company_prior_bits, self.weights.company_namesake_odds)
        return [
            _fit(record.key, p, evidence, COMPANY) for (record, evidence), p in zip(found, odds, strict=True)
        ]

    def _decide(self, fits: list[_Fit]) -> Linking:
        listed = [fit for fit in fits if fit.candidate is not None]
        if not listed:
            return _NOBODY
        listed.sort(key=lambda fit: (-fit.probability, fit.candidate.key if fit.candidate else ""))
        candidates = tuple(fit.candidate for fit in listed[:LISTED] if fit.candidate is not None)
        best = listed[0]
        if best.probability >= self.thresholds.link and not best.doubtful:
            rival = listed[1].probability if len(listed) > 1 else 0.0
            return Linking(Decision.LINK if rival < self.thresholds.review else Decision.REVIEW, candidates)
        equal = [fit.probability for fit in fits if fit.probability >= best.probability * _EQUAL]
        if sum(equal) >= self.thresholds.review and len(equal) <= MAX_REVIEWED:
            return Linking(Decision.REVIEW, candidates)
        return Linking(Decision.NONE, candidates)


def load_tables() -> None:
    """Load the tables that names, companies, places and roles are compared by: a fifth of a second."""
    compare_persons("Anna Sokolova", "Анне Соколовой")
    compare_companies("Alpha Works", "ООО Бета")
    common_names()
    same_place("Riga", "Москва")
    same_role("director", "директор")


def spare_collector() -> None:
    """Tell the collector of garbage that what is there now stays, and to look more seldom.

    For processes that link very many mentions: the index is large, what is remembered of names grows, and neither has
    cycles that would have to be looked for.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def mention_keys(mention: Mention) -> list[Key]:
    """Return the exact keys of a mention, strongest first."""
    if not (mention.email or mention.handle or mention.url):
        return []
    found = [
        email_key(mention.email) if mention.email else None,
        handle_key(mention.handle, mention.platform) if mention.handle else None,
        url_key(mention.url) if mention.url else None,
    ]
    if found[1] is not None and found[1].platform:
        found.append(unplaced(found[1]))
    if mention.schema != PERSON and mention.url:
        found.append(domain_key(mention.url))
    return [key for key in found if key is not None]


def _fit(key: str, probability: float, evidence: Evidence, schema: str, *, doubtful: bool = False) -> _Fit:
    rounded = round(probability, 4)
    candidate = LinkCandidate(key, rounded, evidence.code[:32], tuple(evidence.reasons), schema)
    return _Fit(probability, candidate, doubtful or (evidence.exact and evidence.name_contradicts))
