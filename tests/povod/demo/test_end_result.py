"""`povod demo`, run as a user runs it, ends in the leads that the world was made for."""

from __future__ import annotations

import csv
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from povod.demo.expected import load_expected
from tests.povod.demo.comparison import compare
from tests.povod.demo.harvest import leads_in

EDITED = 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that one run of the demo has left behind."""
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "povod", "demo", "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def kinds_with_rules() -> set[str]:
    """Return the kinds that the rules which povod brings along can find."""
    rules = files("triggers") / "rules"
    names = [rule.name for family in rules.iterdir() if family.is_dir() for rule in family.iterdir()]
    return {name.split(".")[0] for name in names if name.endswith(".yml")}


def test_the_leads_are_those_that_were_expected(folder: Path) -> None:
    leads = leads_in(folder / "povod.sqlite3")
    result = compare(load_expected(), leads, kinds=kinds_with_rules(), stage=EDITED)
    assert result.faults == 0, result.table()


def test_leads_csv_has_a_row_for_every_lead(folder: Path) -> None:
    with (folder / "leads.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(leads_in(folder / "povod.sqlite3"))
