"""Detection as a filter: JSON lines in, JSON lines out, one for one, in order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import IO, Any

from triggers.detector import ZONE, Detector
from triggers.match import Detection, Document, Match, published_time

_encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode
_decode = json.JSONDecoder().decode
_quote = json.encoder.encode_basestring


def detect_lines(
    incoming: IO[str], outgoing: IO[str], errors: IO[str], detector: Detector, *, explain: bool = False
) -> int:
    """Read posts, write their signals; return how many lines were bad.

    A bad line gives no output but `line N: what is wrong` on `errors`; the rest goes on.
    """
    faults = 0
    for batch in _batches(incoming):
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
            outgoing.write(told + "\n")
    return faults


def _batches(lines: Iterable[str]) -> Iterator[list[tuple[int, str]]]:
    batch: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            batch.append((number, line))
        if len(batch) == ZONE:
            yield batch
            batch = []
    yield batch


def _document(line: str) -> tuple[Any, Document]:
    """Read one line. Raises ValueError with what is wrong."""
    try:
        data = _decode(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise ValueError("not a post: nested too deeply") from None
    if not isinstance(data, dict):
        raise ValueError("must be an object with `id` and `text`")
    try:
        post, text = data["id"], data["text"]
    except KeyError as missing:
        raise ValueError(f"`{missing.args[0]}` is missing") from None
    if not isinstance(text, str):
        raise ValueError("`text` must be text")
    if not isinstance(post, str | int):
        raise ValueError("`id` must be text or a whole number")
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
