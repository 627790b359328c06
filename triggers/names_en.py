"""English given names, to tell them from other words that begin a sentence."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(1)
def given_names() -> frozenset[str]:
    """Return given names in lower case, of which many are words too (`mark`, `grace`)."""
    from nicknames import name_triplets  # noqa: PLC0415 -- only asked where a sentence begins with such a word

    table = {name.lower() for row in name_triplets() for name in (row.name1, row.name2)}
    return frozenset(table - NO_GIVEN | MORE_GIVEN)


# What the table of given names lacks, and what is in it but far more often the other word.
MORE_GIVEN = frozenset(
    {"grace", "hope", "ruby", "iris", "hazel", "violet", "pearl", "jade", "dean", "miles", "chase", "robin"}
)
NO_GIVEN = frozenset({"may", "so", "see", "early", "major", "best", "happy", "young", "love", "art"})
