"""What processing needs to be told: plain values, built by the application from its configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from leads.keys import stable_key
from leads.linking.records import Mention

# Raise when the decisions in this package change, so that stored posts are looked at again.
DECISIONS_VERSION = 1


@dataclass(frozen=True, slots=True)
class Target:
    """Where leads are delivered to: its name, and which leads it wants (`kinds` empty: all).

    Saved searches may name their targets: `asked` are kinds that go here, `elsewhere` those that go to others only.
    """

    name: str
    min_score: float = 0.0
    kinds: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()

    def wants(self, kind: str, score: float) -> bool:
        """Whether a lead of this kind and score goes there."""
        if kind in self.elsewhere or score < self.min_score:
            return False
        return not self.kinds or kind in self.kinds or kind in self.asked


@dataclass(frozen=True, slots=True)
class ProcessSettings:
    """`sensitive`: keep sensitive kinds; `targets`: where leads go; `suppressed`: whether somebody was forgotten.

    `muted` changes whenever the mute list does, so that what it concerns is looked at again; "" for none.
    """

    sensitive: bool = False
    targets: tuple[Target, ...] = ()
    suppressed: Callable[[Mention], bool] | None = None
    muted: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """What a post was looked at with: `rules` decides what is found, `people` whose it is and whether it is kept."""

    rules: str
    people: str

    def __str__(self) -> str:
        return f"{self.rules}:{self.people}"


def version_of(rules: str, contacts: str, policies: str, settings: ProcessSettings) -> Version:
    """The version of these rules, contacts, sources' people policies and settings."""
    muted = (settings.muted,) if settings.muted else ()
    people = stable_key(contacts, policies, int(settings.sensitive), DECISIONS_VERSION, *muted)
    return Version(stable_key(rules)[:16], people[:16])
