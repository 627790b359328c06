"""Why a search does or does not match a post: each clause, whether it holds, and how nearly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from triggers.search import words
from triggers.search.batch import Batch, View, field_values
from triggers.search.faults import nearest
from triggers.search.joints import joints
from triggers.search.mutes import Mute, MuteList
from triggers.search.percolator import Percolator
from triggers.search.planner import Planner
from triggers.search.plans import NearPlan, Plan
from triggers.search.posts import SearchPost
from triggers.search.printer import canonical
from triggers.search.syntax import And, Field, Form, Fuzzy, Include, Near, Node, Not, Or, Phrase, Scope, Word


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a clause holds for a post; `note` says how nearly, or what was found."""

    clause: str
    holds: bool
    note: str
    parts: tuple[Verdict, ...] = ()

    def lines(self, depth: int = 0) -> Iterator[str]:
        """Yield the verdict and those below it, indented."""
        note = f": {self.note}" if self.note else ""
        yield f"{'  ' * depth}{'yes' if self.holds else 'no '} {self.clause}{note}"
        for part in self.parts:
            yield from part.lines(depth + 1)

    def failures(self) -> Iterator[Verdict]:
        """Yield the smallest clauses because of which the whole does not hold."""
        if self.holds:
            return
        failed = [part for part in self.parts if not part.holds]
        if not failed:
            yield self
        for part in failed:
            yield from part.failures()


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of some posts a clause alone matches."""

    clause: str
    posts: int
    parts: tuple[Reach, ...] = ()

    def lines(self, depth: int = 0) -> Iterator[str]:
        """Yield the clause and those below it, indented."""
        yield f"{'  ' * depth}{self.posts:>7,} {self.clause}"
        for part in self.parts:
            yield from part.lines(depth + 1)


def why(searches: Percolator, name: str, post: SearchPost, *, mutes: Sequence[Mute] = ()) -> Verdict:
    """Return the verdict on one post; one that is muted is told by the entry that mutes it.

    Raises SearchFault if there is no such search.
    """
    filed = searches.get(name)
    asker = _Asker(searches)
    try:
        verdict = asker.verdict(filed.query.node, None, searches.batch([post]).view(0))
        silent = MuteList(searches, mutes)
        muted = silent.by_post(searches.batch([post])).get(0)
    finally:
        asker.release()
    if muted is not None:
        where = f" ({muted.place})" if muted.place else ""
        return Verdict(verdict.clause, False, f"muted {muted.what} '{muted.value}'{where}", (verdict,))
    if not filed.enabled:
        return Verdict(verdict.clause, False, "the search is switched off", (verdict,))
    return verdict


def reach(searches: Percolator, name: str, batches: Iterable[Sequence[SearchPost]]) -> Reach:
    """Return how many posts each clause of a search matches by itself. Raises SearchFault."""
    counter = ReachCounter(searches, name)
    try:
        for posts in batches:
            counter.count(searches.batch(posts))
    finally:
        counter.release()
    return counter.reach()


class ReachCounter:
    """Counts batch by batch how many posts each clause of a search matches by itself.

    Make it before the batches: a batch knows only words that some plan has asked for.
    """

    def __init__(self, searches: Percolator, name: str) -> None:
        """Raises SearchFault if there is no such search."""
        self._asker = _Asker(searches)
        self._root = self._asker.clauses(searches.get(name).query.node, None)

    def count(self, batch: Batch) -> None:
        """Add the posts of a batch."""
        self._root.count(batch)

    def reach(self) -> Reach:
        """Return the counts so far."""
        return self._root.reach()

    def release(self) -> None:
        """Let go of the words that were planned."""
        self._asker.release()


class _Clause:
    """A clause whose posts are being counted."""

    def __init__(self, node: Node, plan: Plan, parts: list[_Clause]) -> None:
        self.text = canonical(node)
        self.plan = plan
        self.parts = parts
        self.posts = 0

    def count(self, batch: Batch) -> None:
        batch.join(joints(self.plan, batch, batch.all))
        self.posts += self.plan.posts(batch, batch.all).bit_count()
        for part in self.parts:
            part.count(batch)

    def reach(self) -> Reach:
        return Reach(self.text, self.posts, tuple(part.reach() for part in self.parts))


class _Asker:
    """Plans clauses of a search one by one on the percolator's own words."""

    def __init__(self, searches: Percolator) -> None:
        self.searches = searches
        self.planner = Planner(searches.table, lambda included: searches.get(included).query.node)

    def release(self) -> None:
        """Let go of the words that were planned."""
        for atom in self.planner.atoms:
            self.searches.table.release(atom)

    def clauses(self, node: Node, zone: str | None) -> _Clause:
        zone, parts = _below(node, zone)
        return _Clause(node, self.planner.plan(node, zone), [self.clauses(part, zone) for part in parts])

    def verdict(self, node: Node, zone: str | None, view: View) -> Verdict:
        # Planned first: a word that no search has is known to the post's words only from then on.
        plan = self.planner.plan(node, zone)
        view = View(self.searches.batch([view.post]), 0)
        holds = bool(plan.posts(view.batch, 1))
        zone, below = _below(node, zone)
        parts = tuple(self.verdict(part, zone, view) for part in below)
        return Verdict(canonical(node), holds, self._note(node, plan, view, holds), parts)

    def _note(self, node: Node, plan: Plan, view: View, holds: bool) -> str:
        match node:
            case Not(inner) if not holds:
                return f"negated: {_quotes(self.planner.plan(inner), view) or 'it is there'}"
            case Near():
                return self._distance(node, plan, view, holds)
            case And() | Or() | Not() | Scope() | Include():
                return ""
            case Field(name):
                return "" if holds else _held(name, view.post)
        return _quotes(plan, view) if holds else _missing(node, view)

    def _distance(self, node: Near, plan: Plan, view: View, holds: bool) -> str:
        operator = "ONEAR" if node.ordered else "NEAR"
        if holds or not isinstance(plan, NearPlan):
            return ""
        lefts, rights = plan.left.places(view), plan.right.places(view)
        gaps = [
            (max(one.first, other.first) - min(one.last, other.last) - 1, one.last < other.first)
            for one in lefts
            for other in rights
        ]
        apart = [(gap, before) for gap, before in gaps if 0 <= gap < 100_000]
        if not apart:
            return (
                f"{operator}: one of the two is not there"
                if not gaps
                else f"{operator}: they share their words"
            )
        gap, before = min(apart)
        if node.ordered and not before and gap <= node.distance:
            return f"{operator}: the words stand in the other order"
        return f"{operator} distance {gap} > {node.distance}"


def _below(node: Node, zone: str | None) -> tuple[str | None, tuple[Node, ...]]:
    """Return the part of the post that a node is about, and the clauses below it that are worth telling."""
    match node:
        case And(nodes) | Or(nodes):
            return zone, nodes
        case Not(inner):
            return zone, (inner,) if isinstance(inner, And | Or | Near) else ()
        case Scope(name, inner):
            return name, (inner,) if isinstance(inner, And | Or | Near) else ()
        case Near(left, right):
            return zone, (left, right)
    return zone, ()


def _quotes(plan: Plan, view: View) -> str:
    spans = sorted(set(plan.spans(view)))[:3]
    return ", ".join(f"'{getattr(view.post, span.field)[span.start : span.end]}'" for span in spans)


def _held(name: str, post: SearchPost) -> str:
    field = {"date": "published", "age": "published", "hashtag": "hashtags", "mention": "mentions"}.get(
        name, name
    )
    if field == "site":
        return f"the post has {', '.join(field_values(post, 'site')[:1]) or 'no address'}"
    value = getattr(post, field, None)
    if not hasattr(post, field):
        return ""
    return f"the post has {value}" if value not in (None, "", ()) else "the post does not say"


def _missing(node: Node, view: View) -> str:
    held = {words.folded(token.surface): token.surface for token in view.tokens.values()}
    match node:
        case Phrase(items) if len(items) > 1:
            there = [item for item in items if words.folded(item) in held]
            return (
                f"{len(there)} of its {len(items)} words are there, not as it wants them"
                if there
                else "none of its words is there"
            )
        case Word(text) | Form(text) | Fuzzy(text):
            near = nearest(words.folded(text), held)
            return (
                f"not there; nearest is {near.removeprefix('did you mean ').rstrip('?')}"
                if near
                else "not there"
            )
    return "not there"
