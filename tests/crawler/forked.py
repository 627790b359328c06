"""Crawls in processes of their own that need not import everything first: forked from one that has.

`python -m tests.crawler.forked` reads jobs, one a line, and forks a process for each, which tells its events and its
report as `crawler.apart` does.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from crawler.apart import as_job, receive, work
from crawler.events import CrawlEvent, CrawlReport
from crawler.policy import FetchPolicy

ROOT = Path(__file__).parents[2]
END = "end\n"


def crawl_forked(
    database_url: str,
    policy: FetchPolicy,
    *,
    on_event: Callable[[CrawlEvent], None] = lambda _: None,
    lease: float = 600,
    **options: Any,
) -> CrawlReport:
    """Like `crawler.apart.crawl_apart`: nothing that one crawl knows is known to the next but by the database.

    `lease` is for how many seconds sources are leased.
    """
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps(as_job(database_url, policy, **options) | {"lease": lease}) + "\n")
    server.stdin.flush()
    report = None
    # All of it before any of it is looked at: what is raised must not leave half an answer to the next crawl.
    for line in list(iter(server.stdout.readline, END)):
        report = receive(json.loads(line), on_event) or report
    return report or CrawlReport(outcome="failed", error="the crawl's process was killed")


@cache
def _server() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crawler.forked"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(process.communicate)
    return process


def serve() -> None:
    """Fork a process per line."""
    import crawler.due
    import crawler.run

    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                job = json.loads(line)
                crawler.due.LEASE = crawler.run.LEASE = timedelta(seconds=job["lease"])  # type: ignore[attr-defined]
                work(job)
            finally:
                sys.stdout.flush()
                os._exit(0)
        os.waitpid(pid, 0)
        sys.stdout.write(END)
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
