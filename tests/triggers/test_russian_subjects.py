"""Whom a Russian sentence is about: greetings, dropped subjects, names that no dictionary holds."""

from __future__ import annotations

import pytest

from triggers.lemmas import Russian, lemmatiser
from triggers.loader import load_rules
from triggers.people_ru import nominative
from triggers.registers import Registers
from triggers.subject import Predicate, Subject
from triggers.subject_ru import RussianResolver
from triggers.text import tokenise


@pytest.fixture(scope="module")
def resolver() -> tuple[RussianResolver, Registers]:
    words = load_rules([], kinds=["birthday"]).words["ru"]
    lemmas = lemmatiser("ru")
    assert isinstance(lemmas, Russian)
    return RussianResolver(words, lemmas), Registers(words, "ru")


def about(both: tuple[RussianResolver, Registers], text: str, quoted: str, find: str) -> Subject | None:
    """Return whom the quoted words of a text are about; its last word carries the form."""
    tokens = tokenise(text, "ru")
    start = next(i for i, at in enumerate(tokens.starts) if at == text.index(quoted))
    end = start + len(quoted.split())
    return both[0].resolve(tokens, Predicate(start, end, start, find), both[1].of(tokens))


@pytest.mark.parametrize(
    ("text", "who", "name"),
    [
        ("Олечка, с днём рождения тебя!", "person", "Олечка"),
        ("С днём рождения, мамочка!", "relative", None),
        ("С днём рождения! Будь счастлив", "person", None),
        ("Друзья поздравили нас с днём рождения", "author", None),
        ("Поздравляем с днём рождения доченьки!", "person", None),
        ("С днём рождения твоей маме!", "person", None),
    ],
)
def test_a_greeting_is_about_whom_it_is_for(
    resolver: tuple[RussianResolver, Registers], text: str, who: str, name: str | None
) -> None:
    quoted = text[text.lower().index("с днём рождения") :][: len("с днём рождения")]
    found = about(resolver, text, quoted, "addressee")
    assert found is not None
    assert (found.who, found.name) == (who, name)


def test_a_short_post_that_begins_with_its_verb_is_the_authors(
    resolver: tuple[RussianResolver, Registers],
) -> None:
    found = about(resolver, "Наконец защитила диплом на пять!", "защитила", "clause")
    assert found is not None
    assert found.who == "author"


def test_a_verb_after_a_thing_is_not_the_authors(resolver: tuple[RussianResolver, Registers]) -> None:
    assert about(resolver, "Машина повредила забор", "повредила", "clause") is None


def test_a_surname_that_no_dictionary_holds_may_be_a_womans(
    resolver: tuple[RussianResolver, Registers],
) -> None:
    found = about(resolver, "Министр Нора Ахахбаррин подала в отставку", "подала", "clause")
    assert found is not None
    assert found.who == "public"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Диму Орлова", "Дима Орлов"),
        ("Анны Лисицыной", "Анна Лисицына"),
        ("Андрею Петровичу", "Андрей Петрович"),
        ("Иваном Петровичем Сидоровым", "Иван Петрович Сидоров"),
        ("Игорь Лапин", "Игорь Лапин"),
        ("Александра", "Александра"),
        ("Котову", "Котову"),
        ("Brightpath", "Brightpath"),
    ],
)
def test_a_name_is_given_in_the_nominative_where_that_is_sure(written: str, name: str) -> None:
    lemmas = lemmatiser("ru")
    assert isinstance(lemmas, Russian)
    assert nominative(written, lemmas) == name


@pytest.mark.parametrize(
    ("text", "quoted", "unnamed", "who"),
    [
        ("Водитель автобуса сломал ногу, сообщает полиция", "сломал", "anybody", "person"),
        ("Актриса сломала ногу, сообщает театр", "сломала", "anybody", "public"),
        ("Актриса сломала ногу, сообщает театр", "сломала", "known", "public"),
        ("Водитель автобуса сломал ногу, сообщает полиция", "сломал", "known", ""),
        ("Собака сломала ногу, сообщает полиция", "сломала", "anybody", ""),
        ("Министр Котов сломал ногу, сообщает полиция", "сломал", "nobody", "public"),
        ("41-летний Игорь Лапин сломал ногу, сообщает полиция", "сломал", "nobody", "person"),
        ("Наш бухгалтер сломала ногу на катке", "сломала", "anybody", "person"),
        ("Врач, которая меня вела, сломала ногу", "сломала", "anybody", "person"),
        ("Сынуля сломал ногу, сидим дома", "сломал", "nobody", "relative"),
        ("Доча сломала ногу, сидим дома", "сломала", "nobody", "relative"),
        ("Мелкий опять сломал ногу", "сломал", "nobody", "relative"),
        ("Сломал ногу, но доволен как слон", "Сломал", "anybody", "author"),
        ("Костян сломал ногу", "сломал", "nobody", "person"),
        ("Мой брат, водитель автобуса, сломал ногу", "сломал", "anybody", "relative"),
        ("Рада сообщить, что еду в Лумора", "еду", "nobody", "author"),
        (
            "Женщина упала на улице Гагарина, она сломала ногу, сообщает полиция",
            "сломала",
            "anybody",
            "person",
        ),
    ],
)
def test_a_noun_tells_somebody_where_the_rule_wants_it(
    resolver: tuple[RussianResolver, Registers], text: str, quoted: str, unnamed: str, who: str
) -> None:
    tokens = tokenise(text, "ru")
    at = next(i for i, start in enumerate(tokens.starts) if start == text.index(quoted))
    predicate = Predicate(at, at + 2, at, "clause", unnamed=unnamed)
    found = resolver[0].resolve(tokens, predicate, resolver[1].of(tokens))
    assert found is not None
    assert found.who == who


@pytest.mark.parametrize(
    ("text", "name", "relation"),
    [
        ("Пётр Лапин, главный инженер молокозавода, вышел на пенсию", "Пётр Лапин", None),
        ("Наш сосед, водитель автобазы, вышел на пенсию", None, "сосед"),
        ("Брат сказал, что водитель вышел на пенсию", None, None),
        ("Олег Титов, бессменный начальник цеха, вышел на пенсию", "Олег Титов", "начальник"),
        ("Тимур, лучший водитель автобазы и мой старый друг, вышел на пенсию", "Тимур", "друг"),
    ],
)
def test_whom_an_apposition_tells_more_of_keeps_their_name_where_the_unnamed_count_too(
    resolver: tuple[RussianResolver, Registers], text: str, name: str | None, relation: str | None
) -> None:
    tokens = tokenise(text, "ru")
    start = next(i for i, at in enumerate(tokens.starts) if at == text.index("вышел"))
    at = Predicate(start, start + 3, start, "clause", unnamed="person")
    found = resolver[0].resolve(tokens, at, resolver[1].of(tokens))
    assert found is not None
    assert (found.name, found.relation) == (name, relation)
