"""Matching as a filter: JSON lines in, JSON lines out, one for one, in order. Needs no database."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import IO, Any, Protocol

from triggers.json_lines import batches, read_object, text_or_empty
from triggers.match import Detection, Document, published_time
from triggers.search.definitions import SearchDefinition, SearchFaults, match_versions
from triggers.search.hits import SearchMatch
from triggers.search.percolator import Percolator, without_collection
from triggers.search.posts import TEXT, TITLE, Contacts, Detect, Found, Identify, SearchPost, Span

LINES = 4096
_TEXTS = ("title", "lang", "url", "source", "author", "kind")
_NUMBERS = ("followers", "likes", "replies", "shares")
_JOINT = "\n\n"
_encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode


class Detecting(Protocol):
    """What `trigger:` needs of a detector."""

    def detect_batch(self, documents: Sequence[Document]) -> list[Detection]:
        """Return what was found in each document."""


def match_lines(
    searches: Sequence[SearchDefinition],
    incoming: IO[str],
    outgoing: IO[str],
    errors: IO[str],
    *,
    detector: Detecting | None = None,
    contacts: Contacts | None = None,
    now: Callable[[], datetime] | None = None,
) -> int:
    """Read posts, write which searches match each; return how many lines were bad.

    A bad line gives no output but `line N: what is wrong` on `errors`; the rest goes on.

    Raises:
        SearchFaults: a search asks for contacts or detection that are not given.
    """
    percolator = build(
        searches, detect=detection_by(detector) if detector else None, contacts=contacts, now=now
    )
    faults = 0
    for batch in batches(incoming, LINES):
        posts: list[tuple[Any, SearchPost]] = []
        for number, line in batch:
            try:
                posts.append(read_post(line))
            except ValueError as error:
                faults += 1
                errors.write(f"line {number}: {error}\n")
        with without_collection():
            found = percolator.match([post for _, post in posts])
            for (given, _), matches in zip(posts, found, strict=True):
                outgoing.write(_encode({"id": given, "matches": list(map(_answer, matches))}) + "\n")
    return faults


def build(
    searches: Sequence[SearchDefinition],
    *,
    detect: Detect | None = None,
    contacts: Contacts | None = None,
    identify: Identify | None = None,
    now: Callable[[], datetime] | None = None,
) -> Percolator:
    """Make the searches ready; those that are switched off can still be included. Raises SearchFaults."""
    percolator = Percolator(detect=detect, contacts=contacts, identify=identify, now=now)
    versions = match_versions(searches)
    faults = percolator.add_all((search.name, search.effective, versions[search.name]) for search in searches)
    if faults:
        raise SearchFaults([f"search '{name}': {error}" for name, error in faults])
    for search in searches:
        if not search.enabled:
            percolator.enable(search.name, False)
    return percolator


def detection_by(detector: Detecting) -> Detect:
    """Let a detector answer `trigger:` and `rule:`; it reads title and text together."""

    def detect(posts: Sequence[SearchPost]) -> list[list[Found]]:
        shifts = [
            0 if not post.title or post.text.startswith(post.title) else len(post.title + _JOINT)
            for post in posts
        ]
        documents = [
            Document(
                post.title + _JOINT + post.text if shift else post.text,
                post.lang,
                post.published,
                post.author or None,
                post.id,
            )
            for post, shift in zip(posts, shifts, strict=True)
        ]
        return [
            [
                Found(match.kind, match.rule, _spans(match.start, match.end, shift))
                for match in detection.matches
            ]
            for detection, shift in zip(detector.detect_batch(documents), shifts, strict=True)
        ]

    return detect


def _spans(start: int, end: int, shift: int) -> tuple[Span, ...]:
    """Take a place in title and text together apart into places in each."""
    title_end = shift - len(_JOINT)
    spans = [Span(TITLE, start, min(end, title_end))] if shift and start < title_end else []
    return (*spans, Span(TEXT, max(start - shift, 0), end - shift)) if end > shift else tuple(spans)


def _answer(match: SearchMatch) -> dict[str, Any]:
    # What stands in the title has no place among the spans of the text.
    return {
        "search": match.search,
        "version": match.version,
        "spans": [[start, end] for start, end in match.spans],
    }


def read_post(line: str) -> tuple[str | int, SearchPost]:
    """Read one line: the id as it was given, and the post. Raises ValueError with what is wrong."""
    given, text, data = read_object(line)
    texts = {name: text_or_empty(data, name) for name in _TEXTS}
    return given, SearchPost(
        id=str(given),
        text=text,
        title=texts["title"],
        lang=texts["lang"] or None,
        url=texts["url"],
        source=texts["source"],
        author=texts["author"],
        kind=texts["kind"],
        published=published_time(text_or_empty(data, "published")),
        hashtags=_list(data, "hashtags"),
        mentions=_list(data, "mentions"),
        **{name: _number(data, name) for name in _NUMBERS},
    )


def _list(data: dict[str, Any], name: str) -> tuple[str, ...]:
    value = data.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"`{name}` must be a list of texts or null")
    return tuple(value)


def _number(data: dict[str, Any], name: str) -> float | None:
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"`{name}` must be a number or null")
    return value
