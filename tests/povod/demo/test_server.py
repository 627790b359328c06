"""How the sites answer."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from urllib.error import URLError

import pytest

from povod.demo.layout import load_layout
from povod.demo.server import DemoWorld
from povod.demo.templates import render
from tests.povod.demo.conftest import START
from tests.povod.demo.reading import fetch, get

SOURCES = {source.name: source for source in load_layout().sources}


def test_an_unchanged_feed_is_answered_with_304_by_tag_and_by_date(world: DemoWorld) -> None:
    url = world.url(SOURCES["anna-sokolova"])
    first = get(url)
    assert get(url, If_None_Match=first.headers["ETag"]).status == 304
    assert get(url, If_Modified_Since=first.headers["Last-Modified"]).status == 304
    assert get(url, If_None_Match='"other"', If_Modified_Since=first.headers["Last-Modified"]).status == 200
    assert get(url, If_Modified_Since="yesterday or so").status == 200


def test_an_edited_feed_is_served_anew_and_the_others_are_not(world: DemoWorld) -> None:
    tags = {name: fetch(world, source).headers.get("ETag") for name, source in SOURCES.items()}
    world.advance(2)
    later = {name: fetch(world, source).headers.get("ETag") for name, source in SOURCES.items()}
    assert {name for name in SOURCES if tags[name] != later[name]} == {"zapiski", "warehouse-wire"}


def test_an_edited_feed_is_newer_than_its_earlier_date(world: DemoWorld) -> None:
    earlier = fetch(world, SOURCES["zapiski"]).headers["Last-Modified"]
    world.advance(2)
    source = SOURCES["zapiski"]
    url = world.sites[source.site].url + source.feed_path
    assert get(url, If_Modified_Since=earlier).status == 200


def test_the_edited_post_says_something_new(world: DemoWorld) -> None:
    before = fetch(world, SOURCES["zapiski"]).body.decode()
    world.advance(2)
    after = fetch(world, SOURCES["zapiski"]).body.decode()
    assert "подписываем бумаги" in before
    assert "я перешёл в «Северный терминал»" in after
    assert "{{" not in before + after


def test_a_site_has_robots_and_says_404_to_the_rest(world: DemoWorld) -> None:
    base = world.sites["forum"].url
    assert b"Disallow: /admin/" in get(base + "/robots.txt").body
    assert get(base + "/nothing").status == 404


def test_head_brings_headers_only(world: DemoWorld) -> None:
    answer = get(world.url(SOURCES["kestrel-newsroom"]), method="HEAD")
    assert answer.status == 200
    assert int(answer.headers["Content-Length"]) > 0
    assert answer.body == b""


def test_every_site_keeps_a_list_of_what_it_was_asked(world: DemoWorld) -> None:
    source = SOURCES["bez-galstuka"]
    tag = fetch(world, source).headers["ETag"]
    get(world.url(source), If_None_Match=tag)
    asked = [(r.path, r.status, r.conditional) for r in world.sites["channel"].requests]
    assert asked == [(source.path, 200, False), (source.path, 304, True)]
    assert world.sites["wire"].requests == []


def test_the_same_start_gives_the_same_bytes_and_another_start_others() -> None:
    def bodies(start: datetime) -> dict[str, dict[str, bytes]]:
        sites = DemoWorld(start).sites.values()
        return {site.name: {path: answer.body for path, answer in site.answers.items()} for site in sites}

    assert bodies(START) == bodies(START)
    assert bodies(START) != bodies(START + timedelta(days=1))


def test_nothing_is_left_running_afterwards() -> None:
    before = set(threading.enumerate())
    with DemoWorld(START) as world:
        url = world.url(SOURCES["anna-sokolova"])
        assert get(url).status == 200
    assert set(threading.enumerate()) == before
    with pytest.raises(URLError):
        get(url)


def test_a_start_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        DemoWorld(START.replace(tzinfo=None))


def test_dates_are_written_as_the_format_has_them() -> None:
    text = "{{ -3d 09:30 }}"
    assert render(text, start=START, stage=1, rfc822=True) == "Sun, 09 Mar 2025 09:30:00 +0000"
    assert render(text, start=START, stage=1, rfc822=False) == "2025-03-09T09:30:00+00:00"


def test_a_misspelt_template_is_refused() -> None:
    with pytest.raises(ValueError, match="3 days ago"):
        render("{{ 3 days ago }}", start=START, stage=1, rfc822=True)
