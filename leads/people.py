"""Whom signals may be about: the people policy."""

from __future__ import annotations

UNKNOWN_PERSON = "unknown_person"
# News of some company that neither the post nor its author names: a reason to write to nobody.
UNNAMED_COMPANY = "unnamed_company"

PRIVATE = frozenset({"author", "relative", "person", "none", ""})


def may_be_kept(who: str, *, linked: bool, people: str, basis: str | None) -> bool:
    """Whether a signal about `who` is kept.

    Kept are: whatever ties to a contact or company of the user's or waits for a person to decide (`linked`); what is
    about a company or a public figure; and, where the source says `people: any` with a lawful basis on record,
    everything. A private person who is nobody's contact is dropped as `unknown_person`. A source without a basis
    counts as `known`, whatever else it says: the basis is what makes `any` lawful.
    """
    if linked or who not in PRIVATE:
        return True
    return people == "any" and bool((basis or "").strip())
