"""Linking and name comparison as filters: JSON lines in, JSON lines out, one for one, in order."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import IO, Any

from leads.linking.linker import Linker
from leads.linking.name_match import match_names
from leads.linking.records import Mention
from triggers.json_lines import check_id, decode, text_or_empty

_encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode
_MENTION_FIELDS = (
    "name",
    "handle",
    "platform",
    "email",
    "url",
    "company",
    "role",
    "place",
    "lang",
    "context",
)
# Longer values are no names, and comparing them would take for ever.
MAX_LENGTH = 1_000


def link_lines(incoming: IO[str], outgoing: IO[str], errors: IO[str], linker: Linker) -> int:
    """Read mentions, write whom they are linked to; return how many lines were bad.

    A bad line gives no output but `line N: what is wrong` on `errors`; the rest goes on.
    """

    def answer(data: dict[str, Any]) -> dict[str, Any]:
        linking = linker.link(read_mention(data))
        links = [
            {"contact": c.key, "probability": c.probability, "code": c.code, "reasons": list(c.reasons)}
            for c in linking.candidates
        ]
        return {"id": data.get("id"), "links": links, "decision": linking.decision.value}

    return _each(incoming, outgoing, errors, answer)


def compare_lines(incoming: IO[str], outgoing: IO[str], errors: IO[str]) -> int:
    """Read pairs of names, write how alike they are; return how many lines were bad, told as by `link_lines`."""

    def answer(data: dict[str, Any]) -> dict[str, Any]:
        for field in ("name1", "name2"):
            if field not in data:
                raise ValueError(f"`{field}` is missing")
        found = match_names(_text(data, "name1"), _text(data, "name2"), _text(data, "schema") or "Person")
        return {"id": data.get("id"), "score": found.score, "match": found.match, "code": found.code}

    return _each(incoming, outgoing, errors, answer)


def read_mention(data: dict[str, Any]) -> Mention:
    """Return the mention that an object tells.

    Raises:
        ValueError: a field is no text, or nothing in it tells who is meant.
    """
    found: dict[str, Any] = {field: _text(data, field) for field in _MENTION_FIELDS}
    if not any(found[field] for field in ("name", "handle", "email", "url")):
        raise ValueError("needs at least one of `name`, `handle`, `email`, `url`")
    return Mention(**found)


def _each(
    incoming: IO[str], outgoing: IO[str], errors: IO[str], answer: Callable[[dict[str, Any]], dict[str, Any]]
) -> int:
    faults = 0
    for number, line in enumerate(incoming, 1):
        if not line.strip():
            continue
        try:
            outgoing.write(_encode(answer(_object(line))) + "\n")
        except ValueError as error:
            faults += 1
            errors.write(f"line {number}: {error}\n")
    return faults


def _object(line: str) -> dict[str, Any]:
    data = decode(line)
    if data.get("id") is not None:
        check_id(data["id"])
    return data


def _text(data: dict[str, Any], field: str) -> str:
    value = text_or_empty(data, field)
    if len(value) > MAX_LENGTH:
        raise ValueError(f"`{field}` has {len(value)} characters, more than {MAX_LENGTH}")
    # Halves of a character, which JSON can hold and no file can.
    return value.encode("utf-8", "replace").decode("utf-8")
