"""HTML to plain text, titles, addresses, dates."""

from __future__ import annotations

from datetime import UTC, datetime
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.feeds.dates import clamp, parse_date
from crawler.feeds.known import MOST, Known
from crawler.feeds.simple import _unescaped, keep_lines, text_of
from crawler.feeds.text import _html_to_text, clean_text, clean_title
from crawler.feeds.urls import absolute, canonical, origin
from guards.text import one_line, strip_unwanted


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p>\n  <p>Two &amp; <b>th</b>ree</p>", "One\n\nTwo & three"),
        ("One<br>two<BR/><br />three", "One\ntwo\n\nthree"),
        ("<ul><li>a</li><li>b</li></ul>after", "a\nb\n\nafter"),
        ("<pre>x = 1\ny = 2</pre>", "x = 1\ny = 2"),
        ("a <PRE>one\n  two</pre>\nthree\nfour<pre>five\nsix", "a\n\none\ntwo\n\nthree four\n\nfive\nsix"),
        ("<p>a</p><script>alert('x')</script><style>p {}</style>", "a"),
        ("<p>a</p><script>alert('x')</script>b<iframe src='x'>no frames</iframe><!-- c -->", "a\n\nb"),
        ("<script>if (1 < 2) x()</script>b", "b"),
        ("line one\nline two\n\n\n\nthree", "line one\nline two\n\nthree"),
        ("I &lt;3 you", "I <3 you"),
        ("Anna\u00adSoko\u200blova", "AnnaSokolova"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<p>News.</p><p>The post <a>News</a> appeared first on <a>Site</a>.</p>", "News."),
        ("<p>Новость.</p><p>Запись Новость впервые появилась на Сайт.</p>", "Новость."),
    ],
)
def test_html_becomes_plain_paragraphs(html: str, text: str) -> None:
    assert clean_text(html) == text


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("Tom &amp;amp; Jerry", "Tom &amp; Jerry"),
        ("The <dialog> element", "The <dialog> element"),
        ("I <b>did</b>\nit", "I did it"),
        ("?a=1&copy=2", "?a=1&copy=2"),
    ],
)
def test_a_title_is_unescaped_once_and_keeps_what_is_meant_to_be_read(raw: str, title: str) -> None:
    assert " ".join(clean_title(raw).split()) == title


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=200) | st.text("<>&;/pbr \n\"'=x\x1e\x1f", max_size=60))
def test_no_input_makes_cleaning_fail_or_leaves_what_cannot_be_stored(html: str) -> None:
    for text in (clean_text(html), clean_title(html), one_line(html)):
        text.encode("utf-8")
        assert not set(text) & set("\x00\x0b\x1e\x1f\r\ufeff\u2028")
        assert text == text.strip()
        assert "\n\n\n" not in text


def test_what_breaks_a_line_becomes_a_line_feed() -> None:
    assert strip_unwanted("a\u2028b\x85c\x07d\u202fe") == "a\nb\ncd e"


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("HTTPS://Site.Example:443/A?utm_source=x&b=2&fbclid=9#frag", "https://site.example/A?b=2"),
        ("http://site.example", "http://site.example/"),
        ("https://site.example/p?id=5&a", "https://site.example/p?id=5&a"),
        ("https://site.example/#!/post/1", "https://site.example/#!/post/1"),
        ("https://site.example/путь", "https://site.example/%D0%BF%D1%83%D1%82%D1%8C"),
        ("https://пример.example/", "https://xn--e1afmkfd.example/"),
        ("http://[::1", "http://[::1"),
    ],
)
def test_one_page_has_one_address(url: str, form: str) -> None:
    assert canonical(url) == form
    assert canonical(form) == form


def test_only_web_addresses_are_made_absolute() -> None:
    assert absolute("https://a.example/b/", "../c") == "https://a.example/c"
    assert absolute("https://a.example/", "javascript:alert(1)") == ""
    assert absolute("https://a.example/", "  ") == ""


def test_an_origin_has_its_port() -> None:
    assert origin("http://a.example/x") == "http://a.example:80"
    assert origin("http://a.example:8080/x") == "http://a.example:8080"


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("Sun, 01 Mar 2026 10:00:00 +0300", datetime(2026, 3, 1, 7, tzinfo=UTC)),
        ("2026-03-01T10:00:00.5Z", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("Sun, 1 Mar 26 10:00 EST", datetime(2026, 3, 1, 15, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("0000-00-00T00:00:00Z", None),
        ("soon", None),
        ("9" * 5000, None),
    ],
)
def test_dates_are_read_in_all_their_forms(value: str, moment: datetime | None) -> None:
    assert parse_date(value) == moment


def test_no_date_is_in_the_future_or_before_the_web() -> None:
    now = datetime(2026, 3, 4, tzinfo=UTC)
    assert clamp(datetime(2030, 1, 1, tzinfo=UTC), now) == now
    assert clamp(datetime(1970, 1, 1, tzinfo=UTC), now) is None


# Pieces of markup, parted by "|".
_PIECES = (
    "<p>|</p>|<br/>|<b>|</b>|<li>|<a href='x?a=1&amp;b'>|</a>|<div class=c>|</div>|&amp;|&#8217;|&nbsp;| |  |\n|a|"
    "Anna|слово|<h2>|</h2>|<img alt='>'>|<!-- note -->|<iframe src=x></iframe>|1 < 2|<pre>|</pre>|<td>|<x-y>|&copy=2"
)
_SIMPLE = st.lists(st.sampled_from(_PIECES.split("|")), max_size=30).map("".join)


@settings(max_examples=200, deadline=None)
@given(_SIMPLE)
def test_the_short_way_through_html_leads_to_the_same_text_as_the_parser(html: str) -> None:
    html = f"<p>{html}"
    short = text_of(html)
    if short is not None:
        assert short == _html_to_text(keep_lines(html))


_REFERENCES = "& &amp; &amp &#8217; &#x2019; &#X41; &#0; &#128; &#xd800; &#99999999; &notit; &NotAName; &lt &#; &#x; ; a \n é < #"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(_REFERENCES.split(" ")), max_size=20).map("".join))
def test_references_are_read_as_html_says(text: str) -> None:
    assert _unescaped(text) == unescape(text)


def test_what_is_remembered_of_strings_stays_small() -> None:
    lengths = Known(lambda value: str(len(value)))
    assert [lengths[value] for value in ("a", "bb", "a", "c" * 1_000)] == ["1", "2", "1", "1000"]
    assert sorted(lengths) == ["a", "bb"]
    assert [lengths[str(number)] for number in range(5_000)][-1] == "4"
    assert len(lengths) <= MOST


def test_the_short_way_leaves_to_the_parser_what_a_browser_reads_in_its_own_way() -> None:
    for html in ("<a title='1 > 2'>x</a>", "1 < 2", "<table><tr><td>x", "<svg>x</svg>", "<textarea>x"):
        assert text_of(html) is None, html
