"""English verbs without a subject of their own: `I saved enough | to go abroad`, `a thing that made me happy was | moving`.

Such an infinitive or gerund is about the nearest person told before it who can be its subject (grammars call it control).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from triggers.subject import NOBODY, Subject, named
from triggers.text import HANDLE, Tokens

FIRST = frozenset({"i", "we", "me", "us", "myself", "ourselves"})
MINE = frozenset({"my", "our", "mine", "ours"})
# Before a gerund or an event's noun: `after | moving`, `tired of | being sick`.
GOVERNING = frozenset(
    (
        "for of from after before having by at about while without on in than since during despite with through enjoy love "
        "loved enjoyed enjoying loving"
    ).split()
)
FINITE = frozenset(
    "am is are was were has have had will would can could shall should may might must does do did 's 'd".split()
)
# Nobody in particular, or somebody who is spoken to: what is told is not about who stands further off.
STRANGERS = frozenset(
    (
        "you ya u your y'all people everyone everybody someone somebody anyone anybody nobody guys men women they them he "
        "him she her his their who whom which whoever others one"
    ).split()
)
# What was told of a thing may still be the author's: `the best moment of my week was | moving`.
MOMENTS = frozenset(
    (
        "happy happiest happier happiness joy joyful thing things moment moments event events day news highlight highlights "
        "best favorite favourite accomplishment memory goal plan plans decision reason"
    ).split()
)
# A sentence may begin with these before a predicate whose subject is left out: `last week | bought a car`.
OPENERS = frozenset(
    (
        "last previous this next past week weeks month months year years day days morning evening afternoon night weekend "
        "summer winter spring fall autumn ago two three few couple later earlier monday tuesday wednesday thursday friday "
        "saturday sunday january february march april june july august september october november december omg omfg wow so "
        "and well yay ok okay lol yep yes yup oh ah ugh welp guys update btw ps also back the of a in on one in after before "
        "currently meanwhile today's guess what just another only one more about almost first second"
    ).split()
)
# What begins a sentence whose `I` is left out: `Got approved for a loan | to buy a flat`, `Love | travelling with them`.
ELLIPTIC = frozenset(
    (
        "so got love loving loved excited happy glad ready decided trying planning approved blessed thankful grateful nice fun "
        "sad feels feeling cannot missing enjoying hoping counting getting spent packing headed waiting proud tired"
    ).split()
)
# `It's time | to go back`, `it was nice | spending May in Rome`.
AGREEABLE = frozenset(
    "time nice fun great good amazing lovely hard sad weird strange wonderful bittersweet".split()
)
RELATIVE = frozenset({"who", "whom", "whose", "that"})


class Kinship(Protocol):
    """What is asked of the resolver."""

    kin: frozenset[str]
    friend: frozenset[str]

    def told_kin(self, tokens: Tokens, at: int, sure: float = 1.0) -> Subject:
        """Return kin of the author."""

    def told_friend(self, tokens: Tokens, at: int) -> Subject:
        """Return somebody near the author."""

    def is_mine(self, tokens: Tokens, low: int, at: int) -> bool:
        """Say whether `my` stands before a noun."""

    def antecedent(self, tokens: Tokens, at: int, registers: frozenset[str]) -> Subject | None:
        """Return who `he` or `she` is."""

    def is_given_name(self, tokens: Tokens, at: int) -> bool:
        """Say whether a word is a given name in capitals."""


def controlled(
    people: Kinship, tokens: Tokens, span: tuple[int, int, int], registers: frozenset[str]
) -> Subject | None:
    """Return whom a predicate goes back to, None where the author is left out, else NOBODY.

    `span` is where the sentence begins, the auxiliaries of the predicate, and the predicate itself.
    """
    low, at, start = span
    before, group = tokens.lowers[low:at], tokens.lowers[at:start]
    if all(word in OPENERS or word.isdigit() for word in before):
        return None
    finite = FINITE & set(group)
    first = tokens.lowers[start]
    gerund = first.endswith("ing") and len(first) > 4
    adverb = before[-1].endswith("ly") and len(before[-1]) > 4
    if finite and gerund and MOMENTS & set(before):
        told = _nearest(people, tokens, (low, at), registers)
        alone = not (STRANGERS | people.kin) & set(before)
        return Subject("author", how="a moment told", sure=0.85) if told is NOBODY and alone else told
    if not finite and ("to" in group or gerund or adverb or {before[-1], first} & GOVERNING):
        told = _nearest(people, tokens, (low, at), registers)
        return None if told is NOBODY and _is_elliptic(people, before) else told
    return _told_at_length(people, tokens, low, at)


def _is_elliptic(people: Kinship, before: Sequence[str]) -> bool:
    """Say whether a sentence leaves its `I` out, and speaks of nobody else."""
    if (STRANGERS | people.kin | people.friend) & set(before):
        return False
    waiting = before[-1] == "wait"  # `can't wait | to tie the knot`
    return waiting or before[0] in ELLIPTIC or (before[0] == "it" and bool(AGREEABLE & set(before)))


def _told_at_length(people: Kinship, tokens: Tokens, low: int, high: int) -> Subject:
    """Return the kin of which a clause tells more before the predicate: `my uncle, who lives abroad, | visited me`."""
    for at in range(low, high - 2):
        lower = tokens.lowers[at]
        told = RELATIVE & set(tokens.lowers[at + 1 : at + 3])
        if told and lower in people.kin | people.friend and people.is_mine(tokens, low, at):
            if FIRST & set(tokens.lowers[at + 3 : high]):
                return NOBODY
            return (
                people.told_kin(tokens, at, 0.85) if lower in people.kin else people.told_friend(tokens, at)
            )
    return NOBODY


def _nearest(people: Kinship, tokens: Tokens, span: tuple[int, int], registers: frozenset[str]) -> Subject:
    low, high = span
    for at in range(high - 1, low - 1, -1):
        lower = tokens.lowers[at]
        if lower in people.kin and people.is_mine(tokens, low, at):
            return people.told_kin(tokens, at, sure=0.9)
        if lower in people.friend and people.is_mine(tokens, low, at):
            return people.told_friend(tokens, at)
        if lower in FIRST or lower in MINE:
            return Subject("author", how="first person before", sure=0.9)
        if lower in ("he", "she"):
            return people.antecedent(tokens, at, registers) or NOBODY
        if lower in STRANGERS:
            return NOBODY
        if tokens.words[at] == HANDLE:
            thanked = at > low and at + 1 == high - 1  # `thanks to @ann for | coming`
            return named(tokens, at, at + 1) if thanked else NOBODY
        if people.is_given_name(tokens, at):
            return named(tokens, at, at + 1)
    return NOBODY
