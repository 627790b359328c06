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
    # Times of a life or a century that are long over, after one of `era_leads`: `back in my twenties`.
    eras: frozenset[str]
    era_leads: frozenset[str]


def _numbered(words: str, first: int) -> dict[str, int]:
    return {name: number for number, group in enumerate(words.split(), first) for name in group.split("|")}


_ENGLISH_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "twenty thirty forty fifty sixty seventy eighty ninety",
)
_RUSSIAN_NUMBERS = (
    "один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать"
    " шестнадцать семнадцать восемнадцать девятнадцать",
    "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
)


def _spelled(numbers: tuple[str, str], between: str) -> dict[str, float]:
    """Return the numbers from 1 to 99 as they are spelled: `nineteen`, `twenty-one`."""
    ones, tens = (group.split() for group in numbers)
    table: dict[str, float] = {word: float(value) for value, word in enumerate(ones, 1)}
    for value, ten in enumerate(tens, 2):
        table[ten] = 10.0 * value
        table.update({f"{ten}{between}{word}": 10.0 * value + one for one, word in enumerate(ones[:9], 1)})
    return table


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
    counts={"a": 1, "an": 1, "couple": 2, "few": 3, "several": 4, "many": 5, **_spelled(_ENGLISH_NUMBERS, "-")},
    ago=frozenset({"ago", "back", "earlier"}),
    ahead=frozenset({"in", "within"}),
    year_words=frozenset(),
    eras=frozenset(["youth", "childhood", "teens", "twenties", "20s", "thirties", "30s", "nineties", "90s", "eighties", "80s", "seventies", "70s", "sixties", "60s", "1990s", "1980s", "1970s", "1960s", "2000s", "noughties"]),
    era_leads=frozenset({"back"}),
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
        "одну": 1, "две": 2, "пару": 2, "полтора": 1.5, "полгода": 0.5, "несколько": 4, "много": 5, "лет": 5,
        "десяток": 10, **_spelled(_RUSSIAN_NUMBERS, " "),
    },
    ago=frozenset({"назад", "тому"}),
    ahead=frozenset({"через"}),
    year_words=frozenset({"год", "г"}),
    eras=frozenset(["молодость", "юность", "детство", "девяностый", "восьмидесятый", "семидесятый", "шестидесятый", "нулевой", "студенчество"]),
    era_leads=frozenset({"в", "во", "еще"}),
)  # fmt: skip

_VAGUE = {"a", "an", "couple", "few", "several", "many", "несколько", "много", "пару", "лет", "десяток"}
NUMERALS = (frozenset(ENGLISH.counts) | frozenset(RUSSIAN.counts)) - _VAGUE


def date_lemmas(lang: str) -> frozenset[str]:
    """Return the dictionary forms that dates are told with, in a language whose tables hold those."""
    table = RUSSIAN if lang == "ru" else ENGLISH
    if not table.by_lemma:
        return frozenset()
    return frozenset().union(table.months, table.units, table.weekdays, table.year_words, table.eras)
