"""The index on disk: one file of arrays that is mapped into memory, and a journal of what has changed since.

Whatever is wrong with either - cut short, altered, made by another version of the comparisons - it is made anew: the
index holds nothing that cannot be read again where the records come from.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from leads.linking.columns import NOWHERE, Origin
from leads.linking.organisations import Organisations
from leads.linking.people import People
from leads.linking.records import CompanyRecord, ContactRecord, Key
from leads.linking.strings import Arrays, inside, under

_MAGIC = b"povod-linking-index\n"
_ALIGNED = 64
# A journal of more changes than this is folded into the file.
MAX_JOURNAL = 5_000


class CacheFault(Exception):
    """The index on disk cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Change:
    """A record that was added or has changed, or, without one, the removal of a key. `schema`: person or company."""

    schema: str
    key: str
    record: ContactRecord | CompanyRecord | None = None
    origin: Origin = NOWHERE


@dataclass(slots=True)
class Index:
    """People and organisations as they lie on disk. `journal` counts the changes since the file was written."""

    people: People
    organisations: Organisations
    made: str = ""
    journal: int = 0

    def apply(self, change: Change) -> None:
        """Make one change."""
        record = change.record
        if isinstance(record, ContactRecord):
            self.people.remove(change.key)
            self.people.add(record, change.origin)
        elif record is not None:
            self.organisations.add(record, change.origin)
        elif change.schema == "company":
            self.organisations.remove(change.key)
        else:
            self.people.remove(change.key)


@lru_cache(maxsize=1)
def made_with() -> str:
    """Return a hash of all that decides what an index holds: the code and tables that read names."""
    packages = (f"{name} {version(name)}" for name in ("numpy", "anyascii", "nicknames", "pymorphy3"))
    return code_hash("leads.linking", "leads.linking.data", more="".join(packages))


def code_hash(*packages: str, more: str = "") -> str:
    """Return a hash of the code and tables that lie in packages of ours."""
    digest = hashlib.blake2b(more.encode(), digest_size=8)
    for package in packages:
        for item in sorted(files(package).iterdir(), key=lambda one: one.name):
            if item.is_file() and item.name.endswith((".py", ".tsv")):
                digest.update(item.name.encode() + item.read_bytes())
    return digest.hexdigest()


def write(path: Path, index: Index) -> None:
    """Write an index in place of what was there, all or nothing, for the owner's eyes only."""
    index.people.settle()
    index.organisations.settle()
    arrays = under("people", index.people.arrays()) | under("organisations", index.organisations.arrays())
    index.made, index.journal = secrets.token_hex(8), 0
    parts, at = [], 0
    for name, array in arrays.items():
        parts.append((name, array.dtype.str, at, array.nbytes, crc32(np.ascontiguousarray(array).data)))
        at += -(-array.nbytes // _ALIGNED) * _ALIGNED
    header = json.dumps({"with": made_with(), "made": index.made, "parts": parts}).encode()
    head = _MAGIC + b"%016x %08x\n" % (len(header), crc32(header)) + header
    write_private(path, _padded((head, *(np.ascontiguousarray(array).data for array in arrays.values()))))
    for old in path.parent.glob(f"{path.name}.*.journal"):
        old.unlink(missing_ok=True)


def _padded(parts: Iterable[bytes | memoryview]) -> Iterator[bytes | memoryview]:
    for part in parts:
        yield part
        yield b"\0" * (-memoryview(part).nbytes % _ALIGNED)


def write_private(path: Path, parts: Iterable[bytes | memoryview]) -> None:
    """Write a file in place of what was there, all or nothing, for the owner's eyes only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read(path: Path) -> Index:
    """Map an index and make the changes that its journal tells.

    Raises:
        CacheFault: there is none, or it cannot be used.
    """
    header, arrays = _mapped(path)
    index = Index(
        People.of(inside("people", arrays)),
        Organisations.of(inside("organisations", arrays)),
        header["made"],
    )
    for change in _journal(_journal_of(path, index.made)):
        index.apply(change)
        index.journal += 1
    return index


def append(path: Path, index: Index, changes: Iterable[Change]) -> None:
    """Add changes, which the index has made, to its journal."""
    lines = [_line(change) for change in changes]
    index.journal += len(lines)
    journal = _journal_of(path, index.made)
    with os.fdopen(os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
        file.write(b"".join(lines))
        file.flush()
        os.fsync(file.fileno())


def erase(path: Path) -> None:
    """Remove an index and its journal."""
    path.unlink(missing_ok=True)
    for old in path.parent.glob(f"{path.name}.*"):
        old.unlink(missing_ok=True)


def _journal_of(path: Path, made: str) -> Path:
    return path.with_name(f"{path.name}.{made}.journal")


def _mapped(path: Path) -> tuple[dict[str, Any], Arrays]:
    try:
        with path.open("rb") as file:
            whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError:
        raise CacheFault("there is none yet") from None
    except (OSError, ValueError) as error:
        raise CacheFault(f"it cannot be read: {error}") from None
    start = len(_MAGIC) + 26
    try:
        if whole[: len(_MAGIC)] != _MAGIC:
            raise CacheFault("it is no index of ours")
        size, checked = whole[len(_MAGIC) : start].split()
        head = whole[start : start + int(size, 16)]
        if crc32(head) != int(checked, 16):
            raise CacheFault("its header is damaged")
        header: dict[str, Any] = json.loads(head)
    except ValueError:
        raise CacheFault("its header is damaged") from None
    if header["with"] != made_with():
        raise CacheFault("it was made by another version")
    begin = -(-(start + len(head)) // _ALIGNED) * _ALIGNED
    arrays: Arrays = {}
    view = memoryview(whole)
    for name, kind, at, size, checked in header["parts"]:
        part = view[begin + at : begin + at + size]
        if len(part) != size or crc32(part) != checked:
            raise CacheFault("it is damaged or cut short")
        arrays[name] = np.frombuffer(part, dtype=np.dtype(kind))
    return header, arrays


def _line(change: Change) -> bytes:
    told = asdict(change)
    text = json.dumps(told, ensure_ascii=True).encode()
    return b"%08x %s\n" % (crc32(text), text)


def _journal(path: Path) -> Iterator[Change]:
    """Yield the changes of a journal.

    Raises:
        CacheFault: a line is damaged; what follows it cannot be trusted.
    """
    if not path.exists():
        return
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        checked, _, text = line.partition(b" ")
        if checked != b"%08x" % crc32(text):
            raise CacheFault(f"line {number} of its journal is damaged")
        told = json.loads(text)
        yield Change(told["schema"], told["key"], _record(told), Origin(**told["origin"]))


def _record(told: dict[str, Any]) -> ContactRecord | CompanyRecord | None:
    fields = told["record"]
    if fields is None:
        return None
    kept: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
    }
    kept["keys"] = tuple(Key(**key) for key in kept["keys"])
    return CompanyRecord(**kept) if told["schema"] == "company" else ContactRecord(**kept)
