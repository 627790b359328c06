"""A clean stop: SIGTERM and Ctrl-C ask the loop to end after what it is doing."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Set once the user or the system has asked to stop."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._tell: list[Callable[[], None]] = []

    def __bool__(self) -> bool:
        return self._asked.is_set()

    def __call__(self) -> bool:
        return bool(self)

    def ask(self) -> None:
        """Ask to stop, and tell those who are at work."""
        self._asked.set()
        for tell in list(self._tell):
            tell()

    @contextmanager
    def telling(self, tell: Callable[[], None]) -> Iterator[None]:
        """Have `tell` called when a stop is asked for while the block lasts."""
        self._tell.append(tell)
        try:
            if self:
                tell()
            yield
        finally:
            self._tell.remove(tell)

    def wait(self, seconds: float) -> None:
        """Sleep, but no longer than until a stop is asked for."""
        self._asked.wait(seconds)

    def listen(self) -> Stop:
        """Listen to SIGTERM and SIGINT. The second one ends at once: somebody is in a hurry."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        return self

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self.ask()
