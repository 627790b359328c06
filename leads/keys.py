"""The keys of what is kept: hashes of what a thing is, so that making it twice makes it once."""

from __future__ import annotations

import hashlib


def stable_key(*parts: str | int) -> str:
    """32 hex digits over the parts, the same on every machine and in every year.

    The parts are joined by the unit separator, which clean text never holds, so ("ab", "c") and ("a", "bc") differ.
    """
    text = "\x1f".join(str(part) for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def lead_key(story_key: str) -> str:
    """The stable external id of the lead that a story is."""
    return stable_key("lead", story_key)


def delivery_key(lead: str, target: str, payload_version: int) -> str:
    """One lead on its way to one target: the idempotency id that the target is told."""
    return stable_key("delivery", lead, target, payload_version)
