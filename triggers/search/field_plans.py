"""Plans for what stands beside the text: whole values, comparisons, detection, contacts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from triggers.search import fields, words
from triggers.search.batch import Batch, View, bits, field_values
from triggers.search.faults import SearchFault
from triggers.search.plans import Anchor
from triggers.search.posts import ContactFacts, SearchPost, Span
from triggers.search.syntax import Field

_WEB = "://"


@dataclass(slots=True)
class ValuePlan:
    """A field that has exactly this value, or one that begins with it (`source:habr*`)."""

    field: str
    value: str
    cost: int = 0

    def posts(self, batch: Batch, within: int) -> int:
        values = batch.values(self.field)
        if not self.value.endswith("*"):
            return values.get(self.value, 0) & within
        mask = 0
        for value, holders in values.items():
            if value.startswith(self.value[:-1]):
                mask |= holders
        return mask & within

    def spans(self, view: View) -> Iterable[Span]:
        mark = {"hashtag": "#", "mention": "@"}.get(self.field)
        if mark is None:
            return
        for place, token in view.tokens.items():
            if token.surface[0] == mark and words.folded(token.surface[1:]) == self.value:
                yield view.span(place, place)

    def anchors(self) -> frozenset[Anchor] | None:
        return None if self.value.endswith("*") else frozenset({f"{self.field}:{self.value}"})


@dataclass(slots=True)
class NamePlan:
    """The author's names hold these words side by side."""

    names: tuple[str, ...]
    cost: int = 1

    def posts(self, batch: Batch, within: int) -> int:
        values = batch.values("author")
        for name in self.names:
            within &= values.get(name, 0)
        if len(self.names) == 1:
            return within
        return sum(1 << index for index in bits(within) if holds_names(batch.posts[index].author, self.names))

    def spans(self, _view: View, /) -> Iterable[Span]:
        return ()

    def anchors(self) -> frozenset[Anchor] | None:
        return frozenset({f"author:{self.names[0]}"})


@dataclass(slots=True)
class HoldsPlan:
    """A condition on one post that costs next to nothing: a comparison, a part of an address."""

    key: tuple[str, str, str]
    holds: Callable[[SearchPost], bool]
    cost: int = 1

    def posts(self, batch: Batch, within: int) -> int:
        return batch.holding(self.key, self.holds) & within

    def spans(self, _view: View, /) -> Iterable[Span]:
        return ()

    def anchors(self) -> frozenset[Anchor] | None:
        return None


@dataclass(slots=True)
class AgePlan:
    """How long before the batch's own time a post was published."""

    op: str
    value: str
    cost: int = 1

    def posts(self, batch: Batch, within: int) -> int:
        limit = fields.age(self.value).total_seconds()

        def holds(post: SearchPost) -> bool:
            if post.published is None:
                return False
            return fields.compare((batch.now - post.published).total_seconds(), self.op, limit)

        return batch.holding(("age", self.op, self.value), holds) & within

    def spans(self, _view: View, /) -> Iterable[Span]:
        return ()

    def anchors(self) -> frozenset[Anchor] | None:
        return None


@dataclass(slots=True)
class DetectedPlan:
    """`trigger:kind`, `rule:id`: detection runs only on posts that nothing cheaper has ruled out."""

    field: str
    value: str
    cost: int = 9

    def posts(self, batch: Batch, within: int) -> int:
        batch.detected(within)
        return sum(1 << index for index in bits(within) if any(self._spans(batch, index)))

    def _spans(self, batch: Batch, index: int) -> Iterable[tuple[Span, ...] | bool]:
        for found in batch.found(index):
            name = found.kind if self.field == "trigger" else found.rule
            if name == self.value or (self.value.endswith("*") and name.startswith(self.value[:-1])):
                yield found.spans or True

    def spans(self, view: View) -> Iterable[Span]:
        for spans in self._spans(view.batch, view.index):
            if not isinstance(spans, bool):
                yield from spans

    def anchors(self) -> frozenset[Anchor] | None:
        return None


@dataclass(slots=True)
class ContactPlan:
    """`contact:`, `company:`, `score:`: asked of whoever knows the contacts."""

    field: Field
    cost: int = 8

    def posts(self, batch: Batch, within: int) -> int:
        contacts = batch.contacts
        if contacts is None:
            raise SearchFault(f"{self.field.name}: needs contacts")
        if self.field.name == "score":
            return sum(
                1 << index for index in bits(within) if self._scored(contacts.score(batch.posts[index]))
            )
        return sum(1 << index for index in bits(within) if self._known(contacts.facts(batch.posts[index])))

    def _scored(self, score: float | None) -> bool:
        return score is not None and fields.compare(score, self.field.op, fields.number(self.field.value))

    def _known(self, facts: ContactFacts) -> bool:
        value = self.field.value
        if self.field.name == "company":
            return bool(facts.company) and holds_names(facts.company, name_words(value))
        if value.startswith("@"):
            return words.folded(value[1:]) in {words.folded(name) for name in facts.lists}
        return value == "any" or facts.known == (value == "known")

    def spans(self, _view: View, /) -> Iterable[Span]:
        return ()

    def anchors(self) -> frozenset[Anchor] | None:
        return None


def name_words(value: str) -> tuple[str, ...]:
    """Return the words of a name as a query gives it; the @ of a handle does not count."""
    return tuple(words.folded(words.names(word)[-1]) for word in words.surfaces(value))


def holds_names(text: str, names: tuple[str, ...]) -> bool:
    """Return whether a text has these words side by side."""
    held = name_words(text)
    return any(held[place : place + len(names)] == names for place in range(len(held) - len(names) + 1))


def links(post: SearchPost) -> list[str]:
    """Return the web addresses in a post's title and text."""
    return [
        word.casefold()
        for text in (post.title, post.text)
        if _WEB in text
        for word in words.surfaces(text)
        if _WEB in word
    ]


def holder(field: Field) -> Callable[[SearchPost], bool]:
    """Return the condition that `url:`, `link:`, `date:` or a number stands for."""
    name, op, value = field.name, field.op, field.value
    part = value.casefold()
    if name == "url":
        return lambda post: part in post.url.casefold()
    if name == "link":
        return lambda post: any(part in link for link in links(post))
    if name == "date":
        return lambda post: post.published is not None and fields.date_holds(post.published, op, value)
    limit = fields.number(value)

    def compared(post: SearchPost) -> bool:
        held: float | None = getattr(post, name)
        return held is not None and fields.compare(held, op, limit)

    return compared


__all__ = [
    "AgePlan", "ContactPlan", "DetectedPlan", "HoldsPlan", "NamePlan", "ValuePlan", "field_values", "holder",
    "holds_names", "links", "name_words",
]  # fmt: skip
