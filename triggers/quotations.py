"""Whose words a sentence is: what stands in quotation marks is not told by the author."""

from __future__ import annotations

import re
from functools import lru_cache

# A quotation, over several lines if need be; in straight marks within a paragraph only, since those look alike.
_QUOTATION = re.compile(r"«[^«»]{1,1500}»|“[^“”]{1,1500}”|„[^„“”]{1,1500}[“”]|\"[^\"\n]{1,600}\"")
_WORD = re.compile(r"\w+")
# Fewer words in quotation marks are a name or irony: `the "baby"`.
_SENTENCE = 4
# So many words outside leave a text that is all quotation its author's, signature and all.
_SIGNATURE = 3


@lru_cache(maxsize=64)
def quotations(text: str) -> tuple[tuple[int, int], ...]:
    """Return where others' sentences are quoted; nothing where the whole text stands in quotation marks."""
    found = [hit.span() for hit in _QUOTATION.finditer(text) if len(_WORD.findall(hit[0])) >= _SENTENCE]
    if not found:
        return ()
    outside = len(_WORD.findall(text)) - sum(len(_WORD.findall(text, *span)) for span in found)
    return tuple(found) if outside > _SIGNATURE else ()


def is_quoted(text: str, start: int, end: int) -> bool:
    """Say whether `text[start:end]` is somebody's quoted words."""
    return any(a < start and end < b for a, b in quotations(text))
