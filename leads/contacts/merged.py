"""Who was merged into whom: so that a file which still lists both does not bring the merged one back."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from leads.contacts.drafts import Draft
from models.history import RecordMerge


@dataclass(slots=True)
class Merged:
    """The merges that stand, of contacts or of companies."""

    survivors: dict[str, str] = field(default_factory=dict)
    _by_external: dict[tuple[str, str], str] = field(default_factory=dict)
    _by_name: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def load(cls, connection: Connection, type_: str) -> Merged:
        """Read all merges that stand."""
        merged = cls()
        query = select(RecordMerge.gone_key, RecordMerge.survivor_key, RecordMerge.snapshot).where(
            RecordMerge.type == type_
        )
        for gone, survivor, snapshot in connection.execute(query):
            merged.survivors[gone] = survivor
            row = snapshot.get("row", {})
            if row.get("external_id"):
                source = str((row.get("provenance") or {}).get("external_id", {}).get("from", ""))
                merged._by_external[source, row["external_id"]] = gone
            for kind, _, normalized, *_ in snapshot.get("identity", {}).get("rows", ()):
                if kind == "name":
                    merged._by_name[normalized, snapshot.get("company") or ""] = gone
        return merged

    def __bool__(self) -> bool:
        return bool(self.survivors)

    def survivor(self, key: str) -> str:
        """Return whom a key stands for now: itself unless it was merged, perhaps more than once."""
        while key in self.survivors:
            key = self.survivors[key]
        return key

    def gone_of(self, draft: Draft, source: str, key: str, name: str, company: str) -> str:
        """Return the key of the merged-away contact that a row is about, empty where it is about none.

        `key` is the one that a new contact of this row would get, `name` its name's key, `company` its company's.
        """
        if draft.external_id:
            found = self._by_external.get((source, draft.external_id), "")
            return found or (key if key in self.survivors else "")
        if key in self.survivors:
            return key
        return self._by_name.get((name, company), "") if company else ""
