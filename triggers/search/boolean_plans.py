"""AND, OR and NOT over plans: as masks of posts, and for OR as places too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import TypeGuard

from triggers.search.batch import Batch, View
from triggers.search.plans import Anchor, Place, Plan, WordPlan, WordsPlan
from triggers.search.posts import Span


@dataclass(slots=True)
class AndPlan:
    """All of these, the cheapest first: what they rule out the others never look at."""

    parts: tuple[Plan, ...]
    cost: int
    chosen: frozenset[Anchor] | None

    def posts(self, batch: Batch, within: int) -> int:
        for part in self.parts:
            within = part.posts(batch, within)
            if not within:
                return 0
        return within

    def spans(self, view: View) -> Iterable[Span]:
        return chain.from_iterable(part.spans(view) for part in self.parts)

    def anchors(self) -> frozenset[Anchor] | None:
        return self.chosen


@dataclass(slots=True)
class AllWordsPlan:
    """Several words anywhere in the post: the commonest search, and nothing but lookups."""

    atoms: tuple[int, ...]
    cost: int = 1

    def posts(self, batch: Batch, within: int) -> int:
        held = batch.any
        for atom in self.atoms:
            within &= held[atom]
            if not within:
                return 0
        return within

    def spans(self, view: View) -> Iterable[Span]:
        return view.spans_of(self.atoms)

    def anchors(self) -> frozenset[Anchor] | None:
        return frozenset({self.atoms[0]})


@dataclass(slots=True)
class GroupsPlan:
    """`(a OR b) AND (c OR d) AND NOT (e OR f)` over plain words: `AndPlan` without its calls, for it is so common."""

    groups: tuple[tuple[int, ...], ...]
    none: tuple[int, ...]
    chosen: frozenset[Anchor]
    cost: int = 1

    def posts(self, batch: Batch, within: int) -> int:
        held = batch.any
        for first, *others in self.groups:
            mask = held[first]
            for atom in others:
                mask |= held[atom]
            within &= mask
            if not within:
                return 0
        for atom in self.none:
            # Not `& ~`: a negative integer takes several times as long.
            within ^= within & held[atom]
        return within

    def spans(self, view: View) -> Iterable[Span]:
        return view.spans_of(chain.from_iterable(self.groups))

    def anchors(self) -> frozenset[Anchor] | None:
        return self.chosen


@dataclass(slots=True)
class OrPlan:
    """Any of these; a post that one of them has is not looked at again."""

    parts: tuple[Plan, ...]
    cost: int

    def posts(self, batch: Batch, within: int) -> int:
        mask = 0
        for part in self.parts:
            mask |= part.posts(batch, within & ~mask)
        return mask

    def possible(self, batch: Batch) -> int:
        mask = 0
        for part in self.parts:
            mask |= part.possible(batch) if places_known(part) else batch.all
        return mask

    def stands(self, view: View) -> bool:
        return any(places_known(part) and part.stands(view) for part in self.parts)

    def places(self, view: View) -> list[Place]:
        found = {place: None for part in self.parts if places_known(part) for place in part.places(view)}
        return sorted(found, key=lambda place: (place.first, place.last))

    def spans(self, view: View) -> Iterable[Span]:
        for part in self.parts:
            if part.posts(view.batch, view.bit):
                yield from part.spans(view)

    def anchors(self) -> frozenset[Anchor] | None:
        united: frozenset[Anchor] = frozenset()
        for part in self.parts:
            anchors = part.anchors()
            if anchors is None:
                return None
            united |= anchors
        return united


@dataclass(slots=True)
class AnyWordsPlan:
    """Any of several words anywhere in the post: `OrPlan` without its calls."""

    atoms: tuple[int, ...]
    cost: int = 0

    def possible(self, batch: Batch) -> int:
        held = batch.any
        mask = 0
        for atom in self.atoms:
            mask |= held[atom]
        return mask

    def posts(self, batch: Batch, within: int) -> int:
        return self.possible(batch) & within

    def stands(self, view: View) -> bool:
        return any(view.places(atom) for atom in self.atoms)

    def places(self, view: View) -> list[Place]:
        places = sorted({place for atom in self.atoms for place in view.places(atom)})
        return [Place(place, place, ((place, place),)) for place in places]

    def spans(self, view: View) -> Iterable[Span]:
        return view.spans_of(self.atoms)

    def anchors(self) -> frozenset[Anchor] | None:
        return frozenset(self.atoms)


@dataclass(slots=True)
class NotPlan:
    """Those that the rest does not match. It has no place in the text and chooses no candidates."""

    inner: Plan
    cost: int

    def posts(self, batch: Batch, within: int) -> int:
        return within & ~self.inner.posts(batch, within)

    def spans(self, _view: View, /) -> Iterable[Span]:
        return ()

    def anchors(self) -> frozenset[Anchor] | None:
        return None


def word_group(plan: Plan) -> tuple[int, ...]:
    """Return the atoms of a plan that is one plain word or alternatives of such; nothing for any other."""
    if is_plain_word(plan):
        return (plan.atom,)
    return plan.atoms if isinstance(plan, AnyWordsPlan) else ()


def loose_atoms(plan: Plan) -> tuple[int, ...]:
    """Return the atoms whose words, wherever they stand, are the spans of a plan; nothing if it is not that simple."""
    match plan:
        case WordPlan() if is_plain_word(plan):
            return (plan.atom,)
        case AllWordsPlan(atoms) | AnyWordsPlan(atoms):
            return atoms
        case GroupsPlan(groups):
            return tuple(chain.from_iterable(groups))
    return ()


def places_known(plan: Plan) -> TypeGuard[WordsPlan]:
    """Return whether a plan stands at places in the text."""
    return hasattr(plan, "places")


def is_plain_word(plan: Plan) -> TypeGuard[WordPlan]:
    """Return whether a plan is one word anywhere in the post."""
    return isinstance(plan, WordPlan) and plan.zone is None
