"""Subscription lists: OPML in (http://opml.org/spec2.opml) and out, with XML that can do no harm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from guards.text import one_line

MOST_BYTES = 32 * 1024**2
_FEED_TYPES = ("rss", "atom", "rss1", "rdf", "feed", "json", "")


class BadOpml(ValueError):
    """A file that is no OPML, or that must not be read; the message says why, in words."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a subscription list. `tags` are the folders it stands in and the categories it names."""

    title: str
    url: str
    page: str = ""
    tags: tuple[str, ...] = ()


def read(data: bytes) -> list[Outline]:
    """All feeds of a list, each address once, in the file's order. Raises `BadOpml`."""
    if len(data) > MOST_BYTES:
        raise BadOpml(f"the file is larger than {MOST_BYTES // 1024**2} MB")
    try:
        root = fromstring(data)
    except ElementTree.ParseError as error:
        raise BadOpml(f"line {error.position[0]}: this is not well-formed XML ({error})") from None
    except DefusedXmlException:
        raise BadOpml("the file defines XML entities, which are not read") from None
    except (ValueError, LookupError) as error:
        raise BadOpml(f"the file cannot be read: {error}") from None
    body = root.find("body")
    if root.tag != "opml" or body is None:
        raise BadOpml(
            f"the file is no OPML: it begins with <{one_line(root.tag, 60)}>, not with <opml> and a <body>"
        )
    found: dict[str, Outline] = {}
    for outline in _walk(body):
        found.setdefault(outline.url, outline)
    return list(found.values())


def write(outlines: Iterable[Outline], title: str = "povod") -> str:
    """The list as OPML 2.0, by title; tags become categories."""
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = title
    body = SubElement(root, "body")
    for outline in sorted(outlines, key=lambda outline: (outline.title.casefold(), outline.url)):
        attributes = {"type": "rss", "text": outline.title, "title": outline.title, "xmlUrl": outline.url}
        if outline.page:
            attributes["htmlUrl"] = outline.page
        if outline.tags:
            attributes["category"] = ",".join(tag.replace(",", " ") for tag in outline.tags)
        SubElement(body, "outline", {name: one_line(value, 2000) for name, value in attributes.items()})
    ElementTree.indent(root)
    text: str = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _walk(body: Element) -> Iterable[Outline]:
    """Depth first, without recursion: a list may be nested as deeply as it likes."""
    pending: list[tuple[Element, tuple[str, ...]]] = [
        (node, ()) for node in reversed(body.findall("outline"))
    ]
    while pending:
        node, folders = pending.pop()
        title = one_line(node.get("title") or node.get("text") or "", 200)
        url = (node.get("xmlUrl") or node.get("xmlurl") or "").strip()
        if url and node.get("type", "").lower() in _FEED_TYPES:
            yield Outline(title, url, (node.get("htmlUrl") or "").strip(), _tags(node, folders))
        inner = (*folders, title) if title and not url else folders
        pending += [(child, inner) for child in reversed(node.findall("outline"))]


def _tags(node: Element, folders: Sequence[str]) -> tuple[str, ...]:
    categories = [part.strip().strip("/") for part in (node.get("category") or "").split(",")]
    return tuple(dict.fromkeys(tag for tag in (*folders, *categories) if tag))
