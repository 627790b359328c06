"""Every number of the decision whether a mention is a contact, in one place, with where it comes from.

The model is that of Fellegi and Sunter ("A Theory for Record Linkage", JASA 1969): each field that agrees or
differs adds log2(m / u) bits, where m is how often that happens for one and the same person and u how often for
two different ones. For names that agree, u is how common the name is, so rare names tell more.

`fit_weights` replaces the m below by what confirmed and rejected links show.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log2

from leads.linking.agreement import Level


@dataclass(frozen=True, slots=True)
class Weights:
    """The numbers. `m`: how often, for the same person; `u`: for two different ones; bits: their log2 ratio."""

    # Sources are chosen for speaking of people near the user: one in 2**10 of those who could be meant is this
    # contact. An assumption, between "one of my hundred customers" and "anybody in a town".
    prior_bits: float = 10.0
    # However rare a name is, somebody else may bear it: a name alone is never surer than 1 / (1 + this).
    # Chosen so that a name alone goes to review and one more agreeing field decides.
    namesake_odds: float = 0.5
    # Levels of agreement of the given name and of the family name. The m are the shares of ways in which people's
    # names are written differently, as in the error models of the record linkage literature, rounded: most
    # mentions are exact or transliterated, some declined, few misspelt. u: times the share of people so named,
    # but at least `level_floor`, since near spellings together are commoner than one of them.
    level_m: dict[Level, float] = field(
        default_factory=lambda: {
            Level.EXACT: 0.70,
            Level.SOUND: 0.60,
            Level.FORM: 0.50,
            Level.NICKNAME: 0.15,
            Level.SLIP: 0.04,
            Level.TWO_SLIPS: 0.01,
            Level.INITIAL: 0.06,
            Level.NONE: 0.01,
        }
    )
    level_floor: dict[Level, float] = field(
        default_factory=lambda: {
            Level.EXACT: 1e-7,
            Level.SOUND: 1e-7,
            Level.FORM: 3e-7,
            Level.NICKNAME: 1e-5,
            Level.SLIP: 2e-4,
            Level.TWO_SLIPS: 2e-3,
            Level.INITIAL: 0.06,
            Level.NONE: 1.0,
        }
    )
    # A family name that differs, given name and more agreeing: about one person in thirty changes it.
    family_changed_m: float = 0.03
    # Patronymics: fathers' names are as common as men's given names, 1 to 4 % each.
    patronymic_agrees: float = log2(0.9 / 0.02)
    patronymic_initial: float = 2.0
    patronymic_differs: float = log2(0.01 / 0.95)
    # Companies: people change jobs, and are mentioned as what they were; agreement by share of contacts there.
    company_m: float = 0.7
    company_general: float = 5e-4
    company_partly: float = -1.5
    company_differs: float = -2.0
    # The very spelling, legal form and all: Foo Ltd and Foo GmbH may be sisters. As the language, it only tips what is
    # equal.
    company_spelling: float = 0.2
    # Places: coarse, and sources are local, so that agreement says less than the share of people there.
    place_m: float = 0.7
    place_power: float = 0.7
    place_general: float = 0.01
    # What is believed of metropolises and whole countries before contacts are counted (data/large_places.tsv): Moscow has a
    # tenth of Russia's people, London a seventh of Britain's; a country is as a rule that of the source itself. A name and
    # one of these stay below the threshold of linking.
    place_metropolis: float = 0.12
    place_country: float = 0.6
    place_differs: float = -1.5
    # Roles: many words for one job.
    role_agrees: float = 1.5
    role_differs: float = -0.3
    # Language: who writes a name in one alphabet is likelier to speak of somebody kept in it. It only tips what is
    # equal, and leaves it near enough to be shown together.
    language_agrees: float = 0.15
    language_differs: float = -0.15
    # Ties: who the users write to is likelier to be spoken of than a namesake, by so many bits with each doubling of
    # the messages; so is who is related to the author, as a spouse, a colleague, by an introduction. Assumptions, not
    # yet measured. Together never more than `ties_most`: 2 bits are odds of 4 to `namesake_odds`, 0.89, below the
    # threshold of linking, so that ties rank and tip, and never link a name by themselves.
    mail_tie: float = 0.3
    mail_tie_most: float = 1.5
    author_tie: float = 1.8
    # Whom the user looks after, where others look after most contacts.
    owner_tie: float = 0.5
    ties_most: float = 2.0
    # What stands near the name though nobody has said that it is that person's: a little less than what is told.
    company_near: float = -1.0
    place_near: float = -1.0
    role_near: float = -0.5
    # Exact keys: an address or handle is one person's, but for shared mailboxes and handles given up.
    key_agrees: dict[str, float] = field(
        default_factory=lambda: {"email": 30.0, "handle": 28.0, "url": 28.0, "phone": 26.0, "domain": 30.0}
    )
    # A handle whose platform is not told: the same handle elsewhere is often, not always, the same person.
    bare_handle_agrees: float = 17.0
    # The same handle on another platform than the contact's: most handles are somebody else's elsewhere. Below the prior,
    # so that ties (their most is 2 bits: odds of 2 to 1) may bring it to review and never link it by themselves.
    handle_elsewhere: float = 9.0
    # Who writes at a contact's own domain under that contact's name; guests and assistants do now and then.
    own_site: float = 10.0
    # Organisations: names are meant to be unique; a part of one, or its initials, are not.
    company_prior_bits: float = 6.0
    company_namesake_odds: float = 0.05
    company_exact: float = 13.0
    company_words: float = 9.0
    company_part: float = 5.5
    company_initials: float = 4.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """At or above `link` a mention is tied by itself; at or above `review` a person decides."""

    link: float = 0.9
    review: float = 0.5


DEFAULT_WEIGHTS = Weights()
# More people than this who fit equally are no list that anybody would go through.
MAX_REVIEWED = 10
