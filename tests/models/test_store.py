from __future__ import annotations

import copy
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from models import Author, Post, PostRevision, Sighting
from models.rows import PostRow, StoreCounts
from models.session import session_factory
from models.store import store_posts
from tests.models.world import NOON, make_row, make_source

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """A database that knows two sources, with ids 1 and 2."""
    with session_factory(engine).begin() as session:
        session.add_all([make_source("news"), make_source("digest")])
        session.flush()
    return engine


def store(engine: Engine, *rows: PostRow) -> StoreCounts:
    with engine.begin() as connection:
        return store_posts(connection, rows)


def everything(engine: Engine, table: type) -> list[Any]:
    with session_factory(engine)() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def test_a_new_post_is_kept_with_all_it_came_with(engine: Engine) -> None:
    moscow = timezone(timedelta(hours=3))
    row = make_row(
        title="Новая работа",
        kind="article",
        guid="tag:1",
        url="https://news.example/1",
        language="ru",
        tags=["работа"],
        extra={"points": 3, "deep": {"a": [None]}},
        published_at=datetime(2026, 2, 28, 23, 30, 15, 123456, tzinfo=moscow),
        author_key="a1",
        author_platform="mastodon",
        author_name="Анна Соколова",
        author_handle="@anna@social.example",
        author_url="https://social.example/@anna",
        author_email="anna@orchid.example",
    )
    assert store(engine, row) == StoreCounts(new=1, seen=1)
    [post] = everything(engine, Post)
    for name in (
        "key",
        "source_id",
        "text",
        "title",
        "kind",
        "guid",
        "url",
        "language",
        "tags",
        "extra",
        "content_hash",
    ):
        assert getattr(post, name) == getattr(row, name), name
    assert post.published_at == datetime(2026, 2, 28, 20, 30, 15, 123456, tzinfo=UTC)
    assert (post.updated_at, post.first_seen_at, post.revision, post.processed_with) == (None, NOON, 1, None)
    [author] = everything(engine, Author)
    assert post.author_id == author.id
    assert (author.key, author.platform, author.name, author.source_id) == (
        "a1",
        "mastodon",
        "Анна Соколова",
        1,
    )
    assert (author.handle, author.url, author.email) == (row.author_handle, row.author_url, row.author_email)


def test_the_same_batch_again_changes_nothing(engine: Engine) -> None:
    rows = [make_row(f"k{number}", author_key=f"a{number % 3}", author_name="Anna") for number in range(10)]
    rows.append(make_row("k1", source_id=2))
    assert store(engine, *rows) == StoreCounts(new=10, sightings=1, seen=11)
    assert store(engine, *[replace(row, first_seen_at=LATER) for row in rows]) == StoreCounts(seen=11)
    assert {post.first_seen_at for post in everything(engine, Post)} == {NOON}
    assert [len(everything(engine, table)) for table in (Post, Author, Sighting, PostRevision)] == [
        10,
        3,
        1,
        0,
    ]


def test_an_edited_post_keeps_its_earlier_text_and_is_looked_at_again(engine: Engine) -> None:
    store(engine, make_row(title="Old"), make_row("k2"))
    with session_factory(engine).begin() as session:
        for post in session.scalars(select(Post)):
            post.processed_with = "rules-1"
    edited = replace(make_row(text="Anna starts in May.", title="New"), first_seen_at=LATER)
    assert store(engine, edited, make_row("k2")) == StoreCounts(changed=1, seen=2)
    post, other = everything(engine, Post)
    assert (post.text, post.title, post.revision, post.processed_with) == (
        "Anna starts in May.",
        "New",
        2,
        None,
    )
    assert (post.first_seen_at, other.processed_with) == (NOON, "rules-1")
    [earlier] = everything(engine, PostRevision)
    assert (earlier.post_id, earlier.revision, earlier.title) == (post.id, 1, "Old")
    assert (earlier.text, earlier.replaced_at) == ("Anna starts at Orchid.", LATER)


def test_two_edits_make_two_revisions(engine: Engine) -> None:
    for text in ("one", "two", "three"):
        store(engine, make_row(text=text))
    assert [(old.revision, old.text) for old in everything(engine, PostRevision)] == [(1, "one"), (2, "two")]


def test_another_source_is_noted_and_cannot_change_the_text(engine: Engine) -> None:
    store(engine, make_row())
    copied = replace(make_row(source_id=2, text="Anna starts, our digest says."), first_seen_at=LATER)
    assert store(engine, copied) == StoreCounts(sightings=1, seen=1)
    [post] = everything(engine, Post)
    assert (post.text, post.revision) == ("Anna starts at Orchid.", 1)
    [sighting] = everything(engine, Sighting)
    assert (sighting.post_id, sighting.source_id, sighting.first_seen_at) == (post.id, 2, LATER)


def test_within_a_batch_the_last_row_of_the_owner_counts(engine: Engine) -> None:
    rows = [make_row(text="first"), make_row(text="digest", source_id=2), make_row(text="last")]
    assert store(engine, *rows) == StoreCounts(new=1, sightings=1, seen=3)
    [post] = everything(engine, Post)
    assert (post.text, post.source_id, post.revision) == ("last", 1, 1)


def test_the_owner_of_a_known_post_is_found_wherever_it_stands_in_the_batch(engine: Engine) -> None:
    store(engine, make_row())
    batch = [make_row(source_id=2, text="digest"), make_row(text="edited")]
    assert store(engine, *batch) == StoreCounts(changed=1, sightings=1, seen=2)
    [post] = everything(engine, Post)
    assert (post.text, post.source_id, post.revision) == ("edited", 1, 2)


def test_two_batches_in_one_transaction_do_not_mix(engine: Engine) -> None:
    with engine.begin() as connection:
        assert store_posts(connection, [make_row("k1")]).new == 1
        assert store_posts(connection, [make_row("k2")]) == StoreCounts(new=1, seen=1)


def test_a_batch_that_is_rolled_back_leaves_nothing(engine: Engine) -> None:
    with engine.connect() as connection:
        store_posts(connection, [make_row(author_key="a1")])
        connection.rollback()
    assert everything(engine, Post) == everything(engine, Author) == []


def test_an_authors_own_source_corrects_the_name_and_others_only_fill_gaps(engine: Engine) -> None:
    store(engine, make_row("k1", author_key="a", author_name="Anna S."))
    store(engine, make_row("k2", author_key="a", author_name="Anna Sokolova"))
    store(engine, make_row("k3", 2, author_key="a", author_name="A. S.", author_handle="@anna"))
    store(engine, make_row("k4", author_key="a"))
    [author] = everything(engine, Author)
    assert (author.name, author.handle) == ("Anna Sokolova", "@anna")
    assert {post.author_id for post in everything(engine, Post)} == {author.id}


def test_no_rows_are_no_work(engine: Engine) -> None:
    assert store(engine) == StoreCounts()


def test_a_time_without_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(ValueError, match="without time zone"):
        store(engine, make_row(published_at=datetime(2026, 3, 1)))


@pytest.mark.parametrize("bad", ["\0", "\ud83d"])
def test_a_text_that_no_database_takes_is_mended(engine: Engine, bad: str) -> None:
    row = make_row(
        text=f"An{bad}na", title=bad, tags=[bad], extra={f"x{bad}": [bad]}, author_key="a", author_name=bad
    )
    row.content_hash = "hash"
    given = copy.deepcopy(row)
    store(engine, row, make_row("k2"))
    [post, _] = everything(engine, Post)
    mended = "?" if bad == "\ud83d" else ""
    assert (post.text, post.title, post.tags) == (f"An{mended}na", mended, [mended])
    assert post.extra == {f"x{mended}": [mended]}
    assert row == given


def test_overlong_names_are_cut_rather_than_the_batch_lost(engine: Engine) -> None:
    long = {"author_key": "a", "author_name": "A" * 300, "language": "x" * 40, "kind": "k" * 40}
    store(engine, make_row(**long))
    assert store(engine, make_row(text="edited", **long)).changed == 1
    assert everything(engine, Author)[0].name == "A" * 255


def test_two_crawlers_that_store_the_same_posts_at_once_agree(engine: Engine) -> None:
    """The same keys from two sources, in opposite orders: none is lost, doubled or locked out for ever."""
    keys = [f"k{number}" for number in range(60)]

    def crawl(source_id: int, order: list[str]) -> None:
        for start in range(0, 60, 20):
            rows = [make_row(key, source_id, author_key=f"a{key}") for key in order[start : start + 20]]
            store(engine, *rows)

    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(crawl, 1, keys), pool.submit(crawl, 2, keys[::-1])]:
            done.result()
    assert len(everything(engine, Post)) == len(everything(engine, Sighting)) == 60


ROWS = st.lists(
    st.builds(
        make_row,
        key=st.sampled_from(["k1", "k2", "k3"]),
        source_id=st.sampled_from([1, 2]),
        text=st.sampled_from(["one", "two", "три"]),
        author_key=st.sampled_from(["", "a1", "a2"]),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(ROWS, max_size=4))
def test_whatever_the_batches_every_post_has_its_owners_last_text(
    engine: Engine, batches: list[list[PostRow]]
) -> None:
    with engine.connect() as connection:
        for batch in batches:
            store_posts(connection, batch)
        rows = [row for batch in batches for row in batch]
        owner: dict[str, int] = {}
        for row in rows:
            owner.setdefault(row.key, row.source_id)
        texts = {row.key: row.text for row in rows if owner[row.key] == row.source_id}
        kept = connection.execute(select(Post.key, Post.text)).all()
        assert dict(map(tuple, kept)) == texts
        others = {(row.key, row.source_id) for row in rows if owner[row.key] != row.source_id}
        assert connection.scalar(select(func.count()).select_from(Sighting)) == len(others)
        connection.rollback()
