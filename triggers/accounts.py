"""Which accounts belong to companies: told by how they are called, without asking anybody.

`@lumo_help`, `@AskLumo` answer customers whatever the company; `@RailcoAirways` bears its trade in its
name; the others are companies that many people write to, by the word list `_brands`.
"""

from __future__ import annotations

import re
from functools import lru_cache

_HANDLE = re.compile(r"(?<![\w@])@(\w[\w.]{0,40})")
_DESK = re.compile(r"ask[a-z]|\w*(?:support|help|care$|cares$|care_|cares_|cust|service|svc)", re.IGNORECASE)
# What companies put before and behind their names: who answers, where, for which part.
_BEFORE = re.compile(r"^(?:ask|team|my|the|weare|official|hey|contact)(?=\w{3})")
_BEHIND = re.compile(
    r"(?<=\w\w)(?:uk|gb|us|usa|ca|can|canada|in|india|au|aus|australia|nz|eu|europe|uki|ie|ireland|sg|ph|za|ng|ke|mx|de|fr|me|global|intl|"
    r"official|hq|inc|corp|co|com|app|online|stores?|shop|team|social|answers|presence|business|biz|news|air|airlines?|airways|mobile|bank|tv|pay|"
    r"rewards|assist|desk|listens|community|fiber|wireless|cc|cs|prime|books|cars|motors|trains|rail|hotels|pizza|coffee|music|games|\d+)$"
)
_TRADE = re.compile(
    r"\w{3,40}(?:airlines?|airways|airport|railways?|trains?|insurance|energy|electric|telecom|wireless|broadband|hotels?|motors|supermarkets?|"
    r"logistics|couriers?|cosmetics|pharmacy|bank|transit)(?:uk|us|usa|india|ca|au)?$"
)


@lru_cache(20_000)
def is_help_desk(handle: str) -> bool:
    """Say whether an account, named without its `@`, is called as those that answer customers are."""
    return _DESK.match(handle) is not None


@lru_cache(20_000)
def is_company(handle: str, brands: frozenset[str]) -> bool:
    """Say whether an account, named without its `@`, is a help desk, a trade by name, or one of the brands."""
    if is_help_desk(handle):
        return True
    name = handle.lower().replace("_", "").replace(".", "")
    return _TRADE.match(name) is not None or not brands.isdisjoint(_cores(name))


def addressed(text: str, brands: frozenset[str]) -> frozenset[str]:
    """Return the registers `helpdesk` and `brand` as far as the accounts that a text names give them."""
    if "@" not in text:
        return frozenset()
    handles = _HANDLE.findall(text)
    if not handles:
        return frozenset()
    desk = any(map(is_help_desk, handles))
    brand = desk or any(is_company(handle, brands) for handle in handles)
    return frozenset(name for name, met in (("helpdesk", desk), ("brand", brand)) if met)


def _cores(name: str) -> set[str]:
    """Return a name as written, and without what companies put around theirs, up to twice behind."""
    found = {name, _BEFORE.sub("", name)}
    for _ in range(2):
        found |= {_BEHIND.sub("", core) for core in found}
    return found
