"""YAML read with the line of every value, so that a fault in a rule or a configuration can name its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

Where = tuple[str | int, ...]
MAX_DEPTH = 30
# Aliases can make a small file stand for billions of values.
MAX_VALUES = 200_000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# A text must be so long, in characters, to nest deep enough to exhaust the stack of the parser in C.
_LONG = 2_000
_TOO_DEEP = f"nested more than {MAX_DEPTH} levels deep"


class YamlFault(Exception):
    """A text that is not plain YAML: `line` (1-based; 0 where it is the text as a whole) and what is wrong."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what


@dataclass(slots=True)
class Lined:
    """Plain data, the line (1-based) of every key and list item by its path, and what is wrong with it."""

    data: Any
    lines: dict[Where, int] = field(default_factory=dict)
    faults: list[YamlFault] = field(default_factory=list)

    def line_of(self, path: Where) -> int:
        """Return the line of a path, or of the nearest thing that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_lined(text: str, *, words_only: bool = False) -> Lined:
    """Read plain YAML as `read_all` does. Raises the first YamlFault."""
    lined = read_all(text, words_only=words_only)
    if lined.faults:
        raise lined.faults[0]
    return lined


def read_all(text: str, *, words_only: bool = False) -> Lined:
    """Read plain YAML: no tags but the standard ones, no key twice. All that is wrong is in `faults`.

    With `words_only`, yes, no, on, off and figures are words like any others.
    """
    result = Lined(None)
    try:
        if len(text) > _LONG and (line := _too_deep(text)):
            result.faults.append(YamlFault(line, _TOO_DEEP))
            return result
        node = yaml.compose(text, Loader=_LOADER)
        if node is not None:
            reader = _Reader(result, words_only)
            result.data = reader.value(node, ())
            reader.scalars.dispose()  # it refers to itself, and to every node that was read
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        result.faults.append(YamlFault(line, f"not valid YAML: {error.problem or error.context}"))
    except yaml.YAMLError as error:
        result.faults.append(YamlFault(0, f"not valid YAML: {str(error).splitlines()[0]}"))
    except RecursionError:
        result.faults.append(YamlFault(0, _TOO_DEEP))
    return result


def _too_deep(text: str) -> int:
    """Return the line where nesting goes too deep, 0 where it does not. Read as events: composing nests calls."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH + 1:
            return int(event.start_mark.line) + 1 if event.start_mark else 1
    return 0


class _Reader:
    """Turns nodes into plain data and notes where each came from."""

    def __init__(self, result: Lined, words_only: bool) -> None:
        self.result = result
        self.words_only = words_only
        self.scalars = yaml.SafeLoader("")
        self.count = 0

    def value(self, node: yaml.Node, path: Where) -> Any:
        self.result.lines.setdefault(path, node.start_mark.line + 1)
        self.count += 1
        if self.count == MAX_VALUES:
            return self._fault(node, f"more than {MAX_VALUES:,} values; split the file")
        if self.count > MAX_VALUES:
            return None
        if len(path) > MAX_DEPTH:
            return self._fault(node, _TOO_DEEP)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Where) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault(key_node, "a key must be a plain word; quote it")
                continue
            key = str(key_node.value)
            if key in data:
                self._fault(key_node, f"the key '{key}' stands here twice; keep one of them")
            self.result.lines[(*path, key)] = key_node.start_mark.line + 1
            data[key] = self.value(value_node, (*path, key))
        return data

    def _scalar(self, node: yaml.Node) -> Any:
        if self.words_only and isinstance(node, yaml.ScalarNode):
            return node.value
        try:
            return self.scalars.construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError) as error:
            return self._fault(node, f"cannot be read as a value: {str(error).splitlines()[0]}")

    def _fault(self, node: yaml.Node, what: str) -> None:
        self.result.faults.append(YamlFault(node.start_mark.line + 1, what))
