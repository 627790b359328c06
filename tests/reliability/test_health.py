"""What povod says of its own health, worked out from a real database."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from models import Delivery, Lead, Post, Signal, Source, Story
from povod.cli import application
from povod.health import Delay, Health, examine, quantile, silence_limit
from povod.metrics import exposition

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


def days(*ago: float) -> list[datetime]:
    """Times so many days before now, oldest first."""
    return sorted(NOW - timedelta(days=one) for one in ago)


class Household:
    """A database with sources whose posts were told when a test says."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def source(self, name: str, *, told: list[datetime] | None = None, **facts: object) -> Source:
        values = {
            "created_at": NOW - timedelta(days=100),
            "last_success_at": NOW,
            "next_fetch_at": NOW + timedelta(hours=1),
        }
        row = Source(name=name, url=f"https://{name}.example/feed", **(values | facts))
        self.session.add(row)
        self.session.flush()
        for moment in told or []:
            self.post(row, moment)
        return row

    def post(self, source: Source, told: datetime, stored: datetime | None = None, by: str = "1") -> Post:
        number = self.session.query(Post).count()
        row = Post(
            key=f"{number:032x}",
            source_id=source.id,
            text="words that no log may hold",
            content_hash="0",
            published_at=told,
            first_seen_at=stored or told,
            processed_with=by or None,
        )
        self.session.add(row)
        self.session.flush()
        return row

    def lead(self, post: Post, made: datetime) -> Lead:
        key = post.key
        story = Story(key=key, kind="new_job", subject_key="name:clara", first_at=made, last_at=made)
        self.session.add(story)
        self.session.flush()
        signal = Signal(
            key=key, post_id=post.id, story_id=story.id, kind="new_job", rule_id="r", rule_version="1", field="text",
            start=0, end=5, quote="words", language="en", confidence=0.9, created_at=made,
        )  # fmt: skip
        lead = Lead(key=key, story_id=story.id, created_at=made, updated_at=made)
        self.session.add_all([signal, lead])
        self.session.flush()
        return lead

    def health(self) -> Health:
        self.session.flush()
        return examine(self.session, NOW)


@pytest.fixture
def household(engine: Engine) -> Iterator[Household]:
    with Session(engine) as session:
        yield Household(session)


def test_a_daily_source_that_missed_a_week_is_silent_since_its_last_post(household: Household) -> None:
    household.source("daily", told=days(*range(7, 27)))
    household.source("steady", told=days(*range(1, 20)))
    (silent,) = household.health().silent
    assert (silent.name, silent.since) == ("daily", NOW - timedelta(days=7))
    assert (silent.usual, silent.limit) == (86_400, 5 * 86_400)


def test_a_source_with_long_pauses_of_its_own_is_not_silent_in_one_more(household: Household) -> None:
    household.source("now and then", told=days(9, 10, 11, 18, 19, 20, 28, 29, 30, 38, 39, 40))
    assert household.health().silent == []


def test_nothing_is_said_of_a_source_with_little_history(household: Household) -> None:
    household.source("young", told=days(*range(30, 39)))
    assert household.health().silent == []


def test_posts_in_heaps_are_one_occasion(household: Household) -> None:
    heaps = [moment + timedelta(minutes=minute) for moment in days(3, 4, 5, 6) for minute in range(5)]
    household.source("heaps", told=heaps)
    assert household.health().silent == [], "twenty posts, and four occasions only"


def test_a_source_that_cannot_be_read_is_ill_not_silent(household: Household) -> None:
    ill = {
        "error_count": 3,
        "last_error": "the server answered 500",
        "ill_since": NOW - timedelta(days=6),
        "last_success_at": NOW - timedelta(days=6),
    }
    household.source("broken", told=days(*range(7, 27)), **ill)
    health = household.health()
    assert health.silent == []
    assert [(one.name, one.since, one.count) for one in health.ill] == [
        ("broken", NOW - timedelta(days=6), 3)
    ]


def test_silence_is_counted_to_the_last_reading_only(household: Household) -> None:
    household.source("unread", told=days(*range(7, 27)), last_success_at=NOW - timedelta(days=5))
    assert household.health().silent == [], "nobody has looked since"


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=80))
def test_no_source_is_silent_within_its_own_longest_usual_gaps(hours: list[int]) -> None:
    times = sorted({NOW - timedelta(hours=hour) for hour in hours})
    limit = silence_limit(times)
    if limit is not None:
        between = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
        assert limit.total_seconds() >= quantile(between, 0.95)
        assert limit >= timedelta(days=1)


def test_the_median_counts_days_without_posts(household: Household) -> None:
    household.source("half", told=days(1, 1, 2, 2, 5, 9))
    household.source("thrice", told=[time for time in days(*range(1, 30)) for _ in range(3)])
    household.source("long ago", told=days(90))
    assert household.health().posts_a_day == {"half": 0.0, "thrice": 3.0, "long ago": 0.0}


def test_what_is_due_and_what_waits_is_counted(household: Household) -> None:
    household.source("due", next_fetch_at=NOW - timedelta(minutes=1))
    household.source("new", next_fetch_at=None)
    household.source("held", next_fetch_at=None, leased_by="x:1:1", leased_until=NOW + timedelta(minutes=1))
    source = household.source("later")
    for by in ("", "", "new", "new", "new", "old"):
        household.post(source, NOW, by=by)
    health = household.health()
    assert (health.due, health.due_count, health.being_read) == (["new", "due"], 2, 1)
    assert (health.posts, health.posts_waiting, health.posts_of_other_versions) == (6, 2, 1)


def test_history_does_not_count_as_time_from_post_to_lead(household: Household) -> None:
    source = household.source("source", created_at=NOW - timedelta(days=10))
    for hours in range(1, 21):
        told = NOW - timedelta(days=2)
        post = household.post(source, told, stored=told + timedelta(minutes=30))
        household.lead(post, told + timedelta(hours=hours))
    household.lead(household.post(source, NOW - timedelta(days=11)), NOW)
    health = household.health()
    assert health.post_to_lead == Delay(20, 10 * 3600, 19 * 3600)
    assert health.stored_to_lead == Delay(20, 9.5 * 3600, 18.5 * 3600)


def test_the_metrics_can_be_read_back_and_hold_no_texts(household: Household) -> None:
    ill = household.source("ill one", error_count=1, ill_since=NOW, last_error="no answer")
    lead = household.lead(household.post(ill, NOW), NOW)
    household.session.add(
        Delivery(key="d", lead_id=lead.id, target="crm", state="dead", payload={}, created_at=NOW)
    )
    text = exposition(household.health(), 4096)
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert samples["povod_sources_ill",] == 1
    assert samples["povod_source_ill_since_timestamp_seconds", "ill one"] == NOW.timestamp()
    assert samples["povod_deliveries", "crm", "dead"] == 1
    assert samples["povod_database_bytes",] == 4096
    assert "words" not in text


def test_status_says_all_of_it_to_a_user(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(sqlite_engine)
    household = Household(session)
    now = datetime.now(UTC).replace(microsecond=0)
    ill = {"error_count": 3, "last_error": "the server answered 500", "ill_since": now - timedelta(days=6)}
    household.source(
        "broken", next_fetch_at=now + timedelta(days=1), created_at=now - timedelta(days=30), **ill
    )
    daily = [now - timedelta(days=number) for number in range(7, 30)]
    quiet = household.source(
        "quiet", told=daily, next_fetch_at=now, last_success_at=now, created_at=now - timedelta(days=99)
    )
    household.post(quiet, now - timedelta(days=8), by="")
    told = household.post(quiet, now - timedelta(days=9), stored=now - timedelta(days=9) + timedelta(hours=1))
    household.lead(told, now - timedelta(days=9) + timedelta(hours=3))
    session.commit()
    session.close()
    config = tmp_path / "povod.yml"
    config.write_text(f"database: {sqlite_engine.url}\n")
    monkeypatch.setenv("COLUMNS", "200")

    done = CliRunner().invoke(application("status"), ["status", "--config", str(config)])

    words = " ".join(done.stdout.split())
    for expected in (
        "2 active; 1 due now, 0 being read",
        "25 stored, 1 wait to be processed",
        "post to lead p50 3 h, p95 3 h, over 1 lead of 30 days",
        "store to lead p50 2 h, p95 2 h",
        "broken 6 d ago 3",
        "the server answered 500",
    ):
        assert expected in words, done.stdout
    assert re.search(r"quiet \S+ \S+ 1 d 5 d 1\.00", words), done.stdout
    facts = json.loads(
        CliRunner().invoke(application("status"), ["status", "--json", "--config", str(config)]).stdout
    )
    assert (facts["due"], [one["name"] for one in facts["ill"]]) == (["quiet"], ["broken"])
    assert [one["name"] for one in facts["silent"]] == ["quiet"]
