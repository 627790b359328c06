"""Reads the saved searches of a configuration: those in the file itself, and those in files beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from povod.faults import Fault, nearest
from triggers.lined import Lined
from triggers.search.definitions import LinedFault, SearchDefinition, SearchFaults, load_items, read_items
from triggers.search.mutes import KEYS, Mute, read_mute


def read(lined: Lined, file: Path) -> tuple[list[SearchDefinition], list[Fault]]:
    """Return the searches that can be used, and the faults of each by itself.

    Whether they fit together shows only beside those of the database.
    """
    items = lined.data.get("searches")
    found, wrong = read_items(
        items if isinstance(items, list) else [], Lined(lined.data, lined.lines), ("searches",), str(file)
    )
    faults = [_fault(str(file), line) for line in wrong]
    names = lined.data.get("search_files")
    for index, name in enumerate(names if isinstance(names, list) else []):
        more, told = _beside(lined, file, index, name)
        found += more
        faults += told
    return found, faults


def read_mutes(lined: Lined, file: Path) -> tuple[list[Mute], list[Fault]]:
    """Return the mute list, and what is wrong with its entries; what is no list of texts the schema tells."""
    held = lined.data.get("mute")
    found: list[Mute] = []
    faults: list[Fault] = []
    for what, key in KEYS.items():
        values = held.get(key) if isinstance(held, dict) else None
        for index, value in enumerate(values if isinstance(values, list) else []):
            line = lined.line_of(("mute", key, index))
            try:
                if isinstance(value, str):
                    found.append(read_mute(what, value, f"{file}:{line}"))
            except ValueError as error:
                faults.append(Fault(str(file), line, f"'mute.{key}[{index + 1}]': {error}"))
    return found, faults


def _beside(lined: Lined, file: Path, index: int, name: Any) -> tuple[list[SearchDefinition], list[Fault]]:
    if not isinstance(name, str):
        return [], []  # the schema's own fault says it
    path = file.parent / Path(name).expanduser()
    if not path.is_file():
        near = (
            nearest(path.name, [p.name for p in path.parent.glob("*.y*ml")]) if path.parent.is_dir() else ""
        )
        line = lined.line_of(("search_files", index))
        return [], [Fault(str(file), line, f"there is no file {name}{near}")]
    try:
        found, wrong = load_items(path)
    except SearchFaults as fault:
        return [], [_fault(str(path), (0, text)) for text in fault.lines]
    return found, [_fault(str(path), line) for line in wrong]


def _fault(file: str, told: LinedFault) -> Fault:
    """Take the place, which a fault of ours says by itself, off the words."""
    line, text = told
    words = text.removeprefix(f"{file}:{line}: ").removeprefix(f"{file}: ")
    if not line and words.startswith(f"{file}:"):
        number, _, rest = words.removeprefix(f"{file}:").partition(": ")
        return Fault(file, int(number), rest)
    return Fault(file, line, words)
