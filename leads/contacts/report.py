"""What an import did: counts, what was refused and why, what merged rows changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from leads.contacts.mapping import ColumnMap

# Refusals and changes are all counted; beyond this many they are not listed, so that memory stays bounded.
LISTED = 10_000


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not imported: where, and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a known contact, as a row found it. `kept`: the row said otherwise and was not followed."""

    file: str
    line: int
    contact: str
    name: str
    field: str
    before: str
    after: str
    kept: bool = False

    def __str__(self) -> str:
        verb = "stays" if self.kept else "was"
        said = (
            f"{self.before!r}, the row says {self.after!r}"
            if self.kept
            else f"{self.before!r}, is {self.after!r}"
        )
        return f"{self.file}:{self.line}: {self.name}: {self.field} {verb} {said}"


@dataclass(slots=True)
class ImportReport:
    """The outcome of one import. `rows` = imported + merged + unchanged + suppressed + refused."""

    file: str
    source: str
    dry_run: bool
    mapping: ColumnMap
    unused_columns: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    rows: int = 0
    imported: int = 0
    merged: int = 0
    unchanged: int = 0
    suppressed: int = 0
    companies: int = 0
    refused_count: int = 0
    warning_count: int = 0
    change_count: int = 0
    # What is to be said of the file as a whole.
    notes: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    warnings: list[Refused] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def refuse(self, line: int, reason: str) -> None:
        """Count a refused row and list it."""
        self.refused_count += 1
        if len(self.refused) < LISTED:
            self.refused.append(Refused(self.file, line, reason))

    def warn(self, line: int, reason: str) -> None:
        """Count a cell of an imported row that was not kept, and list it."""
        self.warning_count += 1
        if len(self.warnings) < LISTED:
            self.warnings.append(Refused(self.file, line, reason))

    def change(self, change: Change) -> None:
        """Count a change and list it."""
        self.change_count += 1
        if len(self.changes) < LISTED:
            self.changes.append(change)
