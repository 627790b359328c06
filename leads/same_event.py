"""One post that tells one event as two kinds: which of them is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

SAME_EVENT = "same_event"


@dataclass(frozen=True, slots=True)
class Heard:
    """What tells signals of one post apart: kind, who tells (`who` of the subject), whose it may be, and relation.

    `whose` are the subject and all people whom the signal is tied to or may be tied to.
    """

    kind: str
    who: str
    whose: frozenset[str]
    relation: str = ""


def _own(heard: Heard) -> bool:
    return heard.who == "author"


# Kept, dropped, and whether it holds for the signal of a new job. The more specific kind is kept: a step up within a
# company says more than that a post is filled; who tells of their own new post has a new job; and where others tell of
# it, it is the company's news that its post is filled.
ONE_EVENT: tuple[tuple[str, str, Callable[[Heard], bool] | None], ...] = (
    ("promotion", "leadership_change", None),
    ("new_job", "leadership_change", _own),
    ("leadership_change", "new_job", lambda heard: not _own(heard)),
)


def outdone(signals: Sequence[Heard]) -> set[int]:
    """The places of those signals of one post that another one of it tells more specifically, of the same subject."""
    return {
        at
        for at, less in enumerate(signals)
        if any(_outdoes(more, less) for other, more in enumerate(signals) if other != at)
    }


def _outdoes(more: Heard, less: Heard) -> bool:
    if more.relation != less.relation or more.whose.isdisjoint(less.whose):
        return False
    return any(
        (more.kind, less.kind) == (kept, dropped)
        and (holds is None or holds(more if kept == "new_job" else less))
        for kept, dropped, holds in ONE_EVENT
    )
