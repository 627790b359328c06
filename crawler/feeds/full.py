"""The patient readers: feedparser for whatever is not well-formed, fastfeedparser where even that finds nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from xml.sax import SAXParseException

import fastfeedparser
import feedparser

from crawler.feeds.dates import from_struct, parse_date
from crawler.feeds.model import RawEntry, RawFeed, Unreadable
from crawler.feeds.quick import split_person

_KINDS = {"text/plain": "text", "text/html": "html", "application/xhtml+xml": "html"}


def read_patiently(body: bytes) -> RawFeed | None:
    """Read a UTF-8 document with feedparser, which forgives nearly everything; None if it finds no feed.

    Raises `Unreadable` for a feed that breaks off before its first entry.
    """
    parsed = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
    if parsed.entries:
        return _feed(parsed)
    lenient = _read_leniently(body)
    if lenient is None and parsed.get("version"):
        _refuse_ruin(parsed)
        return _feed(parsed)
    return lenient


def _refuse_ruin(parsed: Any) -> None:
    """A feed without entries is one that has nothing to say, unless its XML breaks: then it is a broken one."""
    fault = parsed.get("bozo_exception")
    if isinstance(fault, SAXParseException):
        raise Unreadable(
            f"the feed is broken at line {fault.getLineNumber()} ({fault.getMessage()}), and no post can be read of it"
        )


def _feed(parsed: Any) -> RawFeed:
    about = parsed.feed
    version = parsed.get("version") or "unknown"
    author, url, email = _author(about)
    return RawFeed(
        version=version,
        reader="feedparser",
        title=about.get("title", ""),
        link=about.get("link", ""),
        author=author if version.startswith("atom") else "",
        author_url=url if version.startswith("atom") else "",
        author_email=email if version.startswith("atom") else "",
        entries=[_entry(entry) for entry in parsed.entries],
    )


def _entry(entry: Any) -> RawEntry:
    author, url, email = _author(entry)
    body, kind = _body(entry)
    title = entry.get("title_detail") or {}
    return RawEntry(
        guid=entry.get("id", ""),
        link=entry.get("link", ""),
        base=title.get("base", ""),
        title=entry.get("title", ""),
        title_type=_KINDS.get(title.get("type", ""), "") if title.get("type") != "text/plain" else "",
        body=body,
        body_type=kind,
        published=_moment(entry, "published"),
        updated=_moment(entry, "updated"),
        author=author,
        author_url=url,
        author_email=email,
        tags=_tags(entry),
    )


def _body(entry: Any) -> tuple[str, str]:
    detail = entry.get("summary_detail") or {}
    for value, kind in [
        *[(content.get("value", ""), content.get("type", "")) for content in entry.get("content", [])[:1]],
        (entry.get("summary", ""), detail.get("type", "")),
    ]:
        if value.strip():
            return value, _KINDS.get(kind, "") if kind != "text/plain" else ""
    return "", ""


def _author(element: Any) -> tuple[str, str, str]:
    detail = element.get("author_detail") or {}
    name = detail.get("name") or element.get("author", "")
    email = detail.get("email", "")
    if not email and "@" in name:
        name, email = split_person(name)
    return name, detail.get("href", ""), email


def _tags(entry: Any) -> list[str]:
    tags = [" ".join((tag.get("label") or tag.get("term") or "").split()) for tag in entry.get("tags", [])]
    return list(dict.fromkeys(tag for tag in tags if tag))


def _moment(entry: Any, name: str) -> datetime | None:
    # Not entry.get(): feedparser would give `updated` for a missing `published`.
    return from_struct(dict.get(entry, f"{name}_parsed"))


def _read_leniently(body: bytes) -> RawFeed | None:
    try:
        parsed = fastfeedparser.parse(body, include_media=False, include_enclosures=False)
    except Exception:  # noqa: BLE001  its errors are of many kinds, and all mean the same: it cannot read this
        return None
    about = parsed["feed"]
    entries = [_lenient_entry(entry) for entry in parsed["entries"]]
    if not entries:
        return None
    return RawFeed(
        "unknown",
        "fastfeedparser",
        title=about.get("title") or "",
        link=about.get("link") or "",
        entries=entries,
    )


def _lenient_entry(entry: Any) -> RawEntry:
    content = entry.get("content") or [{}]
    name, email = split_person(entry.get("author") or "")
    return RawEntry(
        guid=entry.get("id") or "",
        link=entry.get("link") or "",
        title=entry.get("title") or "",
        body=content[0].get("value") or entry.get("description") or "",
        published=parse_date(entry.get("published")),
        updated=parse_date(entry.get("updated")),
        author=name,
        author_email=email,
        tags=[tag["term"] for tag in entry.get("tags") or [] if tag.get("term")],
    )
