"""A source may be a page: the feed that it names is read in its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from models import Post, Source
from tests.crawler.conftest import NOW, POLICY, item, rss
from tests.crawler.forked import crawl_forked
from tests.crawler.server import Reply, Server

AddSource = Callable[..., int]
SourceNamed = Callable[[str], Source]
PostsOf = Callable[[str], list[Post]]


def page(href: str) -> Reply:
    link = f'<link rel="alternate" type="application/rss+xml" href="{href}">'
    return Reply(
        f"<html><head>{link}</head><body>Hello</body></html>".encode(), headers={"Content-Type": "text/html"}
    )


def test_the_feed_that_a_page_names_is_read_at_once_and_asked_alone_from_then_on(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed, posts_of: PostsOf
) -> None:
    add_source("blog", server.on("/", page("/feed.xml")))
    server.on("/feed.xml", rss(item(1), item(2)))
    report = crawl_forked(database_url, POLICY, now=NOW)
    assert (report.sources_read, report.posts_new) == (1, 2)
    assert source_named("blog").fetch_url == server.url("/feed.xml")
    crawl_forked(database_url, POLICY, now=NOW + timedelta(days=2))
    assert len(server.asked("/")) == 1
    assert len(posts_of("blog")) == 2


def test_a_feed_on_another_server_has_its_own_turn(
    database_url: str, server: Server, add_source: AddSource, posts_of: PostsOf
) -> None:
    feed = server.on("/feed.xml", rss(item(1)), host="127.0.0.3")
    add_source("blog", server.on("/", page(feed)))
    first = crawl_forked(database_url, POLICY, now=NOW)
    assert first.sources_failed == 1
    assert feed in first.failures["blog"]
    crawl_forked(database_url, POLICY, now=NOW + timedelta(minutes=1))
    assert len(posts_of("blog")) == 1


def test_a_page_whose_feed_is_a_page_too_is_an_error_and_no_loop(
    database_url: str, server: Server, add_source: AddSource, source_named: SourceNamed
) -> None:
    add_source("maze", server.on("/", page("/a")))
    server.on("/a", page("/b"))
    server.on("/b", page("/a"))
    report = crawl_forked(database_url, POLICY, now=NOW)
    assert report.sources_failed == 1
    assert len(server.asked()) == 2
    assert "web page" in str(source_named("maze").last_error)


def test_a_found_feed_that_has_left_is_looked_for_on_the_page_again(
    database_url: str, server: Server, add_source: AddSource, posts_of: PostsOf
) -> None:
    add_source("blog", server.on("/", page("/old.xml"), page("/new.xml")))
    server.on("/old.xml", rss(item(1)), Reply(b"", status=404))
    server.on("/new.xml", rss(item(1), item(2)))
    for day in range(0, 40, 3):
        crawl_forked(database_url, POLICY, now=NOW + timedelta(days=day), everything=True)
        if len(posts_of("blog")) == 2:
            break
    assert len(posts_of("blog")) == 2
