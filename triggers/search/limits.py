"""How large a query may be: each limit has its own message, and together they bound the time it can take."""

from __future__ import annotations

MAX_LENGTH = 10_000
MAX_DEPTH = 40
MAX_TERMS = 1_000
MAX_PHRASE = 50
MAX_DISTANCE = 1_000
MAX_REGEX = 256
MAX_REGEXES = 10
MAX_WARNINGS = 20
# Memory that RE2 may use for one expression: what needs more takes too long to build.
REGEX_MEMORY = 1 << 19
# `(a AND b) NEAR/5 (c AND d)` is worked out as four pairs.
MAX_PAIRS = 64
# A search may include others that include others, this deep.
MAX_INCLUDED = 10
