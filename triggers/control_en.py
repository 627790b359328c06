"""English verbs without a subject of their own: `I saved enough | to go abroad`, `a thing that made me happy was | moving`.

Such an infinitive or gerund is about the nearest person told before it who can be its subject (grammars call it control).
"""

from __future__ import annotations

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
        "currently meanwhile today's guess what"
    ).split()
)


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

    def is_given_name(self, tokens: Tokens, at: int) -> bool:
        """Say whether a word is a given name in capitals."""


def controlled(people: Kinship, tokens: Tokens, low: int, at: int, start: int) -> Subject | None:
    """Return whom the predicate at `start` goes back to, None where the author is left out, else NOBODY.

    The sentence begins at word `low`, the auxiliaries of the predicate at word `at`.
    """
    before, group = tokens.lowers[low:at], tokens.lowers[at:start]
    if all(word in OPENERS or word.isdigit() for word in before):
        return None
    finite = FINITE & set(group)
    gerund = tokens.lowers[start].endswith("ing") and len(tokens.lowers[start]) > 4
    if finite and gerund and MOMENTS & set(before):
        told = _nearest(people, tokens, low, at)
        alone = not (STRANGERS | people.kin) & set(before)
        return Subject("author", how="a moment told", sure=0.85) if told is NOBODY and alone else told
    if not finite and ("to" in group or gerund or before[-1] in GOVERNING):
        return _nearest(people, tokens, low, at)
    return NOBODY


def _nearest(people: Kinship, tokens: Tokens, low: int, high: int) -> Subject:
    for at in range(high - 1, low - 1, -1):
        lower = tokens.lowers[at]
        if lower in people.kin and people.is_mine(tokens, low, at):
            return people.told_kin(tokens, at, sure=0.9)
        if lower in people.friend and people.is_mine(tokens, low, at):
            return people.told_friend(tokens, at)
        if lower in FIRST or lower in MINE:
            return Subject("author", how="first person before", sure=0.9)
        if lower in STRANGERS:
            return NOBODY
        if tokens.words[at] == HANDLE:
            thanked = at > low and at + 1 == high - 1  # `thanks to @ann for | coming`
            return named(tokens, at, at + 1) if thanked else NOBODY
        if people.is_given_name(tokens, at):
            return named(tokens, at, at + 1)
    return NOBODY
