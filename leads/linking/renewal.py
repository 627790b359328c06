"""Brings the index on disk up to what the database says now: what has changed is read, and nothing else."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt
from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from leads.linking import cache
from leads.linking.cache import CacheFault, Change, Index
from leads.linking.columns import Origin, Origins
from leads.linking.load import CHUNK, iter_companies, iter_contacts
from leads.linking.organisations import Organisations
from leads.linking.people import People
from leads.linking.records import CompanyRecord, ContactRecord
from leads.linking.ties import UNTIED, Ties, load_ties
from models.contacts import Company, Contact, Identity

# Where more than this share of the records has changed, reading all anew is faster than mending.
MENDED = 0.25
# An index of fewer records is not worth a file.
MIN_KEPT = 2_000

Note = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Stamps:
    """Of each row in the database a number that changes with it; in the order of the ids."""

    ids: npt.NDArray[np.int64]
    values: npt.NDArray[np.uint64]

    def of(self, number: int) -> int:
        """Return the stamp of a row, 0 where there is none."""
        at = int(self.ids.searchsorted(number))
        return int(self.values[at]) if at < len(self.ids) and self.ids[at] == number else 0


@dataclass(frozen=True, slots=True)
class _Present:
    """What the database says now: the stamps of its rows, and what ties contacts."""

    contacts: Stamps
    companies: Stamps
    ties: Mapping[int, Ties]


@dataclass(frozen=True, slots=True)
class _Stale:
    """What an index says otherwise than the database: ids to read, and keys of records that are gone."""

    read: list[int]
    gone: list[str]


def current_index(session: Session, path: Path | None, note: Note, me: Collection[str] = ()) -> Index:
    """Return the index of all contacts and companies, from the file at `path` as far as it still holds.

    The file is brought up to date: changes go into its journal; after a removal it is written anew without what
    was removed. `note` is told what is done and why. `me` is what owners call the user.
    """
    companies = _stamps(session, Company, Identity.company_id)
    ties = load_ties(session, me)
    contacts = _stamps(session, Contact, Identity.contact_id, companies, ties)
    now = _Present(contacts, companies, ties)
    index = _kept(path, note) if path is not None else None
    if index is None:
        return _made(session, path, note, now)
    stale = _stale(index.people, contacts), _stale(index.organisations, companies)
    changed = sum(len(one.read) + len(one.gone) for one in stale)
    if changed > MENDED * (len(contacts.ids) + len(companies.ids)):
        return _made(session, path, note, now)
    if changed and path is not None:
        changes = [*_changes(session, stale, now)]
        for change in changes:
            index.apply(change)
        if any(one.gone for one in stale):
            # Whoever was removed may have asked to be forgotten: nothing of them stays in the file.
            index.people.wipe()
            index.organisations.wipe()
            _write(path, index, note)
        elif index.journal + len(changes) > cache.MAX_JOURNAL:
            _write(path, index, note)
        else:
            _append(path, index, changes, note)
    return index


def content_version(index: Index, *more: str) -> str:
    """Return a short hash of all that the index says, whatever the order or the way in which it came there."""
    digest = blake2b(digest_size=12)
    for part in (index.people, index.organisations):
        contents = np.frombuffer(_origins(part).contents, dtype=np.uint64)[_alive(part)]
        digest.update(np.sort(contents).tobytes())
        digest.update(b"\0")
    for text in more:
        digest.update(text.encode())
    return digest.hexdigest()


def _kept(path: Path, note: Note) -> Index | None:
    try:
        return cache.read(path)
    except CacheFault as fault:
        if path.exists():
            note(f"{path}: {fault}; the index of contacts is made anew")
    return None


def _made(session: Session, path: Path | None, note: Note, now: _Present) -> Index:
    index = Index(People(), Organisations())
    for number, contact in iter_contacts(session, None, now.ties):
        index.people.add(contact, _origin(number, now.contacts, contact))
    for number, company in iter_companies(session):
        index.organisations.add(company, _origin(number, now.companies, company))
    index.people.settle()
    index.organisations.settle()
    if path is not None and len(now.contacts.ids) + len(now.companies.ids) >= MIN_KEPT:
        _write(path, index, note)
    return index


def _write(path: Path, index: Index, note: Note) -> None:
    try:
        cache.write(path, index)
    except OSError as error:
        note(f"{path}: the index of contacts cannot be kept: {error}")


def _append(path: Path, index: Index, changes: Iterable[Change], note: Note) -> None:
    try:
        cache.append(path, index, changes)
    except OSError as error:
        note(f"{path}: the index of contacts cannot be kept: {error}")


def _stamps(
    session: Session,
    table: type[Contact] | type[Company],
    owner: InstrumentedAttribute[int | None],
    companies: Stamps | None = None,
    ties: Mapping[int, Ties] | None = None,
) -> Stamps:
    """Return the stamps of all rows: each changes with its row, its identities, its company, and its ties."""
    held = (
        select(owner.label("owner"), func.count().label("count"), func.sum(Identity.id).label("sum"))
        .where(owner.is_not(None))
        .group_by(owner)
        .subquery()
    )
    employer = Contact.company_id if table is Contact else table.id
    query = (
        select(table.id, cast(table.updated_at, String), held.c.count, held.c.sum, employer)
        .outerjoin(held, held.c.owner == table.id)
        .order_by(table.id)
        .execution_options(yield_per=CHUNK)
    )
    known = dict(zip(companies.ids.tolist(), companies.values.tolist(), strict=True)) if companies else {}
    ids, stamps = array("q"), array("Q")
    for number, told, count, total, company in session.execute(query):
        ids.append(number)
        tied = ties.get(number, UNTIED) if ties else UNTIED
        more = f" {tied}" if tied is not UNTIED else ""
        at = crc32(f"{told} {known.get(company, 0)}{more}".encode("utf-8", "surrogatepass"))
        stamps.append(at << 32 | crc32(f"{count} {total}".encode()))
    return Stamps(np.array(ids, dtype=np.int64), np.array(stamps, dtype=np.uint64))


def _origins(part: People | Organisations) -> Origins:
    return part.columns.origins if isinstance(part, People) else part.origins


def _alive(part: People | Organisations) -> npt.NDArray[np.bool_]:
    return part.columns.alive_rows() if isinstance(part, People) else part.alive_rows()


def _stale(part: People | Organisations, stamps: Stamps) -> _Stale:
    origins = _origins(part)
    rows = np.flatnonzero(_alive(part))
    ids = np.frombuffer(origins.ids, dtype=np.int64)[rows]
    order = ids.argsort()
    rows, ids = rows[order], ids[order]
    values = np.frombuffer(origins.stamps, dtype=np.uint64)[rows]
    at = np.searchsorted(ids, stamps.ids)
    held = np.zeros(len(stamps.ids), dtype=bool)
    if len(ids):
        held = (ids.take(at, mode="clip") == stamps.ids) & (values.take(at, mode="clip") == stamps.values)
    gone = rows[~np.isin(ids, stamps.ids, assume_unique=True)].tolist()
    key = part.columns.key if isinstance(part, People) else part.key
    return _Stale(stamps.ids[~held].tolist(), [key(row) for row in gone])


def _changes(session: Session, stale: tuple[_Stale, _Stale], now: _Present) -> Iterator[Change]:
    """Yield removals first: a key may have gone over to another row."""
    people, organisations = stale
    yield from (Change("person", key) for key in people.gone)
    yield from (Change("company", key) for key in organisations.gone)
    for number, contact in iter_contacts(session, people.read, now.ties):
        yield Change("person", contact.key, contact, _origin(number, now.contacts, contact))
    for number, company in iter_companies(session, organisations.read):
        yield Change("company", company.key, company, _origin(number, now.companies, company))


def _origin(number: int, stamps: Stamps, record: ContactRecord | CompanyRecord) -> Origin:
    digest = blake2b(repr(record).encode("utf-8", "surrogatepass"), digest_size=8)
    return Origin(number, stamps.of(number), int.from_bytes(digest.digest(), "little"))
