"""Sixty invented tellings: how many events are merged that are two, and split that are one."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from leads.keys import stable_key
from leads.linking.linker import Linker
from leads.linking.records import CompanyRecord, ContactRecord, Key
from leads.process import process
from models import Company, Contact, Post, Signal
from tests.leads.world import START, ScriptedDetector, World, day, said

TELLINGS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "data" / "tellings.yml").read_text("utf-8")
)
NEW_YEAR = -60  # days from the world's start, 2 March

CONTACTS = [
    ContactRecord("anna", "Anna Sokolova", ("Анна Соколова",), "Lark", keys=(Key("handle", "anna", "test"),)),
    ContactRecord("anya", "Анна Соколова", (), "Ромашка", keys=(Key("handle", "anya_s", "test"),)),
    ContactRecord("boris", "Boris Petrov", (), "Tver Bank", keys=(Key("handle", "boris", "test"),)),
    ContactRecord("boris-2", "Борис Петров", (), "Ромашка"),
    ContactRecord("orlov", "Дмитрий Орлов", (), "Swift", keys=(Key("handle", "orlov", "test"),)),
    ContactRecord("maria", "Maria Lind", (), "", keys=(Key("handle", "maria", "test"),)),
]
COMPANIES = [
    CompanyRecord("lark", "Lark"),
    CompanyRecord("romashka", "ООО «Ромашка»"),
    CompanyRecord("bank", "Tver Bank"),
]


def test_there_are_sixty_tellings() -> None:
    assert len(TELLINGS) == 60


def furnish(engine: Engine) -> World:
    world = World(engine)
    for source in ("chirp", "vesti", "wire", "blog"):
        world.add_source(source)
    world.add_source("open", people="any", basis="consent")
    with Session(engine) as session, session.begin():
        stamps = {"created_at": START, "updated_at": START}
        session.add_all(Contact(key=c.key, name=c.name, **stamps) for c in CONTACTS)
        session.add_all(Company(key=c.key, name=c.name, **stamps) for c in COMPANIES)
    return world


def script(texts: str) -> ScriptedDetector:
    """A detector that knows what each telling says."""
    found = [
        said(
            t["kind"],
            t["text"],
            t.get("who", "author"),
            name=t.get("name", ""),
            relation=t.get("relation", ""),
            **t["slots"],
        )
        for t in TELLINGS
    ]
    for one, telling in zip(found, TELLINGS, strict=True):
        one["slots"]["subject"]["handle"] = telling.get("handle", "")
    return ScriptedDetector(found, version=texts)


def tell(world: World, telling: dict[str, Any]) -> None:
    author = telling["by"]
    handle = author if author.startswith("@") else ""
    at = day(telling["at"] + NEW_YEAR)
    world.post(
        telling["text"],
        telling["text"],
        at,
        source=telling["src"],
        author="" if handle else author,
        handle=handle,
        language=telling["lang"],
    )


def run(world: World, batch: int = 500) -> None:
    process(world.engine, script("1"), Linker(CONTACTS, COMPANIES), batch=batch, clock=lambda: day(900))


def errors(engine: Engine) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    """Pairs of events that were merged, events that were split, tellings that were lost."""
    events = {stable_key(t["text"]): t["event"] for t in TELLINGS}
    told = defaultdict(set)
    found = set()
    with Session(engine) as session:
        for post, story in session.execute(
            select(Post.key, Signal.story_id).join(Signal, Signal.post_id == Post.id)
        ):
            told[story].add(events[post])
            found.add(post)
    merged = [pair for story in told.values() for pair in itertools.combinations(sorted(story), 2)]
    stories = [event for story in told.values() for event in story]
    split = sorted({event for event in stories if stories.count(event) > 1})
    return merged, split, [t["text"] for t in TELLINGS if stable_key(t["text"]) not in found]


@pytest.mark.parametrize(("seed", "batch"), [(None, 500), (1, 7), (2, 1)])
def test_no_two_events_are_merged_and_none_is_split(
    sqlite_engine: Engine, seed: int | None, batch: int
) -> None:
    world = furnish(sqlite_engine)
    order = list(TELLINGS)
    if seed is not None:
        random.Random(seed).shuffle(order)
    for n, telling in enumerate(order):
        tell(world, telling)
        if n % 13 == 0:
            run(world, batch)
    run(world, batch)
    for telling in TELLINGS:
        if "edit" in telling:
            world.edit(telling["text"], telling["edit"])
    run(world, batch)
    assert errors(sqlite_engine) == ([], [], [])
    assert len(world.leads()) == len({t["event"] for t in TELLINGS})
