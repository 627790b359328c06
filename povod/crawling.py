"""Starts crawls as child processes, and passes on what they report.

Scrapy's reactor runs once per process, and whatever a hostile feed does to that process ends with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from povod.faults import FAILED, UserError
from povod.stopping import Stop

Event = dict[str, Any]
GRACE_SECONDS = 60
ORDERLY = (0, 1, 2)


def crawl_in_child(
    config: Path, options: Sequence[str], on_event: Callable[[Event], None], stop: Stop | None = None
) -> int:
    """Run `povod crawl` in a process of its own; give its events as they come, and return its exit status.

    Raises:
        UserError: the child did not end in an orderly way.
    """
    stop = stop or Stop()
    command = [sys.executable, "-m", "povod", "crawl", "--json", "--config", str(config), *options]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as child,
        stop.telling(child.terminate),
    ):
        try:
            for line in child.stdout or ():
                on_event(json.loads(line))
        finally:
            _end(child)
    if child.returncode not in ORDERLY:
        raise UserError(
            f"the crawl ended with status {child.returncode}; it is safe to run again", status=FAILED
        )
    return child.returncode


def _end(child: subprocess.Popen[str]) -> None:
    """Wait for a child that has closed its output; one that hangs is killed, which loses nothing."""
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
