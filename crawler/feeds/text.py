"""HTML to clean plain text: paragraphs apart by an empty line, lines by a line feed, nothing of the markup left."""

from __future__ import annotations

import re
from html import unescape

from selectolax.lexbor import LexborHTMLParser

from crawler.feeds.known import Known
from crawler.feeds.simple import break_up, keep_lines, mark_of, text_of
from guards.text import strip_unwanted

_NAME = re.compile(r"<(/?[a-zA-Z]\w*+)", re.ASCII)
_INVISIBLE = frozenset("script style template noscript svg iframe object textarea select head".split())
_INVISIBLE_TAGS = [
    "script",
    "style",
    "template",
    "noscript",
    "svg",
    "iframe",
    "object",
    "textarea",
    "select",
    "title",
]
_MARKUP = re.compile(r"<(?:[a-zA-Z][^<>]*|/[a-zA-Z][^<>]*|!--.*?--)>", re.DOTALL)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_MANY_BREAKS = re.compile(r"\n{3,}")
# What a title may be marked up with; any other tag in a title is meant to be read ("The <dialog> element").
_INLINE = re.compile(
    r"</?(?:b|i|em|strong|span|a|br|sup|sub|code|u|s|small|big|font|img|p|div|wbr|mark|q|cite|abbr|tt|del|ins)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
# The line that WordPress puts below every text it syndicates says nothing about anybody.
_FOOTER = re.compile(
    r"\n+(?:The post .{1,300}? (?:appeared first on|first appeared on) .{1,200}?"
    r"|(?:Запись|Сообщение) .{1,300}? (?:впервые появилась|появились сначала|впервые появилось) .{1,200}?)\.?\s*\Z"
)
_FOOTER_BEGINS = ("\nThe post ", "\nЗапись ", "\nСообщение ")


def clean_text(value: str, kind: str = "") -> str:
    """Plain text of a body. `kind`: "text" has no tags to remove, "html" and "" are parsed if they look like HTML.

    Character references are replaced once in any case: many feeds escape what they call text twice.
    """
    if "<" not in value and "&" not in value:
        return clean_lines(value)
    if kind == "text" or "<" not in value or not _MARKUP.search(value):
        return clean_lines(unescape_once(value))
    text = text_of(value)
    return _without_footer(strip_unwanted(_html_to_text(keep_lines(value)) if text is None else text))


def clean_title(value: str, kind: str = "") -> str:
    """A title on one line: formatting tags removed, entities that survived the XML unescaped once."""
    if kind == "html":
        return " ".join(clean_text(value, "html").split())
    if "<" in value and kind != "text":
        value = _INLINE.sub(" ", value) if _INLINE.search(value) else value
    if "&" in value:
        value = unescape_once(value)
    return " ".join(strip_unwanted(value).split())


def unescape_once(value: str) -> str:
    """Replace character references that end in a semicolon; `&copy=1` in an address is left alone."""
    return _ENTITY.sub(lambda found: unescape(found[0]), value)


def clean_lines(value: str) -> str:
    """Plain text with its own line breaks: spaces run together, at most one empty line in a row."""
    value = strip_unwanted(value.replace("\r\n", "\n"))
    if "\n" not in value:
        return " ".join(value.split())
    return _MANY_BREAKS.sub("\n\n", "\n".join([" ".join(line.split()) for line in value.split("\n")])).strip()


def _opening(name: str) -> str:
    """How a tag begins, with the mark that stands for it in a text before it."""
    return f"{mark_of(name)}<{name}"


_opened = Known(_opening).__getitem__


def _html_to_text(value: str) -> str:
    """Marks stand in for breaks while the parser turns the markup into text, then become line feeds."""
    pieces = _NAME.split(
        value.replace("\n", " ")
    )  # a line feed in HTML is a space; runs of spaces go at the end
    names = [name.lower() for name in pieces[1::2]]
    pieces[1::2] = map(_opened, names)
    tree = LexborHTMLParser("".join(pieces))
    if not _INVISIBLE.isdisjoint(names):
        tree.strip_tags(_INVISIBLE_TAGS)
    body = tree.body
    return break_up(body.text() if body is not None else "")


def _without_footer(text: str) -> str:
    start = max(0, len(text) - 600)
    if all(text.find(words, start) < 0 for words in _FOOTER_BEGINS):
        return text
    found = _FOOTER.search(text, start)
    return text[: found.start()].rstrip() if found else text
