"""Reads the running world as an independent reader would: urllib for the wire, feedparser for the feeds."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import feedparser

from povod.demo.layout import DemoSource
from povod.demo.server import DemoWorld


@dataclass(frozen=True)
class Got:
    """An HTTP answer, whatever its status."""

    status: int
    headers: dict[str, str]
    body: bytes


def get(url: str, method: str = "GET", **headers: str) -> Got:
    """Ask once, without following anything. Header names are given with underscores."""
    request = Request(url, method=method, headers={k.replace("_", "-"): v for k, v in headers.items()})
    try:
        with urlopen(request, timeout=10) as answer:
            return Got(answer.status, dict(answer.headers), answer.read())
    except HTTPError as error:
        with error:
            return Got(error.code, dict(error.headers), error.read())


def fetch(world: DemoWorld, source: DemoSource) -> Got:
    """Fetch the feed of a source."""
    return get(world.sites[source.site].url + source.feed_path)


def posts(world: DemoWorld, source: DemoSource) -> list[dict[str, Any]]:
    """Return a source's items with `id`, `title`, `text` and `published` ("" if missing)."""
    answer = fetch(world, source)
    if "json" in answer.headers["Content-Type"]:
        return [
            {
                "id": item["id"],
                "title": item["title"],
                "text": plain(item["content_html"]),
                "published": item["date_published"],
            }
            for item in json.loads(answer.body)["items"]
        ]
    parsed = feedparser.parse(
        answer.body, response_headers={"content-type": answer.headers["Content-Type"]}, sanitize_html=False
    )
    return [_post(entry) for entry in parsed.entries]


def _post(entry: Any) -> dict[str, Any]:
    body = entry["content"][0]["value"] if "content" in entry else entry.get("summary", "")
    return {
        "id": entry.get("id", ""),
        "title": plain(entry.get("title", "")),
        "text": plain(body),
        "published": entry.get("published", ""),
    }


def plain(html: str) -> str:
    """Return HTML as one line of text, roughly."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()
