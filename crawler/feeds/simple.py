"""Well-formed everyday HTML to text, without a tree: what most feeds send, in a third of the time.

`text_of` refuses (returns None) whatever a browser would read in a way of its own: tags that are not written out,
most elements whose content is not text, tables. An HTML parser reads those.
"""

from __future__ import annotations

import re
from html import unescape

from crawler.feeds.known import Known

# Marks that stand for breaks in a text. Both are taken out of every text in the end.
PARAGRAPH, LINE = "\x1e", "\x1f"
BLOCKS = frozenset(
    "p div h1 h2 h3 h4 h5 h6 ul ol dl table blockquote section article aside header footer figure pre hr form".split()
)
ROWS = frozenset("br li tr th td dt dd figcaption".split())
# A browser takes the content of these for something else than text, or moves it elsewhere.
OTHERWISE = frozenset(
    "script style template noscript svg math iframe object textarea select title head html body frameset frame"
    " noframes noembed xmp listing plaintext table caption colgroup col tbody thead tfoot tr td th image".split()
)
# Quotes are closed within their tag and hold no brackets; anything else is left standing, and seen by its bracket.
_TAG = re.compile(
    r"""<(/?[a-zA-Z][a-zA-Z0-9]*+)(?:>|[\s/][^<>"']*+(?:"[^"<>]*+"[^<>"']*+|'[^'<>]*+'[^<>"']*+)*+>)"""
)
# What is left out with its content, as long as that cannot be misread.
_UNSEEN = frozenset({"iframe", "script", "style"})
_HIDDEN = re.compile(r"<(iframe|script|style)(?=[\s>])[^<>]*+>[^<]*+</\1>|<!--(?:[^<>-]|-(?!->))*+-->")
_HIDES = ("<!--", *(f"<{tag}" for tag in sorted(_UNSEEN)))
_STILL_HIDES = re.compile(r"<(?:iframe|script|style)[\s>]")
_PRE = re.compile(r"<[pP][rR][eE](?=[\s>])")
_BREAK = re.compile(f"[{PARAGRAPH}{LINE}][{PARAGRAPH}{LINE} ]*+")
_RUN = re.compile("  +")
_MANY_LINES = re.compile("\n{3,}")
_ENDS = f" {LINE}"
# What `unescape` takes for a character reference.
_REFERENCE = re.compile(r"(&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?))")


def mark_of(name: str) -> str:
    """The mark for an element's beginning or, with a slash before its name, for its end; "" for none."""
    if name.removeprefix("/") in BLOCKS:
        return PARAGRAPH
    return LINE if name in ROWS else ""


def _simple_mark(tag: str) -> str | None:
    """The mark that takes a tag's place; None for those of `OTHERWISE`, and for preformatted text."""
    name = tag.lower()
    plain = name.removeprefix("/")
    return None if plain in OTHERWISE or plain == "pre" else mark_of(name)


_mark = Known(_simple_mark).__getitem__
_character = Known(unescape).__getitem__


def text_of(html: str) -> str | None:
    """The text, with its paragraphs apart and its lines broken; None if the markup is not simple enough."""
    if LINE in html:  # which is no break there
        html = keep_lines(html)
    text = _without_tags(html)
    if text is None and any(start in html for start in _HIDES):
        html = _HIDDEN.sub("", html)
        text = None if _STILL_HIDES.search(html) else _without_tags(html)
    if text is None:
        return None
    text = text.replace("\n", " ")  # a line feed in HTML is a space
    return break_up(_unescaped(text) if "&" in text else text)


def _without_tags(html: str) -> str | None:
    pieces = _TAG.split(html)
    marks = list(map(_mark, pieces[1::2]))
    if None in marks and not _settle(pieces, marks):
        return None
    pieces[1::2] = marks
    text = "".join(pieces)
    return None if "<" in text else text


def _settle(pieces: list[str], marks: list[str | None]) -> bool:
    """Settle what takes more than a mark; false if that takes a tree.

    What is hidden is left out, where nothing but text stands in it. Preformatted text keeps its lines.
    """
    start = 0  # of preformatted text; 0 outside of any
    for number in [number for number, mark in enumerate(marks) if mark is None]:
        at = 2 * number + 1  # of the tag, between pieces of text
        tag = pieces[at]
        if tag.lower() in ("pre", "/pre"):
            marks[number] = PARAGRAPH
            if start and tag == "/pre":
                _keep_lines(pieces, start, at)
                start = 0
            elif tag[0] != "/":
                start = start or at + 1
        elif tag in _UNSEEN and pieces[at + 2 : at + 3] == [f"/{tag}"]:
            marks[number] = marks[number + 1] = pieces[at + 1] = ""
        elif marks[number] is None:
            return False
    if start:
        _keep_lines(pieces, start, len(pieces))
    return True


def _keep_lines(pieces: list[str], start: int, end: int) -> None:
    pieces[start:end:2] = [piece.replace("\n", LINE) for piece in pieces[start:end:2]]


def _unescaped(text: str) -> str:
    """As `unescape`, which asks for each reference anew."""
    pieces = _REFERENCE.split(text)
    pieces[1::2] = map(_character, pieces[1::2])
    return "".join(pieces)


def keep_lines(html: str) -> str:
    """In preformatted text, a line feed is a line's end."""
    if "<pre" not in html and "<PRE" not in html:
        return html
    before, *pieces = _PRE.split(html.replace(LINE, " "))
    for number, piece in enumerate(pieces):
        inside, end, after = piece.partition("</pre")
        pieces[number] = inside.replace("\n", LINE) + end + after
    return "<pre".join([before, *pieces])


def break_up(marked: str) -> str:
    """Marks to line feeds: a paragraph's end is an empty line, and so are two line breaks in a row."""
    text = marked.replace("\xa0", " ").replace("\t", " ")
    if "\n" in text:  # written as a character reference
        return _BREAK.sub(_line_feeds, _RUN.sub(" ", text)).replace(" \n", "\n").strip(" \n")
    text = "\n\n".join([piece for part in text.split(PARAGRAPH) if (piece := part.strip(_ENDS))])
    if LINE in text:
        text = "\n".join([line.strip(" ") for line in text.split(LINE)])
        if "\n\n\n" in text:
            text = _MANY_LINES.sub("\n\n", text)
    if "  " in text:
        text = " ".join([piece for part in text.split("  ") if (piece := part.lstrip(" "))])
    return text


def _line_feeds(found: re.Match[str]) -> str:
    run = found[0]
    return "\n\n" if PARAGRAPH in run or run.count(LINE) > 1 else "\n"
