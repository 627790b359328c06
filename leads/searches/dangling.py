"""Finds names in searches that lead nowhere: sources, lists of contacts, targets, triggers, rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from triggers.kinds import KINDS
from triggers.search.definitions import SearchDefinition
from triggers.search.faults import nearest
from triggers.search.syntax import Field, walk

# So many names at most are listed where none is spelt alike.
SHOWN = 40
_LIMITS = {"source": "sources", "contact": "contacts"}


@dataclass(frozen=True, slots=True)
class Names:
    """What searches may name. None: it is not known here, so anything may be named."""

    sources: Collection[str] | None = None
    targets: Collection[str] | None = None
    lists: Collection[str] | None = None
    rules: Collection[str] | None = None


def dangling(searches: Iterable[SearchDefinition], names: Names) -> Iterator[str]:
    """Yield a line for each name that leads nowhere, with the place and the nearest spelling."""
    known = {
        "source": names.sources,
        "contact": names.lists,
        "trigger": KINDS.keys(),
        "rule": names.rules,
        "deliver": names.targets,
    }
    words = {"contact": "list of contacts", "deliver": "target"}
    for search in searches:
        for what, value, key in _named(search):
            among = known[what]
            if among is None or _is_among(value, among):
                continue
            told = f"search '{search.name}' names the {words.get(what, what)} '{value}', which is not there"
            yield f"{search.place(key)}: {told}{_tip(value, among)}"


def _is_among(value: str, names: Collection[str]) -> bool:
    folded = value.casefold()
    if folded.endswith("*"):
        return any(name.casefold().startswith(folded[:-1]) for name in names)
    return folded in {name.casefold() for name in names}


def _tip(value: str, names: Collection[str]) -> str:
    near = nearest(value, names)
    if near or not names or len(names) > SHOWN:
        return f"; {near}" if near else ""
    return f"; known are {', '.join(sorted(names))}"


def asks_for_rules(searches: Iterable[SearchDefinition]) -> bool:
    """Return whether any search names a rule: only then are the rules' ids worth looking up."""
    return any(what == "rule" for search in searches for what, _, _ in _named(search))


def _named(search: SearchDefinition) -> Iterator[tuple[str, str, str]]:
    """Yield (what, name, key of the file) of all names; a beginning of a source (`habr*`) may lead anywhere."""
    for name in search.deliver:
        yield "deliver", name, "deliver"
    for node in walk(search.node):
        if not isinstance(node, Field):
            continue
        limit = _LIMITS.get(node.name, "")
        key = limit if limit and node.value in getattr(search, limit) else "query"
        if node.name == "contact":
            if node.value.startswith("@"):
                yield "contact", node.value.removeprefix("@"), key
        elif (
            node.name == "rule"
            or (node.name == "trigger" and not node.value.startswith("search:"))
            or (node.name == "source" and not node.value.endswith("*"))
        ):
            yield node.name, node.value, key
