"""The words dates are told with, for each language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DateWords:
    """Tables of one language; `by_lemma` says that months, units and weekdays are dictionary forms."""

    by_lemma: bool
    before: frozenset[str]
    articles: frozenset[str]
    months: dict[str, int]
    doubtful_months: frozenset[str]
    weekdays: dict[str, int]
    shifts: dict[str, int]
    units: dict[str, str]
    days: dict[str, int]
    counts: dict[str, float]
    ago: frozenset[str]
    ahead: frozenset[str]
    year_words: frozenset[str]


def _numbered(words: str, first: int) -> dict[str, int]:
    return {name: number for number, group in enumerate(words.split(), first) for name in group.split("|")}


ENGLISH = DateWords(
    by_lemma=False,
    before=frozenset(["in", "on", "since", "from", "by", "until", "till", "during", "at", "for", "before", "after", "early", "late", "mid", "back", "of", "within", "starting"]),
    articles=frozenset(("the", "early", "late", "mid", "about", "under", "less")),
    months=_numbered(
        "january|jan february|feb march|mar april|apr may june|jun july|jul august|aug"
        " september|sep|sept october|oct november|nov december|dec",
        1,
    ),
    doubtful_months=frozenset({"may", "march", "mar", "jan", "jun", "sep", "dec", "august"}),
    weekdays=_numbered("monday|mon tuesday|tue|tues wednesday|wed thursday|thu|thurs friday|fri saturday|sat sunday|sun", 0),
    shifts={"next": 1, "coming": 1, "this": 0, "last": -1, "past": -1, "previous": -1},
    units={
        "day": "day", "days": "day", "week": "week", "weeks": "week", "month": "month", "months": "month",
        "year": "year", "years": "year", "yrs": "year", "yr": "year", "weekend": "weekend", "morning": "day",
        "evening": "day", "afternoon": "day",
    },
    days={"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1, "tmrw": 1, "tmr": 1},
    counts={
        "a": 1, "an": 1, "one": 1, "two": 2, "couple": 2, "three": 3, "few": 3, "four": 4, "five": 5, "six": 6,
        "seven": 7, "eight": 8, "nine": 9, "ten": 10, "several": 4, "many": 5, "fifteen": 15, "twenty": 20,
    },
    ago=frozenset({"ago", "back", "earlier"}),
    ahead=frozenset({"in", "within"}),
    year_words=frozenset(),
)  # fmt: skip

RUSSIAN = DateWords(
    by_lemma=True,
    before=frozenset(["в", "во", "на", "с", "со", "от", "до", "к", "ко", "по", "через", "после", "конце", "начале", "середине"]),
    articles=frozenset(["конце", "начале", "середине", "конца", "начала", "середины", "этом", "этой"]),
    months=_numbered("январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь", 1),
    doubtful_months=frozenset({"март", "май", "мая", "августа"}),
    weekdays=_numbered("понедельник вторник среда четверг пятница суббота воскресенье", 0),
    shifts={
        **dict.fromkeys(["прошлый", "прошлого", "прошлом", "прошлой", "прошлую", "прошлые", "минувший", "минувшем", "минувшей"], -1),
        **dict.fromkeys(["следующий", "следующего", "следующем", "следующей", "следующую", "будущем", "будущего"], 1),
        **dict.fromkeys(["этот", "этого", "этом", "этой", "эту", "эти", "нынешнем", "текущем", "текущего"], 0),
    },
    units={"день": "day", "сутки": "day", "неделя": "week", "месяц": "month", "год": "year", "лето": "year", "выходной": "weekend"},
    days={"сегодня": 0, "вчера": -1, "позавчера": -2, "завтра": 1, "послезавтра": 2},
    counts={
        "один": 1, "одну": 1, "два": 2, "две": 2, "пару": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7,
        "восемь": 8, "девять": 9, "десять": 10, "полтора": 1.5, "полгода": 0.5, "несколько": 4, "много": 5,
    },
    ago=frozenset({"назад", "тому"}),
    ahead=frozenset({"через"}),
    year_words=frozenset({"год", "г"}),
)  # fmt: skip

NUMERALS = frozenset(ENGLISH.counts) - {"a", "an", "couple", "few", "several", "many"} | frozenset(
    RUSSIAN.counts
) - {
    "несколько",
    "много",
    "пару",
}
