"""Whether two names, told without anything else, are one person or organisation: score, verdict, code."""

from __future__ import annotations

from dataclasses import dataclass

from leads.linking.agreement import Level
from leads.linking.company_names import company_words, parse_company
from leads.linking.compare import pair_words, person_score
from leads.linking.compare_companies import match_companies
from leads.linking.evidence import LETTERS
from leads.linking.person_names import Part, parse_person

# The default operating point: at or above it two names match. Set where precision is above 0.95 on public
# name-matching cases (opensanctions' name_bench, development part), at the cost of recall; a given name alone and
# initials alone are below it, since they fit many.
MATCH_AT = 0.82
PERSON_SCHEMAS = frozenset(("person",))
COMPANY_SCHEMAS = frozenset(("company", "organization", "organisation", "legalentity"))
# In the order in which a code names them.
_PARTS = (Part.GIVEN, Part.PATRONYMIC, Part.FAMILY)


@dataclass(frozen=True, slots=True)
class NameMatch:
    """How alike two names are (0 to 1), whether that is enough, and which parts agree."""

    score: float
    match: bool
    code: str


def match_names(name1: str, name2: str, schema: str = "Person") -> NameMatch:
    """Compare two names.

    Raises:
        ValueError: the schema is neither that of a person nor of an organisation.
    """
    kind = schema.casefold()
    if kind in PERSON_SCHEMAS:
        score, code = _persons(name1, name2)
    elif kind in COMPANY_SCHEMAS:
        score, code = _companies(name1, name2)
    else:
        raise ValueError(f"`schema` must be Person, Company or Organization, not {schema[:40]!r}")
    return NameMatch(round(score, 4), score >= MATCH_AT, code)


def _persons(name1: str, name2: str) -> tuple[float, str]:
    a, b = parse_person(name1), parse_person(name2)
    levels: dict[Part, Level] = {}
    pairing = pair_words(a.words, b.words)
    for _, j, level in pairing.pairs:
        levels[b.parts[j]] = max(level, levels.get(b.parts[j], Level.NONE))
    agrees = (_letter(part, levels[part]) for part in _PARTS if part in levels)
    differs = {LETTERS[b.parts[j]] for j in pairing.right if b.parts[j] in LETTERS} if pairing.left else set()
    code = "".join(agrees) + ("!" + "".join(sorted(differs)) if differs else "")
    return person_score(a, b), code


def _letter(part: Part, level: Level) -> str:
    return LETTERS[part] if level >= Level.SOUND else LETTERS[part].lower()


def _companies(name1: str, name2: str) -> tuple[float, str]:
    if not company_words(name1) or not company_words(name2):
        return 0.0, ""
    found = match_companies(parse_company(name1), parse_company(name2))
    letter = LETTERS["name"] if found.how == "exact" else LETTERS["name"].lower() if found.how else ""
    return found.score, letter
