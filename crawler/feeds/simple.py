"""Well-formed everyday HTML to text, without a tree: what most feeds send, in a third of the time.

`text_of` refuses (returns None) whatever a browser would read in a way of its own: tags that are not written out,
most elements whose content is not text, tables. An HTML parser reads those.
"""

from __future__ import annotations

import re
from html import unescape

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
    r"""<(/?[a-zA-Z][a-zA-Z0-9]*+)(?:[\s/][^<>"']*+(?:"[^"<>]*+"[^<>"']*+|'[^'<>]*+'[^<>"']*+)*+)?+>"""
)
# What is left out with its content, as long as that cannot be misread.
_HIDDEN = re.compile(r"<(iframe|script|style)(?=[\s>])[^<>]*+>[^<]*+</\1>|<!--(?:[^<>-]|-(?!->))*+-->")
_HIDES = ("<iframe", "<script", "<style", "<!--")
_PRE = re.compile(r"<pre(?=[\s>])", re.IGNORECASE)
_BREAK = re.compile(f"[{PARAGRAPH}{LINE}][{PARAGRAPH}{LINE} ]*+")
_RUN = re.compile("  +")
_ENDS = f" {LINE}"


class _Marks(dict[str, str | None]):
    """Tag -> the mark that takes its place, "" for none; None for those of `OTHERWISE`. Filled as tags are met."""

    def __missing__(self, tag: str) -> str | None:
        name = tag.lower()
        plain = name.removeprefix("/")
        mark: str | None = LINE if name in ROWS else ""
        if plain in OTHERWISE:
            mark = None
        elif plain in BLOCKS:
            mark = PARAGRAPH
        if len(self) < 1_000:
            self[tag] = mark
        return mark


_mark = _Marks().__getitem__


def text_of(html: str) -> str | None:
    """The text, with its paragraphs apart and its lines broken; None if the markup is not simple enough."""
    text = _text_of(html)
    if text is None and any(start in html for start in _HIDES):
        text = _text_of(_HIDDEN.sub("", html))
    return text


def _text_of(html: str) -> str | None:
    pieces = _TAG.split(html)
    if html.count("<") != len(pieces) // 2:
        return None
    marks = list(map(_mark, pieces[1::2]))
    if None in marks:
        return None
    pieces[1::2] = marks
    text = "".join(pieces).replace("\n", " ")  # a line feed in HTML is a space
    return break_up(unescape(text) if "&" in text else text)


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
    if "  " in text:
        text = _RUN.sub(" ", text)
    if "\n" in text:  # written as a character reference
        return _BREAK.sub(_line_feeds, text).replace(" \n", "\n").strip(" \n")
    pieces = [piece.strip(_ENDS) for piece in text.split(PARAGRAPH)]
    text = "\n\n".join([piece for piece in pieces if piece])
    return _BREAK.sub(_line_feeds, text).replace(" \n", "\n") if LINE in text else text


def _line_feeds(found: re.Match[str]) -> str:
    run = found[0]
    return "\n\n" if PARAGRAPH in run or run.count(LINE) > 1 else "\n"
