"""Recognises, among those who are known, whom a match is about that names nobody: the one whom its sentence names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from leads.linking.records import Decision, Linking, Mention
from leads.naming import company_name
from leads.signals import sentence
from triggers.match import Match

# A post of no more characters speaks of one matter: whoever it names may be meant, in whichever sentence.
SHORT_POST = 280


class Seen(Protocol):
    """A place in a text that names somebody known."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends."""

    @property
    def text(self) -> str:
        """The words."""

    @property
    def schema(self) -> str:
        """`person` or `company`."""

    @property
    def linking(self) -> Linking:
        """Whose name it may be."""


Scan = Callable[[str], Sequence[Seen]]
Link = Callable[[Mention], Linking]


def recognised(match: Match, text: str, author: str, scan: Scan, link: Link) -> tuple[Match, bool]:
    """A match with its subject's name filled in, and whether a person must decide that it is they.

    Rules find names by how they are written; that «Лютик» in `Лютик привлёк 200 млн` is a company and no buttercup,
    only those know who know it. Where the sentence names exactly one known person (company, for company news), that
    one may be meant: surely so inside the match or right before it, else a person decides. A match with a name, or
    about the author, is left as it is.
    """
    schema = _wanted(match)
    if schema is None:
        return match, False
    low, high = sentence(text, match.start, match.end)
    before = _right_before(text[low : match.start], link) if schema == "company" else ""
    if before:
        return _with_name(match, before), False
    whole = len(text) <= SHORT_POST and schema == "person"
    low, high = (0, len(text)) if whole else (low, high)
    seen = [one for one in scan(text[low:high]) if one.schema == schema and one.text != author]
    if len({one.linking.candidates[0].key for one in seen}) != 1:
        return match, False
    sure = any(_is_subject(match, text, low + one.start, low + one.end) for one in seen)
    return _with_name(match, seen[0].text), not sure


def _wanted(match: Match) -> str | None:
    """Whether a person or a company is to be found, or None where nobody is."""
    said = match.slots.get("subject") or {}
    if said.get("who") == "company":
        return None if company_name(match) else "company"
    if said.get("who") not in ("person", "public") or said.get("relation"):
        return None
    return None if said.get("name") or said.get("handle") else "person"


def _is_subject(match: Match, text: str, start: int, end: int) -> bool:
    """Whether a place is within a match, or right before it."""
    within = match.start <= start and end <= match.end
    return within or (end <= match.start and not text[end : match.start].strip(' «»"“”'))


def _right_before(text: str, link: Link) -> str:
    """The known company that is named by the last words of a text, the longest name first, or "".

    A company that is called by a word of the language (`Ромашка`) is no name to the scan, but it is one right before
    what only a company does.
    """
    for name in _endings(text):
        linking = link(Mention(name=name, schema="company"))
        if linking.decision is Decision.LINK:
            return name
    return ""


def _endings(text: str) -> Iterator[str]:
    """The last words of a text as far as they begin with capitals, the most of them first."""
    words = text.replace("«", " ").replace("»", " ").split()
    capitals = 0
    while capitals < min(4, len(words)) and words[-1 - capitals][:1].isupper():
        capitals += 1
    for many in range(capitals, 0, -1):
        yield " ".join(words[-many:])


def _with_name(match: Match, name: str) -> Match:
    key = "handle" if name.startswith("@") else "name"
    subject = dict(match.slots["subject"]) | {key: name}
    reasons = (*match.reasons, f"subject known to you, named beside it: {name}")
    return replace(match, slots=dict(match.slots) | {"subject": subject}, reasons=reasons)
