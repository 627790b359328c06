"""HTML to clean plain text: paragraphs apart by an empty line, lines by a line feed, nothing of the markup left."""

from __future__ import annotations

import re
from html import unescape

from selectolax.lexbor import LexborHTMLParser

from guards.text import strip_unwanted

# Private marks that stand for breaks while a text is still HTML. Both are taken out of the input beforehand.
_PARAGRAPH, _LINE = "\x1e", "\x1f"
_BLOCK = re.compile(
    r"<(?=/?(?:p|div|h[1-6]|ul|ol|dl|table|blockquote|section|article|aside|header|footer|figure|pre|hr|form)\b)"
)
_ROW = re.compile(r"<(?=(?:br|li|t[rdh]|d[td]|figcaption)\b)")
_UPPER = re.compile(r"</?[A-Z][A-Z0-9]*")
_PRE = re.compile(r"(<pre\b[^>]*>)(.*?)(</pre\s*>)", re.IGNORECASE | re.DOTALL)
_INVISIBLE = re.compile(
    r"<(?:script|style|template|noscript|svg|iframe|object|textarea|select|head)\b", re.IGNORECASE
)
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
_RUN = re.compile("  +")
_FOOTER = re.compile(
    r"\n+(?:The post .{1,300}? (?:appeared first on|first appeared on) .{1,200}?"
    r"|(?:Запись|Сообщение) .{1,300}? (?:впервые появилась|появились сначала|впервые появилось) .{1,200}?)\.?\s*\Z"
)


def clean_text(value: str, kind: str = "") -> str:
    """Plain text of a body. `kind`: "text" has no tags to remove, "html" and "" are parsed if they look like HTML.

    Character references are replaced once in any case: many feeds escape what they call text twice.
    """
    if "<" not in value and "&" not in value:
        return clean_lines(value)
    if kind == "text" or "<" not in value or not _MARKUP.search(value):
        return clean_lines(unescape_once(value))
    return _without_footer(_html_to_text(value))


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


def _html_to_text(value: str) -> str:
    """Marks stand in for breaks while the parser turns the markup into text, then become line feeds."""
    if _UPPER.search(value):
        value = _UPPER.sub(lambda found: found[0].lower(), value)
    if "<pre" in value:
        value = _PRE.sub(_keep_lines, value.replace(_LINE, " "))
    value = value.replace("\n", " ")  # a line feed in HTML is a space; runs of spaces go at the end
    value = _ROW.sub(_LINE + "<", _BLOCK.sub(_PARAGRAPH + "<", value))
    tree = LexborHTMLParser(value)
    if _INVISIBLE.search(value):
        tree.strip_tags(_INVISIBLE_TAGS)
    body = tree.body
    return _join(body.text() if body is not None else "")


def _keep_lines(found: re.Match[str]) -> str:
    return found[1] + found[2].replace("\n", _LINE) + found[3]


def _join(marked: str) -> str:
    """Marks to line feeds: empty paragraphs vanish, two line breaks in a row are a paragraph's end."""
    text = _RUN.sub(" ", marked.replace("\xa0", " ").replace("\t", " "))
    paragraphs = []
    for block in text.split(_PARAGRAPH):
        if _LINE in block:
            block = "\n".join([line.strip(" ") for line in block.split(_LINE)]).strip("\n")  # noqa: PLW2901
        else:
            block = block.strip(" ")  # noqa: PLW2901
        if block:
            paragraphs.append(block)
    joined = "\n\n".join(paragraphs)
    return strip_unwanted(_MANY_BREAKS.sub("\n\n", joined) if "\n\n\n" in joined else joined)


def _without_footer(text: str) -> str:
    start = max(0, len(text) - 600)
    found = _FOOTER.search(text, start)
    return text[: found.start()].rstrip() if found else text
