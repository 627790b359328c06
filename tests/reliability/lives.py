"""Processes that do the whole job once and may be killed at it: import, crawl, process, deliver.

`python -m tests.reliability.lives` reads lines of JSON and forks a process for each; its pid is printed at once, its
exit status when it has ended. Forking spares each of them the imports; nothing else is shared.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import traceback
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Order:
    """One life: with which configuration, at which minute, dying where (if anywhere), doing which steps.

    `keep` is how many posts are stored in one transaction, `lease` how many sources are leased at a time. `fail_at` makes the Nth statement or commit raise;
    `file_limit` is the largest size, in bytes, that a file may grow to.
    """

    config: str
    minute: float = 0.0
    failpoint: str = ""
    steps: str = "crawl process"
    keep: int = 5
    lease: int = 500
    fail_at: int = 0
    file_limit: int = 0


class Lives:
    """The server of processes, as a test sees it. One life at a time; make several for several at once."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.lives"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self, order: Order) -> int:
        """Begin a life; return its pid."""
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(asdict(order)) + "\n")
        self._server.stdin.flush()
        return self._read()

    def end(self) -> int:
        """Wait for its end; return its exit status, that of a kill being negative."""
        return self._read()

    def live(self, order: Order) -> int:
        """Begin one and wait for its end."""
        self.begin(order)
        return self.end()

    def close(self) -> None:
        """Let the server go."""
        self._server.communicate(timeout=10)

    def _read(self) -> int:
        assert self._server.stdout is not None
        return int(self._server.stdout.readline())


KILLED = -signal.SIGKILL
# A fault of the database, told in words: what a user would see, and try again.
FAULT = 3


def live(order: Order) -> None:
    """Do the steps, as `povod run --once` does, but crawl in this process and by the order's clock."""
    from crawler import due, keep, writer
    from crawler.events import CrawlReport
    from crawler.run import crawl
    from povod import passes as passes_module
    from povod.stopping import Stop
    from povod.wiring import fetch_policy
    from povod.workspace import open_workspace
    from tests.reliability.faults import fail_at, limit_files
    from tests.reliability.field import FieldDetector, minutes

    due.AT_A_TIME = order.lease
    keep.BATCH = writer.BATCH = order.keep  # type: ignore[attr-defined]
    passes_module.load_detector = lambda _: FieldDetector()  # type: ignore[assignment,attr-defined]

    class Pass(passes_module.Passes):
        def _crawl(self, everything: bool) -> CrawlReport:
            policy = replace(fetch_policy(self.workspace.loaded), readers=1)
            return crawl(self.workspace.engine, policy, everything=everything, now=self.clock)

    limit_files(order.file_limit)
    fail_at(order.fail_at)
    workspace = open_workspace(Path(order.config))
    one = Pass(workspace, lambda _: None, Stop(), clock=lambda: minutes(order.minute))
    if order.steps == "crawl process":
        one.make()
    elif order.steps == "crawl":
        one._crawl(everything=False)
    elif order.steps == "process":
        one.process()
    else:
        one.import_contacts()


def _forked(order: Order) -> None:
    from guards.failpoints import VARIABLE
    from models import DatabaseFault

    os.environ[VARIABLE] = order.failpoint
    status = 0
    try:
        live(order)
    except DatabaseFault as fault:
        sys.stderr.write(f"{fault}\n")
        status = FAULT
    except BaseException:  # noqa: BLE001  told, and shown by the exit status
        traceback.print_exc()
        status = 1
    finally:
        sys.stderr.flush()
        os._exit(status)


def serve() -> None:
    """Fork a process per line."""
    import crawler.run  # noqa: F401
    import leads.process  # noqa: F401
    import povod.passes  # noqa: F401
    import tests.reliability.faults
    import tests.reliability.field  # noqa: F401

    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _forked(Order(**order))
        _say(pid)
        _, status = os.waitpid(pid, 0)
        _say(os.waitstatus_to_exitcode(status))


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve()
