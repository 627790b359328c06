"""Prospective search: every new post against all searches, at a cost that does not grow with queries times posts.

Each search is filed under the anchors that every post it matches must have (the rarest required word, or all
alternatives of an OR). A batch of posts is turned into masks by word; only searches one of whose anchors occurs in it
are worked out, each once for the whole batch, and places in the text are looked at only in the posts that survive.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from triggers.search import fields
from triggers.search.atoms import AtomTable
from triggers.search.batch import Batch
from triggers.search.boolean_plans import loose_atoms
from triggers.search.faults import SearchFault, nearest
from triggers.search.hits import SearchMatch, by_post
from triggers.search.joints import has_joints, joints
from triggers.search.parser import Query, parse
from triggers.search.planner import Planner, cheapest
from triggers.search.plans import Anchor, Plan
from triggers.search.posts import Contacts, Detect, Identify, SearchPost
from triggers.search.syntax import Field, Node, includes, walk

# Each search costs a little for a batch, however many posts it holds.
BATCH = 16_384


@dataclass(slots=True)
class Filed:
    """A search as the percolator keeps it."""

    name: str
    version: str
    query: Query
    enabled: bool
    plan: Plan
    atoms: list[int]
    anchors: frozenset[Anchor] | None
    order: int
    # Whether its words must stand somewhere: what such searches ask is found for all of them together. Where they need
    # not, its spans are all words that answer to `loose`.
    joined: bool
    loose: tuple[int, ...]


class Percolator:
    """All searches, ready to be matched. Not to be shared between threads."""

    def __init__(
        self,
        *,
        detect: Detect | None = None,
        contacts: Contacts | None = None,
        identify: Identify | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.table = AtomTable()
        self._detect = detect
        self._contacts = contacts
        self._identify = identify
        self._now = now
        self._count = 0
        self._filed: dict[str, Filed] = {}
        self._users: defaultdict[str, set[str]] = defaultdict(set)
        # Enabled searches by the order in which they were added: whatever is found comes out in it.
        self._enabled: dict[int, Filed] = {}
        self._by_anchor: defaultdict[Anchor, set[int]] = defaultdict(set)
        self._anchored_fields: defaultdict[str, int] = defaultdict(int)
        self._always: set[int] = set()

    def __len__(self) -> int:
        return len(self._filed)

    def __contains__(self, name: object) -> bool:
        return name in self._filed

    def get(self, name: str) -> Filed:
        """Return a search by its name. Raises SearchFault."""
        if name not in self._filed:
            raise SearchFault(f"there is no search '{name}'{_tip(name, self._filed)}")
        return self._filed[name]

    def add(self, name: str, query: str | Query, version: str = "1", *, enabled: bool = True) -> None:
        """Add a search, or put a new query in the place of an old one.

        Raises:
            QueryFault: the query is wrong.
            SearchFault: it includes a search that is unknown or that includes it in turn, or asks for what is not given.
        """
        understood = parse(query) if isinstance(query, str) else query
        self._refuse(name, understood)
        old = self._filed.get(name)
        self._put(name, version, understood, enabled)
        try:
            for user in sorted(self._all_users(name)):
                held = self._filed[user]
                self._put(user, held.version, held.query, held.enabled)
        except SearchFault:
            if old is not None:
                self._put(name, old.version, old.query, old.enabled)
            raise

    def add_all(self, searches: Iterable[tuple[str, str | Query, str]]) -> list[tuple[str, Exception]]:
        """Add many (name, query, version), included ones first; return the faults of those that were not added."""
        faults: list[tuple[str, Exception]] = []
        waiting: dict[str, tuple[Query, str]] = {}
        for name, query, version in searches:
            try:
                waiting[name] = (parse(query) if isinstance(query, str) else query, version)
            except ValueError as error:
                faults.append((name, error))
        while waiting:
            ready = [
                name for name, (query, _) in waiting.items() if not includes(query.node) & waiting.keys()
            ]
            for name in ready or list(waiting):
                query, version = waiting.pop(name)
                try:
                    self._refuse(name, query, circle=None if ready else waiting)
                    self.add(name, query, version)
                except SearchFault as error:
                    faults.append((name, error))
        return faults

    def remove(self, name: str) -> None:
        """Take a search out. Raises SearchFault if others include it."""
        filed = self.get(name)
        users = sorted(self._users.get(name, ()))
        if users:
            raise SearchFault(f"'{name}' is included by {', '.join(users)}; change those first")
        self._unfile(filed)

    def enable(self, name: str, enabled: bool = True) -> None:
        """Let a search match posts, or only be included by others."""
        filed = self.get(name)
        self._put(name, filed.version, filed.query, enabled)

    def match(self, posts: Sequence[SearchPost]) -> list[Sequence[SearchMatch]]:
        """Return for each post the searches that match it, in the order in which they were added."""
        found: list[Sequence[SearchMatch]] = []
        for start in range(0, len(posts), BATCH):
            found.extend(self.matches_in(self.batch(posts[start : start + BATCH])))
        return found

    def masks(self, posts: Sequence[SearchPost]) -> dict[str, int]:
        """Return for each search that matches any of a batch of posts which it matches, as bits."""
        return self.masks_in(self.batch(posts))

    def masks_in(self, batch: Batch) -> dict[str, int]:
        """Return the same for posts that `batch` has turned about."""
        with without_collection():
            return {filed.name: mask for filed, mask in self._worked_out(batch)}

    def _worked_out(self, batch: Batch) -> list[tuple[Filed, int]]:
        """Return the searches that match any post, in the order in which they were added, and which posts."""
        candidates = self._candidates(batch)
        batch.join(
            joint for filed in candidates if filed.joined for joint in joints(filed.plan, batch, batch.all)
        )
        found = [(filed, mask) for filed in candidates if (mask := filed.plan.posts(batch, batch.all))]
        batch.forget_views()
        return found

    def batch(self, posts: Sequence[SearchPost]) -> Batch:
        """Turn posts into a batch that this percolator's plans can be worked out on."""
        now = self._now() if self._now else None
        with without_collection():
            batch = Batch(
                posts,
                self.table,
                detect=self._detect,
                contacts=self._contacts,
                identify=self._identify,
                now=now,
            )
            self.table.learn(batch.counts, len(posts))
        return batch

    def matches_in(self, batch: Batch) -> list[Sequence[SearchMatch]]:
        """Return what `match` does for posts that `batch` has turned about."""
        with without_collection():
            found = self._worked_out(batch)
            return by_post(batch, [filed for filed, _ in found], [mask for _, mask in found])

    def _candidates(self, batch: Batch) -> list[Filed]:
        by_anchor = self._by_anchor
        anchors: list[Anchor] = list(batch.counts.keys() & by_anchor.keys())
        for name, users in self._anchored_fields.items():
            if users:
                values = (f"{name}:{value}" for value in batch.values(name))
                anchors.extend(value for value in values if value in by_anchor)
        return [
            self._enabled[order] for order in sorted(self._always.union(*map(by_anchor.__getitem__, anchors)))
        ]

    def _refuse(self, name: str, query: Query, circle: Mapping[str, object] | None = None) -> None:
        for included in sorted(includes(query.node)):
            if included == name or (circle is not None and included in circle):
                raise SearchFault(f"'{name}' and '{included}' include each other; take one of the two out")
            if included not in self._filed:
                raise SearchFault(f'search:"{included}" is not known{_tip(included, self._filed)}')
            if included in self._all_users(name):
                raise SearchFault(
                    f"'{included}' includes '{name}' already; searches cannot go round in a circle"
                )
        missing = self._missing(query.node)
        if missing:
            raise SearchFault(missing)

    def _missing(self, node: Node) -> str:
        asked = {inner.name for inner in walk(node) if isinstance(inner, Field)}
        if self._contacts is None and asked & fields.NEED_CONTACTS:
            return f"{min(asked & fields.NEED_CONTACTS)}: needs contacts: give a contacts file or a database"
        if self._detect is None and asked & fields.NEED_DETECTION:
            return f"{min(asked & fields.NEED_DETECTION)}: needs detection, which is not switched on here"
        return ""

    def _all_users(self, name: str) -> set[str]:
        """Return the searches that include a search, directly or not."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            for user in self._users.get(waiting.pop(), ()):
                if user not in found:
                    found.add(user)
                    waiting.append(user)
        return found

    def _put(self, name: str, version: str, query: Query, enabled: bool) -> None:
        planner = Planner(self.table, lambda included: self._filed[included].query.node)
        try:
            plan = planner.plan(query.node)
        except SearchFault:
            for atom in planner.atoms:
                self.table.release(atom)
            raise
        anchors = cheapest([plan.anchors()], self.table)
        old = self._filed.get(name)
        self._count += old is None
        filed = Filed(
            name,
            version,
            query,
            enabled,
            plan,
            planner.atoms,
            anchors,
            old.order if old else self._count,
            has_joints(plan),
            loose_atoms(plan),
        )
        if old is not None:
            self._unfile(old)
        self._file(filed)

    def _file(self, filed: Filed) -> None:
        name, anchors = filed.name, filed.anchors
        self._filed[name] = filed
        for included in includes(filed.query.node):
            self._users[included].add(name)
        if not filed.enabled:
            return
        self._enabled[filed.order] = filed
        if anchors is None:
            self._always.add(filed.order)
            return
        for anchor in anchors:
            self._by_anchor[anchor].add(filed.order)
            if isinstance(anchor, str):
                self._anchored_fields[anchor.partition(":")[0]] += 1

    def _unfile(self, filed: Filed) -> None:
        del self._filed[filed.name]
        self._enabled.pop(filed.order, None)
        self._always.discard(filed.order)
        for included in includes(filed.query.node):
            self._users[included].discard(filed.name)
        for anchor in filed.anchors or () if filed.enabled else ():
            held = self._by_anchor[anchor]
            held.discard(filed.order)
            if not held:
                del self._by_anchor[anchor]
            if isinstance(anchor, str):
                self._anchored_fields[anchor.partition(":")[0]] -= 1
        for atom in filed.atoms:
            self.table.release(atom)


@contextmanager
def without_collection() -> Iterator[None]:
    """Keep Python's collector of cycles from running: a batch makes none.

    It is set off by how many objects are made, and then walks over all searches and all words that are remembered:
    measured, half of the time at 10,000 searches.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _tip(name: str, known: Iterable[str]) -> str:
    near = nearest(name, known)
    return f"; {near}" if near else ""
