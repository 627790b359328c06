"""Bytes of unknown encoding to UTF-8, whatever the feed and its server say.

Declarations are believed in this order: byte order mark; UTF-8 if the bytes are valid UTF-8 (other encodings
almost never are by chance); the XML declaration; the Content-Type; then what the bytes look like.
"""

from __future__ import annotations

import codecs
import re

_DECLARATION = re.compile(
    rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"'][^>]{0,100}?>"
)
_DECLARATION_TEXT = re.compile(r"^\s*<\?xml[^>]{0,300}>")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# As browsers do: what calls itself Latin-1 is in truth Microsoft's superset of it.
_ALIASES = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
}
_CONTROL_BYTES = bytes(number for number in range(32) if number not in (9, 10, 13))
_CYRILLIC_RUN = re.compile(r"[А-Яа-яЁё]{3,}")


def to_utf8(body: bytes, content_type: str = "") -> bytes:
    """The document in UTF-8 without byte order mark, its XML declaration set right."""
    text, encoding = _decode(body, content_type)
    if text is not None:
        if encoding != "utf-8":
            text = _DECLARATION_TEXT.sub('<?xml version="1.0" encoding="utf-8"?>', text, count=1)
        body = text.encode("utf-8", "replace")
    return _declare_utf8(body.removeprefix(codecs.BOM_UTF8).strip())


def without_controls(document: bytes) -> bytes:
    """The document without the control characters that XML forbids and that make it not well-formed."""
    return document.translate(None, _CONTROL_BYTES)


def _decode(body: bytes, content_type: str) -> tuple[str | None, str]:
    """The text and its encoding; no text when the bytes are UTF-8 already."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace"), encoding
    if guessed := _wide(body):
        return body.decode(guessed, "replace"), guessed
    declared = _declared(body, content_type)
    if body.isascii() and not any(
        name.startswith(("iso2022", "iso-2022", "hz", "utf-7")) for name in declared
    ):
        return None, "utf-8"
    if _is_utf8(body):
        return None, "utf-8"
    for name in declared:
        try:
            return body.decode(name), name
        except (LookupError, ValueError):
            continue
    return _by_looks(body)


def _declared(body: bytes, content_type: str) -> list[str]:
    names = [found[1].decode("ascii") for found in [_DECLARATION.match(body[:400])] if found]
    names += [found[1] for found in [_CHARSET.search(content_type)] if found]
    # UTF-8 is tried first in any case; and bytes that were found not to be wide are no UTF-16, whatever they say.
    return [_ALIASES.get(name.lower(), name.lower()) for name in names if not name.lower().startswith("utf")]


def _wide(body: bytes) -> str:
    """UTF-16 without a byte order mark shows by the zero bytes in `<?xml`."""
    head = body[:4]
    if head[:1] == b"<" and head[1:2] == b"\x00":
        return "utf-16-le"
    return "utf-16-be" if head[:2] == b"\x00<" else ""


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\x1b" not in body or b"\x1b$" not in body  # a single byte is found in no time


def _by_looks(body: bytes) -> tuple[str, str]:
    """UTF-8 with a few broken bytes; else Russian, if it reads as such; else Western European."""
    text = body.decode("utf-8", "replace")
    wide = sum(byte >= 0x80 for byte in body[:200_000])
    if text[:200_000].count("\ufffd") * 10 < wide:
        return text, "damaged utf-8"
    russian = body.decode("cp1251", "replace")
    if sum(map(len, _CYRILLIC_RUN.findall(russian[:200_000]))) * 2 > wide:
        return russian, "cp1251"
    return body.decode("cp1252", "replace"), "cp1252"


def _declare_utf8(body: bytes) -> bytes:
    found = _DECLARATION.match(body[:400])
    if not found or found[1].lower() in (b"utf-8", b"utf8"):
        return body
    return b'<?xml version="1.0" encoding="utf-8"?>' + body[found.end() :]
