"""Brings rows into the database, batch by batch: each becomes a contact, is merged into one, or is refused."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from leads.contacts.companies import Companies, company_key
from leads.contacts.directory import Ambiguous, Directory
from leads.contacts.drafts import Draft
from leads.contacts.journal import Entry, record
from leads.contacts.merged import Merged
from leads.contacts.person import Merger, Person, name_key
from leads.contacts.report import Change, ImportReport
from leads.contacts.store import contact_key, taken_keys, write_people
from leads.contacts.suppression import Suppressions


class Importer:
    """Brings drafts into the database, batch by batch. Formats other than CSV use it too."""

    def __init__(
        self, session: Session, report: ImportReport, suppressions: Suppressions, now: datetime
    ) -> None:
        self._connection = session.connection()
        self._report = report
        self._suppressions = suppressions
        self._now = now
        self._companies = Companies(self._connection, now, report.source)
        self._gone = Merged.load(self._connection, "contact")
        self._directory = Directory(self._connection, report.source)
        self._merger = Merger(report.source, now.date().isoformat())
        self._journal: list[Entry] = []

    @property
    def companies_created(self) -> int:
        """How many companies were made."""
        return self._companies.created

    def take(self, drafts: list[Draft]) -> None:
        """Bring one batch in."""
        drafts = [draft for draft in drafts if not self._suppressed(draft)]
        self._companies.load(drafts)
        company_ids = [self._companies.id_of(draft) for draft in drafts]
        gone = [self._gone_of(draft) for draft in drafts]
        survivors = {self._gone.survivor(key) for key in gone if key}
        self._directory.load(drafts, company_ids, survivors)
        touched: dict[int, Person] = {}
        taken = self._taken(drafts)
        for draft, company_id, of in zip(drafts, company_ids, gone, strict=True):
            person = self._one(draft, company_id, of, taken)
            if person is not None:
                touched[id(person)] = person
        write_people(self._connection, list(touched.values()), self._report.source, self._now)
        record(self._connection, self._journal, self._now)
        self._journal.clear()

    def _taken(self, drafts: list[Draft]) -> set[str]:
        """Return those keys of new contacts that are taken: by contacts, and by those that were merged away."""
        keys = {contact_key(draft) for draft in drafts if self._directory.own(draft) is None}
        return taken_keys(self._connection, keys) | (keys & self._gone.survivors.keys()) if keys else set()

    def _gone_of(self, draft: Draft) -> str:
        """Return the key of the merged-away contact that a row is about, if it is about one."""
        if not self._gone:
            return ""
        company = company_key(draft.company) if draft.company else ""
        name = name_key(draft.name).value
        return self._gone.gone_of(draft, self._report.source, contact_key(draft), name, company)

    def _suppressed(self, draft: Draft) -> bool:
        if not self._suppressions.cover(draft.keys, draft.name, draft.company):
            return False
        self._report.suppressed += 1
        return True

    def _one(self, draft: Draft, company_id: int | None, of: str, taken: set[str]) -> Person | None:
        person = self._directory.by_contact_key(self._gone.survivor(of)) if of else None
        if person is not None:
            return self._merge(person, draft, company_id, of)
        try:
            person = self._directory.find(draft, company_id)
        except Ambiguous as fault:
            self._report.refuse(draft.line, str(fault))
            return None
        if person is None:
            person = self._merger.create(self._new_key(draft, taken), draft, company_id)
            self._directory.add(person)
            self._report.imported += 1
            return person
        return self._merge(person, draft, company_id)

    def _new_key(self, draft: Draft, taken: set[str]) -> str:
        key, count = contact_key(draft), 0
        while key in taken:
            count += 1
            key = contact_key(draft, count)
            taken |= taken_keys(self._connection, [key])
        taken.add(key)
        return key

    def _merge(self, person: Person, draft: Draft, company_id: int | None, of: str = "") -> Person | None:
        changes = self._merger.merge(person, draft, company_id, of)
        for key in person.new_keys:
            self._directory.know(key, person)
        followed = any(not change.kept for change in changes)
        self._report.merged += followed
        self._report.unchanged += not followed
        report = self._report
        for c in changes:
            report.change(
                Change(report.file, draft.line, person.key, person.name, c.field, c.before, c.after, c.kept)
            )
            if not c.kept:
                note = f"line {draft.line}"
                self._journal.append(Entry(person.key, report.source, c.field, c.before, c.after, note=note))
        return person if followed else None
