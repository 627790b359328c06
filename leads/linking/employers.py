"""The companies that people work at, by number, and which of them a told one cannot be."""

from __future__ import annotations

from array import array

import numpy as np
from rapidfuzz import fuzz

from leads.linking.company_names import CompanyName, parse_company
from leads.linking.numbering import Numbering
from leads.linking.strings import Arrays

# Words whose sounds agree to less than this, of 100, are further apart than the slips that are forgiven.
_HARDLY_ALIKE = 70
# Names whose first word is no longer may be initials.
_INITIALS = 5
# So many sounds may be what a word of another name begins with: Минсельхоз.
_BEGINNING = 3
_LONGEST = 255


class Employers(Numbering):
    """Numbers of companies, whatever the spelling, with what rules most of them out before names are compared."""

    def __init__(self) -> None:
        super().__init__()
        # The length of the first word, in the shortest spelling.
        self._firsts = array("B", [0])

    def enter_company(self, name: CompanyName) -> int:
        """Return the number of a company, which is given one if it has none."""
        number = self.enter(name.key)
        length = min(len(name.core[0]), _LONGEST)
        if number == len(self._firsts):
            self._firsts.append(length)
        self._firsts[number] = min(self._firsts[number], length)
        return number

    def number_of(self, name: str) -> int:
        """Return the number of a company by any spelling of its name, 0 where nobody works there."""
        return self.number(parse_company(name).key) if name else 0

    def may_be(self, told: CompanyName, number: int) -> bool:
        """Rule out at once names no two words of which are alike; what may be initials or beginnings is never ruled out."""
        if self._firsts[number] <= _INITIALS or len(told.core[0]) <= _INITIALS:
            return True
        known = self.text(number)
        if known[:_BEGINNING] == told.key[:_BEGINNING] and (" " in known) != (" " in told.key):
            return True
        theirs = known.split(" ")
        for one in told.key.split(" "):
            for other in theirs:
                if fuzz.ratio(one, other, score_cutoff=_HARDLY_ALIKE) > 0:
                    return True
        return False

    def arrays(self) -> Arrays:
        """Return all as arrays."""
        return {**super().arrays(), "firsts": np.array(self._firsts, dtype=np.uint8)}

    @classmethod
    def of(cls, arrays: Arrays) -> Employers:
        """Return the companies that `arrays` gave."""
        found = cls()
        found.take(arrays)
        found._firsts = array("B", arrays["firsts"].tobytes())
        return found
