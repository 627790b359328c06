"""A folder with a configuration, a small site that it reads, and the command line run as a user runs it."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from povod.cli import main
from tests.crawler.server import Server

FEED = """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Lark News</title><link>https://lark.example/</link>
<item><guid isPermaLink="false">1</guid><link>https://lark.example/1</link><author>anna@lark.example</author>
<title>News from me</title><description>I got a new job at Lark! So happy.</description>
<pubDate>Mon, 01 Jun 2026 10:00:00 GMT</pubDate></item>
<item><guid isPermaLink="false">2</guid><link>https://lark.example/2</link>
<title>Weather</title><description>It rained all day.</description>
<pubDate>Mon, 01 Jun 2026 11:00:00 GMT</pubDate></item>
</channel></rss>
"""
CONTACTS = "Name,E-mail,Company,Owner\nAnna Sokolova,anna@lark.example,Harbour,olga\n"


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str


Povod = Callable[..., Ran]


@pytest.fixture
def povod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Povod:
    """Run a command in an empty folder; return its exit status and what it wrote."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POVOD_CONFIG", raising=False)

    def run(*arguments: str, stdin: str = "") -> Ran:
        ran = apart(*arguments) if arguments[0] == "crawl" else within(*arguments, stdin=stdin)
        assert "Traceback" not in ran.out + ran.err
        assert "unexpected fault" not in ran.err
        return ran

    def apart(*arguments: str) -> Ran:
        """A crawl owns its process: Scrapy's reactor runs once."""
        command = [sys.executable, "-m", "povod", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        return Ran(done.returncode, done.stdout, done.stderr)

    def within(*arguments: str, stdin: str) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        monkeypatch.setattr(sys, "argv", ["povod", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        status = 0
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main()
            except SystemExit as end:
                status = int(end.code or 0)
        return Ran(status, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def site() -> Iterator[Server]:
    """A site whose feed tells of one event."""
    with Server() as server:
        server.on("/feed.xml", FEED.encode())
        yield server


@pytest.fixture
def configured(tmp_path: Path, site: Server) -> Path:
    """A folder whose configuration names that site and one contact."""
    (tmp_path / "contacts.csv").write_text(CONTACTS, encoding="utf-8")
    (tmp_path / "povod.yml").write_text(
        f"""\
sources:
  - {{name: lark, url: "{site.url("/feed.xml")}"}}
contacts:
  - file: contacts.csv
fetch: {{allow_networks: [127.0.0.0/8]}}
""",
        encoding="utf-8",
    )
    return tmp_path
