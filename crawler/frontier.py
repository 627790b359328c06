"""Which source is fetched next: never two at a time from one server, and slow ones never hold up the rest."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Task:
    """One source to be fetched in this crawl, with what the request needs to be conditional."""

    id: int
    name: str
    url: str
    fetch_url: str
    origin: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    moved_to: str | None = None
    language: str | None = None
    error_count: int = 0


@dataclass(slots=True)
class Frontier:
    """The tasks of a crawl, handed out one per origin and `concurrency` in all. Times are seconds of any clock.

    A task in flight for longer than `slow_after` gives up its place, until `slow_limit` of them have.
    Sources that failed last time come last, so that a cycle begins with those that will be read.
    """

    concurrency: int
    slow_after: float
    slow_limit: int = 240
    _waiting: dict[str, deque[Task]] = field(default_factory=dict)
    _ready: deque[str] = field(default_factory=deque)
    _started: dict[int, float] = field(default_factory=dict)
    _origins: dict[int, str] = field(default_factory=dict)

    def add(self, tasks: Iterable[Task]) -> None:
        """Queue tasks, healthy ones first."""
        for task in sorted(tasks, key=lambda task: task.error_count > 0):
            if task.origin not in self._waiting:
                self._waiting[task.origin] = deque()
                self._ready.append(task.origin)
            self._waiting[task.origin].append(task)

    def take(self, now: float) -> Task | None:
        """The next task, or None if there is none or no place for it yet."""
        slow = sum(now - started > self.slow_after for started in self._started.values())
        if not self._ready or len(self._started) - min(slow, self.slow_limit) >= self.concurrency:
            return None
        origin = self._ready.popleft()
        task = self._waiting[origin].popleft()
        self._started[task.id] = now
        self._origins[task.id] = origin
        return task

    def give_way(self, task_id: int) -> None:
        """The task has been fetched, and only waits for others: it gives up its place at once."""
        if task_id in self._started:
            self._started[task_id] = -math.inf

    def done(self, task_id: int) -> None:
        """The task's server may be asked again."""
        if self._started.pop(task_id, None) is None:
            return
        origin = self._origins.pop(task_id)
        if self._waiting[origin]:
            self._ready.append(origin)
        else:
            del self._waiting[origin]

    def drop(self, task_ids: Collection[int]) -> set[int]:
        """Forget those of these tasks that have not begun; return which they were."""
        dropped: set[int] = set()
        for origin, tasks in self._waiting.items():
            gone = {task.id for task in tasks if task.id in task_ids}
            if gone:
                dropped |= gone
                self._waiting[origin] = deque(task for task in tasks if task.id not in gone)
        busy = set(self._origins.values())
        for origin in [origin for origin, tasks in self._waiting.items() if not tasks and origin not in busy]:
            del self._waiting[origin]
            self._ready.remove(origin)
        return dropped

    def drop_waiting(self) -> int:
        """Forget what has not begun, and say how many tasks that were."""
        dropped = sum(len(tasks) for tasks in self._waiting.values())
        for tasks in self._waiting.values():
            tasks.clear()
        self._ready.clear()
        return dropped

    @property
    def empty(self) -> bool:
        """Nothing waits; something may be in flight."""
        return not any(self._waiting.values())

    @property
    def in_flight(self) -> int:
        """How many tasks were handed out and are not done."""
        return len(self._started)
