"""What searches ask of places in the text, gathered: phrases and NEARs of words are found for all searches at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TypeAlias

from triggers.search.batch import Batch, Joint, Pair
from triggers.search.boolean_plans import AndPlan, AnyWordsPlan, NotPlan, OrPlan
from triggers.search.plans import NearPlan, Plan, SequencePlan, WordPlan

# Groups on both sides of a NEAR make so many pairs of words at most; with more, posts are looked at one by one.
MAX_PAIRS = 64
# In so few posts a place is looked for one by one: quicker than finding it in all of the batch.
FEW = 8
_CHEAP = 1
_Word: TypeAlias = tuple[int, str | None]


def joints(plan: Plan, batch: Batch, within: int) -> Iterator[Joint]:
    """Yield what working out a plan on the posts `within` will ask of places."""
    match plan:
        case SequencePlan():
            yield plan.row
        case NearPlan():
            yield from plan.pairs
        case AndPlan(parts):
            for part in parts:
                if part.cost <= _CHEAP:
                    within = part.posts(batch, within)
                    if within.bit_count() <= FEW:
                        return
                else:
                    yield from joints(part, batch, within)
        case OrPlan(parts):
            for part in parts:
                yield from joints(part, batch, within)
        case NotPlan(inner):
            yield from joints(inner, batch, within)


def has_joints(plan: Plan) -> bool:
    """Return whether a plan may ask for any."""
    match plan:
        case SequencePlan():
            return True
        case NearPlan():
            return bool(plan.pairs)
        case AndPlan(parts) | OrPlan(parts):
            return any(map(has_joints, parts))
        case NotPlan(inner):
            return has_joints(inner)
    return False


def pairs(left: Plan, right: Plan, distance: int, ordered: bool) -> tuple[Pair, ...]:
    """Return a NEAR as pairs of words one of which must be near; nothing if it is more than that."""
    lefts, rights = _words(left), _words(right)
    if len(lefts) * len(rights) > MAX_PAIRS:
        return ()
    return tuple(
        Pair(one, other, distance, ordered, zone or another)
        for (one, zone), (other, another) in product(lefts, rights)
        if zone is None or another is None or zone == another
    )


def _words(plan: Plan) -> tuple[_Word, ...]:
    match plan:
        case WordPlan(atom, zone):
            return ((atom, zone),)
        case AnyWordsPlan(atoms):
            return tuple((atom, None) for atom in atoms)
        case OrPlan(parts):
            each = [_words(part) for part in parts]
            return tuple(word for words in each for word in words) if all(each) else ()
    return ()
