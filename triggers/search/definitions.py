"""Saved searches as a file gives them: a list `searches:` of names, queries and what belongs to them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from triggers.lined import Lined, Where, YamlFault, read_lined
from triggers.search import fields
from triggers.search.dialects import dialect_named
from triggers.search.faults import QueryFault, nearest
from triggers.search.parser import Query, parse
from triggers.search.printer import canonical
from triggers.search.syntax import Field, Node, all_of, any_of, includes, walk

MAX_NAME = 100
LinedFault = tuple[int, str]
BUYER = ("industry", "role", "place")
_LIMITED = {"languages": "lang", "sources": "source", "kinds": "kind", "contacts": "contact"}


class SearchFaults(ValueError):
    """All that is wrong with a file of searches, each `file:line: what; how to mend`."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


@dataclass(frozen=True, slots=True)
class SearchDefinition:
    """One saved search. Empty lists mean any; a `daily_cap` or `dedupe` of None means none."""

    name: str
    query: str
    parsed: Query
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    buyer: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    owner: str = ""
    priority: int = 0
    dedupe: timedelta | None = None
    daily_cap: int | None = None
    deliver: tuple[str, ...] = ()
    enabled: bool = True
    enabled_from: date | None = None
    file: str = ""
    line: int = 0
    # The line of each key, for faults that show only when the search is used.
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)
    # All keys but the name, as plain data that can be stored and read again.
    settings: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def place(self, key: str = "") -> str:
        """Where the search stands, or one of its keys: `file:line`, or the name of what holds it."""
        line = self.lines.get(key, self.line)
        return f"{self.file}:{line}" if line else self.file

    @property
    def node(self) -> Node:
        """The query together with the languages, sources, kinds and contacts it is limited to."""
        limits = [
            any_of(Field(name, "=", value) for value in values)
            for key, name in _LIMITED.items()
            if (values := [value for value in getattr(self, key) if value != "any"])
        ]
        return all_of([self.parsed.node, *limits]) if limits else self.parsed.node

    @property
    def effective(self) -> Query:
        """The query that is matched: `node`, with the text as it was written."""
        return Query(self.query, self.node, self.parsed.warnings)

    @property
    def version(self) -> str:
        """A short hash of what decides which posts match: the same whatever blanks and comments the file has."""
        return hashlib.sha256(canonical(self.node).encode()).hexdigest()[:12]


def needs(searches: Iterable[SearchDefinition]) -> frozenset[str]:
    """Return what these searches cannot do without: of `contacts` and `detection`."""
    asked = {node.name for search in searches for node in walk(search.node) if isinstance(node, Field)}
    found = {"contacts"} if asked & fields.NEED_CONTACTS else set()
    return frozenset(found | ({"detection"} if asked & fields.NEED_DETECTION else set()))


def load_searches(path: Path) -> list[SearchDefinition]:
    """Read a file of searches.

    Raises:
        SearchFaults: everything that is wrong with it.
    """
    return read_searches(_text_of(path), str(path))


def load_items(path: Path) -> tuple[list[SearchDefinition], list[LinedFault]]:
    """Read a file of searches that may include those of other files; return also the faults of each by itself.

    Raises:
        SearchFaults: it cannot be read as a file of searches at all.
    """
    items, lined = _listed(_text_of(path), str(path))
    return read_items(items, lined, ("searches",), str(path))


def read_searches(text: str, name: str) -> list[SearchDefinition]:
    """Read the text of a file of searches; `name` stands in the faults. Raises SearchFaults."""
    items, lined = _listed(text, name)
    return searches_from(items, lined, ("searches",), name)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SearchFaults([f"{path}: no such file of searches"]) from None
    except UnicodeDecodeError as error:
        raise SearchFaults([f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8"]) from None
    except OSError as error:
        raise SearchFaults([f"{path}: cannot be read: {error.strerror}"]) from None


def _listed(text: str, name: str) -> tuple[list[Any], Lined]:
    try:
        lined = read_lined(text)
    except YamlFault as fault:
        raise SearchFaults([f"{name}:{fault.line}: {fault.what}"]) from None
    data = lined.data
    if not isinstance(data, dict) or not isinstance(data.get("searches"), list):
        raise SearchFaults([f"{name}:1: a file of searches holds a list 'searches:' of name and query"])
    unknown = [key for key in data if key != "searches"]
    if unknown:
        what = [
            f"{name}:{lined.line_of((key,))}: unknown key '{key}'; only 'searches' belongs here"
            for key in unknown
        ]
        raise SearchFaults(what)
    return data["searches"], lined


def searches_from(items: Sequence[Any], lined: Lined, where: Where, name: str) -> list[SearchDefinition]:
    """Read the items of a list of searches that stands at `where` in a larger file. Raises SearchFaults."""
    found, faults = read_items(items, lined, where, name)
    faults += check_together(found)
    if faults:
        raise SearchFaults([text for _, text in sorted(faults)])
    return found


def read_items(
    items: Sequence[Any], lined: Lined, where: Where, name: str
) -> tuple[list[SearchDefinition], list[LinedFault]]:
    """Read the items of a list one by one; return those that can be used, and all faults with their lines.

    An empty `lined` stands for settings that have no lines; the faults then say `name` alone.
    """
    reader = _Reader(lined, name)
    found = [
        search
        for number, item in enumerate(items)
        if (search := reader.search(item, (*where, number))) is not None
    ]
    return found, reader.faults


def check_together(searches: Sequence[SearchDefinition]) -> list[LinedFault]:
    """Return the faults of names that stand twice, includes that lead nowhere, and includes that go round."""
    faults: list[LinedFault] = []
    known: dict[str, SearchDefinition] = {}

    def fault(search: SearchDefinition, what: str, key: str = "") -> None:
        faults.append((search.line, f"{search.place(key)}: {what}"))

    for search in searches:
        if search.name in known:
            first = known[search.name]
            there = f"in line {first.line}" if first.file == search.file else f"in {first.place()}"
            fault(search, f"a search '{search.name}' stands here already, {there}")
        known[search.name] = search
    for search in known.values():
        for name in sorted(includes(search.node) - known.keys()):
            tip = nearest(name, known)
            fault(
                search,
                f"search '{search.name}' includes search:\"{name}\", which is not here{'; ' + tip if tip else ''}",
            )
    for circle in _circles({name: includes(search.node) & known.keys() for name, search in known.items()}):
        fault(
            known[circle[0]], f"searches include each other in a circle: {' -> '.join(circle)}; take one out"
        )
    return faults


def match_versions(searches: Iterable[SearchDefinition]) -> dict[str, str]:
    """Return what the matches of each search are marked with: another one when an included search changes, too."""
    known = {search.name: search for search in searches}
    found: dict[str, str] = {}

    def version(name: str) -> str:
        if name not in found:
            included = sorted(includes(known[name].node) & known.keys())
            found[name] = known[name].version
            if included:
                below = [known[name].version, *(version(other) for other in included)]
                found[name] = hashlib.sha256("\n".join(below).encode()).hexdigest()[:12]
        return found[name]

    return {name: version(name) for name in known}


class _Reader:
    """Reads searches and gathers their faults."""

    def __init__(self, lined: Lined, file: str) -> None:
        self.lined = lined
        self.file = file
        self.faults: list[tuple[int, str]] = []

    def fault(self, where: Where, what: str) -> None:
        line = self.lined.line_of(where) if self.lined.lines else 0
        self.faults.append((line, f"{self.file}:{line}: {what}" if line else f"{self.file}: {what}"))

    def search(self, item: Any, where: Where) -> SearchDefinition | None:
        if not isinstance(item, dict):
            self.fault(where, "a search holds keys and values: name and query at least")
            return None
        before = len(self.faults)
        for key in item:
            if key not in KEYS and key not in ("name", "query", "dialect"):
                known = (*KEYS, "name", "query", "dialect")
                tip = nearest(str(key), known)
                self.fault(
                    (*where, key), f"unknown key '{key}'; {tip or 'known are ' + ', '.join(sorted(known))}"
                )
        name = self._name(item, where)
        parsed = self._query(item, where, name)
        values = {
            key: self._value(key, item[key], (*where, key)) for key in KEYS if item.get(key) is not None
        }
        if parsed is None or len(self.faults) > before:
            return None
        line_of = self.lined.line_of if self.lined.lines else lambda _: 0
        return SearchDefinition(
            name=name,
            query=item["query"],
            parsed=parsed,
            file=self.file,
            line=line_of(where),
            lines={str(key): line_of((*where, key)) for key in item},
            settings={
                key: _plain(value) for key, value in item.items() if key != "name" and value is not None
            },
            **values,
        )

    def _name(self, item: dict[str, Any], where: Where) -> str:
        name = item.get("name")
        if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME or not name.isprintable():
            self.fault(
                (*where, "name"), f"a search wants a 'name', a text of 1 to {MAX_NAME} characters on one line"
            )
            return ""
        return name

    def _query(self, item: dict[str, Any], where: Where, name: str) -> Query | None:
        text = item.get("query")
        if not isinstance(text, str):
            self.fault((*where, "query"), f"search '{name}' wants a 'query'; put it in quotes")
            return None
        try:
            return parse(text, dialect_named(str(item.get("dialect", "povod"))))
        except QueryFault as error:
            self.fault((*where, "query"), f"search '{name}': {error}")
        except ValueError as error:
            self.fault((*where, "dialect"), f"search '{name}': {error}")
        return None

    def _value(self, key: str, value: Any, where: Where) -> Any:
        try:
            return KEYS[key](value)
        except ValueError as error:
            self.fault(where, f"'{key}' {error}")
            return None


def _circles(graph: Mapping[str, frozenset[str]]) -> Iterator[list[str]]:
    """Yield each circle once, found from its first name in the order of the file."""
    done: set[str] = set()
    for start in graph:
        path: list[str] = []
        waiting: list[tuple[str, int]] = [(start, 0)]
        while waiting:
            name, depth = waiting.pop()
            del path[depth:]
            if name in path:
                yield [*path[path.index(name) :], name]
            elif name not in done:
                path.append(name)
                done.add(name)
                waiting.extend((child, depth + 1) for child in sorted(graph[name], reverse=True))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _texts(value: Any) -> tuple[str, ...]:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) and item.strip() for item in items):
        raise ValueError("is a text or a list of texts; put 'no' and numbers in quotes")
    return tuple(items)


def _values(name: str) -> Callable[[Any], tuple[str, ...]]:
    def read(value: Any) -> tuple[str, ...]:
        return tuple(_value_of(name, item) for item in _texts(value))

    return read


def _value_of(name: str, item: str) -> str:
    try:
        return fields.canonical(name, item)
    except ValueError as error:
        raise ValueError(f"holds '{item}': {error}") from None


def _buyer(value: Any) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ValueError(f"holds {', '.join(BUYER)}, each a text or a list of texts")
    for key in value:
        if key not in BUYER:
            raise ValueError(f"has no '{key}'; {nearest(str(key), BUYER) or 'known are ' + ', '.join(BUYER)}")
    return {key: _texts(item) for key, item in value.items()}


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"is a whole number from {low} to {high:,}, not {value!r}")
        return value

    return read


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"is true or false, not {value!r}")
    return value


def _day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise ValueError(f"is a day such as 2026-05-17, not {value!r}")


def _span(value: Any) -> timedelta:
    if not isinstance(value, str):
        raise ValueError(f"is a length of time such as 7d, not {value!r}")
    return fields.age(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"is a text, not {value!r}; put it in quotes")
    return value


KEYS: dict[str, Callable[[Any], Any]] = {
    "languages": _values("lang"), "sources": _texts, "kinds": _values("kind"), "contacts": _values("contact"),
    "buyer": _buyer, "owner": _text, "priority": _whole(-100, 100), "dedupe": _span,
    "daily_cap": _whole(1, 100_000), "deliver": _texts, "enabled": _switch, "enabled_from": _day,
}  # fmt: skip
