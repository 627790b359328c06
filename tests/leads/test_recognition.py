"""Who is meant where a rule gives no name: the one known person or company that the sentence names."""

from __future__ import annotations

from typing import Any

from leads.decide import KeptSignal, PostDecision, PostValue, Rulebook, decide
from leads.linking.linker import Linker
from leads.linking.mentions import MentionScanner
from leads.linking.records import CompanyRecord, ContactRecord
from leads.signals import compose, sentence
from leads.subjects import Writer
from tests.leads.world import START
from triggers.match import Detection, Match

LINKER = Linker(
    [
        ContactRecord("anna", "Анна Соколова", ("Anna Sokolova",), "Ромашка", "", "Казань"),
        ContactRecord("boris", "Борис Лапин", ("Boris Lapin",), "Северный терминал"),
    ],
    [CompanyRecord("romashka", "ООО «Ромашка»"), CompanyRecord("loop", "Pallet Loop")],
)


def decided(text: str, quote: str, kind: str, who: str, author: str = "", **subject: Any) -> PostDecision:
    """What becomes of one match whose subject has no name."""
    writer = Writer(key="w", name=author) if author else Writer()
    post = PostValue(
        1, "p", 1, "", text, "ru", START,
        gone=False, author_id=None, writer=writer, people="known", basis=None,
    )  # fmt: skip
    start = text.index(quote)
    told = {"who": who, "name": None, "handle": None, "relation": None, **subject}
    match = Match(kind, f"{kind}.test", "1", start, start + len(quote), quote, 0.9, {"subject": told})
    rulebook = Rulebook(LINKER.link, scan=MentionScanner(LINKER).scan)
    return decide(post, compose("", text), Detection("ru", (match,), ()), rulebook)


def tied(decision: PostDecision) -> list[tuple[str, str]]:
    (signal,) = decision.signals
    return [(link.key, link.decision) for link in signal.links]


def test_a_company_called_like_a_flower_is_known_right_before_what_companies_do() -> None:
    found = decided("Ромашка привлекла 200 млн рублей от фонда", "привлекла 200 млн", "funding", "company")
    assert tied(found) == [("romashka", "auto")]
    assert _only(found).match.slots["subject"]["name"] == "Ромашка"
    assert _only(found).match.reasons == ("subject known to you, named beside it: Ромашка",)


def test_a_flower_elsewhere_in_the_sentence_is_no_company() -> None:
    found = decided(
        "Полевая ромашка цветёт, стартап привлёк 200 млн", "привлёк 200 млн", "funding", "company"
    )
    assert [drop.reason for drop in found.dropped] == ["unnamed_company"]


def test_a_person_in_the_words_of_the_match_is_tied_as_surely_as_ever() -> None:
    text = "Поздравляем Анну Соколову из «Ромашки» с повышением"
    found = decided(text, text, "promotion", "person")
    assert tied(found) == [("anna", "auto")]


def test_a_person_elsewhere_in_the_sentence_waits_for_a_decision() -> None:
    text = "По словам Анны Соколовой из «Ромашки», коллега вчера родила дочку."
    assert tied(decided(text, "родила дочку", "birth", "person")) == [("anna", "review")]


def test_of_two_known_people_none_is_guessed() -> None:
    text = "Анна Соколова и Борис Лапин рады: сегодня свадьба!"
    found = decided(text, "сегодня свадьба", "wedding", "person")
    assert [drop.reason for drop in found.dropped] == ["unknown_person"]


def test_in_a_short_post_the_next_sentence_may_name_who_is_meant() -> None:
    text = "С днём рождения! Анна Соколова, ты лучшая."
    assert tied(decided(text, "С днём рождения", "birthday", "person")) == [("anna", "review")]


def test_in_a_long_post_it_may_not() -> None:
    text = "С днём рождения! " + "Сегодня шёл дождь. " * 20 + "Анна Соколова написала книгу."
    found = decided(text, "С днём рождения", "birthday", "person")
    assert [drop.reason for drop in found.dropped] == ["unknown_person"]


def test_the_author_who_signs_is_not_whom_the_post_is_about() -> None:
    text = "С днём рождения, дорогой коллега! Анна Соколова"
    found = decided(text, "С днём рождения", "birthday", "person", author="Анна Соколова")
    assert [drop.reason for drop in found.dropped] == ["unknown_person"]


def test_somebody_told_by_their_relation_is_not_the_contact_beside_it() -> None:
    text = "Анна Соколова рассказала, что её друг попал в больницу"
    found = decided(text, "друг попал в больницу", "illness", "person", relation="друг")
    assert [drop.reason for drop in found.dropped] == ["unknown_person"]


def test_a_sentence_is_found_around_a_place() -> None:
    text = "Раз. Два три! Четыре"
    assert [text[slice(*sentence(text, at, at + 3))] for at in (0, 5, 14)] == ["Раз.", "Два три!", "Четыре"]


def _only(decision: PostDecision) -> KeptSignal:
    (signal,) = decision.signals
    return signal
