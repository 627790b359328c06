"""What a signal's slots say about its event: when it happened, whose it is, which one of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from leads.stories import FACETS, Telling, window_of

# A stated time is taken for the event's own only if it is about this exact.
EXACT = timedelta(days=92)

# Words for one relation in both languages: the same wedding is "my daughter's" in one post and "дочка" in the next.
RELATIONS: dict[str, str] = {
    "partner": "wife husband hubby wifey spouse partner fiance fiancé fiancee fiancée boyfriend girlfriend bf gf "
    "жена муж супруг супруга жених невеста муженек женушка",
    "son": "son sonny stepson сын сынок сынуля сынишка",
    "daughter": "daughter stepdaughter дочь дочка доча доченька",
    "child": "child kid kids children sons daughters baby twin twins ребенок дети малыш малышка близнецы двойня",
    "mother": "mom mum mother mommy mama stepmom stepmother мама мать мамочка мамуля",
    "father": "dad father daddy papa stepdad stepfather папа отец",
    "parents": "parents родители родитель",
    "sister": "sister sis сестра сестренка сестричка",
    "brother": "brother bro брат братишка братик",
    "grandmother": "grandmother grandma granny бабушка бабуля баба",
    "grandfather": "grandfather grandpa дедушка дед дедуля",
    "grandchild": "grandson granddaughter grandchild grandkids внук внучка внучек",
    "aunt": "aunt auntie тетя",
    "uncle": "uncle дядя",
    "nephew": "nephew племянник",
    "niece": "niece племянница",
    "cousin": "cousin кузен кузина",
    "family": "family fam семья",
}
_CANONICAL = {word: relation for relation, words in RELATIONS.items() for word in words.split()}

# Where a relative's event is the author's own: a couple has one wedding, one move and one newborn.
OWN = {
    "birth": frozenset({"partner", "son", "daughter", "child", "family"}),
    "wedding": frozenset({"partner"}),
    "engagement": frozenset({"partner"}),
    "anniversary": frozenset({"partner"}),
    "moving": frozenset({"partner", "family"}),
    "home_purchase": frozenset({"partner", "family"}),
    "car_purchase": frozenset({"partner", "family"}),
    "travel": frozenset({"partner", "family"}),
}  # fmt: skip


def telling_of(key: str, kind: str, slots: Mapping[str, Any], told_at: datetime, lang: str) -> Telling:
    """The telling that a signal is. `told_at` is when its post was published, or first seen if it does not say."""
    return Telling(
        key=key,
        at=event_time(kind, slots.get("when"), told_at),
        relation=relation_of(kind, slots),
        facet=facet_of(kind, slots),
        lang=lang,
    )


def event_time(kind: str, when: Any, told_at: datetime) -> datetime:
    """When the event was, for folding: as told, unless the text gives a time that lies outside the kind's window.

    Within the window the two are the same story anyway, and the time of telling is the surer of the two.
    """
    stated = _stated(when)
    if stated is None or abs(stated - told_at) <= window_of(kind):
        return told_at
    return stated


def lag_of(slots: Mapping[str, Any], told_at: datetime) -> timedelta:
    """How long after the event it was told, where the text says when; 0 where it does not, or was told before."""
    stated = _stated(slots.get("when"))
    return max(timedelta(0), told_at - stated) if stated else timedelta(0)


def _stated(when: Any) -> datetime | None:
    if not isinstance(when, Mapping):
        return None
    start, end = _day(when.get("from")), _day(when.get("to"))
    if start is None or (end is not None and end - start > EXACT):
        return None
    return start


def _day(value: Any) -> datetime | None:
    try:
        day = date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def relation_of(kind: str, slots: Mapping[str, Any]) -> str:
    """Whose event it is: "" the subject's own, otherwise how the person concerned is related to the subject."""
    subject = slots.get("subject") or {}
    said = (
        str(subject.get("relation") or "").casefold().replace("ё", "е")
        if subject.get("who") == "relative"
        else ""
    )
    relation = _CANONICAL.get(said, said)
    return "" if relation in OWN.get(kind, ()) else relation


def facet_of(kind: str, slots: Mapping[str, Any]) -> str:
    """The words that tell two events of this kind apart, "" where the text does not say."""
    facet = FACETS.get(kind, "")
    if facet == "amount":
        return amount_text(slots.get("amount"))
    if facet == "person":
        subject = slots.get("subject") or {}
        return str(subject.get("name") or "") if subject.get("who") in ("person", "public") else ""
    value = slots.get(facet) if facet else None
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("text")
    return str(value or "").strip()


def amount_text(amount: Any) -> str:
    """An amount of money as a whole number in text; rounded to two digits, since press and company round."""
    value = amount.get("value") if isinstance(amount, Mapping) else None
    if not isinstance(value, int | float) or isinstance(value, bool) or not 1 <= value < 1e15:
        return ""
    digits = len(str(int(value)))
    return str(round(value, 2 - digits) // 1).removesuffix(".0")
