"""YAML read with the line of every value, so that a fault in a rule can name its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

Where = tuple[str | int, ...]
MAX_DEPTH = 20
# Aliases can make a small file stand for billions of values.
MAX_VALUES = 100_000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlFault(Exception):
    """A text that is not plain YAML: `line` (1-based) and what is wrong."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what


@dataclass(slots=True)
class Lined:
    """Plain data, and the line (1-based) of every key and list item by its path."""

    data: Any
    lines: dict[Where, int] = field(default_factory=dict)

    def line_of(self, path: Where) -> int:
        """Return the line of a path, or of the nearest thing that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_lined(text: str, *, words_only: bool = False) -> Lined:
    """Read plain YAML (no tags but the standard ones, no key twice). Raises YamlFault.

    With `words_only`, yes, no, on, off and figures are words like any others.
    """
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise YamlFault(line, f"not valid YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise YamlFault(1, f"not valid YAML: {str(error).splitlines()[0]}") from None
    reader = _Reader(words_only)
    return Lined(None if node is None else reader.value(node, ()), reader.lines)


class _Reader:
    """Turns nodes into plain data and notes where each came from."""

    def __init__(self, words_only: bool) -> None:
        self.words_only = words_only
        self.lines: dict[Where, int] = {}
        self.scalars = yaml.SafeLoader("")

    def value(self, node: yaml.Node, path: Where) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        if len(self.lines) > MAX_VALUES or len(path) > MAX_DEPTH:
            raise YamlFault(line, "too many values or too deep; split the file")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Where) -> dict[Any, Any]:
        data: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self._scalar(key_node)
            line = key_node.start_mark.line + 1
            if not isinstance(key, str | int):
                raise YamlFault(line, "a key must be a plain word; quote it")
            if key in data:
                raise YamlFault(line, f"the key {key!r} stands here twice; keep one")
            self.lines[(*path, key)] = line
            data[key] = self.value(value_node, (*path, key))
        return data

    def _scalar(self, node: yaml.Node) -> Any:
        if self.words_only and isinstance(node, yaml.ScalarNode):
            return node.value
        try:
            return self.scalars.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            what = str(error).splitlines()[0]
            raise YamlFault(node.start_mark.line + 1, f"not plain data: {what}") from None
