"""Answers that are kept: what is asked of strings that come again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
MOST = 1_000
LONGEST = 60


class Known(dict[str, T]):
    """What a function of strings answers, kept for the first thousand short ones: few make up nearly all.

    Look up with `[]`, or hand its `__getitem__` to `map`, which is several times as fast as a call. No feed can make
    it large.
    """

    def __init__(self, ask: Callable[[str], T]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, value: str) -> T:
        answer = self._ask(value)
        if len(value) <= LONGEST and len(self) < MOST:
            self[value] = answer
        return answer
