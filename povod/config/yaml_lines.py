"""YAML read with line numbers, so that every fault can name its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from povod.faults import Fault

Path = tuple[str | int, ...]
MAX_DEPTH = 30
# Aliases can make a small file stand for billions of values.
MAX_VALUES = 200_000


@dataclass(slots=True)
class LinedYaml:
    """Plain data, and the line (1-based) of every key and list item by its path."""

    data: Any
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line_of(self, path: Path) -> int:
        """Return the line of a path, or of the nearest thing that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(text: str, name: str) -> LinedYaml:
    """Read YAML text; `name` is the file's name for messages. Faults are collected, not raised.

    Only plain data is understood: no tags, no anchors' recursion, no key twice in one mapping.
    """
    result = LinedYaml(data=None)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        result.faults.append(Fault(name, line, f"not valid YAML: {error.problem or error.context}"))
        return result
    except yaml.YAMLError as error:
        result.faults.append(Fault(name, 0, f"not valid YAML: {str(error).splitlines()[0]}"))
        return result
    except RecursionError:
        result.faults.append(Fault(name, 0, f"nested more than {MAX_DEPTH} levels deep"))
        return result
    if node is not None:
        result.data = _Reader(name, result).value(node, ())
    return result


class _Reader:
    """Turns nodes into plain data and notes where each came from."""

    def __init__(self, name: str, result: LinedYaml) -> None:
        self.name = name
        self.result = result
        self.constructor = yaml.SafeLoader("")
        self.count = 0

    def value(self, node: yaml.Node, path: Path) -> Any:
        self.result.lines.setdefault(path, node.start_mark.line + 1)
        self.count += 1
        if self.count == MAX_VALUES:
            return self._fault(node, f"more than {MAX_VALUES:,} values; split the file")
        if self.count > MAX_VALUES:
            return None
        if len(path) > MAX_DEPTH:
            return self._fault(node, f"nested more than {MAX_DEPTH} levels deep")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in data:
                self._fault(key_node, f"the key '{key}' stands here twice; keep one of them")
            self.result.lines[(*path, key)] = key_node.start_mark.line + 1
            data[key] = self.value(value_node, (*path, key))
        return data

    def _scalar(self, node: yaml.Node) -> Any:
        try:
            return self.constructor.construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError) as error:
            return self._fault(node, f"cannot be read as a value: {str(error).splitlines()[0]}")

    def _fault(self, node: yaml.Node, what: str) -> None:
        self.result.faults.append(Fault(self.name, node.start_mark.line + 1, what))
