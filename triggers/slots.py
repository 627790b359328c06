"""Slots: what a match says beyond its kind. Captures first, then the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from triggers.affiliation import QUOTES, company_name, quoted
from triggers.matcher import Hit
from triggers.rule import SlotPlan
from triggers.text import HANDLE, MONEY, Tokens

_SCALES = (
    (re.compile(r"трлн|триллион|trillion"), 10**12),
    (re.compile(r"млрд|миллиард|billion|bn\b|bln|\db\b|\d ?b$"), 10**9),
    (re.compile(r"млн|миллион|million|mln|mm\b|mn\b|\d ?m\b"), 10**6),
    (re.compile(r"тыс|thousand|\d ?k\b"), 10**3),
)
_CURRENCIES = (("$", "USD"), ("usd", "USD"), ("dollar", "USD"), ("долл", "USD"), ("€", "EUR"), ("eur", "EUR"), ("евро", "EUR"),
               ("£", "GBP"), ("gbp", "GBP"), ("pound", "GBP"), ("₽", "RUB"), ("руб", "RUB"), ("rub", "RUB"), ("¥", "JPY"))  # fmt: skip
_FIGURE = re.compile(r"\d[\d\s\u00a0]*(?:[.,]\d+)*")
LONGEST = {"company": 4, "place": 4, "role": 6, "object": 8}


def amount_of(text: str) -> dict[str, Any] | None:
    """Read an amount of money: `$10.5M`, `10 млн рублей`. Returns value and ISO currency, or None."""
    match = _FIGURE.search(text)
    if match is None:
        return None
    lower = text.lower()
    factor = next((scale for pattern, scale in _SCALES if pattern.search(lower)), 1)
    value = _number(match[0], scaled=factor > 1)
    if value is None:
        return None
    currency = next((code for sign, code in _CURRENCIES if sign in lower), None)
    total = round(value * factor, 2)
    return {"value": int(total) if total == int(total) else total, "currency": currency}


def _number(figure: str, *, scaled: bool) -> float | None:
    digits = re.sub(r"[\s\u00a0]", "", figure)
    if scaled and digits.count(".") == 1 and "," not in digits:
        return float(digits)  # `$3.055 billion`
    # A comma or point before exactly three digits at the end groups thousands.
    digits = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", digits).replace(",", ".")
    try:
        return float(digits)
    except ValueError:
        return None


def quote(tokens: Tokens, start: int, end: int) -> str:
    """Return the original words [start, end)."""
    return tokens.text[tokens.starts[start] : tokens.ends[end - 1]]


def fill(
    plans: Iterable[SlotPlan], hits: Iterable[Hit], main: Hit, tokens: Tokens, stops: frozenset[str]
) -> dict[str, Any]:
    """Return the slots of a match but `subject` and `when`: captured, or found around it."""
    slots: dict[str, Any] = {}
    labels = {**_longest(hits), **main.labels}
    for plan in plans:
        if plan.name == "when":
            continue
        place = labels.get(plan.name)
        value: Any
        if plan.name == "amount":
            value = _amount(tokens, main, place)
        elif place is not None:
            value = _named(plan.name, tokens, *place)
        else:
            value = _after(plan, main, tokens, stops)
        slots[plan.name] = plan.default if value is None else value
    for label, place in labels.items():
        if label in LONGEST and label not in slots:
            slots[label] = _named(label, tokens, *place)
    return slots


def _longest(hits: Iterable[Hit]) -> dict[str, tuple[int, int]]:
    """Return each label's captured words, the longest where several hits captured some."""
    found: dict[str, tuple[int, int]] = {}
    for hit in hits:
        for label, (start, end) in hit.labels.items():
            low, high = found.get(label, (0, 0))
            if end - start > high - low:
                found[label] = (start, end)
    return found


def _named(label: str, tokens: Tokens, start: int, end: int) -> str:
    """Return captured words; a company in the nominative, where its case is told."""
    if label == "company" and tokens.words[start] not in QUOTES and tokens.words[start] != HANDLE:
        return company_name(tokens, (start, end)).strip('«»"“”#')
    return _shown(tokens, start, end)


def _shown(tokens: Tokens, start: int, end: int) -> str:
    return quote(tokens, start, end).strip('«»"“”#').lstrip("@")


def _amount(tokens: Tokens, main: Hit, place: tuple[int, int] | None) -> dict[str, Any] | None:
    low, high = place or tokens.sentence_span(main.start)
    at = min(
        (i for i in range(low, high) if tokens.words[i] == MONEY),
        key=lambda i: abs(i - main.start),
        default=None,
    )
    return None if at is None else amount_of(quote(tokens, at, at + 1))


def _after(plan: SlotPlan, main: Hit, tokens: Tokens, stops: frozenset[str]) -> str | None:
    """Return what follows the first of the plan's words within the match's sentence."""
    _, high = tokens.sentence_span(main.start)
    for at in range(main.start, high - 1):
        if tokens.lowers[at] in plan.after:
            inside = quoted(tokens, at + 1) if plan.name == "company" else None
            if inside is not None:
                return _named(plan.name, tokens, *inside)
            end = _phrase_end(plan.name, tokens, at + 1, high, stops)
            start = at + 1
            while start < end and tokens.lowers[start] in ("the", "a", "an", "our", "my", "new"):
                start += 1
            person, last = main.labels.get("subject", (0, 0))
            if end > start and not (person < end and start < last):  # `congratulations to Ann ... to lead`
                return _shown(tokens, start, end)
    return None


def _phrase_end(name: str, tokens: Tokens, start: int, high: int, stops: frozenset[str]) -> int:
    """Return where the phrase that begins at a word ends: names must be capitals, others run to a stop."""
    proper = name in ("company", "place")
    at = start
    while at < high and at - start < LONGEST.get(name, 6):
        word = tokens.words[at]
        if word == HANDLE:
            return at + 1
        if (
            proper
            and tokens.lowers[at] in ("the", "«", '"', "“", "город", "г", "компанию", "компании")
            and at == start
        ):
            start, at = start + 1, at + 1
            continue
        joins = name == "role" and tokens.lowers[at] in ("of", "по") and at > start  # `head of logistics`
        named = word[0].isupper() or (
            word == "&" and start < at < high - 1 and tokens.words[at + 1][0].isupper()
        )
        if (proper and not named) or (not proper and tokens.lowers[at] in stops and not joins):
            break
        if at > start and tokens.clause_start[at]:
            break
        if not (named or word[0].isalnum()):
            break
        at += 1
    return at
