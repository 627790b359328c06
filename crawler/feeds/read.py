"""Reading: the bytes of one answer to a feed with its posts, or to a reason in words. Pure: no clock, no network."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.feeds.deleted import find_deleted
from crawler.feeds.discover import find_feeds
from crawler.feeds.encoding import to_utf8, without_controls
from crawler.feeds.jsonfeed import read_json
from crawler.feeds.model import MANY_ATTRIBUTES, ParsedFeed, RawEntry, RawFeed, Unreadable
from crawler.feeds.quick import read_quickly
from crawler.feeds.rhythm import read_rhythm
from crawler.feeds.text import clean_text, clean_title
from crawler.feeds.urls import absolute, canonical
from crawler.items import PostItem

_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_FEED = re.compile(rb"<(?:rss|feed|rdf:rdf|(?:\w+:)?(?:feed|rss))[\s>]", re.IGNORECASE)
_NESTED_ENTITY = re.compile(
    rb"<!ENTITY\s+(?:%\s*)?[^\s>]+\s+(?:[\"'][^\"']*[&%]|SYSTEM|PUBLIC)", re.IGNORECASE
)
_BARE_SITE = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}/?", re.IGNORECASE)
_OPENED = re.compile(rb"<[A-Za-z]")
# Elements that are opened and never closed; unclosed paragraphs and images of real feeds come to some hundreds.
MOST_UNCLOSED = 5_000
_LONG_TAG = re.compile(rb"<[A-Za-z][^<>]{2000,}")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one feed may hold. More posts are left out, with a warning; longer texts are cut."""

    posts: int = 5_000
    text: int = 200_000
    title: int = 1_000
    depth: int = 256


def read_feed(
    body: bytes, *, source: str, url: str, content_type: str = "", limits: Limits | None = None
) -> ParsedFeed:
    """Read one answer.

    `url` is the address that answered, against which relative links are resolved. Raises `Unreadable` when there is
    no feed in it: empty, a web page (which then may name its feeds), broken, or made to do harm.
    """
    if not body.strip():
        raise Unreadable("the answer is empty")
    document = to_utf8(body, content_type)
    raw = _read_raw(document, url)
    return _finish(raw, document, source, url, limits or Limits())


def _read_raw(document: bytes, url: str) -> RawFeed:
    if document[:1] in (b"{", b"["):
        return read_json(document)
    head = document[:4096]
    if _HTML.search(head) and not _FEED.search(head):
        raise _web_page(document, url)
    _refuse_entities(document)
    raw = read_quickly(document) or read_quickly(without_controls(document))
    if raw is None:
        document = without_controls(document)
        _refuse_attributes(document)
        _refuse_depth(document)
        from crawler.feeds.full import read_patiently  # noqa: PLC0415  takes long to load, and few feeds need it

        raw = read_patiently(document)
    if raw is None:
        raise (
            _web_page(document, url) if _HTML.search(document[:65_536]) else Unreadable(_what_it_is(document))
        )
    return raw


def _refuse_entities(document: bytes) -> None:
    """Refuse entities that hold entities or files before any parser sees them."""
    if b"<!ENTITY" not in document:
        return
    if _NESTED_ENTITY.search(document) or document.count(b"<!ENTITY") > 300:
        raise Unreadable(
            "the answer defines XML entities within entities (an XML bomb), which are never expanded"
        )


def _refuse_attributes(document: bytes) -> None:
    """Refuse what feedparser would take minutes for: its time grows with the square of the attributes."""
    if any(tag[0].count(b"=") > 250 for tag in _LONG_TAG.finditer(document)):
        raise Unreadable(MANY_ATTRIBUTES)


def _refuse_depth(document: bytes) -> None:
    """Refuse elements within elements within elements: feedparser takes seconds for a hundred thousand of them.

    Counted, not parsed: a feed that forgives itself some unclosed paragraphs is far below the limit.
    """
    opened = len(_OPENED.findall(document))
    if opened - document.count(b"</") - document.count(b"/>") > MOST_UNCLOSED:
        raise Unreadable("the answer is nested too deeply to be a feed")


def _web_page(document: bytes, url: str) -> Unreadable:
    feeds = find_feeds(document.decode("utf-8", "replace"), url)
    if feeds:
        return Unreadable(f"this is a web page, not a feed; its feed may be at {feeds[0]}", feeds)
    return Unreadable("this is a web page, not a feed, and it names no feed")


def _what_it_is(document: bytes) -> str:
    if not document.startswith(b"<"):
        return "the answer is neither XML nor JSON, so it is no feed"
    name = re.match(rb"(?:<[?!][^>]*>\s*)*<([\w:.-]{1,60})", document)
    element = name[1].decode("utf-8", "replace") if name else "unknown"
    return f"the answer is XML, but no feed that can be read (its first element is {element!r})"


def _finish(raw: RawFeed, document: bytes, source: str, url: str, limits: Limits) -> ParsedFeed:
    if _BARE_SITE.fullmatch(raw.link):
        _add_scheme(raw)
    base = absolute(url, raw.link) or url
    feed = ParsedFeed(
        version=raw.version,
        reader=raw.reader,
        title=clean_title(raw.title)[: limits.title],
        link=canonical(absolute(url, raw.link)) if raw.link else "",
        rhythm=read_rhythm(document),
        deleted=find_deleted(document),
    )
    entries = raw.entries
    if feed.deleted:
        entries = [entry for entry in entries if entry.guid.strip() not in feed.deleted]
    if len(entries) > limits.posts:
        feed.warning = f"the feed holds {len(entries)} entries; the first {limits.posts} were read"
        entries = entries[: limits.posts]
    feed.posts = [_post(entry, raw, source, base, limits) for entry in entries]
    return feed


def _address(email: str) -> str:
    """An e-mail address that somebody reads, or ""."""
    return "" if "@" not in email or "noreply" in email.lower() else email.strip()[:255]


def _add_scheme(raw: RawFeed) -> None:
    """A feed that calls its site `site.example` calls its posts `site.example/post`: neither is relative."""
    site = raw.link.rstrip("/")
    raw.link = f"https://{site}/"
    for entry in raw.entries:
        if entry.link.startswith(f"{site}/"):
            entry.link = f"https://{entry.link}"


def _post(entry: RawEntry, raw: RawFeed, source: str, base: str, limits: Limits) -> PostItem:
    link = absolute(absolute(base, entry.base) or base, entry.link)
    text = clean_text(entry.body, entry.body_type)
    # Whoever signs the whole feed signs the entries that name nobody.
    inherits = not (entry.author or entry.author_email)
    author = raw if inherits else entry
    post = PostItem(
        source=source,
        guid=entry.guid.strip(),
        url=canonical(link) if link else "",
        title=clean_title(entry.title, entry.title_type)[: limits.title],
        text=text[: limits.text],
        published=entry.published or entry.updated,
        updated=entry.updated,
        author_name=clean_title(author.author)[:255],
        author_url=absolute(base, author.author_url),
        author_email=_address(author.author_email),
        tags=[clean_title(tag)[:100] for tag in entry.tags[:50]],
    )
    if len(text) > limits.text:
        post.extra["text_cut"] = len(text)
    return post
