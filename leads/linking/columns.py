"""Records kept small: numbers of their texts in arrays, found by row."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leads.linking.multimap import Rows
from leads.linking.records import ContactRecord
from leads.linking.strings import Arrays, Strings, inside, under

_GAP, _LIST_GAP = "\x1f", "\x1e"
# After the number of mails of those whom the user looks after.
_OWNED = "*"
_TEXTS = ("names", "companies", "places", "roles", "ties")
_NUMBERS = (*_TEXTS, "employers", "towns")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record was read: its row's `id`, a `stamp` that changes with it, and a hash of all it says."""

    id: int = 0
    stamp: int = 0
    content: int = 0


NOWHERE = Origin()


class Columns:
    """Contacts by row number. Exact keys of a record are not kept here: the index has them."""

    def __init__(self) -> None:
        # Names, companies, places and roles, each once; the arrays have each row's numbers in it.
        self.texts = Strings()
        self.names = array("I")
        self.companies = array("I")
        self.places = array("I")
        self.roles = array("I")
        # What ties each to the users and to others; the same for all who have no ties.
        self.ties = array("I")
        # Companies and places as they are compared: whatever their spelling.
        self.employers = array("I")
        self.towns = array("I")
        self.origins = Origins()
        # What is each record's own: its key, lists, and other names.
        self._own = Strings()
        self._gone: set[int] = set()
        # How many records there are, without those removed.
        self.alive = 0

    def __len__(self) -> int:
        return len(self.names)

    def append(self, record: ContactRecord, employer: int, town: int, origin: Origin = NOWHERE) -> int:
        """Keep a record with the numbers of its employer and town; return its row."""
        number = self.texts.enter
        self.names.append(number(record.name))
        self.companies.append(number(record.company))
        self.places.append(number(record.place))
        self.roles.append(number(record.role))
        tied = record.mails or record.relations or record.owned
        told = f"{record.mails}{_OWNED if record.owned else ''}"
        self.ties.append(number(_GAP.join((told, *record.relations))) if tied else 0)
        self.employers.append(employer)
        self.towns.append(town)
        own = record.key
        if record.lists or record.aliases:
            own = _GAP.join((own, _LIST_GAP.join(record.lists), *record.aliases))
        self._own.append(own)
        self.origins.append(origin)
        self.alive += 1
        return len(self) - 1

    def at_employers(self, rows: Rows) -> Rows:
        """Return the employers' numbers of rows."""
        return np.frombuffer(self.employers, dtype=np.uint32)[rows]

    def at_towns(self, rows: Rows) -> Rows:
        """Return the towns' numbers of rows."""
        return np.frombuffer(self.towns, dtype=np.uint32)[rows]

    def are_tied(self, rows: Rows) -> npt.NDArray[np.bool_]:
        """Tell which of the rows have ties."""
        return np.frombuffer(self.ties, dtype=np.uint32)[rows] > 0

    def remove(self, row: int) -> None:
        """Forget a row: it is found no more."""
        self._gone.add(row)
        self.alive = len(self) - len(self._gone)

    def is_gone(self, row: int) -> bool:
        """Tell whether a row was removed."""
        return row in self._gone

    def alive_rows(self) -> npt.NDArray[np.bool_]:
        """Tell for each row whether it was not removed."""
        found = np.ones(len(self), dtype=bool)
        found[list(self._gone)] = False
        return found

    def still(self, rows: Rows) -> Rows:
        """Return those of the rows that were not removed."""
        if not self._gone:
            return rows
        kept = [row for row in rows.tolist() if row not in self._gone]
        return np.array(kept, dtype=np.uint32)

    def key(self, row: int) -> str:
        """Return the key of a record."""
        return self._own.text(row + 1).partition(_GAP)[0]

    def aliases(self, row: int) -> list[str]:
        """Return the other names of a record."""
        return self._own.text(row + 1).split(_GAP)[2:]

    def tied(self, row: int) -> tuple[int, tuple[str, ...], bool]:
        """Return how many messages a contact and the users have exchanged, to whom they are related, whether they are owned."""
        if not self.ties[row]:
            return 0, (), False
        mails, *relations = self.texts.text(self.ties[row]).split(_GAP)
        return int(mails.removesuffix(_OWNED)), tuple(relations), mails.endswith(_OWNED)

    def __getitem__(self, row: int) -> ContactRecord:
        key, *more = self._own.text(row + 1).split(_GAP)
        lists = tuple(more[0].split(_LIST_GAP)) if more and more[0] else ()
        name, company, place, role = (
            self.texts.text(at[row]) for at in (self.names, self.companies, self.places, self.roles)
        )
        return ContactRecord(key, name, tuple(more[1:]), company, role, place, (), lists, *self.tied(row))

    def settle(self) -> None:
        """Pack what was added since the last time."""
        self.texts.settle()
        self._own.settle()

    def wipe(self) -> None:
        """Blank what only removed records said, so that nothing of them is left in `arrays`."""
        kept = self.alive_rows()
        gone = np.flatnonzero(~kept)
        used = np.zeros(len(self.texts), dtype=bool)
        used[0] = True
        for name in _TEXTS:
            used[np.frombuffer(getattr(self, name), dtype=np.uint32)[kept]] = True
        self.texts.blank(np.flatnonzero(~used))
        self._own.blank(gone + 1)

    def arrays(self) -> Arrays:
        """Return all as arrays."""
        return {
            **{name: np.array(getattr(self, name), dtype=np.uint32) for name in _NUMBERS},
            "gone": np.array(sorted(self._gone), dtype=np.uint32),
            **under("texts", self.texts.arrays()),
            **under("own", self._own.arrays()),
            **under("origins", self.origins.arrays()),
        }

    @classmethod
    def of(cls, arrays: Arrays) -> Columns:
        """Return the columns that `arrays` gave."""
        found = cls()
        for name in _NUMBERS:
            setattr(found, name, array("I", arrays[name].tobytes()))
        found._gone = set(arrays["gone"].tolist())
        found.alive = len(found) - len(found._gone)
        found.texts = Strings.of(inside("texts", arrays))
        found._own = Strings.of(inside("own", arrays))
        found.origins = Origins.of(inside("origins", arrays))
        return found


class Origins:
    """Where the records of all rows were read."""

    def __init__(self) -> None:
        self.ids = array("q")
        self.stamps = array("Q")
        self.contents = array("Q")

    def append(self, origin: Origin) -> None:
        """Keep the origin of the next row."""
        self.ids.append(origin.id)
        self.stamps.append(origin.stamp)
        self.contents.append(origin.content)

    def stamp(self, row: int, stamp: int) -> None:
        """Note that a row says at another stamp what it has said."""
        self.stamps[row] = stamp

    def arrays(self) -> dict[str, npt.NDArray[np.int64] | npt.NDArray[np.uint64]]:
        """Return all as arrays."""
        return {
            "ids": np.array(self.ids, dtype=np.int64),
            "stamps": np.array(self.stamps, dtype=np.uint64),
            "contents": np.array(self.contents, dtype=np.uint64),
        }

    @classmethod
    def of(cls, arrays: Arrays) -> Origins:
        """Return the origins that `arrays` gave."""
        found = cls()
        found.ids = array("q", arrays["ids"].tobytes())
        found.stamps = array("Q", arrays["stamps"].tobytes())
        found.contents = array("Q", arrays["contents"].tobytes())
        return found
