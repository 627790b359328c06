"""How strong each kind of tie is taken to be: the chance that the one introduces the user to the other when asked.

These are beliefs, not measurements: what counts is their order, which follows M. Granovetter, "The Strength of Weak
Ties", American Journal of Sociology 78 (1973): time spent, closeness, and services done for each other. Change them in
this table; nothing else knows them.
"""

from __future__ import annotations

import math
from datetime import datetime

RELATIONS: dict[str, float] = {
    "spouse": 0.95,
    "parent": 0.9,
    "child": 0.9,
    "relative": 0.85,
    "friend": 0.8,
    "introduced_by": 0.7,
    "manager": 0.7,
    "assistant": 0.7,
    "colleague": 0.6,
    "follows": 0.2,
}
OTHER_RELATION = 0.3
# A user's own ties: looks after the contact; has them in an export of their own; has them in the common table only.
OWNER, KNOWN_TO, LISTED = 0.6, 0.5, 0.25
# Users of one povod work together.
USERS = 0.9
# Same company now; one where the other was; both were; same team, same school.
SAME_COMPANY, WAS_WHERE_IS, BOTH_WERE, SAME_TEAM, SAME_SCHOOL = 0.4, 0.25, 0.2, 0.15, 0.1
# Of so many known at one company, everybody knows everybody; of more, in proportion.
SMALL_COMPANY = 10
# Mail: half of the ceiling after so many messages, half of that again for each so many days of silence; one-sided mail
# counts a third.
MAIL_CEILING, MAIL_HALF, MAIL_DAYS, ONE_SIDED = 0.9, 5, 540.0, 1 / 3


def of_relation(kind: str) -> float:
    """Return the strength of a relation that a file or hand has named."""
    return RELATIONS.get(kind, OTHER_RELATION)


def of_company(known_there: int) -> float:
    """Return the strength of working at one company, of which so many are known."""
    return SAME_COMPANY * min(1.0, SMALL_COMPANY / max(known_there, 1))


def of_mail(one_way: int, other_way: int, last_at: datetime, now: datetime) -> float:
    """Return the strength of so many messages each way, the last of them then."""
    total = one_way + other_way
    mutual = 1.0 if one_way and other_way else ONE_SIDED
    silence = max((now - last_at).days, 0) / MAIL_DAYS
    return MAIL_CEILING * total / (total + MAIL_HALF) * mutual * math.pow(0.5, silence)


def together(strengths: list[float]) -> float:
    """Return the strength of several ties between the same two: that at least one of them holds."""
    return 1 - math.prod(1 - strength for strength in strengths)
