"""Posts as one would make them of what feedparser or fastfeedparser gives: the same fields as ours, the same cleaning.

Both sides of a comparison go through the same cleaning, so what differs is how the markup was read, and how fast.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import fastfeedparser
import feedparser

from crawler.feeds import read_feed
from crawler.feeds.dates import from_struct, parse_date
from crawler.feeds.text import clean_text, clean_title
from crawler.feeds.urls import absolute, canonical
from crawler.items import PostItem

Reader = Callable[[bytes, str, str], Sequence[PostItem]]


def with_feedparser(body: bytes, source: str, url: str) -> list[PostItem]:
    """feedparser with its defaults, and its entries made into posts."""
    parsed = feedparser.parse(body)
    base = absolute(url, parsed.feed.get("link", "")) or url
    return [_post(entry, source, base) for entry in parsed.entries]


def with_fastfeedparser(body: bytes, source: str, url: str) -> list[PostItem]:
    """fastfeedparser, and its entries made into posts."""
    parsed = fastfeedparser.parse(body)
    base = absolute(url, parsed.feed.get("link") or "") or url
    return [_fast_post(entry, source, base) for entry in parsed.entries]


def with_ours(body: bytes, source: str, url: str) -> list[PostItem]:
    """Our reader in this very process, without limits on its memory and time."""
    return read_feed(body, source=source, url=url).posts


READERS: dict[str, Reader] = {
    "feedparser": with_feedparser,
    "fastfeedparser": with_fastfeedparser,
    "povod's reader": with_ours,
}


def fields_of(entry: Any, base: str) -> tuple[str, str, str, datetime | None, datetime | None, str]:
    """Id, link, title, published, updated and text of a feedparser entry, cleaned as ours are."""
    link = absolute(base, entry.get("link", ""))
    contents = entry.get("content") or []
    body = contents[0].get("value", "") if contents else ""
    kind = contents[0].get("type", "") if contents else ""
    if not body.strip():
        body, kind = entry.get("summary", ""), (entry.get("summary_detail") or {}).get("type", "")
    published = from_struct(dict.get(entry, "published_parsed"))
    updated = from_struct(dict.get(entry, "updated_parsed"))
    title = entry.get("title", "")
    return (
        entry.get("id", ""),
        canonical(link) if link else "",
        clean_title(
            title,
            "html" if "html" in (entry.get("title_detail") or {}).get("type", "") and "<" in title else "",
        ),
        published or updated,
        updated,
        clean_text(body, "html" if "html" in kind else ""),
    )


def _post(entry: Any, source: str, base: str) -> PostItem:
    guid, link, title, published, updated, text = fields_of(entry, base)
    tags = [clean_title(tag.get("term") or "") for tag in entry.get("tags", [])]
    author = clean_title(entry.get("author", ""))
    return PostItem(source, guid, link, title, text, published, updated, author, tags=tags)


def _fast_post(entry: Any, source: str, base: str) -> PostItem:
    contents = entry.get("content") or []
    body = (contents[0].get("value") if contents else "") or entry.get("description") or ""
    link = absolute(base, entry.get("link") or "")
    return PostItem(
        source,
        entry.get("id") or "",
        canonical(link) if link else "",
        clean_title(entry.get("title") or ""),
        clean_text(body),
        parse_date(entry.get("published")),
        parse_date(entry.get("updated")),
        clean_title(entry.get("author") or ""),
        tags=[clean_title(tag.get("term") or "") for tag in entry.get("tags") or []],
    )
