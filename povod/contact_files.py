"""The contacts files that povod.yml names: imported, and imported again when they have changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from guards.failpoints import failpoint
from leads.contacts.csv_import import Options, import_contacts
from leads.contacts.faults import ContactsFault
from leads.contacts.report import ImportReport
from models import ContactFile
from povod.config.schema import ContactsConfig
from povod.faults import FAILED, UserError
from povod.workspace import Workspace


def sync(
    workspace: Workspace, progress: Callable[[int, int | None], None] | None = None
) -> list[ImportReport]:
    """Import every contacts file that is new or has changed; return a report for each.

    Raises:
        UserError: a file cannot be read; what was imported before stays.
    """
    reports = []
    for item in workspace.loaded.config.contacts:
        report = _sync_one(workspace, item, progress)
        if report is not None:
            reports.append(report)
    return reports


def _sync_one(
    workspace: Workspace, item: ContactsConfig, progress: Callable[[int, int | None], None] | None
) -> ImportReport | None:
    path = workspace.loaded.path(item.file)
    config = workspace.loaded.config
    region = item.region or config.region
    digest = _hash(path, item, region)
    with workspace.session() as session:
        known = session.scalar(select(ContactFile).where(ContactFile.path == str(path)))
        if known and known.content_hash == digest:
            return None
        options = Options(
            item.mapping or None, owner=item.owner, region=region, kind=item.kind, me=tuple(config.me.emails)
        )
        try:
            report = import_contacts(
                session,
                path,
                mapping=options.mapping,
                suppression_key=workspace.secret("suppression_key"),
                progress=progress,
                options=options,
            )
        except ContactsFault as fault:
            raise UserError(*str(fault).splitlines(), status=FAILED) from None
        row = known or ContactFile(path=str(path))
        row.content_hash, row.rows, row.refused = digest, report.rows, report.refused_count
        row.imported_at = datetime.now(UTC)
        session.add(row)
        session.flush()
        failpoint("contacts.inside")
    failpoint("contacts.between")
    return report


def _hash(path: Path, item: ContactsConfig, region: str) -> str:
    """Hash a file's bytes together with how it is to be read; of a Maildir, which messages it holds."""
    told = json.dumps([item.mapping, item.owner, region, item.kind], sort_keys=True)
    digest = hashlib.blake2b(told.encode(), digest_size=16)
    try:
        if path.is_dir():
            # A message is a file of its own, which is never written again: its name tells it.
            for name in sorted(str(message.relative_to(path)) for message in path.rglob("*")):
                digest.update(name.encode("utf-8", "surrogateescape") + b"\0")
            return digest.hexdigest()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}", status=FAILED) from None
    return digest.hexdigest()
