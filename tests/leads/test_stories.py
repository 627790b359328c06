from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.stories import Cluster, Telling, alike, keep_keys, stories_of, window_of
from leads.tellings import amount_text, event_time, facet_of, lag_of, relation_of
from tests.leads.world import day

DAYS = st.integers(0, 800)
FACETS = st.sampled_from(["", "Lark", "Finch", "Финч", "Wren"])
TELLINGS = st.lists(
    st.builds(
        Telling,
        key=st.uuids().map(str),
        at=DAYS.map(day),
        relation=st.sampled_from(["", "daughter"]),
        facet=FACETS,
        lang=st.sampled_from(["en", "ru"]),
    ),
    max_size=14,
    unique_by=lambda telling: telling.key,
)


def told(*days: float, facet: str = "") -> list[Telling]:
    return [Telling(f"{facet}{n:04}", day(n), facet=facet) for n in days]


def days_of(clusters: list[Cluster]) -> list[list[float]]:
    return [[(t.at - day(0)) / timedelta(days=1) for t in cluster.tellings] for cluster in clusters]


@settings(max_examples=60)
@given(TELLINGS, st.randoms())
def test_stories_do_not_depend_on_the_order_of_tellings(
    tellings: list[Telling], chance: random.Random
) -> None:
    shuffled = list(tellings)
    chance.shuffle(shuffled)
    assert stories_of("new_job", "contact:anna", tellings) == stories_of("new_job", "contact:anna", shuffled)


@settings(max_examples=60)
@given(TELLINGS)
def test_each_telling_is_in_one_story_none_is_longer_than_its_window_and_keys_differ(
    tellings: list[Telling],
) -> None:
    clusters = stories_of("new_job", "contact:anna", tellings)
    assert sorted(t.key for c in clusters for t in c.tellings) == sorted(t.key for t in tellings)
    assert len({c.key for c in clusters}) == len(clusters)
    assert all(c.last_at - c.first_at <= window_of("new_job") for c in clusters)
    assert all(len({t.relation for t in c.tellings}) == 1 for c in clusters)


@settings(max_examples=60)
@given(TELLINGS, st.integers(0, 13))
def test_a_story_known_outside_keeps_its_key_whatever_comes_in(tellings: list[Telling], count: int) -> None:
    early = stories_of("new_job", "contact:anna", tellings[:count])
    fixed = {c.key: frozenset(t.key for t in c.tellings) for c in early}
    late = keep_keys(stories_of("new_job", "contact:anna", tellings), fixed)
    assert len({c.key for c in late}) == len(late)
    for cluster in late:
        if cluster.key in fixed:
            assert fixed[cluster.key] & {t.key for t in cluster.tellings}


def test_retellings_do_not_chain_two_events_into_one() -> None:
    clusters = stories_of("new_job", "contact:anna", told(*range(0, 731, 30)))
    assert all(c.last_at - c.first_at <= window_of("new_job") for c in clusters)
    assert len(clusters) > 10


def test_stories_part_at_the_widest_gap() -> None:
    assert days_of(stories_of("new_job", "contact:anna", told(0, 50, 62, 65))) == [[0], [50, 62, 65]]


def test_an_earlier_telling_that_comes_in_late_joins_its_story() -> None:
    late, early = stories_of("new_job", "s", told(20, 24)), stories_of("new_job", "s", told(18, 20, 24))
    assert [c.key for c in late] == [c.key for c in early]


def test_two_jobs_within_the_window_are_two_and_a_vague_telling_joins_the_nearer() -> None:
    tellings = told(0, facet="Lark") + told(40, facet="Finch") + told(35)
    assert days_of(stories_of("new_job", "contact:anna", tellings)) == [[0], [35, 40]]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Lark", "Lark Ltd.", True),
        ("Яндекс", "Yandex", True),
        ("Ромашка", "ООО «Romashka»", True),
        ("Lark", "Finch", False),
        ("5000000", "40000000", False),
        ("5000000", "5000000", True),
    ],
)
def test_names_are_compared_across_scripts_and_legal_forms(one: str, other: str, same: bool) -> None:
    a, b = Telling("a", day(0), facet=one, lang="ru"), Telling("b", day(0), facet=other, lang="en")
    assert alike(a, b) is alike(b, a) is same


def test_words_that_are_no_names_are_not_compared_across_languages() -> None:
    accountant = Telling("a", day(0), facet="an accountant", lang="en")
    assert alike(accountant, Telling("b", day(0), facet="бухгалтера", lang="ru"))
    assert not alike(accountant, Telling("b", day(0), facet="a print shop", lang="en"))


def test_a_time_in_the_text_counts_only_where_it_is_exact_and_far() -> None:
    exact = {"from": "2024-05-01", "to": "2024-05-31", "text": "in May 2024"}
    assert event_time("new_job", exact, day(0)).year == 2024
    assert event_time("new_job", {"from": "2020-01-01", "to": "2025-01-01"}, day(0)) == day(0)
    assert event_time("new_job", {"from": "2026-03-30", "to": "2026-03-30"}, day(0)) == day(0)
    assert event_time("new_job", {"from": "nonsense"}, day(0)) == day(0)
    assert lag_of({"when": exact}, day(0)) > timedelta(days=600)
    assert lag_of({"when": {"from": "2026-03-30"}}, day(0)) == timedelta(0)


def test_amounts_are_compared_as_press_and_companies_round_them() -> None:
    assert amount_text({"value": 5_000_000, "currency": "USD"}) == amount_text({"value": 5_020_000.0})
    assert amount_text({"value": 5_000_000}) != amount_text({"value": 5_500_000})
    assert amount_text(None) == amount_text({"value": "much"}) == amount_text({"value": 0}) == ""


def test_a_partner_tells_the_same_birth_and_a_sister_another() -> None:
    wife, sister = ({"subject": {"who": "relative", "relation": r}} for r in ("жена", "sister"))
    assert relation_of("birth", wife) == relation_of("birth", {"subject": {"who": "author"}}) == ""
    assert relation_of("birth", sister) == relation_of(
        "birth", {"subject": {"who": "relative", "relation": "сестра"}}
    )


def test_a_person_who_takes_over_tells_one_change_from_another() -> None:
    slots = {"subject": {"who": "person", "name": "Clara Unknown"}, "company": "Lark"}
    assert facet_of("leadership_change", slots) == "Clara Unknown"
    assert facet_of("leadership_change", {"subject": {"who": "company", "name": "Lark"}}) == ""
    assert facet_of("new_job", {"company": {"name": "Lark"}}) == "Lark"
    assert facet_of("birth", slots) == ""
