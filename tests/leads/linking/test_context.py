"""What stands near a name decides between its bearers, and only what surely stands there."""

from __future__ import annotations

import pytest

from leads.linking.context import Context
from leads.linking.linker import Linker
from leads.linking.records import ContactRecord, Decision, Key, Mention

ANNA = ContactRecord(
    "anna", "Anna Sokolova", ("Анна Соколова",), "Larkspur Cold Storage", "Site director", "Dunmouth"
)
IVAN_A = ContactRecord("ivan-a", "Иван Петров", ("Ivan Petrov",), "Янтарь Пак", "Менеджер", "Калининград")
IVAN_B = ContactRecord(
    "ivan-b", "Иван Петров", ("Ivan Petrov",), "Северный терминал", "Директор", "Заречинск"
)


def linked(name: str, context: str, **told: str) -> tuple[Decision, list[str], str]:
    linking = Linker([ANNA, IVAN_A, IVAN_B]).link(
        Mention(name=name, context=context, schema="person", **told)
    )
    best = linking.candidates[0] if linking.candidates else None
    return linking.decision, [c.key for c in linking.candidates[:1]], " ".join(best.reasons) if best else ""


@pytest.mark.parametrize(
    ("name", "context", "key"),
    [
        ("Anna Sokolova", "Anna Sokolova of Larkspur Cold Storage is retiring.", "anna"),
        ("Anna Sokolova", "Anna Sokolova from Larkspur is retiring.", "anna"),
        ("Анна Соколова", "Анна Соколова из Larkspur Cold Storage выходит на пенсию.", "anna"),
        ("Ивана Петрова", "У Ивана Петрова из «Янтарь Пак» родился сын.", "ivan-a"),
        ("Ivan Petrov", "Ivan Petrov of Yantar Pack has become a dad.", "ivan-a"),
        ("Иван Петров", "Генеральным директором «Северного терминала» назначен Иван Петров.", "ivan-b"),
        ("Ivan Petrov", "Severny Terminal has named Ivan Petrov as its chief.", "ivan-b"),
    ],
)
def test_a_company_near_the_name_decides(name: str, context: str, key: str) -> None:
    decision, keys, reasons = linked(name, context)
    assert (decision, keys) == (Decision.LINK, [key])
    assert "stands near the name" in reasons


@pytest.mark.parametrize(
    "context",
    [
        "Ivan Petrov got married last Saturday.",
        "Иван Петров ушёл из «Янтарь Пак» в «Северный терминал».",
        "Ivan Petrov saw the amber pack and the northern terminal.",
        "Иван Петров женился, северный ветер не помешал.",
    ],
)
def test_namesakes_whom_nothing_tells_apart_stay_in_review(context: str) -> None:
    assert linked(context[:11], context)[0] is Decision.REVIEW


def test_a_company_that_was_told_outweighs_what_stands_near() -> None:
    decision, _, _ = linked(
        "Anna Sokolova", "Anna Sokolova of Heron met Larkspur Cold Storage.", company="Heron"
    )
    assert decision is not Decision.LINK


def test_what_the_news_itself_changes_does_not_speak_against_anybody() -> None:
    linker = Linker([ANNA])
    mention = Mention(
        name="Anna Sokolova", company="Heron", schema="person", context="Anna Sokolova joins Heron."
    )
    assert linker.link(mention).decision is Decision.NONE
    told = Mention(name="Anna Sokolova", company="Heron", schema="person", fresh=("company",))
    assert linker.link(told).decision is Decision.REVIEW
    near = Mention(
        name="Anna Sokolova",
        company="Heron",
        schema="person",
        fresh=("company",),
        context="Anna Sokolova joins Heron. She comes from Larkspur Cold Storage.",
    )
    assert linker.link(near).decision is Decision.LINK


@pytest.mark.parametrize(
    ("company", "text", "found"),
    [
        ("Ashdown & Sons Pallets", "William Ashdown has retired", False),
        ("Ashdown & Sons Pallets", "William Ashdown left Ashdown and Sons Pallets", True),
        ("Target", "William Ashdown agreed. Target your customers.", False),
        ("Target", "William Ashdown joined Target last week", True),
        ("Северный терминал", "Уильям Эшдаун купил «Северный ветер»", False),
        ("Tidewater Cold Storage", "Tidewater’s William Ashdown retires", True),
        ("Tidewater Cold Storage", "Tidewater Bank hired William Ashdown", False),
    ],
)
def test_a_company_counts_as_whole_words_that_are_a_name(company: str, text: str, *, found: bool) -> None:
    assert bool(Context(text, "William Ashdown").company(company)) is found


def test_a_town_is_found_declined_and_in_the_other_alphabet() -> None:
    assert Context("Anna Sokolova has left Zarechinsk", "Anna Sokolova").place("Заречинск")
    assert Context("Анна Соколова живёт в Заречинске", "Анна Соколова").place("Заречинск")
    assert Context("Anna Sokolova has left Le Havre", "Anna Sokolova").place("Le Havre, France")
    assert not Context("Anna Sokolova likes cork", "Anna Sokolova").place("Cork")


def test_who_writes_at_a_contacts_own_site_under_their_name_is_that_contact() -> None:
    own = ContactRecord("own", "Anna Sokolova", keys=(Key("domain", "sokolova.example"),))
    linker = Linker([own])
    assert linker.link(Mention(name="Anna Sokolova", site="sokolova.example")).decision is Decision.LINK
    assert linker.link(Mention(name="Anna Sokolova", site="heron.example")).decision is Decision.REVIEW
    assert linker.link(Mention(name="Clara Unknown", site="sokolova.example")).decision is Decision.NONE
