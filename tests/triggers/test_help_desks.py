"""A post that addresses an account which answers customers, or a company's."""

from __future__ import annotations

import pytest

from triggers.loader import builtin_words
from triggers.registers import Registers
from triggers.text import tokenise


@pytest.fixture(scope="module")
def registers() -> Registers:
    return Registers(builtin_words()["en"], "en")


@pytest.mark.parametrize(
    "text", ["@lumo_help where is my parcel", "hey @RailcoSupport", "@AskLumo hi", "@lumoCares again"]
)
def test_a_post_to_a_help_desk_is_known_by_the_accounts_name(text: str, registers: Registers) -> None:
    assert "helpdesk" in registers.of(tokenise(text, "en"))


@pytest.mark.parametrize("text", ["@anna where are you", "ask me anything, I take care", "@scarecrow hello"])
def test_a_post_to_a_person_is_not_to_a_help_desk(text: str, registers: Registers) -> None:
    assert "helpdesk" not in registers.of(tokenise(text, "en"))


@pytest.mark.parametrize(
    "text",
    [
        "@BoltonAirways late again",
        "@northern_harbour_bank why",
        "@AskLumo hi",
        "hey @amazonUK",
        "@Vodafone_IN",
    ],
)
def test_a_companys_account_is_known_by_its_trade_or_its_name(text: str, registers: Registers) -> None:
    assert "brand" in registers.of(tokenise(text, "en"))


@pytest.mark.parametrize(
    "text", ["@anna_sokolova late again", "amazon is late", "me@amazon.example", "@targetpractice"]
)
def test_a_persons_account_and_a_bare_name_are_no_companys_account(text: str, registers: Registers) -> None:
    assert "brand" not in registers.of(tokenise(text, "en"))
