"""Makes the terms of a query from their text, each with the errors it can have."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import re2

from triggers.search import words
from triggers.search.limits import MAX_PHRASE, MAX_REGEX, REGEX_MEMORY
from triggers.search.syntax import Cased, Form, Fuzzy, Phrase, Regex, Term, Wild, Word

ANY_WORD = "*"
OPERATORS = frozenset({"AND", "OR", "NOT", "И", "ИЛИ", "НЕ", "NEAR", "ONEAR", "РЯДОМ"})
_FUZZY = re.compile(r"(.*?)~(\d*)")
_WILD = re.compile(r"[*?]")
_LETTERS_BEFORE_STAR = 3


class TermFault(ValueError):
    """A term that cannot be: what is wrong, how to mend it, and where in the term."""

    def __init__(self, what: str, hint: str = "", offset: int = 0) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.offset = offset


def bare(chunk: str) -> Term:
    """Read what stands between blanks: a word, `=word`, `word*`, `word~1`."""
    if chunk == "=":
        raise TermFault(
            "'=' wants a word right after it", "a phrase in quotation marks has its forms anyway", 1
        )
    if chunk.startswith("="):
        return Form(joined(chunk[1:], 1))
    if re.fullmatch(r".+~\d*\.\d+", chunk):
        raise TermFault("a likeness such as ~0.8 means nothing here", "write word~1: within one edit")
    fuzzy = _FUZZY.fullmatch(chunk)
    if fuzzy:
        return _fuzzy(fuzzy[1], fuzzy[2])
    if _WILD.search(chunk):
        return Wild(wildcard(chunk))
    text = joined(chunk)
    if text in OPERATORS:
        raise TermFault(f"'{text}' is an operator", f'write "{text}" or ={text} for the word')
    return Word(text)


def joined(text: str, offset: int = 0) -> str:
    """Return the words of a text, joined by hyphens as they are written in a canonical query."""
    found = words.surfaces(text)
    if not found:
        raise TermFault("there is no letter, digit or emoji here", "search for a word", offset)
    if len(found) > MAX_PHRASE:
        raise TermFault(f"more than {MAX_PHRASE} words in one piece", "put spaces between them")
    return "-".join(found)


def cased(inner: str) -> Cased:
    """Read what stands in braces."""
    return Cased(joined(inner))


def _fuzzy(word: str, edits: str) -> Fuzzy:
    if edits not in ("", "1"):
        raise TermFault(
            f"~{edits[:5]} is too far for one word", 'only ~1 is possible; a phrase takes "a b"~n'
        )
    found = words.surfaces(word)
    if len(found) != 1 or _WILD.search(word):
        raise TermFault("~1 wants a single word before it", 'a phrase takes "a b"~n')
    if len(words.folded(found[0])) < 4:
        raise TermFault(
            f"'{word[:20]}' is too short for ~1", "four letters or more, or every second word would match"
        )
    return Fuzzy(found[0])


def wildcard(chunk: str) -> str:
    """Check a word with `*` or `?` and return it folded; the text around it is dropped."""
    pattern = re.sub(r"^[^\w#@*?]+|[^\w*?+]+$", "", chunk)
    _check_single(pattern, chunk)
    pattern = re.sub(
        r"\*+",
        "*",
        "".join(words.folded(part) if part not in "*?" else part for part in re.split(r"([*?])", pattern)),
    )
    _check_single(pattern, chunk)  # some letters fold to several, as ¼ does
    before = re.split(r"[*?]", pattern, maxsplit=1)[0].lstrip("#@")
    star = pattern.find("*")
    if star >= 0 and len(pattern[:star].lstrip("#@").replace("?", "")) < _LETTERS_BEFORE_STAR:
        raise TermFault(
            "three letters or more must stand before '*'", "write word*, not wo*", max(chunk.find("*"), 0)
        )
    if not before:
        raise TermFault("a letter must stand before '?'", "write wo?d", max(chunk.find("?"), 0))
    return pattern


def _check_single(pattern: str, chunk: str) -> None:
    literal = pattern.replace("*", "a").replace("?", "a")
    if words.surfaces(literal) != [literal]:
        raise TermFault(f"'{chunk[:40]}' is more than one word", "a wildcard stands within a single word")


def phrase(inner: str, slop: int | None) -> Phrase:
    """Read what stands in quotation marks."""
    items: list[str] = []
    for chunk in inner.split():
        items.extend(_phrase_items(chunk))
    while items and items[-1] == ANY_WORD:
        items.pop()
    if not items:
        raise TermFault("there is no word in these quotation marks", 'write "new job"')
    if items[0] == ANY_WORD:
        raise TermFault("a phrase cannot begin with '*'", 'leave it out, or write "head * sales"')
    if len(items) > MAX_PHRASE:
        raise TermFault(f"more than {MAX_PHRASE} words in one phrase", "take the words that matter")
    if slop is not None and ANY_WORD in items:
        raise TermFault("'*' for any word and ~n do not go together", "leave one of them out")
    return Phrase(tuple(items), slop if len(items) > 1 else None)


def _phrase_items(chunk: str) -> list[str]:
    if chunk == ANY_WORD:
        return [ANY_WORD]
    # At its end a question mark is punctuation: "what?" is a question more often than a wildcard.
    bounded = re.sub(r"[^\w*+#]+$", "", chunk)
    if _WILD.search(bounded):
        return [wildcard(bounded)]
    return words.surfaces(chunk)


def regex(pattern: str) -> Regex:
    """Read what stands between slashes."""
    if len(pattern) > MAX_REGEX:
        raise TermFault(
            f"this regular expression has {len(pattern)} characters", f"at most {MAX_REGEX} are possible"
        )
    try:
        compiled = compiled_regex(pattern)
    except (re2.error, ValueError, OverflowError) as error:
        what = error.args[0] if error.args else "not understood"
        what = what.decode("utf-8", "replace") if isinstance(what, bytes) else str(what)
        raise TermFault(
            f"not a regular expression: {what[:80]}", "it is read by RE2: no look-around, no back-references"
        ) from None
    if compiled.search("") is not None:
        raise TermFault("this regular expression matches the empty text", "it would match every post")
    return Regex(pattern)


@lru_cache(4096)
def compiled_regex(pattern: str) -> Any:
    """Compile an expression without regard to case, within bounds. Raises re2.error."""
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = REGEX_MEMORY
    options.log_errors = False
    return re2.compile(pattern, options)


def term_words(text: str) -> tuple[str, ...]:
    """Return the words of a word term, as `joined` put them together."""
    return tuple(words.surfaces(text))
