"""From a match in a composed text back to the post's own fields: what a kept signal says of its evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from leads.keys import stable_key

BREAK = "\n\n"
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Composed:
    """A post's title and text as one text to look at. `title_length` is 0 where the title was left out."""

    text: str
    title_length: int = 0

    def place(self, start: int, end: int) -> Place:
        """The field and span that `text[start:end]` came from.

        A span over the break between title and text keeps its longer part (the title's, if equal), since a quote
        is always words of one field.
        """
        body = self.title_length + len(BREAK) if self.title_length else 0
        in_title = max(0, min(end, self.title_length) - start)
        in_text = max(0, end - max(start, body))
        if in_title and in_title >= in_text:
            return Place("title", start, min(end, self.title_length))
        return Place("text", max(start, body) - body, max(end, body) - body)


@dataclass(frozen=True, slots=True)
class Place:
    """Words of a post: `post.<field>[start:end]` in Unicode code points."""

    field: str
    start: int
    end: int


def compose(title: str, text: str) -> Composed:
    """Title and text as one text; the title is left out when it is empty or the text begins with it."""
    title = title.rstrip()
    if not title or text.lstrip().startswith(title):
        return Composed(text)
    return Composed(title + BREAK + text, len(title))


def around(text: str, start: int, end: int, most: int = 160) -> tuple[str, str]:
    """The words before and after a quote that belong to its sentence, at most `most` characters on either side."""
    before = SENTENCE_END.split(text[max(0, start - most) : start])[-1]
    after = SENTENCE_END.split(text[end : end + most], maxsplit=1)
    rest = text[end : end + len(after[0]) + 1] if len(after) > 1 else after[0]
    if start - len(before) > 0 and len(before) == most:
        before = "… " + before.partition(" ")[2]
    if len(rest) == most and end + most < len(text):
        rest = rest.rpartition(" ")[0] + " …"
    return before.lstrip(), rest.rstrip()


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence of `text[start:end]` begins and ends, in characters."""
    low = max((found.end() for found in SENTENCE_END.finditer(text, 0, start)), default=0)
    after = SENTENCE_END.search(text, end)
    return low, after.start() if after else len(text)


# Sentences are added on either side of a quote until there is so much of them, in characters, and never more than that.
_ENOUGH, _MOST = 160, 290


def surroundings(composed: Composed, start: int, end: int) -> str:
    """The sentence of `text[start:end]` and its neighbours in the same paragraph, about 600 characters at most.

    A title belongs to the first paragraph; other paragraphs may speak of somebody else, as they do in digests.
    """
    head, text = composed.title_length, composed.text
    body = head + len(BREAK) if head else 0
    if head:
        text = f"{text[:head]}. {text[body:]}"
    before = _pieces(text[max(0, start - 2 * _MOST) : start].rpartition("\n")[2])
    after = _pieces(text[end : end + 2 * _MOST].partition("\n")[0])
    return "".join(_nearest(before[::-1])[::-1]) + text[start:end] + "".join(_nearest(after))


def _pieces(text: str) -> list[str]:
    """A text cut after its sentences."""
    ends = [found.end() for found in SENTENCE_END.finditer(text)]
    return [text[a:b] for a, b in pairwise([0, *ends, len(text)]) if a < b]


def _nearest(pieces: list[str]) -> list[str]:
    """The first piece, which is the quote's own sentence, and as many of the next as make enough."""
    kept: list[str] = []
    size = 0
    for n, piece in enumerate(pieces):
        if n and (size >= _ENOUGH or size + len(piece) > _MOST):
            break
        kept.append(piece)
        size += len(piece)
    return kept


def key_of_signal(post_key: str, rule: str, place: Place) -> str:
    """The key of the match of this rule at this place: the same match is never kept twice."""
    return stable_key("signal", post_key, place.field, rule, place.start, place.end)


def key_of_drop(post_key: str, rule: str, place: Place, reason: str) -> str:
    """The key of a match that was dropped at this place for this reason."""
    return stable_key("drop", post_key, place.field, rule, place.start, place.end, reason)
