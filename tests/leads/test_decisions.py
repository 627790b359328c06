from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.lifecycle import ALLOWED, TransitionRefused, check_transition
from leads.people import may_be_kept
from leads.scoring import KIND_WEIGHT, MOST, Evidence, score
from leads.signals import BREAK, compose
from leads.subjects import Writer, name_key, subject_of
from models.leads import LEAD_STATUSES
from triggers.kinds import KINDS

ANNA = Writer(key="w1", name="Anna Sokolova", handle="anna", platform="chirp")
TEXT = st.text("ab \n", max_size=12)


@settings(max_examples=200)
@given(TEXT, TEXT, st.data())
def test_every_span_of_the_composed_text_is_the_same_words_in_its_field(
    title: str, text: str, data: st.DataObject
) -> None:
    composed = compose(title, text)
    start = data.draw(st.integers(0, len(composed.text)))
    end = data.draw(st.integers(start, len(composed.text)))
    place = composed.place(start, end)
    words = (title if place.field == "title" else text)[place.start : place.end]
    whole = composed.text[start:end]
    assert words in whole or not whole.strip("\n")
    assert len(words) >= len(whole) - len(words) - len(BREAK)


def test_a_span_over_the_break_keeps_its_longer_part() -> None:
    composed = compose("Anna joined", "Lark on Monday")
    assert composed.place(5, 17) == composed.place(5, 11)
    assert composed.place(8, 27).field == "text"


def test_the_people_policy_keeps_what_is_known_waits_or_is_no_private_person() -> None:
    assert may_be_kept("author", linked=True, people="known", basis=None)
    assert not may_be_kept("author", linked=False, people="known", basis=None)
    assert not may_be_kept("relative", linked=False, people="known", basis="consent")
    assert may_be_kept("company", linked=False, people="known", basis=None)
    assert may_be_kept("person", linked=False, people="any", basis="consent")
    assert not may_be_kept("person", linked=False, people="any", basis=" ")


def test_the_subject_is_the_author_and_of_a_relative_too() -> None:
    own = subject_of("birth", {"subject": {"who": "author"}}, ANNA, "en")
    daughters = subject_of("birth", {"subject": {"who": "relative", "relation": "daughter"}}, ANNA, "en")
    assert own.mentions == daughters.mentions
    assert (own.provisional, daughters.relation) == ("author:w1", "daughter")
    assert subject_of("birth", {}, Writer(), "en").mentions == ()


def test_a_named_person_is_tried_before_the_company() -> None:
    slots = {"subject": {"who": "person", "name": "Clara Unknown"}, "company": "Lark"}
    subject = subject_of("leadership_change", slots, ANNA, "en")
    assert [(via, mention.name) for via, mention in subject.mentions] == [
        ("subject", "Clara Unknown"),
        ("company", "Lark"),
    ]
    assert subject.provisional == "name:lark"
    assert [via for via, _ in subject_of("new_job", slots, ANNA, "en").mentions] == ["subject"]


def test_we_of_a_company_is_the_author_where_no_name_is_given() -> None:
    assert (
        subject_of("funding", {"subject": {"who": "author"}, "company": "Lark"}, ANNA, "en").who == "company"
    )
    assert subject_of("funding", {"subject": {"who": "company"}}, ANNA, "en").mentions[0][0] == "author"
    assert subject_of("award", {"subject": {"who": "author"}}, ANNA, "en").who == "author"


def test_a_handle_alone_names_a_person() -> None:
    subject = subject_of("wedding", {"subject": {"who": "person", "handle": "@Clara"}}, ANNA, "en")
    assert (subject.provisional, subject.mentions[0][1].platform) == ("name:@clara", "chirp")


def test_a_name_has_one_key_in_both_scripts_and_orders() -> None:
    assert name_key("Анна Соколова") == name_key("Sokolova, Anna") == "name:anna sokolova"


STRONG = Evidence("p1", "author", 0.95, 0.99)


def test_a_score_is_the_sum_of_its_parts_and_never_leaves_its_range() -> None:
    for kind in (*KINDS, "search:crm"):
        total, parts = score(kind, [STRONG])
        assert total == pytest.approx(sum(parts.values()), abs=0.01)
        assert 0 <= total <= 100
    assert sum(MOST.values()) == 100
    assert set(KIND_WEIGHT) <= set(KINDS)


def test_more_sightings_surer_links_and_fresher_news_score_higher() -> None:
    total, _ = score("new_job", [STRONG])
    assert score("new_job", [STRONG, Evidence("p2", "author", 0.5, None)])[0] > total
    assert score("new_job", [Evidence("p1", "author", 0.95, 0.6)])[0] < total
    assert score("new_job", [Evidence("p1", "author", 0.95, 0.99, timedelta(days=90))])[0] < total
    assert score("new_job", [Evidence("p1", "author", 0.95, 0.99, timedelta(days=9000))])[1]["freshness"] == 0


def test_the_order_of_evidence_does_not_matter() -> None:
    other = Evidence("p2", "person", 0.99, 0.7, timedelta(days=3))
    assert score("birth", [STRONG, other]) == score("birth", [other, STRONG])


def test_every_status_has_its_ways_and_refusals_name_them() -> None:
    assert set(ALLOWED) == set(LEAD_STATUSES)
    check_transition("review", "new")
    with pytest.raises(TransitionRefused, match="it can become accepted, contacted, dismissed"):
        check_transition("new", "won")
    with pytest.raises(TransitionRefused, match="there are review, new"):
        check_transition("new", "sold")


@pytest.mark.parametrize(
    ("writer", "name", "handle"),
    [
        (Writer(name="tombecker", url="https://forum.example/u/tombecker"), "", "tombecker"),
        (Writer(name="@clara_u"), "", "@clara_u"),
        (Writer(name="Clara", url="https://forum.example/u/tombecker"), "Clara", ""),
        (Writer(name="Tom Becker", handle="tombecker"), "Tom Becker", "tombecker"),
    ],
)
def test_an_account_in_place_of_a_name_is_taken_for_a_handle(writer: Writer, name: str, handle: str) -> None:
    [(_, mention)] = subject_of("birth", {"subject": {"who": "author"}}, writer, "en").mentions
    assert (mention.name, mention.handle) == (name, handle)
