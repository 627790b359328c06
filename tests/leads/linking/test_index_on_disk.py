"""The index of contacts on disk: it says what the database says, after any change, and heals when it is damaged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from leads.linking import cache, renewal
from leads.linking.cache import CacheFault, Index
from leads.linking.linker import Linker
from leads.linking.records import Decision, Mention
from leads.linking.renewal import content_version, current_index
from models.contacts import Company, Contact, Identity

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _keep_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "MIN_KEPT", 1)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A database with Anna at the bakery and forty others."""
    with Session(engine) as session:
        _fill(session)
        yield session


def _fill(session: Session) -> None:
    bakery = Company(key="bakery", name="Bakery Ltd", created_at=NOON, updated_at=NOON)
    session.add(bakery)
    session.flush()
    for number in range(40):
        session.add(
            Contact(
                key=f"c{number}",
                name=f"Ivan Petrov{'abcdefghij'[number % 10]}",
                created_at=NOON,
                updated_at=NOON,
            )
        )
    anna = Contact(
        key="anna",
        name="Anna Sokolova",
        lists=["vip"],
        company_id=bakery.id,
        created_at=NOON,
        updated_at=NOON,
    )
    session.add(anna)
    session.flush()
    session.add(_email(anna, "anna@bakery.example"))
    session.flush()


def _email(contact: Contact, address: str) -> Identity:
    return Identity(contact_id=contact.id, type="email", platform="", value=address, normalized=address)


def _contact(session: Session, key: str) -> Contact:
    return session.scalars(select(Contact).where(Contact.key == key)).one()


def _linker(index: Index) -> Linker:
    return Linker.over(index.people, index.organisations)


class Notes(list[str]):
    """What was noted."""

    def __call__(self, text: str) -> None:
        """Note it."""
        self.append(text)


@pytest.fixture
def notes() -> Notes:
    """Nothing noted yet."""
    return Notes()


@pytest.fixture
def kept(session: Session, tmp_path: Path, notes: Notes) -> Path:
    """The file of an index of these contacts."""
    path = tmp_path / "povod.linking"
    current_index(session, path, notes)
    assert path.exists()
    return path


def _no_rebuild(monkeypatch: pytest.MonkeyPatch) -> None:
    def rebuilt(*_: object) -> Index:
        raise AssertionError("the index was made anew")

    monkeypatch.setattr(renewal, "_made", rebuilt)


def test_a_kept_index_answers_as_a_new_one(
    session: Session, kept: Path, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = current_index(session, None, notes)
    _no_rebuild(monkeypatch)
    again = current_index(session, kept, notes)
    for mention in (
        Mention(name="Анна Соколова", company="Bakery"),
        Mention(email="anna@bakery.example"),
        Mention(name="Bakery", schema="company"),
        Mention(name="Ivan Petrova"),
    ):
        assert _linker(again).link(mention) == _linker(new).link(mention)
    assert _linker(again).contact("anna") == _linker(new).contact("anna")
    assert content_version(again) == content_version(new)
    assert not notes


def test_a_changed_contact_is_read_alone(
    session: Session, kept: Path, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept.read_bytes()
    version = content_version(current_index(session, kept, notes))
    _no_rebuild(monkeypatch)
    anna = _contact(session, "anna")
    anna.name, anna.updated_at = "Anna Kuzmina", NOON + timedelta(days=1)
    session.flush()
    for _ in range(2):
        index = current_index(session, kept, notes)
        assert _linker(index).link(Mention(name="Анна Кузьмина", company="Bakery")).decision is Decision.LINK
        assert not _linker(index).link(Mention(name="Anna Sokolova")).candidates
        assert content_version(index) != version
        assert index.journal == 1
    assert kept.read_bytes() == before


def test_a_new_contact_a_new_address_and_a_renamed_company_are_seen(
    session: Session, kept: Path, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    _no_rebuild(monkeypatch)
    clara = Contact(key="clara", name="Clara Marlow", created_at=NOON, updated_at=NOON)
    session.add(clara)
    session.flush()
    session.add(_email(clara, "clara@marlow.example"))
    session.add(_email(_contact(session, "c1"), "ivan@petrov.example"))
    company = session.scalars(select(Company)).one()
    company.name, company.updated_at = "Confectionery Ltd", NOON + timedelta(days=1)
    session.flush()
    linker = _linker(current_index(session, kept, notes))
    assert [
        linker.link(Mention(email=address)).candidates[0].key
        for address in ("clara@marlow.example", "ivan@petrov.example")
    ] == ["clara", "c1"]
    anna = linker.contact("anna")
    assert anna
    assert anna.company == "Confectionery Ltd"
    assert len(linker.people) == session.scalar(select(func.count()).select_from(Contact))


def test_of_a_removed_contact_nothing_stays_in_the_file(
    session: Session, kept: Path, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    _no_rebuild(monkeypatch)
    anna = _contact(session, "anna")
    anna.name, anna.updated_at = "Anna Kuzmina", NOON + timedelta(days=1)
    session.flush()
    current_index(session, kept, notes)
    session.execute(delete(Identity).where(Identity.contact_id == anna.id))
    session.execute(delete(Contact).where(Contact.id == anna.id))
    for index in (current_index(session, kept, notes), current_index(session, kept, notes)):
        assert not _linker(index).link(Mention(name="Anna Sokolova")).candidates
        assert not _linker(index).link(Mention(email="anna@bakery.example")).candidates
    text = b"".join(file.read_bytes() for file in kept.parent.iterdir())
    assert not any(told in text.lower() for told in (b"anna", b"sokolov", b"kuzmin"))


@pytest.mark.parametrize("damage", ["cut", "bit", "header", "foreign", "empty", "version", "journal"])
def test_a_damaged_index_is_made_anew_with_a_word(
    session: Session, kept: Path, notes: Notes, damage: str
) -> None:
    whole = kept.read_bytes()
    middle = len(whole) * 2 // 3
    if damage == "journal":
        anna = _contact(session, "anna")
        anna.role, anna.updated_at = "Director", NOON + timedelta(days=1)
        session.flush()
        current_index(session, kept, notes)
        (journal,) = kept.parent.glob("*.journal")
        journal.write_bytes(journal.read_bytes()[:-9])
    else:
        kept.write_bytes(
            {
                "cut": whole[:middle],
                "bit": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
                "header": whole[:60] + b"x" + whole[61:],
                "foreign": b"PK" + whole[2:],
                "empty": b"",
                "version": whole.replace(cache.made_with().encode(), b"0123456789abcdef"),
            }[damage]
        )
    index = current_index(session, kept, notes)
    assert _linker(index).link(Mention(email="anna@bakery.example")).decision is Decision.LINK
    assert len(notes) == 1
    assert "made anew" in notes[0]
    assert cache.read(kept).made == index.made


def test_a_small_address_book_keeps_no_file(
    session: Session, tmp_path: Path, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal, "MIN_KEPT", 2_000)
    current_index(session, tmp_path / "index", notes)
    assert not list(tmp_path.glob("index*"))


def test_an_index_that_cannot_be_written_is_used_all_the_same(
    session: Session, notes: Notes, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    index = current_index(session, tmp_path / "file" / "index", notes)
    assert _linker(index).link(Mention(email="anna@bakery.example")).decision is Decision.LINK
    assert "cannot be kept" in notes[0]


def test_the_file_is_for_its_owner_only_and_leaves_nothing_beside_it(kept: Path) -> None:
    assert kept.stat().st_mode & 0o077 == 0
    assert [file.name for file in kept.parent.iterdir() if file.name.startswith(kept.name)] == [kept.name]


def test_many_changes_are_folded_into_the_file(
    session: Session, kept: Path, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "MAX_JOURNAL", 3)
    for day in range(1, 7):
        anna = _contact(session, "anna")
        anna.role, anna.updated_at = f"Director {day}", NOON + timedelta(days=day)
        session.flush()
        current_index(session, kept, notes)
    index = cache.read(kept)
    assert index.journal <= 3
    found = _linker(index).contact("anna")
    assert found
    assert replace(found, keys=()).role == "Director 6"
    cache.erase(kept)
    with pytest.raises(CacheFault, match="none yet"):
        cache.read(kept)
