"""Who a mention is: linked, for review or nobody; never silently the first of two."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from leads.contacts import import_contacts
from leads.linking.linker import Linker
from leads.linking.load import load_records
from leads.linking.records import CompanyRecord, ContactRecord, Decision, Key, Linking, Mention

ANNA = ContactRecord(
    "anna", "Anna Sokolova", (), "Bakery Ltd", "Director", "Riga",
    (Key("email", "anna@bakery.example"), Key("handle", "anna_bakes", "x")),
)  # fmt: skip
BORIS = ContactRecord("boris", "Борис Петрович Чернов", (), 'ООО "Завод"', "инженер", "Тула")
IVAN = ContactRecord("ivan1", "Иван Петров", (), "Банк", "", "Москва")
OTHER_IVAN = ContactRecord("ivan2", "Иван Петров", (), "Завод", "", "Москва")
MARIA = ContactRecord("maria", "Мария Иванова", ("Мария Кузьмина",), "", "", "Тверь")
ROBERT = ContactRecord("robert", "Robert Millerson", (), "Acme Inc", "CEO", "London")
ACME = CompanyRecord("acme", "Acme Inc", (), "", (Key("domain", "acme.example"),))
ZAVOD = CompanyRecord("zavod", 'ПАО "Тульский завод"')


@pytest.fixture(scope="module")
def linker() -> Linker:
    """A linker that knows the cast."""
    return Linker([ANNA, BORIS, IVAN, OTHER_IVAN, MARIA, ROBERT], [ACME, ZAVOD])


def first(linking: Linking) -> str:
    """The key of the best candidate."""
    return linking.candidates[0].key if linking.candidates else ""


@pytest.mark.parametrize(
    "mention",
    [
        Mention(email="Anna@Bakery.example"),
        Mention(handle="@Anna_Bakes", platform="twitter"),
        Mention(handle="anna_bakes"),
        Mention(url="https://x.com/anna_bakes/"),
        Mention(name="Анна Соколова", company="Bakery"),
        Mention(name="Соколову Анну", place="Рига"),
        Mention(name="Anya Sokolova", company="BAKERY LTD."),
    ],
)
def test_anna_is_linked_by_an_exact_key_or_a_name_with_one_more_field(
    linker: Linker, mention: Mention
) -> None:
    linking = linker.link(mention)
    assert (linking.decision, first(linking)) == (Decision.LINK, "anna")
    assert linking.candidates[0].reasons


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Анна Соколова", "anna"),
        ("Бориса Чернова", "boris"),
        ("Чернов Борис Петрович", "boris"),
        ("Boris Chernov", "boris"),
        ("Машу Кузьмину", "maria"),
        ("Bob Millerson", "robert"),
        ("Robert Milerson", "robert"),
        ("Millerson, Robert", "robert"),
    ],
)
def test_a_name_in_any_form_finds_its_bearer(linker: Linker, name: str, key: str) -> None:
    assert first(linker.link(Mention(name=name))) == key


PROFILES = [
    ContactRecord("phd", "Dr. Greta Lindqvist, PhD", (), "Kolos", "", "Riga"),
    ContactRecord("emoji", "Clara 🌟 Vetrova (she/her)", (), "Kolos", "", "Bonn"),
    ContactRecord("born", "Ольга Новак (урожд. Ручьева)", (), "Лада", "", "Уфа"),
    ContactRecord("short", "Robert (Bob) Hargreaves", (), "Tidewater", "", "Hull"),
    ContactRecord("double", "Николай Салтыков-Речной", (), "Отечество", "", "Вятка"),
    ContactRecord("abroad", "Alexander Sokoloff", (), "Lark", "", "Lyon"),
    ContactRecord("ministry", "Мария Ивановна Кузнецова", (), "Министерство сельского хозяйства", "", ""),
]


@pytest.mark.parametrize(
    ("mention", "key", "code"),
    [
        (Mention(name="Greta Lindqvist", place="Riga"), "phd", "GFL"),
        (Mention(name="Lindqvist, Greta", company="Kolos"), "phd", "GFC"),
        (Mention(name="Клара Ветрова", place="Бонн"), "emoji", "GFL"),
        (Mention(name="Ольга Новак", company="Лада"), "born", "GFC"),
        (Mention(name="Ольга Ручьёва", company="Лада"), "born", "GFC"),
        (Mention(name="Bob Hargreaves", company="Tidewater"), "short", "GFC"),
        (Mention(name="Николай Речной", company="Отечество"), "double", "GFC"),
        (Mention(name="Николаю Салтыкову", company="Отечество"), "double", "gfC"),
        (Mention(name="Александр Соколов", place="Лион"), "abroad", "gFL"),
        (Mention(name="Кузнецова М. И.", company="Минсельхоз"), "ministry", "gpFC"),
    ],
)
def test_what_stands_beside_a_name_in_a_profile_is_no_part_of_it_and_other_names_are_names(
    mention: Mention, key: str, code: str
) -> None:
    linking = Linker(PROFILES).link(mention)
    assert (linking.decision, first(linking)) == (Decision.LINK, key)
    assert linking.candidates[0].code == code


def test_a_given_name_alone_is_for_a_person_to_decide_even_at_the_right_company(linker: Linker) -> None:
    linking = linker.link(Mention(name="Robert", company="Acme"))
    assert linking.decision is not Decision.LINK
    assert linker.link(Mention(name="Millerson", company="Acme")).decision is Decision.LINK


def test_reasons_call_the_contact_by_the_name_as_it_is_written(linker: Linker) -> None:
    people = [ContactRecord("nikolai", "Николай Алексеевич Ёлкин", (), "Лада")]
    [candidate] = Linker(people).link(Mention(name="Ёлкина Н. А.", company="Лада")).candidates
    assert candidate.reasons[:3] == (
        "given name Николай has the same initial",
        "patronymic Алексеевич has the same initial",
        "family name Ёлкин is another form of the same",
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Acme Inc", "the name is the same"),
        ("ACME LLC", "the name is the same but for legal form and spelling"),
    ],
)
def test_a_company_of_the_very_same_name_is_said_to_be_that(linker: Linker, name: str, reason: str) -> None:
    assert linker.link(Mention(name=name, schema="company")).candidates[0].reasons == (reason,)


def test_a_name_alone_is_never_linked_by_itself(linker: Linker) -> None:
    assert linker.link(Mention(name="Anna Sokolova")).decision is Decision.REVIEW
    assert linker.link(Mention(name="Robert Millerson")).decision is Decision.REVIEW


def test_namesakes_who_fit_equally_go_to_review_both(linker: Linker) -> None:
    linking = linker.link(Mention(name="Иван Петров", place="Москва"))
    assert linking.decision is Decision.REVIEW
    assert {candidate.key for candidate in linking.candidates} == {"ivan1", "ivan2"}
    assert len({candidate.probability for candidate in linking.candidates}) == 1


def test_a_company_tells_namesakes_apart_and_the_code_says_so(linker: Linker) -> None:
    linking = linker.link(Mention(name="Ваня Петров", company="ООО «Банк»"))
    assert (linking.decision, first(linking)) == (Decision.LINK, "ivan1")
    assert linking.candidates[0].code == "gFC"
    assert linking.candidates[1].code == "gF!C"


def test_an_address_under_another_name_is_for_a_person_to_decide(linker: Linker) -> None:
    linking = linker.link(Mention(name="Clara Unknown", email="anna@bakery.example"))
    assert (linking.decision, linking.candidates[0].code) == (Decision.REVIEW, "E!N")


def test_strangers_are_nobody(linker: Linker) -> None:
    assert linker.link(Mention(name="Clara Unknown", company="Bakery")).decision is Decision.NONE
    assert linker.link(Mention(name="Иван")).decision is Decision.NONE
    assert linker.link(Mention()).decision is Decision.NONE


@pytest.mark.parametrize(
    "mention",
    [
        Mention(name="ACME, Inc."),
        Mention(name="Акме", schema="company"),
        Mention(url="https://www.acme.example/about"),
    ],
)
def test_a_company_is_linked_by_name_without_legal_form_or_by_domain(
    linker: Linker, mention: Mention
) -> None:
    linking = linker.link(mention)
    assert (linking.decision, first(linking)) == (Decision.LINK, "acme")
    assert linking.candidates[0].schema == "company"


def test_a_declined_company_name_is_found(linker: Linker) -> None:
    assert first(linker.link(Mention(name="Тульским заводом", schema="company"))) == "zavod"


def test_records_are_added_changed_and_removed_in_place() -> None:
    linker = Linker([ANNA])
    linker.add(ROBERT)
    linker.add(ContactRecord("anna", "Anna Petrova", ("Anna Sokolova",), "Cafe"))
    assert first(linker.link(Mention(name="Anna Petrova", company="Cafe"))) == "anna"
    assert linker.link(Mention(email="anna@bakery.example")).decision is Decision.NONE
    linker.remove("robert")
    assert linker.link(Mention(name="Robert Millerson")).candidates == ()
    assert len(linker.people) == 1


def test_what_was_imported_is_linked(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("contacts") / "contacts.csv"
    path.write_text(
        "Name,Company,Website,Email\nАнна Соколова,Bakery Ltd,https://bakery.example,anna@bakery.example\n"
    )
    with Session(engine) as session, session.begin():
        import_contacts(session, path)
        linker = Linker(*load_records(session))
    assert linker.link(Mention(name="Sokolova Anna", company="Bakery")).decision is Decision.LINK
    company = linker.link(Mention(url="bakery.example", schema="company"))
    assert (company.decision, company.candidates[0].code) == (Decision.LINK, "D")


def test_the_language_tips_between_two_who_fit_equally() -> None:
    linker = Linker([ContactRecord("latin", "Anna Sokolova"), ContactRecord("cyrillic", "Анна Соколова")])
    for lang, key in (("en", "latin"), ("ru", "cyrillic")):
        linking = linker.link(Mention(name="Анна Sokolova", lang=lang))
        assert first(linking) == key
        assert f"language {lang} is the contact's" in linking.candidates[0].reasons
        assert linking.decision is Decision.REVIEW


def test_a_role_tells_namesakes_apart_and_stands_in_the_code() -> None:
    people = [
        ContactRecord("baker", "Иван Петров", (), "Колос", "директор", ""),
        ContactRecord("driver", "Иван Петров", (), "Колос", "водитель", ""),
    ]
    linking = Linker(people).link(Mention(name="Ивана Петрова", company="Колос", role="директора"))
    assert (first(linking), linking.candidates[0].code) == ("baker", "gfCR")
    assert any("role директор agrees" in reason for reason in linking.candidates[0].reasons)
    assert "R" in linking.candidates[1].code.partition("!")[2]


def test_a_handle_counts_on_its_own_platform_only() -> None:
    people = [
        ContactRecord("x", "Anna Sokolova", keys=(Key("handle", "anna", "x"),)),
        ContactRecord("vk", "Boris Chernov", keys=(Key("handle", "anna", "vk"),)),
    ]
    linker = Linker(people)
    assert first(linker.link(Mention(handle="@anna", platform="вконтакте"))) == "vk"
    assert first(linker.link(Mention(handle="anna", platform="twitter"))) == "x"
    assert not linker.link(Mention(handle="anna", platform="github")).candidates
    assert linker.link(Mention(handle="anna")).decision is Decision.REVIEW


def test_a_married_name_held_as_an_alias_links_like_the_name_itself(linker: Linker) -> None:
    linking = linker.link(Mention(name="Марию Кузьмину", place="Тверь"))
    assert (linking.decision, first(linking)) == (Decision.LINK, "maria")


def test_who_changed_the_family_name_is_found_at_the_company_though_another_bears_the_new_one() -> None:
    linker = Linker(
        [
            ContactRecord("maiden", "Anna Sokolova", company="Lark Ltd"),
            ContactRecord("bearer", "Anna Kuzmina", company="Heron Ltd"),
        ]
    )
    linking = linker.link(Mention(name="Anna Kuzmina", company="Lark"))
    assert linking.decision is not Decision.LINK
    assert {one.key for one in linking.candidates} == {"maiden", "bearer"}


def test_the_very_spelling_of_a_company_orders_those_at_sister_companies_and_decides_nothing() -> None:
    linker = Linker(
        [
            ContactRecord("a", "Anna Kuzmina", company="Lark GmbH"),
            ContactRecord("z", "Anna Kuzmina", company="Lark Ltd"),
        ]
    )
    linking = linker.link(Mention(name="Anna Kuzmina", company="Lark Ltd"))
    assert (linking.decision, linking.candidates[0].key) == (Decision.REVIEW, "z")
