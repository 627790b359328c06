"""Warm paths: who can introduce the user to a contact, best way first, each step with its reasons."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from itertools import count

from leads.ties.graph import ME, Node, Tie, TieGraph
from leads.ties.strengths import together

MOST_HOPS = 3
# Ways followed before giving up: beyond this only far weaker ones are left.
MOST_STEPS = 5_000


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: from whom to whom, why they know each other, and which data say so."""

    start: str
    end: str
    strength: float
    because: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WarmPath:
    """A way from the user to a contact. `strength` is the chance that all steps hold, as far as one believes."""

    strength: float
    via: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def words(self) -> str:
        """Return the path in one line."""
        return " -> ".join(("you", *self.via, self.steps[-1].end))


def warm_paths(graph: TieGraph, contact_id: int, limit: int = 5, hops: int = MOST_HOPS) -> list[WarmPath]:
    """Return the best ways from the user to a contact, strongest first, of at most so many hops.

    Dijkstra over -log of the strengths, from the contact outwards: every way to the user that is not longer than
    `hops` and passes nobody twice is met in the order of its strength.
    """
    order = count()
    queue: list[tuple[float, int, tuple[Node, ...], tuple[tuple[Tie, ...], ...]]] = [
        (0.0, next(order), (Node(contact_id),), ())
    ]
    known: dict[Node, dict[Node, list[Tie]]] = {}
    found: list[WarmPath] = []
    steps = 0
    while queue and len(found) < limit and steps < MOST_STEPS:
        cost, _, nodes, ties = heapq.heappop(queue)
        here, steps = nodes[-1], steps + 1
        if here == ME:
            found.append(_path(graph, nodes, ties))
            continue
        if len(ties) == hops:
            continue
        if here not in known:
            known[here] = graph.neighbours(here)
        for other, why in known[here].items():
            if other not in nodes and (len(ties) + 1 < hops or other == ME):
                further = cost - math.log(max(together([tie.strength for tie in why]), 1e-12))
                heapq.heappush(queue, (further, next(order), (*nodes, other), (*ties, tuple(why))))
    return found


def _path(graph: TieGraph, nodes: tuple[Node, ...], ties: tuple[tuple[Tie, ...], ...]) -> WarmPath:
    steps = tuple(
        Step(
            graph.name(nodes[at + 1]),
            graph.name(nodes[at]),
            round(together([tie.strength for tie in why]), 3),
            tuple(tie.because for tie in why),
            tuple(dict.fromkeys(tie.source for tie in why)),
        )
        for at, why in reversed(list(enumerate(ties)))
    )
    strength = math.prod(together([tie.strength for tie in why]) for why in ties)
    return WarmPath(round(strength, 3), tuple(graph.name(node) for node in reversed(nodes[1:-1])), steps)
