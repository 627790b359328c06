"""JSON lines: what every filter over posts, or over anything else, reads first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

_decode = json.JSONDecoder().decode
_HALVES = re.compile("[\ud800-\udfff]")


def batches(lines: Iterable[str], size: int) -> Iterator[list[tuple[int, str]]]:
    """Yield lines that are not blank with their numbers, `size` at a time; the last batch may be shorter, or empty."""
    batch: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            batch.append((number, line))
        if len(batch) == size:
            yield batch
            batch = []
    yield batch


def decode(line: str) -> dict[str, Any]:
    """Read one line that is an object. Raises ValueError with what is wrong.

    Bytes that are no UTF-8 stand in the line as surrogateescape leaves them.
    """
    try:
        line.encode()
        data = _decode(line)
    except UnicodeEncodeError as error:
        byte = ord(line[error.start]) & 0xFF
        raise ValueError(f"not UTF-8 text (byte 0x{byte:02x}); save it as UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(data, dict):
        raise ValueError("must be an object")
    return data


def check_id(found: object) -> str | int:
    """Return an id that a line can be answered with. Raises ValueError where it is none."""
    if isinstance(found, bool) or not isinstance(found, str | int):
        raise ValueError("`id` must be text or a whole number")
    if isinstance(found, str) and _HALVES.search(found):
        raise ValueError("`id` holds half a character (a lone surrogate)")
    return found


def read_object(line: str) -> tuple[str | int, str, dict[str, Any]]:
    """Read one line: the post's id as it was given, its text, and all of it. Raises ValueError with what is wrong."""
    data = decode(line)
    try:
        post, text = data["id"], data["text"]
    except KeyError as missing:
        raise ValueError(f"`{missing.args[0]}` is missing") from None
    post = check_id(post)
    if not isinstance(text, str):
        raise ValueError("`text` must be text")
    return post, text, data


def text_or_empty(data: dict[str, Any], name: str) -> str:
    """Return a field that is text, null or left out. Raises ValueError for anything else."""
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"`{name}` must be text or null")
    return value or ""


def writable(line: str) -> str:
    """Return a line of JSON as a file can hold it: halves of a character (lone surrogates) as the escapes they came in."""
    return json.dumps(json.loads(line)) if not line.isascii() and _HALVES.search(line) else line
