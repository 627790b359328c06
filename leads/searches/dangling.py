"""Finds names in searches that lead nowhere: sources, lists of contacts, targets, kinds of triggers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from triggers.kinds import KINDS
from triggers.search.definitions import SearchDefinition
from triggers.search.faults import nearest
from triggers.search.syntax import Field, walk

_LIMITS = {"source": "sources", "contact": "contacts"}


@dataclass(frozen=True, slots=True)
class Names:
    """What searches may name. `lists` of None: no contacts are known yet, so any list may still come."""

    sources: Collection[str]
    targets: Collection[str]
    lists: Collection[str] | None


def dangling(searches: Iterable[SearchDefinition], names: Names) -> Iterator[str]:
    """Yield a line for each name that leads nowhere, with the place and the nearest spelling."""
    known = {
        "source": names.sources,
        "contact": names.lists,
        "trigger": KINDS.keys(),
        "deliver": names.targets,
    }
    words = {"source": "source", "contact": "list of contacts", "trigger": "trigger", "deliver": "target"}
    for search in searches:
        for what, value, key in _named(search):
            among = known[what]
            if among is None or value.casefold() in {name.casefold() for name in among}:
                continue
            tip = nearest(value, among) or ("known are " + ", ".join(sorted(among)[:12]) if among else "")
            told = f"search '{search.name}' names the {words[what]} '{value}', which is not there"
            yield f"{search.place(key)}: {told}{'; ' + tip if tip else ''}"


def _named(search: SearchDefinition) -> Iterator[tuple[str, str, str]]:
    """Yield (what, name, key of the file) of all names; beginnings (`habr*`) may lead anywhere."""
    for name in search.deliver:
        yield "deliver", name, "deliver"
    for node in walk(search.node):
        if not isinstance(node, Field) or node.value.endswith("*"):
            continue
        limit = _LIMITS.get(node.name, "")
        key = limit if limit and node.value in getattr(search, limit) else "query"
        if node.name in ("source", "trigger") and not node.value.startswith("search:"):
            yield node.name, node.value, key
        elif node.name == "contact" and node.value.startswith("@"):
            yield "contact", node.value.removeprefix("@"), key
