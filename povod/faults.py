"""What a user is told when something is wrong: one line each, with the place and the way to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

WRONG_USE = 2
FAILED = 1


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong. `line` is 1-based; 0 where the fault is the file as a whole."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what}"


class UserError(Exception):
    """A fault that its user can mend: printed as it is, without a traceback."""

    def __init__(self, *lines: str, status: int = WRONG_USE) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines
        self.status = status


class ConfigFaults(UserError):
    """All that is wrong with a configuration, at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__(*(str(fault) for fault in self.faults))


def nearest(word: str, known: Sequence[str]) -> str:
    """Return ` (did you mean 'x'?)` for the nearest known spelling, else the list of what is known.

    With more than twelve known words and no near one, say nothing: a long list does not help.
    """
    close = difflib.get_close_matches(word.lower(), [name.lower() for name in known], n=1, cutoff=0.6)
    if close:
        original = next(name for name in known if name.lower() == close[0])
        return f"; did you mean '{original}'?"
    if known and len(known) <= 12:
        return f"; known here: {', '.join(known)}"
    return ""


def readable(path: Path, *, what: str) -> str:
    """Return the text of a file, or raise the one line that says why it cannot be had."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UserError(f"{path}: no such {what}") from None
    except IsADirectoryError:
        raise UserError(f"{path}: this is a folder, not a {what}") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None
