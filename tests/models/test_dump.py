from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from models.base import Base
from models.dump import canonical
from models.schema import upgrade
from models.session import open_database, session_factory
from models.store import store_posts
from tests.models.world import NOON, fill, make_row, make_source


def dumped(engine: Engine, table: str) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, canonical(engine)) if line["table"] == table]


def test_sqlite_and_postgresql_give_the_same_dump(sqlite_engine: Engine, postgresql_engine: Engine) -> None:
    fill(sqlite_engine)
    fill(postgresql_engine)
    lines = list(canonical(sqlite_engine))
    assert lines == list(canonical(postgresql_engine))
    tables = {json.loads(line)["table"] for line in lines}
    assert tables == set(Base.metadata.tables) - {"crawl_run", "sighting", "contact_change", "robots_file"}


def test_two_runs_in_another_order_at_another_time_give_the_same_dump(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    fill(sqlite_engine)
    other = open_database(f"sqlite:///{tmp_path}/other.sqlite3")
    upgrade(other)
    fill(other, sources=("digest", "news"), now=NOON + timedelta(days=3))
    assert list(canonical(sqlite_engine)) == list(canonical(other))
    other.dispose()


def test_a_dump_holds_neither_row_ids_nor_clocks(engine: Engine) -> None:
    fill(engine)
    names = {name for line in canonical(engine) for name in json.loads(line)}
    of_sources = {"published_at", "updated_at", "first_at", "last_at"}
    assert {name for name in names if name.endswith("_at")} == of_sources
    assert not {name for name in names if name.endswith("_id")} - {"external_id", "rule_id"}
    assert "id" not in names


def test_a_post_lists_its_sources_without_saying_which_was_first(engine: Engine) -> None:
    with session_factory(engine).begin() as session:
        session.add_all([make_source("news"), make_source("digest")])
        session.flush()
        rows = [make_row("k1", 1), make_row("k1", 2), make_row("k2", 2), make_row("k2", 1)]
        store_posts(session.connection(), rows)
    assert [post["sources"] for post in dumped(engine, "post")] == [["digest", "news"]] * 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE post SET text = 'other' WHERE key = 'k1'",
        "UPDATE post SET published_at = NULL WHERE key = 'k1'",
        "UPDATE post SET processed_with = 'v1' WHERE key = 'k1'",
        "UPDATE post SET author_id = NULL WHERE key = 'k1'",
        "UPDATE lead SET score = 0.75",
        "UPDATE lead SET status = 'won'",
        "DELETE FROM sighting",
        "DELETE FROM post_revision",
        "DELETE FROM delivery",
        "DELETE FROM link",
        "UPDATE delivery SET state = 'sent'",
        "UPDATE source SET last_error = 'gone' WHERE name = 'news'",
    ],
)
def test_a_difference_that_matters_shows(engine: Engine, change: str) -> None:
    fill(engine)
    before = list(canonical(engine))
    with engine.begin() as connection:
        connection.execute(text(change))
    assert list(canonical(engine)) != before


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE delivery SET attempts = 5, last_error = 'timeout'",
        "UPDATE source SET leased_by = 'one', error_count = 3, moved_count = 1",
        "UPDATE post_revision SET id = id + 100",
        "DELETE FROM crawl_run",
    ],
)
def test_a_difference_of_chance_does_not_show(engine: Engine, change: str) -> None:
    fill(engine)
    before = list(canonical(engine))
    with engine.begin() as connection:
        connection.execute(text(change))
    assert list(canonical(engine)) == before


def test_clocks_inside_stored_json_do_not_show(engine: Engine) -> None:
    fill(engine)
    with engine.begin() as connection:
        connection.execute(
            text("""UPDATE contact SET provenance = '{"name": {"from": "crm.csv", "at": "2026-03-01"}}'""")
        )
    assert dumped(engine, "contact")[0]["provenance"] == {"name": {"from": "crm.csv"}}


def test_the_lines_of_a_table_are_sorted_by_bytes(engine: Engine) -> None:
    with session_factory(engine).begin() as session:
        session.add_all(make_source(name) for name in ("б", "a", "B", "é", "Z", "_"))
    assert [source["name"] for source in dumped(engine, "source")] == ["B", "Z", "_", "a", "é", "б"]
