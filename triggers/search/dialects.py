"""How each neighbouring tool writes what povod writes: one table, used to read and to write its queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# Fields that a dialect has and povod has not: read, left out, and named among the losses.
_BRANDWATCH_PLACES = ("country", "region", "city", "continent", "gender", "authorVerified", "authorVerifiedType", "rating", "engagementType", "channelId", "imageType", "sentiment", "blogName", "subreddit", "guid", "tag", "isReply")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dialect:
    """One tool's query language, where it differs from ours.

    `reads` maps its field names to ours (None: it has no counterpart here); `writes` maps ours to its own.
    `near` and `onear` are templates for writing; None: it has no such operator.
    """

    name: str
    reads: Mapping[str, str | None] = field(default_factory=dict)
    writes: Mapping[str, str] = field(default_factory=dict)
    near: str | None = None
    onear: str | None = None
    inflects: bool = False
    any_case: bool = False
    or_binds_tighter: bool = False
    space_is_or: bool = False
    slash_distance: bool = False
    # `NOT a /2 b` denies the nearness; else NOT binds more tightly and is an error there.
    not_over_near: bool = False
    form: bool = False
    cased: str | None = None
    prefix: bool = True
    letter: bool = False
    fuzzy: bool = False
    slop: bool = False
    regex: bool = False
    compares: str | None = None
    minus: bool = False
    raw: bool = False
    includes: bool = False
    max_operators: int | None = None
    # What a NEAR without a distance means; None: that is an error.
    near_alone: int | None = None
    # `word^2` weighs a word when results are ranked.
    weights: bool = False
    # So many letters at least stand before `*`.
    letters_before_star: int = 3


_SAME = ("title", "author", "site", "url")

POVOD = Dialect(
    "povod", near="{left} NEAR/{n} {right}", onear="{left} ONEAR/{n} {right}", inflects=True, form=True,
    cased="{{{word}}}", letter=True, fuzzy=True, slop=True, regex=True, compares="ours", includes=True,
)  # fmt: skip
GOOGLE = Dialect(
    "google",
    reads={"site": "site", "intitle": "title", "intext": "text", "inurl": "url", "before": "before", "after": "after", "filetype": None, "related": None, "cache": None},
    writes={"site": "site", "title": "intitle", "text": "intext", "url": "inurl"},
    near="{left} AROUND({n}) {right}", inflects=True, or_binds_tighter=True, prefix=False, minus=True, compares="google",
)  # fmt: skip
LUCENE = Dialect(
    "lucene",
    reads={name: name for name in ("title", "text", "author", "site", "url", "link", "source", "lang", "kind", "date", "followers", "likes", "replies", "shares", "hashtag", "mention")},
    writes={name: name for name in ("title", "text", "author", "site", "url", "link", "source", "lang", "kind", "date", "followers", "likes", "replies", "shares", "hashtag", "mention")},
    space_is_or=True, letter=True, fuzzy=True, slop=True, regex=True, compares="brackets", weights=True,
)  # fmt: skip
BRANDWATCH = Dialect(
    "brandwatch",
    reads={
        **{name: name for name in _SAME}, "links": "link", "language": "lang", "hashtags": "hashtag",
        "at_mentions": "mention", "authorFollowers": "followers", "likes": "likes", "raw": "raw",
        **dict.fromkeys(_BRANDWATCH_PLACES),
    },
    writes={
        **{name: name for name in _SAME}, "link": "links", "lang": "language", "hashtag": "hashtags",
        "mention": "at_mentions", "followers": "authorFollowers",
    },
    near="{left} NEAR/{n} {right}", onear="{left} NEAR/{n}f {right}", cased="{{{word}}}", letter=True, slop=True,
    compares="brackets", raw=True,
)  # fmt: skip
MELTWATER = Dialect(
    "meltwater",
    reads={"title": "title", "ingress": "text", "author": "author", "url": "url", "source": "source", "language": "lang", "country": None, "socialType": None, "metaData": None},
    writes={"title": "title", "author": "author", "url": "url", "source": "source"},
    near="{left} near/{n} {right}", onear="{left} onear/{n} {right}", any_case=True, letter=True,
    near_alone=4, weights=True,
)  # fmt: skip
AWARIO = Dialect(
    "awario",
    reads={"title": "title", "url": "url", "from": "author", "author": "author", "lang": "lang", "country": None},
    writes={"title": "title", "url": "url", "author": "from"},
    near="near/{n}:{left},{right}", onear="onear/{n}:{left},{right}",
)  # fmt: skip
YOUSCAN = Dialect(
    "youscan",
    reads={"title": "title", "text": "text", "author": "author", "url": "url", "site": "site", "lang": "lang"},
    writes={"title": "title", "author": "author", "url": "url"},
    near="{left} /{n1} {right}", inflects=True, slash_distance=True, minus=True, not_over_near=True,
    letters_before_star=4,
)  # fmt: skip
SALES_NAVIGATOR = Dialect("sales navigator", prefix=False, max_operators=15)

DIALECTS: dict[str, Dialect] = {
    dialect.name: dialect
    for dialect in (POVOD, GOOGLE, LUCENE, BRANDWATCH, MELTWATER, AWARIO, YOUSCAN, SALES_NAVIGATOR)
}
# What the other tools call our fields is understood in our own words, too.
ALIASES: dict[str, str] = {
    theirs: ours
    for dialect in DIALECTS.values()
    for theirs, ours in dialect.reads.items()
    if ours is not None and (theirs != ours or ours in ("raw", "before", "after"))
}


def dialect_named(name: str) -> Dialect:
    """Return a dialect by its name. Raises ValueError that lists them."""
    found = DIALECTS.get(name.lower().replace("_", " ").replace("-", " "))
    if found is None:
        raise ValueError(f"unknown dialect '{name}'; known are {', '.join(DIALECTS)}")
    return found
