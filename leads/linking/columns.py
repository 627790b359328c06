"""Records kept small: all their text in one block of bytes, found by row number."""

from __future__ import annotations

from array import array

import numpy as np

from leads.linking.multimap import Rows
from leads.linking.records import ContactRecord

_GAP = "\x1f"


class Columns:
    """Contacts by row number. Keys of a record are not kept here: the index has them."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._ends = array("Q", [0])
        self.companies = array("I")
        self.places = array("I")
        self._gone: set[int] = set()

    def __len__(self) -> int:
        return len(self._ends) - 1

    @property
    def alive(self) -> int:
        """How many records there are, without those removed."""
        return len(self) - len(self._gone)

    def append(self, record: ContactRecord, company: int, place: int) -> int:
        """Keep a record; return its row."""
        fields = (record.key, record.name, record.company, record.role, record.place, *record.aliases)
        self._text += _GAP.join(fields).encode("utf-8", "surrogatepass")
        self._ends.append(len(self._text))
        self.companies.append(company)
        self.places.append(place)
        return len(self) - 1

    def at_companies(self, rows: Rows) -> Rows:
        """Return the companies' numbers of rows."""
        return np.frombuffer(self.companies, dtype=np.uint32)[rows]

    def at_places(self, rows: Rows) -> Rows:
        """Return the places' numbers of rows."""
        return np.frombuffer(self.places, dtype=np.uint32)[rows]

    def remove(self, row: int) -> None:
        """Forget a row: it is found no more."""
        self._gone.add(row)

    def is_gone(self, row: int) -> bool:
        """Tell whether a row was removed."""
        return row in self._gone

    def __getitem__(self, row: int) -> ContactRecord:
        text = self._text[self._ends[row] : self._ends[row + 1]].decode("utf-8", "surrogatepass")
        key, name, company, role, place, *aliases = text.split(_GAP)
        return ContactRecord(key, name, tuple(aliases), company, role, place)
