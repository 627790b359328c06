"""Dates told in words."""

from datetime import date

import pytest

from triggers.dates import find_dates
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


def test_without_the_posts_date_only_full_dates_are_resolved() -> None:
    assert when("next month", "en", None) is None
    assert when("in 2019", "en", None) == ("2019-01-01", "2019-12-31")


@pytest.mark.parametrize(
    "text", ["31 February 2020", "99.99.9999", "9999 years ago", "may march", "in 0 days"]
)
def test_impossible_dates_do_no_harm(text: str) -> None:
    when(text, "en")
