"""A crawl in a process of its own, so that a long-lived program can crawl again and again (a reactor runs once).

The database's address and the job travel over standard input, never on a command line that others can see; events
and the report come back as JSON lines.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.due import UnknownSources
from crawler.events import CrawlEvent, CrawlReport
from crawler.policy import FetchPolicy
from models import DatabaseFault


def crawl_apart(
    database_url: str,
    policy: FetchPolicy,
    *,
    names: Sequence[str] | None = None,
    everything: bool = False,
    share: tuple[int, int] = (0, 1),
    now: datetime | None = None,
    on_event: Callable[[CrawlEvent], None] = lambda _: None,
    on_start: Callable[[subprocess.Popen[str]], None] = lambda _: None,
) -> CrawlReport:
    """Like `crawler.run.crawl`, in a fresh process. `now` stops the clock of that crawl, for tests and simulations.

    `on_start` is given the process, for whoever wants to signal it. Raises as `crawl` does; a process that was
    killed is a report with the outcome "failed".
    """
    job = as_job(database_url, policy, names=names, everything=everything, share=share, now=now)
    with subprocess.Popen(
        [sys.executable, "-m", "crawler.apart"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        on_start(process)
        assert process.stdin is not None  # noqa: S101  asked for above
        assert process.stdout is not None  # noqa: S101
        try:
            process.stdin.write(json.dumps(job))
            process.stdin.close()
        except BrokenPipeError:
            pass  # it has died already; the missing report says so below
        report: CrawlReport | None = None
        for line in process.stdout:
            report = receive(json.loads(line), on_event) or report
    return report or CrawlReport(outcome="failed", error="the crawl's process was killed")


def as_job(
    database_url: str,
    policy: FetchPolicy,
    *,
    names: Sequence[str] | None = None,
    everything: bool = False,
    share: tuple[int, int] = (0, 1),
    now: datetime | None = None,
) -> dict[str, Any]:
    """A crawl as plain data, for `work` to do elsewhere."""
    return {
        "database": database_url,
        "policy": asdict(policy),
        "names": None if names is None else list(names),
        "everything": everything,
        "share": list(share),
        "now": None if now is None else now.isoformat(),
    }


def receive(message: dict[str, Any], on_event: Callable[[CrawlEvent], None]) -> CrawlReport | None:
    """Take what `work` tells: pass on an event, give back the report, raise what the crawl raised."""
    kind, content = message["type"], message["content"]
    if kind == "event":
        on_event(CrawlEvent(**content))
        return None
    if kind == "report":
        return CrawlReport(**content)
    raise {"UnknownSources": UnknownSources, "DatabaseFault": DatabaseFault}[kind](content)


def work(job: dict[str, Any]) -> None:
    """What runs in the process: the crawl, telling its events and its report over standard output.

    When nobody listens any more, since whoever began the crawl was killed, it ends as by a signal.
    """
    with suppress(BrokenPipeError):
        _work(job)


def _work(job: dict[str, Any]) -> None:
    from crawler.run import crawl, utc_now  # noqa: PLC0415  loads Scrapy, which the parent does not need
    from models.session import open_database  # noqa: PLC0415

    fixed = None if job["now"] is None else datetime.fromisoformat(job["now"]).astimezone(UTC)
    policy = FetchPolicy(**{**job["policy"], "allow_networks": tuple(job["policy"]["allow_networks"])})
    try:
        report = crawl(
            open_database(job["database"]),
            policy,
            names=job["names"],
            everything=job["everything"],
            share=tuple(job["share"]),
            now=utc_now if fixed is None else lambda: fixed,
            on_event=lambda event: _send("event", asdict(event)),
        )
    except (UnknownSources, DatabaseFault) as fault:
        _send(type(fault).__name__, str(fault))
    else:
        _send("report", report.as_json())


def _send(kind: str, content: Any) -> None:
    try:
        sys.stdout.write(json.dumps({"type": kind, "content": content}) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # What is left in the buffer goes nowhere.
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        raise


if __name__ == "__main__":
    work(json.load(sys.stdin))
