"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from typing import Any

from crawler.feeds.dates import parse_date
from crawler.feeds.model import RawEntry, RawFeed, Unreadable


def read_json(body: bytes) -> RawFeed:
    """Read a JSON Feed. Raises `Unreadable` for JSON that is broken, or that is no feed."""
    try:
        document = json.loads(body.decode("utf-8", "replace").lstrip("\ufeff"), strict=False)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the answer looks like JSON but is broken: {error}") from None
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise Unreadable("the answer is JSON, but not a JSON Feed: it has no list of items")
    author, url = _author(document)
    return RawFeed(
        version="json" + _text(document.get("version")).rpartition("/")[2],
        reader="json",
        title=_text(document.get("title")),
        link=_text(document.get("home_page_url")),
        author=author,
        author_url=url,
        entries=[_entry(item) for item in items if isinstance(item, dict)],
    )


def _entry(item: dict[str, Any]) -> RawEntry:
    author, url = _author(item)
    body, kind = _body(item)
    tags = item.get("tags")
    return RawEntry(
        guid=_text(item.get("id")),
        link=_text(item.get("url")) or _text(item.get("external_url")),
        title=_text(item.get("title")),
        title_type="text",
        body=body,
        body_type=kind,
        published=parse_date(_text(item.get("date_published"))),
        updated=parse_date(_text(item.get("date_modified"))),
        author=author,
        author_url=url,
        tags=[tag for tag in tags if isinstance(tag, str) and tag] if isinstance(tags, list) else [],
    )


def _body(item: dict[str, Any]) -> tuple[str, str]:
    for name, kind in (("content_html", "html"), ("content_text", "text"), ("summary", "text")):
        if value := _text(item.get(name)):
            return value, kind
    return "", ""


def _author(element: dict[str, Any]) -> tuple[str, str]:
    """Version 1.1 has a list of authors, 1.0 a single one."""
    authors = element.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else element.get("author")
    return (_text(first.get("name")), _text(first.get("url"))) if isinstance(first, dict) else ("", "")


def _text(value: Any) -> str:
    """A string as it is, a number as its digits (ids are often numbers), anything else as nothing."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
