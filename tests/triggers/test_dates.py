"""Dates told in words."""

from datetime import date

import pytest

from triggers.dates import as_told, bearing, find_dates
from triggers.lemmas import lemmatiser
from triggers.text import tokenise

WEDNESDAY = date(2025, 3, 12)


def when(text: str, lang: str, published: date | None = WEDNESDAY) -> tuple[str, str] | None:
    tokens = tokenise(text, lang)
    found = find_dates(tokens, 0, len(tokens), published, lemmatiser(lang).lemma)
    if not found or found[0].first is None or found[0].last is None:
        return None
    return found[0].first.isoformat(), found[0].last.isoformat()


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("next month", "en", ("2025-04-01", "2025-04-30")),
        ("since last year", "en", ("2024-01-01", "2024-12-31")),
        ("yesterday", "en", ("2025-03-11", "2025-03-11")),
        ("on Friday", "en", ("2025-03-14", "2025-03-14")),
        ("in June", "en", ("2025-06-01", "2025-06-30")),
        ("in November", "en", ("2024-11-01", "2024-11-30")),
        ("on May 3, 2024", "en", ("2024-05-03", "2024-05-03")),
        ("3 years ago", "en", ("2022-01-01", "2022-12-31")),
        ("nineteen years ago", "en", ("2006-01-01", "2006-12-31")),
        ("twenty-one years ago this week", "en", ("2004-01-01", "2004-12-31")),
        ("двадцать пять лет назад", "ru", ("2000-01-01", "2000-12-31")),
        ("in 2019", "en", ("2019-01-01", "2019-12-31")),
        ("в мае", "ru", ("2025-05-01", "2025-05-31")),
        ("с понедельника", "ru", ("2025-03-17", "2025-03-17")),
        ("вчера", "ru", ("2025-03-11", "2025-03-11")),
        ("в прошлом году", "ru", ("2024-01-01", "2024-12-31")),
        ("5 апреля", "ru", ("2025-04-05", "2025-04-05")),
        ("через месяц", "ru", ("2025-04-01", "2025-04-30")),
        ("12.02.2021", "ru", ("2021-02-12", "2021-02-12")),
    ],
)
def test_a_date_in_words_is_resolved_against_the_post(
    text: str, lang: str, expected: tuple[str, str]
) -> None:
    assert when(text, lang) == expected


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("back in my twenties", "en"),
        ("ещё в детстве", "ru"),
        ("лет пятнадцать назад", "ru"),
        ("лет назад", "ru"),
    ],
)
def test_a_time_of_life_that_is_over_is_past_without_a_date(text: str, lang: str) -> None:
    tokens = tokenise(text, lang)
    found = find_dates(tokens, 0, len(tokens), WEDNESDAY, lemmatiser(lang).lemma)
    assert any(when.is_past(WEDNESDAY, 730) for when in found)


def test_a_match_goes_by_the_date_of_its_clause_then_by_one_that_begins_the_sentence() -> None:
    def told(text: str, words: str) -> bool:
        tokens = tokenise(text, "en")
        start = tokens.lowers.index(words)
        found = find_dates(tokens, 0, len(tokens), WEDNESDAY, lemmatiser("en").lemma)
        when = bearing(found, tokens.clause_span(start), 0, start, start + 1)
        return when is not None and when.is_past(WEDNESDAY, 730)

    assert told("Ten years ago, when it rained, I moved", "moved")
    assert told("Nineteen years ago this week I moved", "moved")
    assert not told("We met ten years ago and married yesterday", "married")
    assert not told("Ivan, whom I met ten years ago, moved on Monday", "moved")


def test_a_bare_weekday_follows_the_tense_of_its_verb() -> None:
    tokens = tokenise("on Friday", "en")
    (friday,) = find_dates(tokens, 0, len(tokens), WEDNESDAY, lemmatiser("en").lemma)
    assert as_told(friday, past=False).first == date(2025, 3, 14)
    assert as_told(friday, past=True).first == date(2025, 3, 7)


def test_without_the_posts_date_only_full_dates_are_resolved() -> None:
    assert when("next month", "en", None) is None
    assert when("in 2019", "en", None) == ("2019-01-01", "2019-12-31")


@pytest.mark.parametrize("text", ["31 February 2020", "99.99.9999", "9999 years ago", "may march"])
def test_impossible_dates_are_no_dates(text: str) -> None:
    assert when(text, "en") is None
