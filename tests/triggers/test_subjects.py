"""Whom a sentence is about: the predicate stands in square brackets."""

import pytest

from triggers.affiliation import company_of
from triggers.lemmas import English, Russian, lemmatiser
from triggers.loader import builtin_words
from triggers.subject import Predicate, Resolver, Subject
from triggers.subject_en import EnglishResolver
from triggers.subject_ru import RussianResolver
from triggers.text import Tokens, tokenise

PERSONAL = frozenset({"personal"})


def resolver(lang: str) -> Resolver:
    lemmas, words = lemmatiser(lang), builtin_words()[lang]
    if isinstance(lemmas, Russian):
        return RussianResolver(words, lemmas)
    assert isinstance(lemmas, English)
    return EnglishResolver(words, lemmas)


def read(marked: str, lang: str) -> tuple[Tokens, int, int]:
    before, _, rest = marked.partition("[")
    inside, _, after = rest.partition("]")
    tokens = tokenise(before + inside + after, lang)
    start = next(i for i, at in enumerate(tokens.starts) if at >= len(before))
    end = next((i for i, at in enumerate(tokens.starts) if at >= len(before + inside)), len(tokens))
    return tokens, start, end


def subject(
    marked: str,
    lang: str,
    *,
    find: str = "clause",
    company: bool = False,
    registers: frozenset[str] = PERSONAL,
) -> Subject | None:
    tokens, start, end = read(marked, lang)
    return resolver(lang).resolve(tokens, Predicate(start, end, start, find, company), registers)


def told(found: Subject | None) -> str:
    if found is None:
        return "nobody named"
    return f"{found.who} {found.name or found.handle or found.relation or ''}".strip() or "cannot be told"


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("Clara Unknown of Brook Foods has [become a mum]", "person Clara Unknown"),
        ("Boris from the bakery at Elm Street [moved to Porto]", "cannot be told"),
        ("Boris Lapin from Tidewater is [retiring]", "person Boris Lapin"),
        ("Boris Lapin, who has run Elm Street Cold Storage for years, is [retiring]", "person Boris Lapin"),
        ("Clara, whom I met at school, [got married]", "person Clara"),
        ("My colleague Clara Unknown, a nurse from Leeds, [got married]", "person Clara Unknown"),
        ("My sister, Vera, [got engaged]", "relative Vera"),
        ("Our bus driver, Mr Lapin, has [passed away]", "person Lapin"),
        ("Mr Lapin, our bus driver, has [passed away]", "person Lapin"),
        ("The school's caretaker, Boris Lapin, has [retired]", "person Boris Lapin"),
        ("Jazz drummer Boris Lapin, who played with everyone, has [died]", "public Boris Lapin"),
        ("Singer Clara Unknown has [got married]", "public Clara Unknown"),
        ("Clara from work [got engaged]", "person Clara"),
        ("Two of my best friends from college [got married]", "person friends"),
        ("A guy I used to work with [passed away]", "person"),
        ("My ex-husband [got married]", "person ex-husband"),
        ("Kyle & Keisha have [moved to Porto]", "person Keisha"),
        ("Our eldest [got engaged]", "relative eldest"),
        ("The little one [is poorly]", "cannot be told"),
        ("Our little one [is poorly]", "relative child"),
        ("Grandma Vera has [passed away]", "relative Vera"),
        ("Guess who [got engaged]", "author"),
        ("@clara_u And people [died]", "cannot be told"),
        ("Lark Foods CEO Clara Unknown is [retiring]", "person Clara Unknown"),
        ("I packed my things and [moved to Porto]", "author"),
        ("Packed my things and [moved to Porto]", "nobody named"),
        ("Movers [moved to Porto]", "cannot be told"),
        ("Grace [moved to Porto]", "person Grace"),
        ("Thanks Clara, [moved to Porto] yesterday", "nobody named"),
        ("I looked for a flat with my son to [move to Porto]", "author"),
        ("People [moved to Porto]", "cannot be told"),
        ("@clara_u [got married]", "person clara_u"),
    ],
)
def test_an_english_subject_is_found_behind_what_is_told_of_it(marked: str, expected: str) -> None:
    assert told(subject(marked, "en")) == expected


@pytest.mark.parametrize(
    ("marked", "find", "expected"),
    [
        ("Пётр Лапин, главный инженер молокозавода, [вышел на пенсию]", "clause", "person Пётр Лапин"),
        ("Мы с мужем [переехали]", "clause", "author"),
        ("У Петра Лапина из «Янтарного Пути» [родился сын]", "at", "person Петра Лапина"),
        ("У нас вчера [родился сын]", "at", "author"),
        ("Моя сестра Вера, сказали нам, [вышла замуж]", "clause", "relative Вера"),
        ("Вчера [переехала]", "clause", "author"),
    ],
)
def test_a_russian_subject_is_found_behind_what_is_told_of_it(marked: str, find: str, expected: str) -> None:
    assert told(subject(marked, "ru", find=find)) == expected


@pytest.mark.parametrize(
    ("marked", "lang", "expected"),
    [
        ("Parcelo [увольняет] 50 человек в Мальмё", "ru", "company Parcelo"),
        ("Завод «Полюс» [сократит] 300 рабочих", "ru", "company Полюс"),
        ("Компания Лумо [увольняет] людей в Казани", "ru", "company Лумо"),
        ("Parcelo, the parcel firm, is [laying off] 50 people", "en", "company Parcelo"),
        ("Notion [raised] money", "en", "company Notion"),
        ("We [raised] money", "en", "author"),
    ],
)
def test_an_organisation_is_the_subject_of_its_news_and_no_place_is(
    marked: str, lang: str, expected: str
) -> None:
    assert told(subject(marked, lang, company=True)) == expected


@pytest.mark.parametrize(
    ("marked", "lang", "expected"),
    [
        ("[Clara Unknown] of Brook Foods has become a mum", "en", "Brook Foods"),
        ("[Clara Unknown], head of Sales at Brook Foods, is leaving", "en", "Brook Foods"),
        (
            "[Boris Lapin], who has run Elm Street Cold Storage since spring, is retiring",
            "en",
            "Elm Street Cold Storage",
        ),
        ("Brook Foods CEO [Clara Unknown] is leaving", "en", "Brook Foods"),
        ("[Clara Unknown] of all people is leaving", "en", None),
        ("[Clara Unknown], a nurse, is leaving", "en", None),
        ("[Пётр Лапин] из «Янтаря» женился", "ru", "Янтарь"),
        ("Директор «Янтарь Пак» [Пётр Лапин] уволился", "ru", "Янтарь Пак"),
        ("[Пётр Лапин], инженер Заречного молокозавода, уволился", "ru", "Заречного молокозавода"),
        ("[Пётр Лапин] вчера уволился", "ru", None),
    ],
)
def test_a_persons_organisation_is_read_beside_the_name(marked: str, lang: str, expected: str | None) -> None:
    tokens, start, end = read(marked, lang)
    assert company_of(tokens, (start, end), builtin_words()[lang].words("role")) == expected


def test_a_name_in_quotation_marks_does_not_end_its_clause() -> None:
    tokens = tokenise("У Ивана из «Янтарь Пак» родился сын", "ru")
    assert tokens.clause_span(0) == (0, len(tokens))
    tokens = tokenise('She said "I moved" and left', "en")
    assert tokens.clause_span(0)[1] < len(tokens)
