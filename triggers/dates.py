"""Dates told in words, resolved against the post's date: `next month`, `в марте`, `3 years ago`.

A small grammar on tokens. Without the post's date only dates with their year are resolved.
Bare months and seasons mean the nearest one; bare weekdays the next (or the last, after `last`).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from triggers.date_words import ENGLISH, RUSSIAN, DateWords
from triggers.text import Tokens

Span = tuple[date, date]
# Older posts than these are rare on the networks we read: in a post without a date, a year before it is long past.
OLDEST_UNDATED = 2012
# Years since a time of life that is told as over.
ERA = 10.0


@dataclass(frozen=True, slots=True)
class When:
    """A date found: words [start, end), the days from and to (inclusive), how many years ago if told so."""

    start: int
    end: int
    first: date | None
    last: date | None
    years_ago: float | None = None
    # A weekday with nothing to say whether the last or the next is meant; it is the next until a verb says so.
    bare_weekday: bool = False

    def slot(self, text: str) -> dict[str, str | None]:
        """Return the slot `when` with the words that told it."""
        return {
            "from": self.first.isoformat() if self.first else None,
            "to": self.last.isoformat() if self.last else None,
            "text": text,
        }

    def is_past(self, published: date | None, days: int) -> bool:
        """Say whether the date lies more than so many days before the post."""
        if self.years_ago is not None:
            return self.years_ago * 365 > days
        if self.last is None:
            return False
        if published is None:
            return self.last.year < OLDEST_UNDATED
        return (published - self.last).days > days

    def is_future(self, published: date | None) -> bool:
        """Say whether the date begins after the post."""
        return self.first is not None and published is not None and self.first > published


def find_dates(
    tokens: Tokens, low: int, high: int, published: date | None, lemma: Callable[[str], str]
) -> list[When]:
    """Return the dates told in words [low, high), longest first at each place, none inside another."""
    table = RUSSIAN if tokens.lang == "ru" else ENGLISH
    reader = _Dates(tokens, table, published, lemma)
    found = []
    at = low
    while at < high:
        when = reader.at(at, high)
        if when is not None and when.end > at:
            found.append(when)
            at = when.end
        else:
            at += 1
    return found


class _Dates:
    """Reads a date that starts at a word."""

    def __init__(
        self, tokens: Tokens, table: DateWords, published: date | None, lemma: Callable[[str], str]
    ) -> None:
        self.lowers = tokens.lowers
        self.table = table
        self.published = published
        self.lemma = lemma

    def word(self, at: int, high: int) -> str:
        return self.lowers[at] if at < high else ""

    def key(self, at: int, high: int) -> str:
        """Return the word's dictionary form where the tables hold those."""
        word = self.word(at, high)
        return self.lemma(word) if word and self.table.by_lemma else word

    def at(self, at: int, high: int) -> When | None:
        start = at
        if self.word(at, high) in self.table.before:
            at += 1
            if self.word(at, high) in self.table.articles:
                at += 1
        for read in (
            self._era,
            self._numeric,
            self._day_month,
            self._month,
            self._shifted,
            self._counted,
            self._near,
            self._year,
            self._weekday,
        ):
            when = read(start, at, high)
            if when is not None:
                return when
        return None

    def _made(self, start: int, end: int, span: Span | None, ago: float | None = None) -> When:
        first, last = span or (None, None)
        return When(start, end, first, last, ago)

    def _era(self, start: int, _: int, high: int) -> When | None:
        """Read `back in my twenties`, `ещё в детстве`: nobody's news."""
        if self.word(start, high) not in self.table.era_leads:
            return None
        for place in range(start + 1, min(high, start + 5)):
            if self.key(place, high) in self.table.eras:
                return self._made(start, place + 1, None, ERA)
        return None

    def _numeric(self, start: int, at: int, high: int) -> When | None:
        parts = self.word(at, high).split(".")
        # `1.6.9` is a version: a year has two figures or four.
        if len(parts) != 3 or not all(part.isdigit() for part in parts) or len(parts[2]) not in (2, 4):
            return None
        day, month, year = (int(part) for part in parts)
        span = _one_day(year + 2000 if year < 100 else year, month, day)
        return self._made(start, at + 1, span) if span else None

    def _day_month(self, start: int, at: int, high: int) -> When | None:
        first, second = at, at + 1
        month = self.table.months.get(self.key(second, high))
        day = _day(self.word(first, high))
        if month is None or day is None:
            month, day = self.table.months.get(self.key(first, high)), _day(self.word(second, high))
        if month is None or day is None:
            return None
        end = at + 2
        year = _year(self.word(end + (self.word(end, high) == ","), high))
        if year is not None:
            return self._made(start, end + 1 + (self.word(end, high) == ","), _one_day(year, month, day))
        near = self._nearest_month(month)
        return self._made(start, end, _one_day(near[0].year, month, day) if near else None)

    def _month(self, start: int, at: int, high: int) -> When | None:
        shift = self.table.shifts.get(self.word(at, high))
        at += shift is not None
        month = self.table.months.get(self.key(at, high))
        bare = at == start and not self.lowers[at].isdigit()
        if month is None or (bare and self.word(at, high) in self.table.doubtful_months):
            return None
        year = _year(self.word(at + 1, high))
        if year is not None:
            return self._made(start, at + 2, _month(year, month))
        return self._made(start, at + 1, self._nearest_month(month, shift))

    def _nearest_month(self, month: int, shift: int | None = None) -> Span | None:
        if self.published is None:
            return None
        today = self.published
        ahead = (month - today.month) % 12
        if shift is not None:
            back = (today.month - month) % 12 or 12
            ahead = (ahead or 12) if shift > 0 else -back if shift < 0 else month - today.month
        elif ahead > 6:
            ahead -= 12
        index = today.year * 12 + today.month - 1 + ahead
        return _month(index // 12, index % 12 + 1)

    def _shifted(self, start: int, at: int, high: int) -> When | None:
        """Read `next month`, `last year`, `на прошлой неделе`."""
        shift = self.table.shifts.get(self.word(at, high))
        unit = self.table.units.get(self.key(at + 1, high))
        if shift is None:
            return None
        if unit is None:
            weekday = self.table.weekdays.get(self.key(at + 1, high))
            return None if weekday is None else self._made(start, at + 2, self._on_weekday(weekday, shift))
        return self._made(start, at + 2, self._unit(unit, shift), None if shift >= 0 else _years(unit, 1))

    def _unit(self, unit: str, shift: int) -> Span | None:
        if self.published is None:
            return None
        today = self.published
        if unit == "year":
            return date(today.year + shift, 1, 1), date(today.year + shift, 12, 31)
        if unit == "month":
            index = today.year * 12 + today.month - 1 + shift
            return _month(index // 12, index % 12 + 1)
        if unit == "week":
            monday = today - timedelta(days=today.weekday()) + timedelta(weeks=shift)
            return monday, monday + timedelta(days=6)
        if unit == "weekend":
            saturday = today - timedelta(days=today.weekday()) + timedelta(days=5, weeks=shift)
            return saturday, saturday + timedelta(days=1)
        return (today + timedelta(days=shift),) * 2

    def _counted(self, start: int, at: int, high: int) -> When | None:
        """Read `3 years ago`, `two weeks ago`, `через месяц`, `in 2 weeks`."""
        count, after = self._count(at, high)
        unit = self.table.units.get(self.key(after, high))
        if unit is None:
            return None
        turned = self.table.counts.get(self.word(at + 1, high))
        if turned is not None and self.word(at + 2, high) in self.table.ago:  # `лет пятнадцать назад`
            return self._made(
                start, at + 3, self._back(round(turned * _DAYS[unit]), unit), turned * _DAYS[unit] / 365
            )
        leads = self.word(start, high) in self.table.ahead and start != at
        if self.word(after + 1, high) in self.table.ago:
            days = round(count * _DAYS[unit])
            there = self._back(days, unit)
            return self._made(start, self._anniversary(after + 2, high), there, count * _DAYS[unit] / 365)
        if leads and (after > at or self.table.by_lemma):
            there = self._back(-round(count * _DAYS[unit]), unit)
            return self._made(start, after + 1, there)
        return None

    def _anniversary(self, at: int, high: int) -> int:
        """Return the end of `... ago | this week`, `... ago today`, which is no date of its own."""
        if self.table.days.get(self.word(at, high)) == 0:
            return at + 1
        shifted = self.table.shifts.get(self.word(at, high)) == 0
        return at + 2 if shifted and self.key(at + 1, high) in (*self.table.units, *self.table.months) else at

    def _back(self, days: int, unit: str) -> Span | None:
        if self.published is None:
            return None
        try:
            day = self.published - timedelta(days=days)
        except OverflowError:
            return None
        if unit == "year":
            return date(day.year, 1, 1), date(day.year, 12, 31)
        return _month(day.year, day.month) if unit == "month" else (day, day)

    def _count(self, at: int, high: int) -> tuple[float, int]:
        word = self.word(at, high)
        if word.isdecimal() and len(word) < 5:
            return int(word), at + 1
        both = self.table.counts.get(f"{word} {self.word(at + 1, high)}")
        if both is not None:
            return both, at + 2
        count = self.table.counts.get(word)
        if count is None:
            return 1, at
        return count, at if word in self.table.units or self.key(at, high) in self.table.units else at + 1

    def _near(self, start: int, at: int, high: int) -> When | None:
        shift = self.table.days.get(self.word(at, high))
        if shift is None:
            return None
        return self._made(start, at + 1, self._unit("day", shift))

    def _year(self, start: int, at: int, high: int) -> When | None:
        year = _year(self.word(at, high))
        follows = self.key(at + 1, high) in self.table.year_words
        if year is None or not (follows or start != at):
            return None
        return self._made(start, at + 1 + follows, (date(year, 1, 1), date(year, 12, 31)))

    def _weekday(self, start: int, at: int, high: int) -> When | None:
        weekday = self.table.weekdays.get(self.key(at, high))
        if weekday is None or start == at:
            return None
        day = self._on_weekday(weekday, 1)
        today = day is not None and day[0] == self.published
        return replace(self._made(start, at + 1, day), bare_weekday=not today)

    def _on_weekday(self, weekday: int, shift: int) -> Span | None:
        if self.published is None:
            return None
        ahead = (weekday - self.published.weekday()) % 7
        if shift < 0:
            ahead = ahead - 7
        return (self.published + timedelta(days=ahead),) * 2


_DAYS = {"day": 1.0, "week": 7.0, "weekend": 7.0, "month": 30.4, "year": 365.25}


def _years(unit: str, count: float) -> float:
    return count * _DAYS[unit] / 365


def _day(word: str) -> int | None:
    digits = word.rstrip("stndrhго-")
    return int(digits) if digits.isdecimal() and len(digits) < 3 and 1 <= int(digits) <= 31 else None


def _year(word: str) -> int | None:
    return int(word) if len(word) == 4 and word.isdecimal() and 1900 <= int(word) <= 2100 else None


def _month(year: int, month: int) -> Span:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _one_day(year: int, month: int, day: int) -> Span | None:
    try:
        return (date(year, month, day),) * 2
    except ValueError:
        return None


def bearing(
    dates: Sequence[When], clause: tuple[int, int], sentence: int, start: int, end: int
) -> When | None:
    """Return the date that words [start, end) go by.

    In their clause one told as so long ago, else the nearest; then one that begins the sentence (word
    `sentence`: `Ten years ago, when ..., I moved`); then the nearest.
    """
    inside = [when for when in dates if clause[0] <= when.start < clause[1]]
    ago = [when for when in inside if when.years_ago is not None]
    lead = [when for when in dates if when.start <= sentence + 1 and when.end <= start]
    return nearest(ago or inside or lead or dates, start, end)


def as_told(when: When, past: bool) -> When:
    """Return a date as a verb's tense has it: `got married on Saturday` is the Saturday before."""
    if not (past and when.bare_weekday and when.first and when.last):
        return when
    week = timedelta(days=7)
    return replace(when, first=when.first - week, last=when.last - week, bare_weekday=False)


def nearest(dates: Sequence[When], start: int, end: int) -> When | None:
    """Return the date that stands nearest to words [start, end)."""
    return min(dates, key=lambda w: max(w.start - end, start - w.end, 0), default=None)
