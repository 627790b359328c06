"""Names the companies that a sentence speaks of without naming them, from the rest of the post."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from triggers.match import Match


def named(matches: Sequence[Match]) -> list[Match]:
    """Give each company match without a name the one that matches of its kind in the post agree on.

    A headline names the company, the text goes on with "it": two matches, one event. Where the post names several,
    nothing is guessed.
    """
    names: dict[str, set[str]] = {}
    for match in matches:
        if _is_company(match) and (name := company_name(match)):
            names.setdefault(match.kind, set()).add(name)
    return [_with_name(match, names.get(match.kind, set())) for match in matches]


def company_name(match: Match) -> str:
    """The name that a match gives its company, or ""."""
    subject = match.slots.get("subject") or {}
    company = match.slots.get("company")
    company = company.get("name") if isinstance(company, dict) else company
    return str(company or subject.get("name") or "").strip()


def _is_company(match: Match) -> bool:
    return (match.slots.get("subject") or {}).get("who") == "company"


def _with_name(match: Match, names: set[str]) -> Match:
    if len(names) != 1 or not _is_company(match) or company_name(match):
        return match
    (name,) = names
    subject = dict(match.slots["subject"]) | {"name": name}
    reasons = (*match.reasons, f"subject named elsewhere in the post: {name}")
    return replace(match, slots=dict(match.slots) | {"subject": subject}, reasons=reasons)
