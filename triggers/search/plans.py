"""How a query is worked out on a batch: cheap masks first, places in the text only for the posts that survive.

Every plan answers `posts(batch, within)`: exactly those of the posts `within` that it matches. A plan of words also
answers `possible(batch)`, a quick superset, and `places(view)`, where in one post it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Protocol, TypeAlias

from triggers.search.batch import ZONE_GAP, Batch, Pair, Row, View, bits
from triggers.search.posts import TEXT, TITLE, SearchPost, Span
from triggers.search.terms import compiled_regex

# What can choose candidates: an atom's number, or `field:value`.
Anchor: TypeAlias = int | str
# Ways to choose the words of one `"a b c"~n` in a post that are tried before only the best ones are.
MAX_CHOICES = 20_000
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: first and last word, and the words of it that were searched for."""

    first: int
    last: int
    leaves: tuple[tuple[int, int], ...]


class Plan(Protocol):
    """A query, or a part of one, made ready. `cost` orders the parts of an AND: 0 is a lookup."""

    cost: int

    def posts(self, batch: Batch, within: int) -> int:
        """Return which of the posts `within` match, exactly."""

    def spans(self, view: View, /) -> Iterable[Span]:
        """Return the places that satisfied it in a post that matched."""

    def anchors(self) -> frozenset[Anchor] | None:
        """Return anchors one of which every matching post has; None if there are none."""


class WordsPlan(Plan, Protocol):
    """A plan that stands at places in the text."""

    def possible(self, batch: Batch) -> int:
        """Return a superset of the posts that match."""

    def places(self, view: View) -> list[Place]:
        """Return all places at which it stands, in order."""

    def stands(self, view: View) -> bool:
        """Return whether there is any such place: quicker than finding all."""


def _leaf_spans(view: View, places: Iterable[Place]) -> Iterable[Span]:
    for place in places:
        for first, last in place.leaves:
            yield view.span(first, last)


@dataclass(slots=True)
class WordPlan:
    """One word, in the whole post or in one part of it."""

    atom: int
    zone: str | None = None
    cost: int = 0

    def possible(self, batch: Batch) -> int:
        if self.zone is None:
            return batch.any[self.atom]
        return (batch.title if self.zone == TITLE else batch.text)[self.atom]

    def posts(self, batch: Batch, within: int) -> int:
        if self.zone is None:
            return batch.any[self.atom] & within
        return self.possible(batch) & within

    def stands(self, view: View) -> bool:
        return bool(view.places(self.atom, self.zone))

    def places(self, view: View) -> list[Place]:
        return [Place(place, place, ((place, place),)) for place in view.places(self.atom, self.zone)]

    def spans(self, view: View) -> Iterable[Span]:
        if self.zone is None:
            return view.spans_of((self.atom,))
        return [view.span(place, place) for place in view.places(self.atom, self.zone)]

    def anchors(self) -> frozenset[Anchor] | None:
        return frozenset({self.atom})


@dataclass(slots=True)
class SequencePlan:
    """Words in order, side by side; None stands for any one word."""

    atoms: tuple[int | None, ...]
    key: int
    zone: str | None = None
    cost: int = 2
    row: Row = field(init=False)

    def __post_init__(self) -> None:
        self.row = Row(self.atoms, self.zone)

    def possible(self, batch: Batch) -> int:
        mask = batch.all
        masks = batch.any if self.zone is None else batch.title if self.zone == TITLE else batch.text
        for atom in self.atoms:
            if atom is not None:
                mask &= masks[atom]
                if not mask:
                    return 0
        return mask

    def posts(self, batch: Batch, within: int) -> int:
        known = batch.joined.get(self.row)
        return _verified(self, batch, within) if known is None else known & within

    def places(self, view: View) -> list[Place]:
        length = len(self.atoms) - 1
        return [Place(start, start + length, ((start, start + length),)) for start in self.starts(view)]

    def starts(self, view: View) -> list[int]:
        """Return the places of its first word: the rarest word is looked for, the others beside it."""
        atoms, key = self.atoms, self.key
        wanted = atoms[key]
        found = []
        for first, held in view.words(self.zone):
            last = len(held) - len(atoms) + key
            for place, answers in enumerate(held):
                if wanted in answers and key <= place <= last:
                    beside = held[place - key : place - key + len(atoms)]
                    if all(atom is None or atom in has for atom, has in zip(atoms, beside, strict=True)):
                        found.append(first + place - key)
        return found

    def stands(self, view: View) -> bool:
        return bool(self.starts(view))

    def spans(self, view: View) -> Iterable[Span]:
        length = len(self.atoms) - 1
        return [view.span(start, start + length) for start in self.starts(view)]

    def anchors(self) -> frozenset[Anchor] | None:
        return frozenset({self.atoms[self.key] or 0})


@dataclass(slots=True)
class SloppyPlan:
    """Lucene's `"a b"~n`: moved to where the phrase wants them, the words lie at most n places apart."""

    atoms: tuple[int, ...]
    slop: int
    zone: str | None = None
    cost: int = 3

    def possible(self, batch: Batch) -> int:
        return SequencePlan(self.atoms, 0, self.zone).possible(batch)

    def posts(self, batch: Batch, within: int) -> int:
        return _verified(self, batch, within)

    def places(self, view: View) -> list[Place]:
        """Return every stretch in which a choice of its words lies; of too many choices, the best of each start."""
        found: dict[tuple[int, int], Place] = {}
        moved, left = self._moved(view), MAX_CHOICES
        for low in range(len(moved)):
            for chosen in islice(self._choices(moved, low), left):
                left -= 1
                if len(set(chosen)) == len(chosen):
                    self._note(found, chosen)
            best = None if left else self._choose(moved, low)
            if best:
                self._note(found, best)
        return [found[key] for key in sorted(found)]

    def stands(self, view: View) -> bool:
        moved = self._moved(view)
        return any(self._choose(moved, low) for low in range(len(moved)))

    def spans(self, view: View) -> Iterable[Span]:
        moved = self._moved(view)
        best = (self._choose(moved, low) for low in range(len(moved)))
        return [view.span(min(chosen), max(chosen)) for chosen in best if chosen]

    def _moved(self, view: View) -> list[tuple[int, int, int]]:
        """Its words by where they would be if the phrase began there: (moved place, place in the phrase, place)."""
        return sorted(
            (place - offset, offset, place)
            for offset, atom in enumerate(self.atoms)
            for place in view.places(atom, self.zone)
        )

    def _window(self, moved: list[tuple[int, int, int]], low: int) -> dict[int, list[int]]:
        window: dict[int, list[int]] = {}
        for shifted, offset, place in moved[low:]:
            if shifted - moved[low][0] > self.slop:
                break
            window.setdefault(offset, []).append(place)
        return window if len(window) == len(self.atoms) else {}

    def _choices(self, moved: list[tuple[int, int, int]], low: int) -> Iterator[tuple[int, ...]]:
        """Yield each choice whose lowest moved word is this one."""
        window = self._window(moved, low)
        _, lowest, place = moved[low]
        if window:
            yield from product(*(window[o] if o != lowest else [place] for o in range(len(self.atoms))))

    def _choose(self, moved: list[tuple[int, int, int]], low: int) -> list[int] | None:
        """Return one choice from this moved word on, the earliest places first."""
        window = self._window(moved, low)
        if not window:
            return None
        if len(set(self.atoms)) == len(self.atoms):
            disjoint = [window[offset][0] for offset in range(len(self.atoms))]
            if len(set(disjoint)) == len(disjoint):
                return disjoint
        return _distinct([window[offset] for offset in range(len(self.atoms))])

    @staticmethod
    def _note(found: dict[tuple[int, int], Place], chosen: Sequence[int]) -> None:
        first, last = min(chosen), max(chosen)
        found[first, last] = Place(first, last, ((first, last),))

    def anchors(self) -> frozenset[Anchor] | None:
        return frozenset({self.atoms[0]})


@dataclass(slots=True)
class NearPlan:
    """At most `distance` words between two things that do not overlap."""

    left: WordsPlan
    right: WordsPlan
    distance: int
    ordered: bool
    # The same as pairs of words, if it is nothing else.
    pairs: tuple[Pair, ...] = ()
    cost: int = 3

    def possible(self, batch: Batch) -> int:
        mask = self.left.possible(batch)
        return mask and mask & self.right.possible(batch)

    def posts(self, batch: Batch, within: int) -> int:
        if not self.pairs or self.pairs[0] not in batch.joined:
            return _verified(self, batch, within)
        mask = 0
        for pair in self.pairs:
            mask |= batch.joined[pair]
        return mask & within

    def places(self, view: View) -> list[Place]:
        found: dict[Place, None] = {}
        lefts, rights = self.left.places(view), self.right.places(view)
        for one, other in product(lefts, rights):
            if self.holds(one, other):
                leaves = tuple(sorted({*one.leaves, *other.leaves}))
                found[Place(min(one.first, other.first), max(one.last, other.last), leaves)] = None
        return sorted(found, key=lambda place: (place.first, place.last))

    def stands(self, view: View) -> bool:
        if not (isinstance(self.left, WordPlan) and isinstance(self.right, WordPlan)):
            return bool(self.places(view))
        left, right, most = self.left.atom, self.right.atom, self.distance + 1
        if left == right or self.left.zone != self.right.zone:
            return bool(self.places(view))
        for _, held in view.words(self.left.zone):
            last_left = last_right = -ZONE_GAP
            for place, atoms in enumerate(held):
                # A word that is both can be near another, never near itself: the earlier ones are asked first.
                is_left, is_right = left in atoms, right in atoms
                if is_right and place - last_left <= most:
                    return True
                if is_left and not self.ordered and place - last_right <= most:
                    return True
                last_left = place if is_left else last_left
                last_right = place if is_right else last_right
        return False

    def holds(self, one: Place, other: Place) -> bool:
        """Return whether two places are near enough, and in order if that is asked."""
        if one.last < other.first:
            return other.first - one.last - 1 <= self.distance
        return not self.ordered and other.last < one.first and one.first - other.last - 1 <= self.distance

    def spans(self, view: View) -> Iterable[Span]:
        return _leaf_spans(view, self.places(view))

    def anchors(self) -> frozenset[Anchor] | None:
        return self.left.anchors() or self.right.anchors()


@dataclass(slots=True)
class RegexPlan:
    """An expression looked for in the text itself; near something, it stands at the words that it touches."""

    pattern: str
    zone: str | None = None
    cost: int = 4

    def possible(self, batch: Batch) -> int:
        return batch.all

    def posts(self, batch: Batch, within: int) -> int:
        mask = 0
        for index in bits(within):
            if any(True for _ in self._found(batch.posts[index])):
                mask |= 1 << index
        return mask

    def _found(self, post: SearchPost) -> Iterator[Span]:
        compiled = compiled_regex(self.pattern)
        for part in (self.zone,) if self.zone else (TITLE, TEXT):
            # Half a surrogate pair, which JSON can hold, has no UTF-8; what stands in for it is as long.
            text = _SURROGATE.sub("\ufffd", getattr(post, part))
            for match in compiled.finditer(text):
                if match.end() > match.start():
                    yield Span(part, match.start(), match.end())

    def spans(self, view: View) -> Iterable[Span]:
        return self._found(view.post)

    def stands(self, view: View) -> bool:
        return bool(self.places(view))

    def places(self, view: View) -> list[Place]:
        found = []
        for span in self.spans(view):
            touched = [
                place
                for place, token in view.tokens.items()
                if view.span(place, place).field == span.field
                and token.start < span.end
                and span.start < token.end
            ]
            if touched:
                found.append(Place(touched[0], touched[-1], ((touched[0], touched[-1]),)))
        return found

    def anchors(self) -> frozenset[Anchor] | None:
        return None


def _verified(plan: WordsPlan, batch: Batch, within: int) -> int:
    mask = 0
    for index in bits(plan.possible(batch) & within):
        if plan.stands(batch.view(index)):
            mask |= 1 << index
    return mask


def _distinct(choices: list[list[int]]) -> list[int] | None:
    """Choose one place from each list, no place twice, by augmenting paths; None if that cannot be done."""
    owner: dict[int, int] = {}

    def settle(item: int, tried: set[int]) -> bool:
        for place in choices[item]:
            if place not in tried:
                tried.add(place)
                if place not in owner or settle(owner[place], tried):
                    owner[place] = item
                    return True
        return False

    if not all(settle(item, set()) for item in range(len(choices))):
        return None
    return sorted(owner)
