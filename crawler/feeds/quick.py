"""The quick reader: one pass over well-formed XML, field for field what feedparser would give.

It refuses (returns None) whatever is not well-formed or not a feed it knows, and feedparser reads that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urljoin
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from crawler.feeds.dates import parse_date
from crawler.feeds.model import MANY_ATTRIBUTES, RawEntry, RawFeed, Unreadable

XML = "{http://www.w3.org/XML/1998/namespace}"
ATOM = "{http://www.w3.org/2005/Atom}"
ATOM03 = "{http://purl.org/atom/ns#}"
RSS1 = "{http://purl.org/rss/1.0/}"
RSS090 = "{http://my.netscape.com/rdf/simple/0.9/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"
DCTERMS = "{http://purl.org/dc/terms/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"

_BASE = f"{XML}base"
_TAG_NAMES = ("category", f"{DC}subject")
_ATOM_AUTHOR = f"{ATOM}author"
_PERSON = re.compile(
    r"\s*(?:([^\s<>()]+@[^\s<>()]+)\s*\((.*?)\)|(.*?)\s*<?([^\s<>()]+@[^\s<>()]+)>?)\s*", re.DOTALL
)
_TEXT_TYPES = {"text": "text", "text/plain": "text", "html": "html", "text/html": "html", "xhtml": "html"}
_MOST_ATTRIBUTES = 250
_JUNK_AT_END = 9  # expat's XML_ERROR_JUNK_AFTER_DOC_ELEMENT
# Elements of other vocabularies that say the same as one of RSS 2.0. Where both are there, the plain one counts.
_RSS_NAMES = {
    f"{CONTENT}encoded": "content",
    f"{DC}title": "title2",
    f"{MEDIA}title": "title3",
    f"{DC}description": "summary2",
    f"{MEDIA}description": "summary3",
    f"{ITUNES}summary": "summary4",
    f"{DC}creator": "creator",
    f"{ITUNES}author": "author3",
    f"{DC}date": "dcdate",
    f"{DCTERMS}modified": "dcdate",
    f"{DCTERMS}created": "created",
    f"{DCTERMS}issued": "created",
    f"{DC}identifier": "guid2",
    f"{ATOM}published": "pubDate",
    f"{ATOM}updated": "dcdate",
    f"{ATOM}content": "content",
    f"{ATOM}summary": "summary3",
}


def read_quickly(body: bytes) -> RawFeed | None:
    """Read a UTF-8 document, or return None if it is not well-formed XML of a known kind of feed."""
    root = _parse(body)
    if root is None:
        return None
    tag = root.tag
    if tag in (f"{ATOM}feed", f"{ATOM03}feed"):
        return _read_atom(root, tag[: tag.index("}") + 1])
    if tag == "rss":
        channel = root.find("channel")
        return None if channel is None else _read_rss(root, channel, "", f"rss{root.get('version', '')}")
    if tag == f"{RDF}RDF":
        for namespace, version in ((RSS1, "rss1.0"), (RSS090, "rss0.90")):
            channel = root.find(f"{namespace}channel")
            if channel is not None:
                return _read_rss(root, channel, namespace, version)
    return None


def _parse(body: bytes) -> Element | None:
    """The document's tree; what some servers append after the end of it is left out."""
    builder = ElementTree.TreeBuilder()
    parser = ElementTree.XMLParser(target=builder)  # noqa: S314  entities were refused before, in crawler.feeds.read
    try:
        parser.feed(body)
        parser.close()
    except ElementTree.ParseError as error:
        if error.code != _JUNK_AT_END:
            return None
    return _checked(builder.close())


def _checked(root: Element) -> Element:
    """Refuse what only an attack holds. Raises `Unreadable`."""
    if max(map(len, map(Element.keys, root.iter()))) > _MOST_ATTRIBUTES:
        raise Unreadable(MANY_ATTRIBUTES)
    return root


# -- Atom


def _read_atom(root: Element, ns: str) -> RawFeed:
    base = root.get(_BASE, "")
    feed = RawFeed(f"atom{'1.0' if ns == ATOM else '0.3'}", "quick")
    feed.title = _markup(root.find(f"{ns}title"))[0]
    feed.link = urljoin(base, _alternate(root.findall(f"{ns}link")))
    feed.author, feed.author_url, feed.author_email = _person(root.find(f"{ns}author"), ns)
    feed.entries = [_atom_entry(entry, ns, base) for entry in root.iter(f"{ns}entry")]
    return feed


def _atom_entry(node: Element, ns: str, base: str) -> RawEntry:
    found: dict[str, Element] = {}
    links: list[Element] = []
    entry = RawEntry()
    cut = len(ns)
    for child in node:
        tag = child.tag
        name = tag[cut:] if tag.startswith(ns) else _RSS_NAMES.get(tag, tag)
        if name == "link":
            links.append(child)
        elif name == "category":
            _add_tag(entry, child.get("label") or child.get("term"))
        elif name not in found:
            found[name] = child
    entry.base = urljoin(base, node.get(_BASE, ""))
    entry.guid = _plain(found.get("id"))
    entry.link = _alternate(links)
    entry.title, entry.title_type = _markup(found.get("title"))
    entry.body, entry.body_type = _atom_body(node, found)
    entry.published = _date(found, "published", "issued", "created", "pubDate")
    entry.updated = _date(found, "updated", "modified", "dcdate")
    entry.author, entry.author_url, entry.author_email = _person(found.get("author"), ns)
    if not entry.author:
        entry.author = _plain(found.get("creator"))
    return entry


def _atom_body(node: Element, found: dict[str, Element]) -> tuple[str, str]:
    """The content, or else the summary, or else a video's description."""
    for name in ("content", "summary"):
        body, kind = _markup(found.get(name))
        if body and not body.isspace():
            return body, kind
    described = node.find(f"{MEDIA}group/{MEDIA}description")
    return (described.text or "" if described is not None else _plain(found.get("summary3"))), ""


def _alternate(links: list[Element]) -> str:
    """The page that an entry stands for: the last alternate that is HTML, or else any alternate."""
    chosen = other = ""
    for link in links:
        if link.get("rel", "alternate") != "alternate":
            continue
        href = link.get("href", "")
        if link.get("type", "text/html") in ("text/html", "application/xhtml+xml", "html", "xhtml"):
            chosen = href or chosen
        else:
            other = other or href
    return chosen or other


def _person(node: Element | None, ns: str) -> tuple[str, str, str]:
    if node is None:
        return "", "", ""
    name = _plain(node.find(f"{ns}name")) or (node.text or "").strip()
    return (
        name,
        _plain(node.find(f"{ns}uri")) or _plain(node.find(f"{ns}url")),
        _plain(node.find(f"{ns}email")),
    )


# -- RSS in all its versions


def _read_rss(root: Element, channel: Element, ns: str, version: str) -> RawFeed:
    base = urljoin(root.get(_BASE, ""), channel.get(_BASE, ""))
    feed = RawFeed(version, "quick")
    feed.title = _plain(channel.find(f"{ns}title"))
    feed.link = urljoin(base, _plain(channel.find(f"{ns}link")))
    entries = list(_items(root, channel, ns))
    feed.entries = [_rss_entry(item, ns, urljoin(base, item.get(_BASE, ""))) for item in entries]
    return feed


def _items(root: Element, channel: Element, ns: str) -> Iterator[Element]:
    """Items stand in the channel (RSS 0.91, 2.0) or beside it (RSS 1.0, and some RSS 2.0 that got it wrong)."""
    yield from channel.iter(f"{ns}item")
    if channel is not root:
        yield from root.findall(f"{ns}item")


def _rss_entry(item: Element, ns: str, base: str) -> RawEntry:
    found: dict[str, Element] = {}
    entry = RawEntry(base=base)
    cut = len(ns)
    for child in item:
        tag = child.tag
        name = tag[cut:] if ns and tag.startswith(ns) else _RSS_NAMES.get(tag, tag)
        if name in _TAG_NAMES:
            _add_tag(entry, child.text)
        elif (name not in found or not (found[name].text or len(found[name]))) and (
            name != "link" or (child.text or "").strip()
        ):
            found[name] = child
    _rss_address(entry, item, found)
    entry.title = _first(found, "title", "title2", "title3")
    entry.body, entry.body_type = _rss_body(item, found)
    entry.published = _date(found, "pubDate", "pubdate", "created")
    entry.updated = _date(found, "dcdate")
    _rss_author(entry, found)
    return entry


def _rss_address(entry: RawEntry, item: Element, found: dict[str, Element]) -> None:
    """The guid, and the link: the link element, else a guid that is a permanent link, else an Atom link."""
    guid = found.get("guid")
    entry.guid = _plain(guid) or _plain(found.get("guid2")) or item.get(f"{RDF}about", "").strip()
    entry.link = _plain(found.get("link"))
    if not entry.link and guid is not None and guid.get("isPermaLink", "true").lower() == "true":
        entry.link = _plain(guid)
    if not entry.link:
        entry.link = _alternate(item.findall(f"{ATOM}link"))


def _rss_body(item: Element, found: dict[str, Element]) -> tuple[str, str]:
    for name in ("content", "description", "summary", "summary2", "summary3", "summary4"):
        body, kind = _markup(found.get(name))
        if body and not body.isspace():
            return body, kind
    described = item.find(f"{MEDIA}group/{MEDIA}description")
    if described is None:
        described = item.find(f"{MEDIA}content/{MEDIA}description")
    return (described.text or "" if described is not None else ""), ""


def _rss_author(entry: RawEntry, found: dict[str, Element]) -> None:
    atom_author = found.get(_ATOM_AUTHOR)
    if atom_author is not None:
        entry.author, entry.author_url, entry.author_email = _person(atom_author, ATOM)
    else:
        entry.author, entry.author_email = split_person(_first(found, "creator", "author", "author3"))


def split_person(value: str) -> tuple[str, str]:
    """Name and address of `anna@site.example (Anna)`, `Anna <anna@site.example>`, or of a name alone."""
    if "@" not in value:
        return value.strip(), ""
    found = _PERSON.fullmatch(value)
    if not found:
        return value.strip(), ""
    return (found[2] or found[3] or "").strip(), found[1] or found[4] or ""


# -- Both


def _plain(node: Element | None) -> str:
    return "" if node is None else (node.text or "").strip()


def _first(found: dict[str, Element], *names: str) -> str:
    for name in names:
        node = found.get(name)
        if node is not None and (value := _markup(node)[0].strip()):
            return value
    return ""


def _date(found: dict[str, Element], *names: str) -> datetime | None:
    for name in names:
        node = found.get(name)
        if node is not None and (moment := parse_date(node.text)):
            return moment
    return None


def _add_tag(entry: RawEntry, value: str | None) -> None:
    tag = " ".join((value or "").split())
    if tag and tag not in entry.tags:
        entry.tags.append(tag)


def _markup(node: Element | None) -> tuple[str, str]:
    """A text construct's value and its type; markup that is part of the XML is written out as HTML."""
    if node is None:
        return "", ""
    if len(node):
        return _inner_html(node), "html"
    kind = node.get("type")
    return node.text or "", _TEXT_TYPES.get(kind.strip().lower(), "") if kind else ""


def _inner_html(node: Element) -> str:
    for child in node.iter():
        child.tag = child.tag.rpartition("}")[2]
    return "".join(
        [_escape(node.text), *[ElementTree.tostring(child, "unicode", method="html") for child in node]]
    )


def _escape(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;")
