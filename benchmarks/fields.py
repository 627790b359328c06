"""Are the fields of our posts those that feedparser gives? Lists and classifies every difference.

    python benchmarks/fields.py [--data ../shared/data/feeds] [--show 3]

Both sides go through the same cleaning, so what differs is what was read from the markup: id, link, title, dates,
text. Exit status 1 if a difference is of no known and justified class.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import feedparser
from peer_posts import fields_of

from crawler.feeds import ParsedFeed, Unreadable, read_feed
from crawler.feeds.urls import absolute

BASE = "https://site.example/feed"
FIELDS = ("id", "link", "title", "published", "updated", "text")
JUSTIFIED = {
    "entries: only ours": "a feed that feedparser finds nothing in (JSON Feed, or broken beyond what it forgives)",
    "text: video description": "media:description, which feedparser keeps apart, is the only text there is",
    "published: from updated": "an entry that was only ever 'updated' was published then",
    "link: other alternate": "the only link is not HTML; feedparser gives none, we give it",
    "link: without scheme": "the feed leaves out https:// in its site's address and its posts'; we add it",
    "id: from rdf:about": "feedparser gives the same, from another place",
}


def main() -> int:
    """Compare all feeds of a folder."""
    arguments = _arguments()
    files = sorted(
        path
        for path in arguments.data.iterdir()
        if path.suffix in (".xml", ".json") and path.name != "manifest.json"
    )
    equal: Counter[str] = Counter()
    different: dict[str, list[str]] = defaultdict(list)
    readers: Counter[str] = Counter()
    for path in files:
        body = path.read_bytes()
        reference = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
        try:
            ours = read_feed(body, source="x", url=BASE)
        except Unreadable as reason:
            different[f"entries: only feedparser's ({reason})" if reference.entries else "neither"].append(
                path.name
            )
            continue
        readers[ours.reader] += 1
        _compare(path.name, reference, ours, equal, different)
    return _print(len(files), readers, equal, different, arguments.show)


def _compare(
    name: str, reference: Any, ours: ParsedFeed, equal: Counter[str], different: dict[str, list[str]]
) -> None:
    if len(reference.entries) != len(ours.posts):
        kind = "entries: only ours" if not reference.entries else "entries: other number"
        different[kind].append(f"{name}: {len(reference.entries)} against {len(ours.posts)}")
        if not reference.entries:
            return
    base = absolute(BASE, reference.feed.get("link", "")) or BASE
    for entry, post in zip(reference.entries, ours.posts, strict=False):
        theirs = fields_of(entry, base)
        mine = (post.guid, post.url, post.title, post.published, post.updated, post.text)
        for field, their, my in zip(FIELDS, theirs, mine, strict=True):
            if their == my:
                equal[field] += 1
            else:
                different[_kind(field, their, my)].append(f"{name}: {str(their)[:70]!r} | {str(my)[:70]!r}")


def _kind(field: str, their: Any, my: Any) -> str:
    if field == "text" and not their and my:
        return "text: video description"
    if field == "link" and not their and my:
        return "link: other alternate"
    if field == "link" and their.startswith(BASE.removesuffix("feed")) and my.split("//")[1] in their:
        return "link: without scheme"
    if isinstance(their, datetime) or isinstance(my, datetime):
        return f"{field}: other time"
    return f"{field}: other value"


def _print(
    files: int, readers: Counter[str], equal: Counter[str], different: dict[str, list[str]], show: int
) -> int:
    print(f"{files} feeds, read by: {dict(readers)}")
    print(f"equal: {dict(equal)}")
    unjustified = 0
    for kind, cases in sorted(different.items()):
        reason = JUSTIFIED.get(kind, "NOT JUSTIFIED")
        unjustified += kind not in JUSTIFIED
        print(f"{len(cases):6} {kind}: {reason}")
        for case in cases[:show]:
            print(f"       {case}")
    return 1 if unjustified else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data/feeds"))
    parser.add_argument("--show", type=int, default=3, help="cases of each class to print")
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        sys.exit(f"no folder {arguments.data}: name one with recorded feeds in it (--data)")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
