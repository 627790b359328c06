"""A lead's statuses, and which may follow which."""

from __future__ import annotations

# review: a person must first say who it is. remember-only stories use the same statuses; their policy says the rest.
ALLOWED: dict[str, frozenset[str]] = {
    "review": frozenset({"new", "dismissed"}),
    "new": frozenset({"accepted", "contacted", "dismissed"}),
    "accepted": frozenset({"contacted", "won", "lost", "dismissed"}),
    "contacted": frozenset({"won", "lost"}),
    "won": frozenset({"contacted"}),
    "lost": frozenset({"contacted", "accepted"}),
    "dismissed": frozenset({"new"}),
}

# Statuses in which a lead is on offer to people and systems.
OPEN = frozenset({"new", "accepted", "contacted"})


class TransitionRefused(Exception):
    """A lead cannot go from its status to the one asked for."""


def check_transition(old: str, new: str) -> None:
    """Raise `TransitionRefused`, naming what is allowed, unless a lead may go from `old` to `new`."""
    if new not in ALLOWED:
        raise TransitionRefused(f"there is no status {new!r}; there are {', '.join(ALLOWED)}")
    if new not in ALLOWED[old]:
        allowed = ", ".join(sorted(ALLOWED[old]))
        raise TransitionRefused(f"a lead that is {old!r} cannot become {new!r}; it can become {allowed}")
