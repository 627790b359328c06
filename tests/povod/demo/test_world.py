"""What the world holds, read by feedparser as by anybody else."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from xml.etree import ElementTree

import feedparser
import pytest

from povod.demo.layout import DemoSource, load_layout, read_text
from povod.demo.server import DemoWorld
from tests.povod.demo.conftest import START
from tests.povod.demo.reading import fetch, posts

SOURCES = load_layout().sources
READABLE = [source for source in SOURCES if not source.fault]
FEEDS = pytest.mark.parametrize("source", READABLE, ids=lambda source: source.name)
GUESSED = {
    "anna-sokolova": "atom10",
    "zapiski": "rss20",
    "kestrel-people": "atom10",
    "warehouse-wire": "rss10",
    "zarechinsk-vestnik": "rss20",
    "bez-galstuka": "rss20",
    "loading-dock": "atom10",
    "dock-to-desk": "rss20",
}


@FEEDS
def test_every_readable_source_brings_the_posts_it_promises(
    first_morning: DemoWorld, source: DemoSource
) -> None:
    assert len(posts(first_morning, source)) == source.reads


def test_there_are_more_than_ninety_posts() -> None:
    assert sum(source.reads for source in SOURCES) > 90


@pytest.mark.parametrize("name", GUESSED)
def test_every_xml_feed_is_what_it_is_meant_to_be(first_morning: DemoWorld, name: str) -> None:
    source = next(source for source in SOURCES if source.name == name)
    assert feedparser.parse(fetch(first_morning, source).body).version == GUESSED[name]


@FEEDS
def test_no_post_is_from_the_future_or_stale(first_morning: DemoWorld, source: DemoSource) -> None:
    feed = feedparser.parse(fetch(first_morning, source).body)
    for entry in feed.entries:
        moment = entry.get("published_parsed")
        if moment:
            assert (START - timedelta(days=60)).timetuple() < moment < START.timetuple()


def test_posts_without_date_or_id_are_among_them(first_morning: DemoWorld) -> None:
    found = [post for source in READABLE for post in posts(first_morning, source)]
    assert sum(not post["published"] for post in found) >= 2
    assert sum(not post["id"] for post in found) >= 3


def test_two_feeds_carry_the_same_items(first_morning: DemoWorld) -> None:
    by_name = {source.name: source for source in READABLE}
    people = {(post["id"], post["text"]) for post in posts(first_morning, by_name["kestrel-people"])}
    newsroom = {(post["id"], post["text"]) for post in posts(first_morning, by_name["kestrel-newsroom"])}
    assert len(people) == 2
    assert people <= newsroom


def test_the_town_paper_is_in_windows_1251(first_morning: DemoWorld) -> None:
    source = next(source for source in SOURCES if source.name == "zarechinsk-vestnik")
    body = fetch(first_morning, source).body
    assert "Заречинский вестник" in body.decode("windows-1251")
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")


def test_a_title_reaches_the_reader_without_its_entities(first_morning: DemoWorld) -> None:
    source = next(source for source in SOURCES if source.name == "zapiski")
    assert "Молоко & сыр: экскурсия «для взрослых»" in [
        post["title"] for post in posts(first_morning, source)
    ]


def test_the_page_leads_to_its_feed(first_morning: DemoWorld) -> None:
    source = next(source for source in SOURCES if source.feed)
    site = load_layout().sites[source.site]
    assert f'href="{source.feed}"' in read_text(site[source.path].file)


def test_the_broken_feed_is_beyond_repair(first_morning: DemoWorld) -> None:
    broken = next(source for source in SOURCES if source.fault == "broken")
    answer = fetch(first_morning, broken)
    assert answer.status == 200
    assert feedparser.parse(answer.body).entries == []
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(answer.body)


def test_the_other_ill_sources_are_gone_or_no_feed(first_morning: DemoWorld) -> None:
    answers = {source.fault: fetch(first_morning, source) for source in SOURCES if source.fault}
    assert answers["gone"].status == 410
    assert b"<!doctype html>" in answers["no feed"].body
    assert b"alternate" not in answers["no feed"].body


def test_the_contacts_hold_namesakes_and_faulty_rows() -> None:
    rows = list(csv.DictReader(io.StringIO(read_text("contacts.csv"))))
    namesakes = [row["Company"] for row in rows if row["Name"] == "Иван Петров"]
    assert namesakes == ["Северный терминал", "Янтарь Пак"]
    assert len({row["ID"] for row in rows if row["Name"]}) == 37
    assert [row["ID"] for row in rows if "@" not in row["E-mail"]] == ["C36", "C37"]
    assert [row["ID"] for row in rows if None in row] == ["C38"]


def test_every_address_in_the_contacts_is_invented() -> None:
    for row in csv.DictReader(io.StringIO(read_text("contacts.csv"))):
        assert "@" not in row["E-mail"] or row["E-mail"].endswith(".example")
        assert "//" not in row["Company website"] or row["Company website"].endswith(".example")
