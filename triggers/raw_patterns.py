"""Token patterns written in spaCy's own form, checked before spaCy sees them."""

from __future__ import annotations

from typing import Any

from triggers.phrases import Pattern, Token

WORDS = frozenset({"LOWER", "ORTH", "LEMMA", "SHAPE"})
FLAGS = frozenset(
    [
        "IS_ALPHA",
        "IS_ASCII",
        "IS_DIGIT",
        "IS_LOWER",
        "IS_UPPER",
        "IS_TITLE",
        "IS_PUNCT",
        "IS_CURRENCY",
        "IS_QUOTE",
        "IS_BRACKET",
        "LIKE_NUM",
    ]
)
# Not `!`: spaCy's own documentation and code differ about it; NOT_IN says what is meant.
OPERATORS = frozenset({"?", "+", "*"})


class PatternFault(ValueError):
    """A token pattern that may not be used, and why."""


def read_pattern(raw: Any) -> Pattern:
    """Read a list of spaCy token dictionaries, each with an optional LABEL to capture it under.

    Raises PatternFault.
    """
    if not isinstance(raw, list) or not raw or not all(isinstance(token, dict) for token in raw):
        raise PatternFault("a pattern is a list of token mappings, like [{LOWER: got}, {LOWER: married}]")
    return Pattern(tuple(_token(token) for token in raw))


def _token(raw: dict[Any, Any]) -> Token:
    attributes: list[tuple[str, Any]] = []
    needs = None
    for key, value in raw.items():
        if key == "LABEL":
            continue
        if key in WORDS:
            checked = _words(key, value)
            attributes.append((key, checked))
            needs = needs or _needs(key, checked)
        elif key in FLAGS:
            if not isinstance(value, bool):
                raise PatternFault(f"{key} must be true or false")
            attributes.append((key, value))
        elif key == "OP":
            if value not in OPERATORS:
                raise PatternFault(
                    f"OP {value!r} is not one of ? + *; use NOT_IN for words that must not stand there"
                )
            attributes.append((key, value))
        else:
            raise PatternFault(_refused(str(key)))
    if raw.get("OP") in ("?", "*"):
        needs = None
    return Token(tuple(attributes), str(raw.get("LABEL", "")), needs)


def _words(key: str, value: Any) -> Any:
    if isinstance(value, str):
        return _cased(key, value)
    if isinstance(value, dict) and len(value) == 1:
        ((operator, words),) = value.items()
        if (
            operator in ("IN", "NOT_IN")
            and isinstance(words, list)
            and all(isinstance(w, str) for w in words)
        ):
            return (operator, frozenset(_cased(key, word) for word in words))
        if operator == "REGEX":
            raise PatternFault("REGEX can hang on hostile text; list the words with IN")
    raise PatternFault(f"{key} must be a word, {{IN: [...]}} or {{NOT_IN: [...]}}")


def _cased(key: str, word: str) -> str:
    if key in ("LOWER", "LEMMA") and word != word.lower():
        raise PatternFault(f"{key} {word!r} never matches; write it in lower case or use ORTH")
    return word.replace("ё", "е").replace("Ё", "Е")


def _needs(key: str, value: Any) -> tuple[str, frozenset[str]] | None:
    if key == "SHAPE" or (isinstance(value, tuple) and value[0] == "NOT_IN"):
        return None
    return (key, value[1]) if isinstance(value, tuple) else (key, frozenset({value}))


def _refused(key: str) -> str:
    if key == "IS_STOP":
        return "IS_STOP differs between versions of spaCy; list the words with IN"
    if key in ("POS", "TAG", "DEP", "MORPH", "ENT_TYPE", "ENT_IOB", "ENT_ID"):
        return f"{key} means nothing without a trained pipeline; use LEMMA, SHAPE or word lists"
    if key == "REGEX":
        return "REGEX can hang on hostile text; list the words with IN"
    return f"{key} may not be used; only LOWER, ORTH, LEMMA, SHAPE, IS_*, LIKE_*, OP, IN, NOT_IN, LABEL"
