"""Weights learnt from what people confirmed and rejected."""

from __future__ import annotations

from leads.linking.agreement import Level
from leads.linking.fitting import Verdict, fit_weights
from leads.linking.records import ContactRecord, Mention
from leads.linking.weights import DEFAULT_WEIGHTS

ANNA = ContactRecord("anna", "Анна Соколова", (), "Колос", "", "Тверь")


def test_nothing_confirmed_changes_nothing() -> None:
    assert fit_weights([]) == DEFAULT_WEIGHTS


def test_forms_that_are_confirmed_often_come_to_count_more() -> None:
    said = Mention(name="Нюру Соколову", company="Колос", place="Москва")
    fitted = fit_weights([Verdict(said, ANNA, True)] * 200)
    assert fitted.level_m[Level.FORM] > 0.45
    assert fitted.level_m[Level.NICKNAME] > DEFAULT_WEIGHTS.level_m[Level.NICKNAME]
    assert fitted.level_m[Level.EXACT] < DEFAULT_WEIGHTS.level_m[Level.EXACT]
    assert fitted.company_m > DEFAULT_WEIGHTS.company_m
    assert fitted.place_m < DEFAULT_WEIGHTS.place_m
    assert fitted.namesake_odds == DEFAULT_WEIGHTS.namesake_odds


def test_confirmed_namesakes_make_a_name_alone_count_more() -> None:
    fitted = fit_weights([Verdict(Mention(name="Анна Соколова"), ANNA, True)] * 100)
    assert fitted.namesake_odds < DEFAULT_WEIGHTS.namesake_odds


def test_rejected_namesakes_make_a_name_alone_count_less() -> None:
    fitted = fit_weights([Verdict(Mention(name="Анна Соколова"), ANNA, False)] * 100)
    assert fitted.namesake_odds > DEFAULT_WEIGHTS.namesake_odds
