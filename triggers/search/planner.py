"""From the tree of a query to its plan: ANDs inside NEAR worked out, parts ordered, anchors chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from triggers.search import fields, words
from triggers.search.atoms import AtomTable
from triggers.search.boolean_plans import (
    AllWordsPlan,
    AndPlan,
    AnyWordsPlan,
    GroupsPlan,
    NotPlan,
    OrPlan,
    is_plain_word,
    places_known,
    word_group,
)
from triggers.search.faults import SearchFault
from triggers.search.field_plans import (
    AgePlan,
    ContactPlan,
    DetectedPlan,
    HoldsPlan,
    NamePlan,
    ValuePlan,
    holder,
    name_words,
)  # fmt: skip
from triggers.search.joints import pairs
from triggers.search.limits import MAX_INCLUDED, MAX_TERMS
from triggers.search.plans import Anchor, NearPlan, Plan, RegexPlan, SequencePlan, SloppyPlan, WordPlan
from triggers.search.syntax import (
    And,
    Cased,
    Field,
    Form,
    Fuzzy,
    Include,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Regex,
    Scope,
    Wild,
    Word,
    all_of,
    any_of,
)  # fmt: skip
from triggers.search.terms import ANY_WORD

# A field's value is rarer than most words; a language or a kind of post is not.
_FIELD_RARITY = {"lang": 500.0, "kind": 500.0, "source": 50.0, "site": 50.0}


@dataclass(slots=True)
class Planner:
    """Plans one search; `atoms` gathers what it uses, to be released with it."""

    table: AtomTable
    included: Callable[[str], Node]
    atoms: list[int] = field(default_factory=list)
    depth: int = 0

    def plan(self, node: Node, zone: str | None = None) -> Plan:
        """Return the plan of a node; `zone` limits words to the title or the text."""
        match node:
            case And(nodes):
                return self._all([self.plan(inner, zone) for inner in nodes])
            case Or(nodes):
                return self._any([self.plan(inner, zone) for inner in nodes])
            case Not(inner):
                plan = self.plan(inner, zone)
                return NotPlan(plan, plan.cost)
            case Near():
                return self._near(node, zone)
            case Scope(name, inner):
                return self.plan(inner, name)
            case Include(name):
                return self._included(name, zone)
            case Field():
                return field_plan(node)
        return self._term(node, zone)

    def _included(self, name: str, zone: str | None) -> Plan:
        if self.depth == MAX_INCLUDED or len(self.atoms) > MAX_TERMS * MAX_INCLUDED:
            raise SearchFault(
                f"searches include each other more than {MAX_INCLUDED} deep, or come to too many terms"
            )
        self.depth += 1
        plan = self.plan(self.included(name), zone)
        self.depth -= 1
        return plan

    def _all(self, parts: list[Plan]) -> Plan:
        plain = [part for part in parts if is_plain_word(part)]
        rarity = self.table.rarity
        if len(plan_atoms := sorted({part.atom for part in plain}, key=rarity)) > 1:
            parts = [AllWordsPlan(tuple(plan_atoms)), *(part for part in parts if not is_plain_word(part))]
        if len(parts) == 1:
            return parts[0]
        chosen = cheapest((part.anchors() for part in parts), self.table)
        groups = self._groups(parts, chosen)
        if groups is not None:
            return groups
        ordered = tuple(sorted(parts, key=_cost))
        return AndPlan(ordered, max(map(_cost, ordered)), chosen)

    def _groups(self, parts: list[Plan], chosen: frozenset[Anchor] | None) -> Plan | None:
        groups: list[tuple[int, ...]] = []
        none: list[int] = []
        for part in parts:
            if isinstance(part, NotPlan) and (atoms := word_group(part.inner)):
                none.extend(atoms)
            elif atoms := word_group(part):
                groups.append(atoms)
            elif isinstance(part, AllWordsPlan):
                groups.extend((atom,) for atom in part.atoms)
            else:
                return None
        if not groups or chosen is None:
            return None
        groups.sort(key=lambda group: sum(map(self.table.rarity, group)))
        return GroupsPlan(tuple(groups), tuple(none), chosen)

    def _any(self, parts: list[Plan]) -> Plan:
        plain = tuple(part.atom for part in parts if is_plain_word(part))
        if len(plain) > 1:
            parts = [AnyWordsPlan(plain), *(part for part in parts if not is_plain_word(part))]
        if len(parts) == 1:
            return parts[0]
        return OrPlan(tuple(sorted(parts, key=_cost)), max(map(_cost, parts)))

    def _near(self, node: Near, zone: str | None) -> Plan:
        worked_out = spread(node)
        if not isinstance(worked_out, Near):
            return self.plan(worked_out, zone)
        left, right = self.plan(worked_out.left, zone), self.plan(worked_out.right, zone)
        if not (places_known(left) and places_known(right)):
            raise TypeError("only words can be near each other")
        distance, ordered = worked_out.distance, worked_out.ordered
        return NearPlan(left, right, distance, ordered, pairs(left, right, distance, ordered))

    def _term(self, node: Node, zone: str | None) -> Plan:
        match node:
            case Word(text):
                return self._sequence(words.surfaces(text), _bare_key, zone)
            case Form(text):
                return self._sequence(words.surfaces(text), form_key, zone)
            case Cased(text):
                return self._sequence(words.surfaces(text), _cased_key, zone)
            case Wild(pattern):
                return WordPlan(self._use(f"*{pattern}"), zone)
            case Fuzzy(text):
                return WordPlan(self._use(f"?{words.folded(text)}"), zone)
            case Phrase(items, None):
                return self._sequence(items, form_key, zone)
            case Phrase(items, slop):
                atoms = tuple(self._use(form_key(item)) for item in items)
                return SloppyPlan(atoms, slop or 0, zone)
            case Regex(pattern):
                return RegexPlan(pattern, zone)
        raise TypeError(f"{type(node).__name__} cannot be planned")

    def _sequence(self, items: Iterable[str], key: Callable[[str], str], zone: str | None) -> Plan:
        atoms = [None if item == ANY_WORD else self._use(key(item)) for item in items]
        if len(atoms) == 1 and atoms[0] is not None:
            return WordPlan(atoms[0], zone)
        rarest = min(
            (place for place, atom in enumerate(atoms) if atom is not None),
            key=lambda place: self.table.rarity(atoms[place] or 0),
        )
        return SequencePlan(tuple(atoms), rarest, zone)

    def _use(self, key: str) -> int:
        atom = self.table.use(key)
        self.atoms.append(atom)
        return atom


def _cost(plan: Plan) -> int:
    return plan.cost


def _bare_key(word: str) -> str:
    folded = words.folded(word)
    return f"={folded}" if folded[0] in "#@" else f"~{words.lemma(folded)}"


def form_key(word: str) -> str:
    """Return the key of an item of a phrase: a form, or a wildcard."""
    return f"*{word}" if "*" in word or "?" in word else f"={words.folded(word)}"


def _cased_key(word: str) -> str:
    return f"^{words.cased(word)}"


def field_plan(node: Field) -> Plan:
    """Return the plan of a field."""
    name, value = node.name, node.value
    if name in fields.EXACT:
        return ValuePlan(name, words.folded(value))
    if name == "author":
        names = name_words(value)
        return NamePlan(names) if names else ValuePlan(name, words.folded(value))
    if name == "age":
        return AgePlan(node.op, value)
    if name in fields.NEED_DETECTION:
        return DetectedPlan(name, value)
    if name in fields.NEED_CONTACTS:
        return ContactPlan(node)
    return HoldsPlan((name, node.op, value), holder(node))


def cheapest(choices: Iterable[frozenset[Anchor] | None], table: AtomTable) -> frozenset[Anchor] | None:
    """Return the set of anchors that the fewest posts will have."""
    known = [choice for choice in choices if choice is not None]
    return min(known, key=lambda choice: sum(rarity(anchor, table) for anchor in choice), default=None)


def rarity(anchor: Anchor, table: AtomTable) -> float:
    """Return about how many of a thousand posts have an anchor."""
    if isinstance(anchor, int):
        return table.rarity(anchor)
    return _FIELD_RARITY.get(anchor.partition(":")[0], 5.0)


def spread(node: Node) -> Node:
    """Work out ANDs inside NEAR: `(a AND b) NEAR/5 c` is `(a NEAR/5 c) AND (b NEAR/5 c)`.

    What comes back is either a NEAR without any AND below it, or ANDs and ORs of such.
    """
    match node:
        case Near(left, right, distance, ordered):
            return _near(spread(left), spread(right), distance, ordered)
        case And(nodes):
            return all_of(spread(inner) for inner in nodes)
        case Or(nodes):
            return any_of(spread(inner) for inner in nodes)
        case Scope(name, inner):
            return _scoped(name, spread(inner))
    return node


def _near(left: Node, right: Node, distance: int, ordered: bool) -> Node:
    # ANDs of either side before ORs, so that it makes no difference which side is written first.
    for side, other, first in ((left, right, True), (right, left, False)):
        if isinstance(side, And):
            return all_of(_near(*_sides(part, other, first), distance, ordered) for part in side.nodes)
    for side, other, first in ((left, right, True), (right, left, False)):
        if isinstance(side, Or) and _has_and(side):
            return any_of(_near(*_sides(part, other, first), distance, ordered) for part in side.nodes)
    return Near(left, right, distance, ordered)


def _sides(part: Node, other: Node, first: bool) -> tuple[Node, Node]:
    return (part, other) if first else (other, part)


def _scoped(name: str, node: Node) -> Node:
    if isinstance(node, And):
        return all_of(_scoped(name, inner) for inner in node.nodes)
    if isinstance(node, Or) and _has_and(node):
        return any_of(_scoped(name, inner) for inner in node.nodes)
    return Scope(name, node)


def _has_and(node: Node) -> bool:
    match node:
        case And():
            return True
        case Or(nodes):
            return any(_has_and(inner) for inner in nodes)
        case Scope(_, inner):
            return _has_and(inner)
    return False
