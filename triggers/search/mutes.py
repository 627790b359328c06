"""The mute list: authors, sites, words and queries whose posts nobody wants to hear of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from triggers.search import fields, terms, words
from triggers.search.batch import Batch, bits
from triggers.search.faults import SearchFault, nearest
from triggers.search.joints import joints
from triggers.search.parser import parse
from triggers.search.percolator import Percolator
from triggers.search.planner import Planner
from triggers.search.plans import Plan
from triggers.search.syntax import Field, Node, Word, includes, walk

# What can be muted, and the key of a configuration that lists it.
KEYS: Mapping[str, str] = {"author": "authors", "site": "sites", "words": "words", "query": "queries"}
# Rules and contacts are asked only about posts that are not muted.
_LATER = fields.NEED_CONTACTS | fields.NEED_DETECTION
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Mute:
    """One entry: `what` is a key of `KEYS`; `place` says where it stands (`file:line`), "" in the database."""

    what: str
    value: str
    node: Node
    place: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What makes two entries the same."""
        return self.what, words.folded(self.value)

    @property
    def reason(self) -> str:
        """Why a match in such a post is not kept."""
        return f"muted_{self.what}"


def read_mute(what: str, value: str, place: str = "") -> Mute:
    """Make an entry. Raises ValueError (a QueryFault for a query) with what is wrong."""
    if what not in KEYS:
        tip = nearest(what, KEYS) or f"known are {', '.join(KEYS)}"
        raise ValueError(f"there is no '{what}' to mute; {tip}")
    value = value.strip()
    if not value or len(value) > _MOST:
        raise ValueError(f"what is muted has 1 to {_MOST:,} characters")
    return Mute(what, value, _node(what, value), place)


def _node(what: str, value: str) -> Node:
    if what == "query":
        node = parse(value).node
        for name in sorted({inner.name for inner in walk(node) if isinstance(inner, Field)} & _LATER):
            raise ValueError(f"{name}: cannot be muted by; say it in the searches, as -{name}:...")
        for name in sorted(includes(node)):
            raise ValueError(f"search:{name} cannot be muted by; write what it says")
        return node
    if what == "words":
        phrase = terms.phrase(value.strip('"'), None)
        return Word(phrase.items[0]) if len(phrase.items) == 1 and phrase.items[0].isalnum() else phrase
    return Field(what, "=", fields.canonical(what, value))


class MuteList:
    """The entries, ready to be held against the batches of one percolator."""

    def __init__(self, percolator: Percolator, mutes: Iterable[Mute]) -> None:
        planner = Planner(percolator.table, _includes_nothing)
        self._plans: list[tuple[Mute, Plan]] = [(mute, planner.plan(mute.node)) for mute in mutes]

    def __len__(self) -> int:
        return len(self._plans)

    def mask(self, batch: Batch) -> int:
        """Return the posts that are muted, as bits."""
        mask = 0
        self._join(batch)
        for _, plan in self._plans:
            mask |= plan.posts(batch, batch.all & ~mask)
        return mask

    def by_post(self, batch: Batch) -> dict[int, Mute]:
        """Return by its number in the batch the first entry that mutes a post."""
        found: dict[int, Mute] = {}
        self._join(batch)
        for mute, plan in self._plans:
            for index in bits(plan.posts(batch, batch.all)):
                found.setdefault(index, mute)
        return found

    def _join(self, batch: Batch) -> None:
        batch.join(joint for _, plan in self._plans for joint in joints(plan, batch, batch.all))


def _includes_nothing(name: str) -> Node:
    raise SearchFault(f"search:{name} cannot be muted by")


def fingerprint(mutes: Sequence[Mute]) -> str:
    """Return a text that changes whenever what is muted does; "" for nothing."""
    return "\n".join(sorted(f"{what}\t{value}" for what, value in {mute.key for mute in mutes}))
