"""How a request for reading, and its answer, travel between the crawl and the process that reads.

Lengths, then JSON, then the body as it is. Not pickle: the reading process handles hostile input, and what comes
back from it must not be able to run code here.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from crawler.feeds.model import ParsedFeed, Rhythm, Unreadable
from crawler.feeds.read import Limits
from crawler.items import PostItem

LENGTH = struct.Struct(">I")
HEADER = struct.Struct(">II")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """One answer to be read; see `read_feed`. `cpu_seconds` is the processor time that reading it may take."""

    body: bytes
    source: str
    url: str
    content_type: str = ""
    limits: Limits = field(default_factory=Limits)
    cpu_seconds: int = 10


def pack_request(request: ReadRequest) -> bytes:
    """Lengths of head and body, the head as JSON, the body."""
    limits = request.limits
    head = json.dumps(
        [
            request.source,
            request.url,
            request.content_type,
            [limits.posts, limits.text, limits.title, limits.depth],
            request.cpu_seconds,
        ]
    ).encode()
    return b"".join((HEADER.pack(len(head), len(request.body)), head, request.body))


def unpack_request(head: bytes, body: bytes) -> ReadRequest:
    """The reverse of `pack_request`."""
    source, url, content_type, limits, cpu_seconds = json.loads(head)
    return ReadRequest(body, source, url, content_type, Limits(*limits), cpu_seconds)


def pack_feed(feed: ParsedFeed) -> bytes:
    """A feed that was read: all but the texts as JSON, then the texts in one piece, which is many times faster."""
    about = [
        feed.version,
        feed.reader,
        feed.title,
        feed.link,
        feed.warning,
        asdict(feed.rhythm),
        feed.deleted,
    ]
    head = json.dumps([about, [_pack_post(post) for post in feed.posts]]).encode()
    texts = "".join([post.text for post in feed.posts])
    return b"".join((LENGTH.pack(len(head)), head, texts.encode("utf-8", "replace")))


def pack_failure(message: str, feeds: tuple[str, ...] = ()) -> bytes:
    """Why nothing was read, as JSON."""
    head = json.dumps([message, feeds]).encode()
    return LENGTH.pack(len(head)) + head


def unpack_answer(answer: bytes, source: str) -> ParsedFeed:
    """The feed that was read. Raises `Unreadable` with the words of whoever could not read it."""
    start = LENGTH.size + LENGTH.unpack_from(answer)[0]
    first, second = json.loads(answer[LENGTH.size : start])
    if isinstance(first, str):
        raise Unreadable(first, tuple(second))
    version, reader, title, link, warning, rhythm, deleted = first
    texts = str(memoryview(answer)[start:], "utf-8", "replace")
    posts, at = [], 0
    for values in second:
        length = values[3]
        posts.append(_unpack_post(source, values, texts[at : at + length]))
        at += length
    return ParsedFeed(version, reader, title, link, posts, Rhythm(**rhythm), warning, deleted)


def _pack_post(post: PostItem) -> list[Any]:
    return [
        post.guid,
        post.url,
        post.title,
        len(post.text),
        _seconds(post.published),
        _seconds(post.updated),
        post.author_name,
        post.author_url,
        post.author_email,
        post.tags,
        post.extra,
    ]


def _unpack_post(source: str, values: list[Any], text: str) -> PostItem:
    guid, url, title, _, published, updated, name, author_url, email, tags, extra = values
    moment = _moment(published)
    return PostItem(
        source,
        guid,
        url,
        title,
        text,
        moment,
        moment if updated == published else _moment(updated),
        name,
        "",
        author_url,
        email,
        None,
        tags,
        "post",
        extra,
    )


def _seconds(moment: datetime | None) -> int | None:
    # Not timestamp(), which some platforms refuse before 1970.
    return None if moment is None else int((moment - _EPOCH).total_seconds())


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
