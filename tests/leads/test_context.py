"""From the words of a post to whom it is about: what stands near a name, in both scripts and all its forms."""

from __future__ import annotations

from typing import Any

import pytest

from leads.decide import PostDecision, PostValue, Rulebook, decide
from leads.linking.linker import Linker
from leads.linking.records import CompanyRecord, ContactRecord, Key
from leads.signals import compose
from leads.subjects import Writer, subject_of
from tests.leads.world import START
from triggers.match import Detection, Match

CONTACTS = [
    ContactRecord("rob", "Robert Hargreaves", (), "Tidewater Cold Storage", "Site director", "Dunmouth"),
    ContactRecord("anna", "Анна Соколова", ("Anna Sokolova",), "Heron Freightways", "", "Dunmouth"),
    ContactRecord("ivan-a", "Иван Петров", ("Ivan Petrov",), "Янтарь Пак"),
    ContactRecord("ivan-b", "Иван Петров", ("Ivan Petrov",), "Северный терминал"),
]
COMPANIES = [CompanyRecord("loop", "Pallet Loop"), CompanyRecord("terminal", "Северный терминал")]
BLOG = Writer(key="w", name="Clara Unknown", site="clara.example")


def decided(text: str, *found: dict[str, Any], title: str = "", writer: Writer = BLOG) -> PostDecision:
    """What becomes of these matches, each told by `kind`, `quote`, `subject` and slots, in a post."""
    post = PostValue(
        1,
        "p",
        1,
        title,
        text,
        "en",
        START,
        gone=False,
        author_id=None,
        writer=writer,
        people="known",
        basis=None,
    )
    composed = compose(title, text)
    matches = tuple(_match(composed.text, **one) for one in found)
    return decide(post, composed, Detection("en", matches, ()), Rulebook(Linker(CONTACTS, COMPANIES).link))


def _match(text: str, kind: str, quote: str, name: str = "", who: str = "person", **slots: Any) -> Match:
    start = text.index(quote)
    subject = {"who": who, "name": name, "handle": "", "relation": ""}
    return Match(
        kind, f"{kind}.test", "1", start, start + len(quote), quote, 0.9, {"subject": subject, **slots}
    )


@pytest.mark.parametrize(
    ("text", "name", "key"),
    [
        ("Bob Hargreaves from Tidewater retires in May.", "Bob Hargreaves", "contact:rob"),
        ("Robert Hargreaves, who ran Tidewater Cold Storage, retires.", "Robert Hargreaves", "contact:rob"),
        ("Anna Sokolova retires. Heron Freightways will miss her.", "Anna Sokolova", "contact:anna"),
        ("Анна Соколова из Heron Freightways retires.", "Анна Соколова", "contact:anna"),
        ("Ivan Petrov of Yantar Pack retires.", "Ivan Petrov", "contact:ivan-a"),
    ],
)
def test_two_forms_of_a_name_are_one_subject_once_the_company_near_it_has_told_whose(
    text: str, name: str, key: str
) -> None:
    found = decided(text, {"kind": "retirement", "quote": "retires", "name": name})
    assert [signal.subject_key for signal in found.signals] == [key]


def test_namesakes_whom_the_text_does_not_tell_apart_wait_and_strangers_are_dropped() -> None:
    [signal] = decided(
        "Ivan Petrov retires.", {"kind": "retirement", "quote": "retires", "name": "Ivan Petrov"}
    ).signals
    assert {(link.key, link.decision) for link in signal.links} == {
        ("ivan-a", "review"),
        ("ivan-b", "review"),
    }
    text = "Boris Wren of Yantar Pack retires."
    [drop] = decided(text, {"kind": "retirement", "quote": "retires", "name": "Boris Wren"}).dropped
    assert drop.reason == "unknown_person"


def test_another_paragraph_says_nothing_of_a_name() -> None:
    text = "Ivan Petrov retires.\n\nYantar Pack has a new hall."
    [signal] = decided(text, {"kind": "retirement", "quote": "retires", "name": "Ivan Petrov"}).signals
    assert {link.decision for link in signal.links} == {"review"}


def test_one_event_told_as_two_kinds_is_kept_once_and_the_other_counted() -> None:
    text = "Bob Hargreaves of Tidewater was promoted to director."
    told = {"name": "Bob Hargreaves"}
    found = decided(
        text,
        {"kind": "promotion", "quote": "was promoted", **told},
        {"kind": "leadership_change", "quote": "promoted to director", **told},
    )
    assert [signal.match.kind for signal in found.signals] == ["promotion"]
    assert [(drop.kind, drop.reason) for drop in found.dropped] == [("leadership_change", "same_event")]


def test_a_new_post_is_the_persons_who_was_at_another_company() -> None:
    text = "Wren appoints Anna Sokolova as director. She comes from Heron Freightways."
    told = {"kind": "leadership_change", "quote": "appoints Anna Sokolova", "name": "Anna Sokolova"}
    for who in ("person", "public"):
        found = decided(text, {**told, "who": who, "company": "Wren"})
        assert [signal.subject_key for signal in found.signals] == ["contact:anna"]


def test_a_public_figure_in_a_companys_news_is_not_taken_for_the_company() -> None:
    text = "The governor appoints Boris Wren."
    told = {"kind": "leadership_change", "quote": "appoints", "name": "Boris Wren", "who": "public"}
    assert [signal.subject_key for signal in decided(text, told).signals] == [None]


def test_the_other_company_of_a_deal_may_be_the_one_that_is_known() -> None:
    slots = {"subject": {"who": "company", "name": "Wren"}, "company": "Wren", "object": "Pallet Loop"}
    assert [m.name for _, m in subject_of("m_and_a", slots, BLOG, "en").mentions] == ["Wren", "Pallet Loop"]
    assert [m.name for _, m in subject_of("product_launch", slots, BLOG, "en").mentions] == ["Wren"]


def test_an_author_at_their_own_site_is_known_by_it() -> None:
    own = ContactRecord("own", "Clara Unknown", keys=(Key("domain", "clara.example"),))
    [(_, mention)] = subject_of("birth", {"subject": {"who": "author"}}, BLOG, "en").mentions
    assert Linker([own]).link(mention).candidates[0].code == "GFD"
