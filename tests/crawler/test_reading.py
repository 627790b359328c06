"""Reading feeds: every format, every bad habit."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.feeds import Limits, ParsedFeed, Unreadable, read_feed
from tests.crawler.conftest import item, rss

URL = "https://site.example/blog/feed"


def read(body: bytes | str, **options: object) -> ParsedFeed:
    data = body.encode() if isinstance(body, str) else body
    return read_feed(data, source="site", url=URL, **options)  # type: ignore[arg-type]


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://anna.example/">
<title>Anna &amp;amp; friends</title><author><name>Anna Sokolova</name><uri>https://anna.example/me</uri></author>
<entry><id>tag:anna.example,2026:1</id><title type="html">I got &lt;b&gt;married&lt;/b&gt;</title>
<link rel="self" href="self.xml"/><link href="posts/1?utm_source=feed&amp;id=7#top"/>
<published>2026-03-01T10:00:00+03:00</published><updated>2026-03-02T00:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Yes, <em>we</em> did.</p><p>Thank you!</p></div></content>
</entry></feed>"""


def test_an_atom_entry_is_read_with_its_author_links_and_paragraphs() -> None:
    feed = read(ATOM)
    post = feed.posts[0]
    assert feed.title == "Anna & friends"
    assert post.guid == "tag:anna.example,2026:1"
    assert post.url == "https://anna.example/posts/1?id=7"
    assert post.title == "I got married"
    assert post.text == "Yes, we did.\n\nThank you!"
    assert post.published == datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
    assert (post.author_name, post.author_url) == ("Anna Sokolova", "https://anna.example/me")


def test_rss_1_0_is_read_by_its_rdf_names() -> None:
    feed = read(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Old</title></channel>
        <item rdf:about="https://old.example/1"><title>One</title><link>https://old.example/1</link>
        <dc:date>2026-01-02T03:04:05Z</dc:date><dc:creator>Boris</dc:creator></item></rdf:RDF>"""
    )
    post = feed.posts[0]
    assert (feed.version, post.guid, post.url) == ("rss1.0", "https://old.example/1", "https://old.example/1")
    assert post.published == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert post.author_name == "Boris"


def test_a_json_feed_is_read_with_numbers_as_ids() -> None:
    feed = read(
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "J",
                "items": [{"id": 7, "url": "/7", "content_text": "a < b", "authors": [{"name": "Clara"}]}],
            }
        )
    )
    post = feed.posts[0]
    assert (post.guid, post.url, post.text, post.author_name) == (
        "7",
        "https://site.example/7",
        "a < b",
        "Clara",
    )


def test_broken_xml_is_read_patiently() -> None:
    feed = read(
        "<rss><channel><title>T</title><item><title>Tom & Jerry</title><guid>1</guid></item></channel></rss>"
    )
    assert feed.reader == "feedparser"
    assert feed.posts[0].title == "Tom & Jerry"


def test_junk_after_the_end_is_cut_off_and_the_rest_read_quickly() -> None:
    feed = read(rss(item(1)) + b"\n<script>counter()</script>")
    assert (feed.reader, len(feed.posts)) == ("quick", 1)


def test_control_characters_do_not_make_a_feed_unreadable() -> None:
    assert read(rss(item(1, "a\x0bb"))).posts[0].text == "ab"


def test_the_same_feed_is_read_alike_by_both_readers() -> None:
    whole = read(rss(item(1), item(2)))
    broken = read(rss(item(1), item(2)).replace(b"<channel>", b"<channel>&nbsp;"))
    assert broken.reader == "feedparser"
    assert [(post.guid, post.title, post.text) for post in whole.posts] == [
        (post.guid, post.title, post.text) for post in broken.posts
    ]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'<?xml version="1.0" encoding="windows-1251"?>{}', ""),
        (b'<?xml version="1.0" encoding="utf-8"?>{}', "text/xml; charset=windows-1251"),
        ("<?xml version='1.0'?>{}".encode("utf-16"), ""),
        (b'<?xml version="1.0" encoding="utf-16"?>{}', "text/xml; charset=windows-1251"),
    ],
)
def test_russian_is_read_whatever_the_encoding_claims_to_be(body: bytes, content_type: str) -> None:
    text = "Анна вышла на новую работу и переезжает в другой город"
    encoding = "utf-16" if body.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    document = body.decode(encoding).replace("{}", rss(item(1, text)).decode())
    for actual in ["utf-16"] if encoding == "utf-16" else ["cp1251", "utf-8"]:
        assert read(document.encode(actual), content_type=content_type).posts[0].text == text


def test_an_entry_without_link_takes_its_permanent_guid() -> None:
    feed = read(rss("<guid>https://site.example/1</guid><title>x</title>"))
    assert feed.posts[0].url == "https://site.example/1"


def test_a_site_named_without_scheme_is_not_taken_for_a_folder() -> None:
    feed = read(rss("<link>anna.example/post</link><title>x</title>", head="<link>anna.example</link>"))
    assert feed.posts[0].url == "https://anna.example/post"


def test_too_many_entries_are_cut_with_a_warning() -> None:
    feed = read(rss(*[item(number) for number in range(30)]), limits=Limits(posts=20))
    assert len(feed.posts) == 20
    assert feed.warning == "the feed holds 30 entries; the first 20 were read"


def test_a_text_too_long_is_cut_and_says_so() -> None:
    post = read(rss(item(1, "a" * 300)), limits=Limits(text=100)).posts[0]
    assert (len(post.text), post.extra["text_cut"]) == (100, 300)


def test_the_rhythm_of_a_feed_is_read() -> None:
    rhythm = read(
        rss(
            item(1),
            head="<ttl>120</ttl><skipHours><hour>3</hour><hour>24</hour></skipHours>"
            "<skipDays><day>Sunday</day></skipDays>",
        )
    ).rhythm
    assert (rhythm.interval_seconds, rhythm.skip_hours, rhythm.skip_days) == (7200, [0, 3], [6])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"  \n", "the answer is empty"),
        (b"hello", "neither XML nor JSON"),
        (b"{]", "broken"),
        (b'{"a": 1}', "not a JSON Feed"),
        (b"<opml><body/></opml>", "no feed that can be read (its first element is 'opml')"),
        (b"<!doctype html><title>x</title>", "a web page, not a feed, and it names no feed"),
        (
            b"<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><rss><channel><item><title>&b;</title></item></channel></rss>",
            "XML bomb",
        ),
        (
            b"<rss><channel><item "
            + b" ".join(b"a%d='1'" % number for number in range(50_000))
            + b"/></channel></rss>",
            "hundreds of attributes",
        ),
        (
            b"<rss><item " + b" ".join(b"a%d='1'" % number for number in range(50_000)) + b">",
            "hundreds of attributes",
        ),
    ],
)
def test_what_is_no_feed_is_refused_in_words(body: bytes, words: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(body)
    assert words in str(refusal.value)


def test_a_web_page_tells_where_its_feeds_are() -> None:
    with pytest.raises(Unreadable) as refusal:
        read(
            "<!doctype html><head><link rel=alternate type='application/rss+xml' href='/comments/feed'>"
            "<link rel='alternate' type='application/atom+xml' href='../atom.xml'></head>"
        )
    assert refusal.value.feeds == ("https://site.example/atom.xml", "https://site.example/comments/feed")


def test_recorded_feeds_give_the_fields_that_feedparser_gives() -> None:
    folder = Path("../shared/data/feeds")
    if not folder.is_dir():
        pytest.skip("no recorded feeds here")
    import feedparser

    for path in sorted(folder.glob("*.xml"))[::7]:
        body = path.read_bytes()
        theirs = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False).entries
        ours = read(body).posts
        assert [post.guid for post in ours] == [entry.get("id", "") for entry in theirs]
        assert [post.published is None for post in ours] == [
            not (dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")) for entry in theirs
        ]


def test_a_feed_that_breaks_off_before_its_first_entry_is_broken_and_an_empty_one_is_not() -> None:
    broken = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Lark ne'
    with pytest.raises(Unreadable, match="broken at line 1"):
        read_feed(broken, source="lark", url="https://lark.example/feed")
    empty = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Lark</title></channel></rss>'
    assert read_feed(empty, source="lark", url="https://lark.example/feed").posts == []
