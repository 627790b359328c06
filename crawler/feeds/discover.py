"""The feeds that a web page names (https://html.spec.whatwg.org/multipage/links.html#rel-alternate)."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from crawler.feeds.urls import absolute

_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
    "application/xml",
    "text/xml",
)
_SHOWN = 20
# Only these are parsed: the tree of a page made to do harm takes half a second to build.
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<(?:link|base)\s[^<>]{1,4000}>", re.IGNORECASE)


def find_feeds(page: str, url: str) -> tuple[str, ...]:
    """Absolute addresses of the feeds that the page at `url` names, in its order, those for comments last."""
    tree = LexborHTMLParser("".join(_TAG.findall(_COMMENT.sub("", page))))
    base_node = tree.css_first("base[href]")
    base = absolute(url, (base_node.attributes.get("href") if base_node else "") or "") or url
    found: dict[str, bool] = {}
    for link in tree.css("link[rel][href]"):
        attributes = link.attributes
        kind = (attributes.get("type") or "").split(";")[0].strip().lower()
        relations = (attributes.get("rel") or "").lower().split()
        if (kind in _TYPES and "alternate" in relations) or "feed" in relations:
            address = absolute(base, attributes.get("href") or "")
            if address:
                found.setdefault(address, "comment" in address + (attributes.get("title") or "").lower())
    return tuple(sorted(found, key=lambda address: found[address]))[:_SHOWN]
