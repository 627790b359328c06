"""Checks that what a configuration names exists and that no name is taken twice.

They read the plain data, not the validated model, so that they speak even where the schema is violated.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from povod.config.values import SecretReference
from povod.faults import Fault, nearest
from triggers.kinds import KINDS
from triggers.lined import Lined

Where = tuple[str | int, ...]
NAMED_LISTS: tuple[tuple[str, ...], ...] = (("sources",), ("deliver", "webhooks"))


def faults(lined: Lined, file: Path) -> Iterator[Fault]:
    """Yield a fault for every name taken twice and every file, folder or secret that is not there."""
    for where, what in (
        *_repeats(lined),
        *_missing_files(lined, file.parent),
        *_unknown_kinds(lined),
        *_missing_secrets(lined, file.parent),
    ):
        yield Fault(str(file), lined.line_of(where), what)


def _at(data: Any, where: Where) -> Any:
    for part in where:
        data = data.get(part) if isinstance(data, dict) else None
    return data


def _dicts(data: Any, where: Where) -> Iterator[tuple[int, dict[str, Any]]]:
    items = _at(data, where)
    for index, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield index, item


def _repeats(lined: Lined) -> Iterator[tuple[Where, str]]:
    for where in NAMED_LISTS:
        first: dict[Any, int] = {}
        for index, item in _dicts(lined.data, where):
            name = str(item.get("name", ""))
            if not name:
                continue
            if name in first:
                line = lined.line_of((*where, first[name], "name"))
                yield (*where, index, "name"), f"the name '{name}' is taken already, on line {line}"
            first.setdefault(name, index)


def _missing_files(lined: Lined, folder: Path) -> Iterator[tuple[Where, str]]:
    for index, item in _dicts(lined.data, ("contacts",)):
        name = item.get("file")
        path = folder / Path(name).expanduser() if isinstance(name, str) else folder
        if isinstance(name, str) and not path.is_file() and not (path / "cur").is_dir():  # A Maildir has one.
            yield ("contacts", index, "file"), _no_file(folder, name)
    packs = _at(lined.data, ("rules", "packs"))
    for index, name in enumerate(packs if isinstance(packs, list) else []):
        if isinstance(name, str) and not (folder / Path(name).expanduser()).is_dir():
            yield ("rules", "packs", index), f"there is no folder {name}{_near(folder / name)}"


def _no_file(folder: Path, name: str) -> str:
    if (folder / Path(name).expanduser()).is_dir():
        return f"{name} is a folder, not a file"
    return f"there is no file {name}{_near(folder / name)}"


def _unknown_kinds(lined: Lined) -> Iterator[tuple[Where, str]]:
    for hook, item in _dicts(lined.data, ("deliver", "webhooks")):
        kinds = item.get("kinds")
        for index, kind in enumerate(kinds if isinstance(kinds, list) else []):
            if isinstance(kind, str) and kind not in KINDS and not kind.startswith("search:"):
                place = ("deliver", "webhooks", hook, "kinds", index)
                yield place, f"there is no kind '{kind}'{nearest(kind, list(KINDS))}"


def _missing_secrets(lined: Lined, folder: Path) -> Iterator[tuple[Where, str]]:
    places: list[Where] = [("database",), ("privacy", "suppression_key")]
    values = [(where, _at(lined.data, where)) for where in places]
    hooks = ("deliver", "webhooks")
    values += [((*hooks, index, "secret"), hook.get("secret")) for index, hook in _dicts(lined.data, hooks)]
    for where, value in values:
        if not isinstance(value, dict):
            continue
        try:
            problem = SecretReference.model_validate(value).problem(folder)
        except ValidationError:
            continue  # the schema's own fault says it
        if problem:
            yield where, problem


def _near(path: Path) -> str:
    try:
        return nearest(path.name, [entry.name for entry in path.parent.iterdir()])
    except OSError:
        return ""
