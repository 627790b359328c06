"""When two places are one, and what being there tells."""

from __future__ import annotations

import pytest

from leads.linking.linker import Linker
from leads.linking.places import place_key, same_place
from leads.linking.records import ContactRecord, Decision, Mention


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Riga, Latvia", "Рига", True), ("Riga, Latvia", "Ventspils, Latvia", False), ("Latvia", "Riga, Latvia", True),
        ("London, UK", "Leeds, UK", False), ("New York", "New Orleans", False), ("New York, NY, USA", "Нью-Йорк", True),
        ("San Jose", "San Diego", False), ("Нижний", "Нижний Новгород", True), ("Нижний Новгород", "Нижний Тагил", False),
        ("Россия, Москва", "Moscow", True), ("Moscow Oblast", "Москве", True), ("Санкт-Петербург", "СПб", True),
        ("г. Тула", "Тула", True), ("USA", "США", True), ("Greater London", "London", True),
    ],
)  # fmt: skip
def test_places_are_one_where_they_share_a_town_not_where_they_share_a_country(
    a: str, b: str, same: bool
) -> None:
    assert same_place(a, b) is same
    assert same_place(b, a) is same


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Россия, Москва", "Moscow"),
        ("Санкт-Петербург", "Petersburg"),
        ("г. Тула", "Тула"),
        ("New York, NY", "Нью-Йорк"),
    ],
)
def test_a_town_is_counted_once_however_it_is_told(a: str, b: str) -> None:
    assert place_key(a) == place_key(b) != ""


@pytest.mark.parametrize(
    ("place", "decision"),
    [
        ("Кашира", Decision.LINK), ("Москва", Decision.REVIEW), ("Moscow, Russia", Decision.REVIEW),
        ("Россия", Decision.REVIEW), ("New York", Decision.REVIEW),
    ],
)  # fmt: skip
def test_a_name_and_a_metropolis_or_a_country_are_for_a_person_to_decide(
    place: str, decision: Decision
) -> None:
    people = [ContactRecord("anna", "Анна Соколова", (), "", "", place)]
    linking = Linker(people).link(Mention(name="Анна Соколова", place=place))
    assert (linking.decision, linking.candidates[0].code) == (decision, "GFL")
