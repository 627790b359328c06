"""Detection as a filter: JSON lines in, JSON lines out, one for one, in order."""

from __future__ import annotations

import json
from typing import IO, Any

from triggers.detector import ZONE, Detector
from triggers.json_lines import batches, read_object, writable
from triggers.match import Detection, Document, Match, published_time

_encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode
_quote = json.encoder.encode_basestring


def detect_lines(
    incoming: IO[str], outgoing: IO[str], errors: IO[str], detector: Detector, *, explain: bool = False
) -> int:
    """Read posts, write their signals; return how many lines were bad.

    A bad line gives no output but `line N: what is wrong` on `errors`; the rest goes on.
    """
    faults = 0
    for batch in batches(incoming, ZONE):
        documents: list[tuple[Any, Document]] = []
        for number, line in batch:
            try:
                documents.append(_document(line))
            except ValueError as error:
                faults += 1
                errors.write(f"line {number}: {error}\n")
        found = detector.detect_batch([document for _, document in documents])
        for (post, _), detection in zip(documents, found, strict=True):
            silent = not (detection.matches or explain)
            told = _silence(post, detection.lang) if silent else _encode(_answer(post, detection, explain))
            outgoing.write(writable(told) + "\n")
    return faults


def _document(line: str) -> tuple[Any, Document]:
    """Read one line. Raises ValueError with what is wrong."""
    post, text, data = read_object(line)
    lang, author, published = data.get("lang"), data.get("author"), data.get("published")
    for name, value in (("lang", lang), ("author", author), ("published", published)):
        if value is not None and not isinstance(value, str):
            raise ValueError(f"`{name}` must be text or null")
    return post, Document(text, lang, published_time(published), author, str(post))


def _silence(post: str | int, lang: str | None) -> str:
    """Return the answer of a post without signals: most are, and nothing is quicker."""
    code = "null" if lang is None else _quote(lang)
    return (
        f'{{"id": {_quote(post) if isinstance(post, str) else _encode(post)}, "lang": {code}, "signals": []}}'
    )


def _answer(post: Any, detection: Detection, explain: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "id": post,
        "lang": detection.lang,
        "signals": [_signal(m) for m in detection.matches],
    }
    if explain:
        answer["dropped"] = [
            {"kind": d.kind, "rule": d.rule, "start": d.start, "end": d.end, "reason": d.reason}
            for d in detection.dropped
        ]
    return answer


def _signal(match: Match) -> dict[str, Any]:
    return {
        "kind": match.kind,
        "rule": match.rule,
        "version": match.version,
        "start": match.start,
        "end": match.end,
        "quote": match.quote,
        "confidence": match.confidence,
        "slots": dict(match.slots),
        "context": list(match.context),
        "reasons": list(match.reasons),
    }
