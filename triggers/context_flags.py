"""The closed list of context flags and what each family of kinds does about them by default."""

from __future__ import annotations

# What a flag means, for the documentation and for `--explain`.
FLAGS: dict[str, str] = {
    "negated": "said not to be so",
    "hypothetical": "wished, planned without plan, feared or imagined",
    "question": "asked, not told",
    "reported": "told as somebody's words or a rumour",
    "past": "longer ago than about two years",
    "future": "still to come, but fixed",
    "generic": "about people in general",
    "joke": "a joke or an idiom",
    "advert": "an advertisement or a giveaway",
    "retweet": "a repeated post of somebody else",
}
# Why a match was dropped: a flag above, or one of these. A reason is `code` or `code: detail`.
DROP_REASONS: dict[str, str] = {
    **FLAGS,
    "register": "a kind of text the rule does not trust, or not the one it asks for; the detail names it",
    "filter": "one of the rule's own filters; the detail names it",
    "subject": "about nobody who can be told, or somebody the rule does not accept; the detail says who",
    "weak": "too little confidence left; the detail is how much",
}
ACTIONS = ("drop", "lower", "flag", "ignore")
DEFAULTS: dict[str, dict[str, str]] = {
    "life": {
        "negated": "drop", "hypothetical": "drop", "question": "drop", "reported": "lower", "past": "drop",
        "future": "flag", "generic": "drop", "joke": "drop", "advert": "drop", "retweet": "lower",
    },
    "company": {
        "negated": "drop", "hypothetical": "drop", "question": "drop", "reported": "flag", "past": "drop",
        "future": "flag", "generic": "drop", "joke": "drop", "advert": "drop", "retweet": "flag",
    },
    "intent": {
        "negated": "drop", "hypothetical": "flag", "question": "ignore", "reported": "drop", "past": "drop",
        "future": "flag", "generic": "drop", "joke": "drop", "advert": "drop", "retweet": "lower",
    },
}  # fmt: skip
