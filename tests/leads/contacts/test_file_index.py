"""The index of a file of contacts: read once, kept in a folder, and never believed where the file is another one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from leads.contacts import file_index as module
from leads.contacts.file_index import file_index
from leads.contacts.records import FileRecords
from leads.linking.cache import Index
from leads.linking.linker import Linker
from leads.linking.records import Decision, Mention

ROWS = "id,Name,Company,Email\nc1,Anna Sokolova,Bakery,anna@bakery.example\nc2,Boris Orlov,Harbour,\n"


@pytest.fixture(autouse=True)
def _keep_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MIN_KEPT", 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of two contacts."""
    found = tmp_path / "contacts.csv"
    found.write_text(ROWS, "utf-8")
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for indexes that is not there yet."""
    return tmp_path / "caches" / "povod"


def refuse(text: str) -> None:
    """Nothing is to be said."""
    raise AssertionError(text)


def known(index: Index) -> list[str]:
    """The keys of all who are linked by the names of the file."""
    linker = Linker.over(index.people, index.organisations)
    told = (Mention(name="Anna Sokolova", company="Bakery"), Mention(name="Boris Orlov", company="Harbour"))
    found = (linker.link(mention) for mention in told)
    return [one.candidates[0].key for one in found if one.decision is Decision.LINK]


def count_readings(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return a list that grows with each file that is read."""
    readings: list[Path] = []

    class Counted(FileRecords):
        def __init__(self, path: Path, mapping: object = None) -> None:
            readings.append(path)
            super().__init__(path)

    monkeypatch.setattr(module, "FileRecords", Counted)
    return readings


def test_a_file_is_read_once_and_then_taken_from_the_folder(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = count_readings(monkeypatch)
    first, _ = file_index(path, folder, refuse)
    second, _ = file_index(path, folder, refuse)
    assert known(first) == known(second) == ["c1", "c2"]
    assert readings == [path]
    assert all(one.stat().st_mode & 0o077 == 0 for one in folder.iterdir())


def test_a_file_that_has_changed_is_read_anew_even_at_the_same_size_and_time(
    path: Path, folder: Path
) -> None:
    file_index(path, folder, refuse)
    before = path.stat()
    path.write_text(ROWS.replace("c2", "c9"), "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert known(file_index(path, folder, refuse)[0]) == ["c1", "c9"]
    assert len(list(folder.glob("*.index"))) == 1


def test_an_index_of_another_version_is_made_anew(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = count_readings(monkeypatch)
    file_index(path, folder, refuse)
    monkeypatch.setattr(module, "_read_with", lambda: "a later version")
    file_index(path, folder, refuse)
    assert readings == [path, path]


@pytest.mark.parametrize("ending", ["*.index", "*.told"])
def test_what_is_damaged_in_the_folder_is_made_anew(path: Path, folder: Path, ending: str) -> None:
    file_index(path, folder, refuse)
    (place,) = folder.glob(ending)
    place.write_bytes(place.read_bytes()[:-70])
    assert known(file_index(path, folder, refuse)[0]) == ["c1", "c2"]
    assert known(file_index(path, folder, refuse)[0]) == ["c1", "c2"]


def test_rows_that_were_refused_are_told_again(path: Path, folder: Path) -> None:
    path.write_text(ROWS + "c1,Twice,,\n,,,\n,,Somewhere,\n", "utf-8")
    first, second = (file_index(path, folder, refuse)[1] for _ in range(2))
    assert [str(row) for row in second] == [str(row) for row in first]
    assert [row.line for row in first] == [4, 6]


def test_of_rows_without_an_id_the_last_one_counts(path: Path) -> None:
    path.write_text(
        "Name,Company,Email\nAnna Sokolova,Harbour,anna@bakery.example\nAnna Sokolova,Bakery,anna@bakery.example\n",
        "utf-8",
    )
    index, refused = file_index(path, None, refuse)
    assert (len(index.people), refused) == (1, [])
    linker = Linker.over(index.people, index.organisations)
    found = linker.link(Mention(name="Anna Sokolova", company="Bakery"))
    assert [one.code for one in found.candidates] == ["GFC"]


def test_a_folder_that_cannot_be_written_is_told_and_stops_nothing(path: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    said: list[str] = []
    assert known(file_index(path, tmp_path / "file", said.append)[0]) == ["c1", "c2"]
    assert ["cannot be kept" in one for one in said] == [True]


def test_a_small_file_is_not_kept_and_what_was_kept_of_it_goes(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_index(path, folder, refuse)
    monkeypatch.setattr(module, "MIN_KEPT", 2_000)
    path.write_text(ROWS.replace("Boris", "Clara"), "utf-8")
    file_index(path, folder, refuse)
    assert list(folder.iterdir()) == []
