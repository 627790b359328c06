"""Known people and organisations found in texts."""

from __future__ import annotations

import pytest

from leads.linking.linker import Linker
from leads.linking.mentions import MentionScanner
from leads.linking.records import CompanyRecord, ContactRecord, Decision, Key

PEOPLE = [
    ContactRecord("anna", "Анна Соколова", (), "Пекарня Колос", "", "Тверь", (Key("handle", "anna_bakes", "x"), Key("email", "anna@kolos.example"))),
    ContactRecord("boris", "Boris Chernoff", (), "Acmeworks Ltd", "engineer", "Leeds"),
    *(ContactRecord(f"ivan{n}", "Иван Иванов", (), f"Завод {n}") for n in range(30)),
]  # fmt: skip
COMPANIES = [
    CompanyRecord("acmeworks", "Acmeworks Ltd", (), "", (Key("domain", "acmeworks.example"),)),
    CompanyRecord("romashka", "ООО «Ромашка»"),
    CompanyRecord("target", "Target Inc"),
    CompanyRecord("orchid", "Orchid"),
    CompanyRecord("gorizont", "ООО «Горизонт»"),
]


@pytest.fixture(scope="module")
def scanner() -> MentionScanner:
    """A scanner that knows the cast."""
    return MentionScanner(Linker(PEOPLE, COMPANIES))


@pytest.mark.parametrize(
    ("text", "said", "key"),
    [
        ("Вчера Анна Соколова открыла пекарню", "Анна Соколова", "anna"),
        ("Поздравляем Анну Петровну Соколову!", "Анну Петровну Соколову", "anna"),
        ("Аня Соколова, с днём рождения", "Аня Соколова", "anna"),
        ("Welcome Anna Sokolova to the team", "Anna Sokolova", "anna"),
        ("thanks @anna_bakes for the cake", "@anna_bakes", "anna"),
        ("write to anna@kolos.example now", "anna@kolos.example", "anna"),
        ("Our CEO Boris Chernoff speaks", "Boris Chernoff", "boris"),
        ("I joined Acmeworks today", "Acmeworks", "acmeworks"),
        ("see https://acmeworks.example/jobs.", "https://acmeworks.example/jobs", "acmeworks"),
        ("Работаю в «Ромашке» с мая", "Ромашке", "romashka"),
        ("Anna Sokolova Joins Acmeworks As Director", "Anna Sokolova", "anna"),
        ("Anna M. Sokolova wrote to us", "Anna M. Sokolova", "anna"),
        ("I work at Target since May", "Target", "target"),
        ("we bought it from Target Inc. yesterday", "Target Inc", "target"),
        ("Компания «Горизонт» открыла цех", "Горизонт", "gorizont"),
    ],
)
def test_who_is_known_is_found_where_the_text_names_them(
    scanner: MentionScanner, text: str, said: str, key: str
) -> None:
    [found] = [one for one in scanner.scan(text) if one.linking.candidates[0].key == key]
    assert (found.text, text[found.start : found.end]) == (said, said)


def test_a_name_alone_is_for_review_and_company_or_place_near_it_link(scanner: MentionScanner) -> None:
    [alone] = scanner.scan("Анна Соколова печёт хлеб")
    assert alone.linking.decision is Decision.REVIEW
    [near] = scanner.scan("В Твери Анна Соколова печёт хлеб")
    assert (near.linking.decision, near.linking.candidates[0].code) == (Decision.LINK, "GFL")


@pytest.mark.parametrize(
    ("text", "said", "code"),
    [
        ("В Твери А. Соколова печёт хлеб", "А. Соколова", "gFL"),
        ("Пекарь из Твери А. П. Соколова печёт хлеб", "А. П. Соколова", "gFL"),
        ("Соколовой А.П. (Тверь) вручили приз", "Соколовой А.П", "gfL"),
        ("The bread of A. Sokolova in Tver", "A. Sokolova", "gFL"),
    ],
)
def test_initials_with_a_family_name_count_where_company_place_or_role_stands_near(
    scanner: MentionScanner, text: str, said: str, code: str
) -> None:
    [found] = scanner.scan(text)
    assert (found.text, found.linking.candidates[0].key, found.linking.candidates[0].code) == (
        said,
        "anna",
        code,
    )
    assert text[found.start : found.end] == said


@pytest.mark.parametrize(
    "text",
    [
        "А. Соколова печёт хлеб",
        "В Твери Б. Соколова печёт хлеб",
        "The A. Sokolova Park in Tver",
        "Иван Иванов пошёл домой",
        "Анна пошла домой",
        "Target the right people",
        "The school at Orchid Park is open",
        "I took a picture @ Orchid Lake",
        'She said: "an orchid is a flower"',
        "Beyond the Horizon: Target Practice",
        "Солнце ушло за «горизонт» событий",
        "Там за горизонтом",
        "Фильм «Горизонт» вышел в прокат",
        "@ Anna Sokolova Memorial Park",
        "The Boris Chernoff Show starts",
        "Maria Anna Sokolova sings",
        "Соколова гора",
        "anna sokolova",
        "",
        "...",
    ],
)
def test_common_names_single_names_and_plain_words_are_no_mentions(
    scanner: MentionScanner, text: str
) -> None:
    assert scanner.scan(text) == []


def test_a_company_that_is_a_word_of_the_language_is_for_a_person_to_decide(scanner: MentionScanner) -> None:
    [word] = scanner.scan("I work at Target since May")
    [form] = scanner.scan("we bought it from Target Inc yesterday")
    assert (word.linking.decision, form.linking.decision) == (Decision.REVIEW, Decision.LINK)


def test_many_texts_at_once_give_what_each_gives_alone(scanner: MentionScanner) -> None:
    texts = ["Анна Соколова и Boris Chernoff", "nobody", "I joined Acmeworks today"] * 300
    assert scanner.scan_batch(texts) == [scanner.scan(text) for text in texts]
