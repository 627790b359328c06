"""The index of a file of contacts: made while the file is read, and kept for the next time in a folder of its own."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import lru_cache
from hashlib import blake2b, file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Any

from leads.contacts.records import FileRecords
from leads.contacts.report import Refused
from leads.linking import cache
from leads.linking.cache import CacheFault, Index, code_hash
from leads.linking.organisations import Organisations
from leads.linking.people import People

# An index of fewer records is made faster than it is found.
MIN_KEPT = 2_000

Note = Callable[[str], object]


def file_index(
    path: Path, folder: Path | None, note: Note, mapping: Mapping[str, str] | None = None
) -> tuple[Index, list[Refused]]:
    """Return the index of a file's contacts and of their companies, and the rows that cannot be read.

    It is taken from `folder`, if it was made there of the very same file by the same version; else it is made anew
    and kept there, in place of the one of the earlier file. `note` is told what cannot be kept, and why.

    Raises:
        ContactsFault: the file cannot be read, or its columns are not understood.
    """
    content = _content(path, mapping) if folder is not None else ""
    if folder is None or not content:
        return _made(path, mapping)
    place = folder / f"{path.stem}-{_short(str(path.resolve()))}.index"
    found = _kept(place, content)
    if found is None:
        found = _made(path, mapping)
        _keep(place, content, *found, note)
    return found


def _made(path: Path, mapping: Mapping[str, str] | None) -> tuple[Index, list[Refused]]:
    """Read the file into a new index. What is built has no cycles: looking for them would take a third of the time."""
    records = FileRecords(path, mapping)
    index = Index(People(), Organisations())
    collecting = gc.isenabled()
    gc.disable()
    try:
        for contact in records.people():
            index.people.add(contact)
        for key in records.again:
            index.people.keep_last(key)
        index.people.settle()
        for company in records.companies():
            index.organisations.add(company)
        index.organisations.settle()
    finally:
        if collecting:
            gc.enable()
    return index, records.refused


def _kept(place: Path, content: str) -> tuple[Index, list[Refused]] | None:
    """Return what was kept, None where that is of another file, of another version, or damaged."""
    try:
        told: dict[str, Any] = json.loads(_notes(place).read_text("utf-8"))
        if told["content"] != content:
            return None
        index = cache.read(place)
        refused = [Refused(**one) for one in told["refused"]]
    except (OSError, ValueError, KeyError, TypeError, CacheFault):
        return None
    return (index, refused) if told["made"] == index.made else None


def _keep(place: Path, content: str, index: Index, refused: list[Refused], note: Note) -> None:
    if len(index.people) < MIN_KEPT:
        cache.erase(place)
        return
    try:
        cache.write(place, index)
        told = {"content": content, "made": index.made, "refused": [asdict(one) for one in refused]}
        cache.write_private(_notes(place), [json.dumps(told, ensure_ascii=True).encode()])
    except OSError as error:
        note(f"{place}: the index of contacts cannot be kept: {error}")


def _notes(place: Path) -> Path:
    return place.with_name(f"{place.name}.told")


def _content(path: Path, mapping: Mapping[str, str] | None) -> str:
    """Return a hash of all that the index depends on; "" where the file cannot be read, which reading it will say."""
    try:
        with path.open("rb") as file:
            content = file_digest(file, lambda: blake2b(digest_size=16)).hexdigest()
    except OSError:
        return ""
    return _short(json.dumps([content, sorted((mapping or {}).items()), str(path), _read_with()]))


@lru_cache(maxsize=1)
def _read_with() -> str:
    """Return a hash of what decides how rows are read. How names are read, the index itself knows."""
    return code_hash("leads.contacts", "leads.contacts.data") + version("phonenumbers")


def _short(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
