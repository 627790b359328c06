"""`fetch.processes` and `povod crawl --processes`, as a user meets them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import psutil
import pytest

from tests.crawler.conftest import item, rss
from tests.crawler.server import Reply, Server
from tests.povod.conftest import Povod

COUNT = 12


def configure(folder: Path, site: Server, *, processes: int, wait: float = 0) -> None:
    feeds = [
        site.on("/feed", Reply(rss(item(number, f"Words {number}")), wait=wait), host=f"127.0.9.{number}")
        for number in range(1, COUNT + 1)
    ]
    sources = "".join(
        f'  - {{name: feed {number}, url: "{address}"}}\n' for number, address in enumerate(feeds)
    )
    (folder / "povod.yml").write_text(
        f"sources:\n{sources}fetch: {{allow_networks: [127.0.0.0/8], obey_robots: false, processes: {processes}}}\n",
        encoding="utf-8",
    )


def asked(site: Server) -> set[int]:
    return set(Counter(one.host for one in site.asked("/feed")).values())


def test_the_option_overrides_the_configuration_and_one_sum_is_told(
    povod: Povod, tmp_path: Path, site: Server
) -> None:
    configure(tmp_path, site, processes=1)
    ran = povod("crawl", "--processes", "2")
    assert ran.status == 0, ran.err
    first, *_, last = ran.err.splitlines()
    assert (first, len(ran.err.splitlines())) == (f"crawl: {COUNT} sources are due", COUNT + 2)
    assert last == f"crawl: {COUNT} read, 0 unchanged, 0 failed; {COUNT} new and 0 changed posts"
    assert f"[{COUNT}/{COUNT}]" in ran.err
    assert asked(site) == {1}
    assert povod("crawl", "--processes", "17").status == 2


def test_a_run_crawls_with_as_many_as_the_configuration_says(
    povod: Povod, tmp_path: Path, site: Server
) -> None:
    configure(tmp_path, site, processes=2)
    ran = povod("run", "--once", "--json")
    assert ran.status == 0, ran.err
    told = [json.loads(line) for line in ran.out.splitlines()]
    crawl = told[-1]["crawl"]
    assert (crawl["sources_due"], crawl["sources_read"], crawl["posts_new"]) == (COUNT, COUNT, COUNT)
    assert Counter(one["event"] for one in told)["begun"] == 1
    assert asked(site) == {1}
    with_a_name = povod("crawl", "--source", "feed 3", "--json")
    assert with_a_name.status == 0, with_a_name.err
    assert len(with_a_name.out.splitlines()) == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_command_ends_its_processes(
    number: signal.Signals, tmp_path: Path, site: Server
) -> None:
    configure(tmp_path, site, processes=3, wait=45)
    command = [sys.executable, "-m", "povod", "crawl", "--config", str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        assert running.stderr.readline() == f"crawl: {COUNT} sources are due\n"
        children = psutil.Process(running.pid).children(recursive=True)
        assert len(children) >= 3
        running.send_signal(number)
        told = running.stderr.read()
        running.wait(30)
    assert "Traceback" not in told
    assert not psutil.wait_procs(children, timeout=10)[1]


@pytest.mark.parametrize("processes", [1, 2])
def test_a_reader_that_goes_away_ends_the_crawl_and_makes_no_source_ill(
    processes: int, povod: Povod, tmp_path: Path, site: Server
) -> None:
    """`povod crawl --json | head -1`: what was read is stored, the rest stays due."""
    configure(tmp_path, site, processes=processes, wait=0.3)
    arguments = ["--all", "--json", "--processes", str(processes), "--config", str(tmp_path)]
    command = [sys.executable, "-m", "povod", "crawl", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert json.loads(running.stdout.readline())["event"] == "begun"
        running.stdout.close()
        told = running.stderr.read()
        running.wait(30)
    assert told == ""
    health = json.loads(povod("status", "--json").out)
    assert (health["ill"], health["being_read"]) == ([], 0)
    if processes == 1:
        assert health["last_crawl"]["outcome"] == "interrupted"
