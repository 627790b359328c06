"""The commands that tell how things are and send what waits, as a user calls them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from guards.failpoints import VARIABLE
from models import DatabaseFault
from povod import passes
from povod.cli import application
from povod.faults import UserError
from povod.logs import VARIABLE as VARIABLE_OF_LOGS
from povod.logs import JsonLog, json_wanted
from povod.passes import Passes, PassReport
from povod.stopping import Stop
from tests.crawler.server import Server
from tests.leads.receiver import Receiver
from tests.reliability.field import Field, FieldDetector, Size
from tests.reliability.lives import KILLED, Lives, Order

SIZE = Size(sources=2, posts=4)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def config(tmp_path: Path, receiver: Receiver, lives: Lives) -> Iterator[Path]:
    """A field that was crawled and processed, none of it delivered: the receiver refuses for good."""
    receiver.answers += [(410, {})] * 50
    with Server() as server:
        config = Field(tmp_path, server, receiver, SIZE).configure("one", f"sqlite:///{tmp_path}/one.sqlite3")
        assert lives.live(Order(str(config))) == 0
        yield config


def povod(*arguments: str, config: Path) -> Result:
    """Call a command in this process."""
    done = CliRunner().invoke(application(arguments[0]), [*arguments, "--config", str(config)])
    assert done.exception is None, done.output
    return done


def test_dead_letters_are_sent_again_under_the_same_ids_when_asked_for(
    config: Path, receiver: Receiver
) -> None:
    refused = {one["id"] for one in receiver.got}
    assert refused
    assert json.loads(povod("status", "--json", config=config).stdout)["deliveries"] == {
        "crm": {"dead": len(refused)}
    }
    receiver.got.clear()
    receiver.answers.clear()
    key = min(refused)
    assert "1 delivery will be tried again" in povod("export", "retry", key, config=config).stdout
    assert "1 sent" in povod("deliver", config=config).stdout
    assert [one["id"] for one in receiver.got] == [key]
    povod("export", "retry", "--target", "crm", config=config)
    povod("deliver", "--json", config=config)
    assert {one["id"] for one in receiver.got} == refused
    assert len(receiver.got) == len(refused), "each once"


def test_dead_letters_are_listed_with_ids_and_reasons(config: Path, receiver: Receiver) -> None:
    refused = {one["id"] for one in receiver.got}
    told = povod("export", "retry", "--list", "--target", "crm", config=config).stdout
    assert all(
        re.search(rf"{key}\s+crm\s+\w{{8}}\s+1\s+the receiver answered 410 Gone", told) for key in refused
    )
    status = povod("status", config=config).stdout
    assert re.search(rf"crm\s+dead\s+{len(refused)}\s+the receiver answered 410 Gone", status)
    [why] = json.loads(povod("status", "--json", config=config).stdout)["refusals"]
    assert (why["state"], why["count"]) == ("dead", len(refused))
    povod("export", "retry", config=config)
    assert "no delivery was given up" in povod("export", "retry", "--list", config=config).stdout


def test_a_run_says_what_a_target_refused(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    povod("export", "retry", config=config)
    monkeypatch.setattr(passes, "load_detector", lambda _: FieldDetector())
    done = povod("run", "--once", config=config)
    assert "crm: the receiver answered 410 Gone" in done.stderr
    assert re.search(r"^0 sent, 0 failed and will be tried again, \d+ given up$", done.stdout, re.MULTILINE)


def test_an_unknown_target_is_told_by_its_nearest_name(config: Path) -> None:
    arguments = ["export", "retry", "--target", "crn", "--config", str(config)]
    done = CliRunner().invoke(application("export"), arguments)
    assert isinstance(done.exception, UserError)
    assert "did you mean 'crm'?" in str(done.exception)


def test_export_without_a_subcommand_still_writes_the_file(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "leads.csv"
    povod("export", "--format", "csv", "--out", str(out), config=config)
    assert len(out.read_text().splitlines()) > 2


def test_metrics_are_written_whole_and_readable_by_a_collector(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "povod.prom"
    povod("metrics", "--out", str(out), config=config)
    assert 'povod_deliveries{state="dead",target="crm"}' in out.read_text()
    assert out.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_an_export_killed_before_it_is_in_place_leaves_the_old_file(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "leads.csv"
    out.write_text("the old one")
    command = [sys.executable, "-m", "povod", "export", "--out", str(out), "--config", str(config)]
    environment = os.environ | {VARIABLE: "export.file.written"}
    assert subprocess.run(command, env=environment, timeout=100, check=False).returncode == KILLED
    assert out.read_text() == "the old one"
    povod("export", "--out", str(out), config=config)
    assert "Known" in out.read_text()


def test_status_says_what_is_ill_and_that_nothing_is_silent(config: Path) -> None:
    told = povod("status", config=config).stdout
    assert "missing" in told
    assert "404" in told
    assert "no source has gone silent" in told


def test_json_logs_hold_names_and_counts_and_no_texts(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE_OF_LOGS, "json")
    monkeypatch.setattr(passes, "load_detector", lambda _: FieldDetector())
    done = povod("run", "--once", config=config)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert {line["event"] for line in lines} >= {"crawl.begun", "crawl.ended", "pass.ended"}
    assert len({line["run"] for line in lines}) == 1
    for word in ("Known", "Unknown", "joined", "Lark"):
        assert word not in done.stderr


def test_a_run_outlives_a_fault_of_the_database_that_passes(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def make(self: Passes, *, everything: bool = False) -> PassReport:
        made.append("pass")
        if len(made) == 1:
            raise DatabaseFault("one.sqlite3: no space left on the device", transient=True)
        self.stop.ask()
        return PassReport()

    monkeypatch.setattr(passes, "load_detector", lambda _: FieldDetector())
    monkeypatch.setattr(Passes, "make", make)
    monkeypatch.setattr(Stop, "wait", lambda self, seconds: None)
    done = povod("run", config=config)
    assert len(made) == 2
    assert "no space left on the device; this is tried again in the next pass" in done.stderr


def test_a_drop_is_logged_without_the_words_of_the_post() -> None:
    lines: list[str] = []
    dropped = {"advert: Win a car": 2, "advert: Buy": 1, "unknown_person": 4}
    JsonLog(lines.append).passed({"crawl": {"failures": {"x": "y"}}, "dropped": dropped}, 1.0)
    told = json.loads(lines[0])
    assert told["dropped"] == {"advert": 3, "unknown_person": 4}
    assert told["crawl"] == {}


def test_a_log_form_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POVOD_LOG", "xml")
    with pytest.raises(UserError, match="POVOD_LOG=xml: it is one of text, json"):
        json_wanted(asked=False)
