"""What has been kept long enough goes, and stays gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models import Author, DroppedMatch, Lead, Post, PostRevision, Signal, Source, Story
from models.retention import purge
from models.session import session_factory

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def post(source: Source, key: str, age: int, **fields: object) -> Post:
    told = NOW - timedelta(days=age)
    return Post(
        key=key,
        source_id=source.id,
        title="News",
        text="Words",
        content_hash="h",
        url="https://press.example/1",
        published_at=told,
        first_seen_at=told,
        **fields,
    )


def source(session: Session, name: str, days: int | None) -> Source:
    row = Source(name=name, url=f"https://{name}.example/feed", created_at=NOW, retention_days=days)
    session.add(row)
    session.flush()
    return row


def signal(post: Post, key: str, story: Story | None = None) -> Signal:
    return Signal(
        key=key,
        post_id=post.id,
        story_id=story.id if story else None,
        kind="funding",
        rule_id="r",
        rule_version="1",
        field="text",
        start=0,
        end=5,
        quote="Words",
        language="en",
        confidence=0.9,
        created_at=NOW,
    )


def test_old_posts_lose_their_words_and_keep_their_identity(engine: Engine) -> None:
    with session_factory(engine).begin() as session:
        press = source(session, "press", 30)
        author = Author(key="a", name="Clara Unknown")
        session.add(author)
        session.flush()
        old, new = post(press, "old", 40, author_id=author.id), post(press, "new", 20)
        session.add_all([old, new])
        session.flush()
        session.add(
            PostRevision(post_id=old.id, revision=1, text="Earlier", content_hash="g", replaced_at=NOW)
        )
        session.add(signal(old, "s"))
        session.add(
            DroppedMatch(
                key="d",
                post_id=old.id,
                kind="funding",
                rule_id="r",
                field="text",
                start=0,
                end=1,
                reason="negated",
                created_at=NOW,
            )
        )
    assert purge(engine, NOW) == 1
    assert purge(engine, NOW) == 0
    with session_factory(engine)() as session:
        posts = {row.key: row for row in session.scalars(select(Post))}
        assert (posts["old"].text, posts["old"].title, posts["old"].url) == ("", "", "")
        assert posts["old"].content_hash == "h"
        assert posts["new"].text == "Words"
        for table in (PostRevision, Signal, DroppedMatch, Author):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_a_post_that_a_lead_rests_on_stays(engine: Engine) -> None:
    with session_factory(engine).begin() as session:
        old = post(source(session, "press", 30), "old", 400)
        story = Story(key="st", kind="funding", subject_key="company:x", first_at=NOW, last_at=NOW)
        session.add_all([old, story])
        session.flush()
        session.add_all(
            [signal(old, "s", story), Lead(key="l", story_id=story.id, created_at=NOW, updated_at=NOW)]
        )
    assert purge(engine, NOW) == 0


def test_each_source_has_its_own_time_and_none_keeps_for_ever(engine: Engine) -> None:
    with session_factory(engine).begin() as session:
        for name, days in (("short", 10), ("long", 1000), ("ever", None)):
            session.add(post(source(session, name, days), name, 500))
    assert purge(engine, NOW) == 1
    with session_factory(engine)() as session:
        assert session.scalars(select(Post.key).where(Post.deleted_at.is_not(None))).all() == ["short"]
