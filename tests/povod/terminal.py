"""A terminal for processes under test: what they write to it can be read, and it has a width."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


def started(
    folder: Path, *command: str, columns: int = 80, stdout: int | None = None
) -> tuple[subprocess.Popen[str], int]:
    """Start povod on a terminal of its own; return the process and our end. Standard output may go elsewhere."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "povod", *command],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=theirs if stdout is None else stdout,
        stderr=theirs,
        text=True,
        env=os.environ | {"TERM": "xterm", "COLUMNS": str(columns)},
    )
    os.close(theirs)
    return process, ours


def written(terminal: int) -> Iterator[str]:
    """Yield what is written to a terminal until nobody holds it open any more."""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            return
        if not piece:
            return
        yield piece.decode("utf-8", "replace")


def shown(folder: Path, *command: str, columns: int = 80) -> str:
    """Run povod on a terminal and return all that it writes there."""
    process, ours = started(folder, *command, columns=columns)
    text = "".join(written(ours))
    os.close(ours)
    process.wait(timeout=60)
    return text.replace("\r\n", "\n")
