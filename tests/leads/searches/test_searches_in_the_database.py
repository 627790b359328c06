"""Versions, renewal, the past and labels on both databases; profiles and highlights as plain values."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update

from leads.searches import labels, muting, store
from leads.searches.past import backtest, highlighted, places
from leads.searches.processing import Profile, fitting
from leads.searches.renewal import renew
from leads.searches.store import Change
from leads.searches.stored import count_posts, find_post, posts_by_id, stored_posts
from models import Post, SearchVersion
from models.session import session_factory
from models.store import store_posts
from tests.models.world import NOON, fill, make_row
from triggers.search.definitions import SearchDefinition, match_versions, read_searches
from triggers.search.mutes import read_mute
from triggers.search.percolator import Percolator

CLARA = Change("clara", NOON)


def defined(name: str, **settings: object) -> SearchDefinition:
    search, faults = store.definition_of(name, settings)
    assert search is not None, faults
    return search


def test_a_search_that_is_put_twice_has_one_version_and_a_removed_one_keeps_its_history(
    engine: Engine,
) -> None:
    with session_factory(engine).begin() as session:
        for query in ("red", "red", "blue"):
            search = defined("colours", query=query)
            row = store.put(session, search, search.version, origin="database", change=CLARA)
        store.remove(session, row, CLARA)
        versions = store.history(session, row)
        assert [(one.number, one.change, one.diff) for one in versions] == [
            (1, "added", "+ query: red"),
            (2, "edited", "- query: red\n+ query: blue"),
            (3, "removed", "- query: blue"),
        ]
        assert len(set(session.scalars(select(SearchVersion.match_version)))) == 2


def due(engine: Engine) -> list[str]:
    with session_factory(engine)() as session:
        return list(session.scalars(select(Post.key).where(Post.processed_with.is_(None)).order_by(Post.key)))


def test_only_posts_that_a_changed_search_concerns_become_due(engine: Engine) -> None:
    fill(engine)
    factory = session_factory(engine)
    with factory.begin() as session:
        late = make_row("k3", 1, "A later one.", published_at=NOON + timedelta(days=5))
        store_posts(session.connection(), [late])
        session.execute(update(Post).values(processed_with="x"))
    for settings, expected in (
        ({"query": "red"}, []),
        ({"query": "blue"}, []),
        ({"query": "blue", "enabled_from": "2026-03-03"}, ["k3"]),
    ):
        search = defined("jobs", **settings)
        with factory.begin() as session:
            renew(session, [search], match_versions([search]))
        assert due(engine) == expected
    with factory.begin() as session:
        session.execute(update(Post).values(processed_with="x"))
        renew(session, [search], match_versions([search]))
    assert due(engine) == []


def test_stored_posts_are_held_against_searches_the_newest_first(engine: Engine) -> None:
    fill(engine)
    percolator = Percolator()
    percolator.add("starts", "start")
    with session_factory(engine)() as session:
        assert count_posts(session, None) == 2
        found = find_post(session, "k1")
        assert found is not None
        assert posts_by_id(session, [found.row_id]) == [found]
        assert find_post(session, "zz") is None
    batches = list(stored_posts(engine, size=1))
    assert [post.post.id for batch in batches for post in batch] == ["k2", "k1"]
    assert list(stored_posts(engine, datetime.now(UTC) + timedelta(days=1))) == []
    done = backtest(percolator, batches, ["starts"], due=2, last=NOON.date(), reach_of="starts")
    assert (done.posts, done.stopped, len(done.brought["starts"].posts)) == (2, False, 1)
    ((span,),) = places(percolator, "starts", done.brought["starts"].samples)
    assert highlighted(found, [span]) == "Anna [starts] in May."


def test_a_stopped_backtest_has_counted_what_it_has_seen(engine: Engine) -> None:
    fill(engine)
    percolator = Percolator()
    percolator.add("moves", "move")
    done = backtest(
        percolator, stored_posts(engine, size=1), ["moves"], due=2, last=date(2026, 3, 2), stop=lambda: True
    )
    assert (done.posts, done.stopped, done.rate("moves").total) == (1, True, 1)


def test_a_later_label_takes_the_place_of_an_earlier_one(engine: Engine) -> None:
    fill(engine)
    with session_factory(engine).begin() as session:
        row = store.rows(session)["jobs"]
        post = session.scalars(select(Post.id).where(Post.key == "k2")).one()
        labels.label(session, row, post, relevant=True, change=CLARA)
        labels.label(session, row, post, relevant=False, change=CLARA)
        assert labels.labelled(session, row)[post] is False
        found = labels.precision(session, row, {post})
        assert found is not None
        assert (found.hits, found.total) == (0, 1)
        assert labels.precision(session, row, set()) is None


@pytest.mark.parametrize(
    ("buyer", "fits"),
    [
        ({"role": ("sales", "CTO")}, True),
        ({"role": ("sale",)}, False),
        ({"role": ("head of sales",), "place": ("tver",)}, True),
        ({"role": ("sales",), "industry": ("mining",)}, False),
        ({}, True),
    ],
)
def test_a_buyer_fits_where_each_part_has_one_of_the_values_as_words(
    buyer: dict[str, tuple[str, ...]], fits: bool
) -> None:
    assert fitting(buyer, Profile("Retail", "Head of Sales", "Tver, Russia")) is fits


def test_matches_are_marked_anew_when_an_included_search_changes() -> None:
    def marks(query: str) -> dict[str, str]:
        text = f"searches: [{{name: a, query: {query}}}, {{name: b, query: 'search:a x'}}]"
        return match_versions(read_searches(text, "s.yml"))

    before, after = marks("red"), marks("blue")
    assert before["a"] != after["a"]
    assert before["b"] != after["b"]
    assert marks("red") == before


def test_an_entry_of_the_mute_list_is_kept_once_and_gone_when_taken_out(engine: Engine) -> None:
    with session_factory(engine).begin() as session:
        assert muting.mute(session, read_mute("author", "@Promo"), CLARA)
        assert not muting.mute(session, read_mute("author", "@promo"), CLARA)
        assert muting.mute(session, read_mute("words", "free gift"), CLARA)
        held = [(mute.what, mute.value, row.author) for mute, row in muting.entries(session)]
        assert held == [("author", "@Promo", CLARA.author), ("words", "free gift", CLARA.author)]
        assert muting.unmute(session, read_mute("author", "@PROMO"))
        assert not muting.unmute(session, read_mute("author", "@promo"))
        assert [mute.value for mute, _ in muting.entries(session)] == ["free gift"]


@pytest.mark.parametrize(
    ("what", "value", "told"),
    [
        ("autor", "x", "did you mean 'author'?"),
        ("author", " ", "has 1 to 1,000 characters"),
        ("site", "two words", "a site is a host name"),
        ("words", "!!!", "no word"),
        ("query", "(a", "never closed"),
        ("query", "trigger:new_job", "cannot be muted by"),
        ("query", 'search:"x"', "cannot be muted by"),
    ],
)
def test_what_cannot_be_muted_is_refused_in_words(what: str, value: str, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        read_mute(what, value)
