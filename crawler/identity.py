"""What makes two posts the same post, what makes an author the same author, and what makes a text a changed one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from urllib.parse import urlsplit

from crawler.feeds.urls import canonical
from crawler.items import PostItem
from models.store import PostRow

# An absolute URI (RFC 3986) of a kind that is unique in the world; `post:123` or `id:5` would not be.
_URI = re.compile(
    r"(?:https?://[^\s/?#]+|(?:urn|tag):[^\s:]+[:,]|(?:at|ipfs|magnet|acct|doi|info|yt):\S)\S*", re.I
)


def post_key(item: PostItem) -> str:
    """The identity of a post: 32 hex digits.

    The guid names it if it is an absolute URI (then every source that carries it means the same post); any other
    guid names it within its source; without a guid the canonical link does, and without a link its words do.
    A guid that is the link says no more than the link.
    """
    if item.guid:
        if item.url and item.guid.startswith("http") and canonical(item.guid) == item.url:
            return _hash("uri", item.url)
        return key_of_guid(item.source, item.guid)
    if item.url:
        return _hash("uri", item.url)
    return _hash("words", item.source, item.title, item.text)


def key_of_guid(source: str, guid: str) -> str:
    """The identity of a post by its guid alone."""
    return _hash("uri", guid) if _URI.fullmatch(guid) else _hash("guid", source, guid)


def keys_of_guids(source: str, guids: Iterable[str]) -> list[str]:
    """Under which identities posts with these guids may be stored: as the guid, or as the link that it is."""
    return sorted({key_of_guid(source, form) for guid in guids for form in (guid, canonical(guid))})


def author_key(item: PostItem, platform: str) -> str:
    """The identity of a post's author, "" if nobody is named.

    A profile's address or a handle names a person on its platform; a bare name only means the same person within
    one source.
    """
    if item.author_url:
        return _hash("url", canonical(item.author_url))
    if item.author_handle:
        return _hash("handle", platform, item.author_handle.lower())
    if item.author_email:
        return _hash("email", item.author_email.lower())
    return _hash("name", item.source, item.author_name.casefold()) if item.author_name else ""


def content_hash(item: PostItem) -> str:
    """What a change of shows that the post was edited: its title and text, not its times or addresses."""
    return _hash(item.title, item.text)


def _platform(url: str) -> str:
    """The host of a canonical address, without port and `www.`."""
    parts = url.split("/", 3)
    if len(parts) < 3:
        return ""
    host = parts[2]
    if ":" in host or "@" in host:
        host = urlsplit(url).hostname or ""
    return host.removeprefix("www.")


def to_row(item: PostItem, *, source_id: int, now: datetime) -> PostRow:
    """The post as it is stored, with its identity."""
    platform = _platform(item.url)
    return PostRow(
        key=post_key(item),
        source_id=source_id,
        text=item.text,
        content_hash=content_hash(item),
        first_seen_at=now,
        title=item.title,
        kind=item.kind,
        guid=item.guid,
        url=item.url,
        language=item.language,
        tags=item.tags,
        extra=item.extra,
        published_at=item.published,
        updated_at=item.updated,
        author_key=author_key(item, platform),
        author_platform=platform if item.author_url or item.author_handle else "",
        author_name=item.author_name,
        author_handle=item.author_handle,
        author_url=item.author_url,
        author_email=item.author_email,
    )


def _hash(*parts: str) -> str:
    # The separator cannot occur in a part: control characters are taken out of titles, texts and addresses.
    return blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()
