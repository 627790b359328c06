"""What an import changes is marked with its time, so that the kept index reads it again; what it leaves alone is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from leads.contacts import import_contacts
from leads.linking import renewal
from leads.linking.keys import domain_key
from leads.linking.renewal import content_version, current_index
from models.contacts import Company, Contact

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
ANNA = {"id": "7", "name": "Anna Sokolova", "email": "anna@bakery.example", "company": "Bakery Ltd"}
BORIS = {"id": "8", "name": "Boris Chernov", "email": "boris@zavod.example", "company": "Zavod"}


def bring(engine: Engine, path: Path, now: datetime, **of_anna: str) -> None:
    """Import Anna, with more or other cells, and Boris."""
    anna = ANNA | of_anna
    rows = [anna, {name: BORIS.get(name, "") for name in anna}]
    table = [list(anna), *(list(row.values()) for row in rows)]
    path.write_text("".join(",".join(cells) + "\n" for cells in table), "utf-8")
    with Session(engine) as session, session.begin():
        import_contacts(session, path, now=now)


def touched(engine: Engine) -> dict[str, datetime]:
    """When each contact was changed for the last time."""
    with Session(engine) as session:
        return {contact.name.split()[0]: contact.updated_at for contact in session.scalars(select(Contact))}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the table lies."""
    return tmp_path / "contacts.csv"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the index is kept, however small it is, and mended rather than built anew."""
    monkeypatch.setattr(renewal, "MIN_KEPT", 1)
    monkeypatch.setattr(renewal, "MENDED", 1.0)
    return tmp_path / "povod.linking"


@pytest.mark.parametrize(
    "cells",
    [
        {"role": "Director"},
        {"city": "Riga"},
        {"company": "Harbour"},
        {"email": "anna@home.example"},
        {"phone": "+371 2000 0000"},
        {"aliases": "Anna Berg"},
        {"lists": "vip"},
        {"birthday": "1990-05-01"},
        {"spouse": "Clara Marlow"},
    ],
    ids=lambda cells: next(iter(cells)),
)
def test_a_merge_marks_the_contact_that_it_changed_and_no_other(
    engine: Engine, path: Path, cells: dict[str, str]
) -> None:
    bring(engine, path, NOON)
    bring(engine, path, LATER, **cells)
    assert touched(engine) == {"Anna": LATER, "Boris": NOON}
    bring(engine, path, LATER + timedelta(hours=1), **cells)
    assert touched(engine) == {"Anna": LATER, "Boris": NOON}


def test_the_kept_index_reads_what_a_merge_has_changed_and_nothing_else(
    engine: Engine, path: Path, kept: Path
) -> None:
    bring(engine, path, NOON)
    with Session(engine) as session:
        before = content_version(current_index(session, kept, print))
    bring(engine, path, LATER)
    with Session(engine) as session:
        assert current_index(session, kept, print).journal == 0
    bring(engine, path, LATER, role="Director")
    with Session(engine) as session:
        index = current_index(session, kept, print)
        assert index.journal == 1
        roles = {record.name: record.role for record in map(index.people.columns.__getitem__, (1, 2))}
        assert roles == {"Anna Sokolova": "Director", "Boris Chernov": ""}
        assert content_version(index) != before


def test_a_site_that_a_merge_adds_to_a_company_leads_to_it(engine: Engine, path: Path, kept: Path) -> None:
    bring(engine, path, NOON)
    key = domain_key("bakery.example")
    assert key is not None
    with Session(engine) as session:
        assert not current_index(session, kept, print).organisations.has_key(key)
    bring(engine, path, LATER, website="https://bakery.example/")
    with Session(engine) as session:
        assert current_index(session, kept, print).organisations.has_key(key)
        assert {company.name for company in session.scalars(select(Company))} == {"Bakery Ltd", "Zavod"}
