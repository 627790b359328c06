"""A batch of posts, turned about: for every word the posts that have it, as the bits of one integer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain
from typing import NamedTuple, TypeAlias
from urllib.parse import urlsplit

from triggers.search import words
from triggers.search.atoms import AtomTable
from triggers.search.index import Masks
from triggers.search.pieces import Texts
from triggers.search.posts import TEXT, TITLE, Contacts, Detect, Found, Identify, SearchPost, Span

# Words of the title and of the text stand on one axis, further apart than any distance a query can name.
ZONE_GAP = 1 << 20


def bits(mask: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class Row(NamedTuple):
    """Atoms side by side in one part of a post, or in either; None stands for any one word."""

    atoms: tuple[int | None, ...]
    zone: str | None


class Pair(NamedTuple):
    """Two atoms with at most so many words between, the left one first if that is asked."""

    left: int
    right: int
    distance: int
    ordered: bool
    zone: str | None


Joint: TypeAlias = Row | Pair


class Batch:
    """Posts looked at together. Masks have bit i set for `posts[i]`."""

    def __init__(
        self,
        posts: Sequence[SearchPost],
        table: AtomTable,
        *,
        detect: Detect | None = None,
        contacts: Contacts | None = None,
        identify: Identify | None = None,
        now: datetime | None = None,
    ) -> None:
        self.posts = posts
        self.table = table
        self.now = now or datetime.now(UTC)
        self.all = (1 << len(posts)) - 1
        self.contacts = contacts
        self._detect = detect
        self._identify = identify
        self._views: dict[int, View] = {}
        self._values: dict[str, dict[str, int]] = {}
        self._holding: dict[tuple[str, str, str], int] = {}
        self._found: dict[int, Sequence[Found]] = {}
        pieces = table.pieces()
        self.texts = Texts([post.text for post in posts], pieces)
        self.titles = Texts([post.title for post in posts], pieces)
        self._indexes = {TITLE: self.titles.index(), TEXT: self.texts.index()}
        self.text = Masks(self._indexes[TEXT].mask)
        self.title = Masks(self._indexes[TITLE].mask)
        in_titles = self._indexes[TITLE].counts()
        # About how many posts have each atom that occurs: one in both parts of a post is counted twice.
        self.counts = Counter(self._indexes[TEXT].counts())
        self.counts.update(in_titles)
        self.any = _either(self.text, self.title) if in_titles else self.text
        self.joined: dict[Joint, int] = {}

    def view(self, index: int) -> View:
        """Return the words of one post with their places."""
        view = self._views.get(index)
        if view is None:
            view = self._views[index] = View(self, index)
        return view

    def forget_views(self) -> None:
        """Let go of the views: they hold this batch, so that a batch which held them would never be freed by counting."""
        self._views = {}

    def join(self, joints: Iterable[Joint]) -> None:
        """Find all posts in which these stand, for all of them at once; `joined` has them then."""
        new = dict.fromkeys(joint for joint in joints if joint not in self.joined)
        self.joined.update(dict.fromkeys(new, 0))
        for zone, index in self._indexes.items():
            asked = [joint for joint in new if joint.zone in (None, zone)]
            rows = [joint for joint in asked if isinstance(joint, Row)]
            pairs = [joint for joint in asked if isinstance(joint, Pair)]
            self._join(rows, index.masks(index.sequences([row.atoms for row in rows]), len(rows)))
            self._join(pairs, index.masks(index.near([pair[:4] for pair in pairs]), len(pairs)))

    def _join(self, joints: Sequence[Joint], masks: Iterable[int]) -> None:
        for joint, mask in zip(joints, masks, strict=True):
            self.joined[joint] |= mask

    def values(self, field: str) -> dict[str, int]:
        """Return, for a field of whole values, the posts that have each value."""
        found = self._values.get(field)
        if found is None:
            found = self._values[field] = defaultdict(int)
            for index, post in enumerate(self.posts):
                for value in self._language(post) if field == "lang" else field_values(post, field):
                    found[value] |= 1 << index
            found = self._values[field] = dict(found)
        return found

    def _language(self, post: SearchPost) -> list[str]:
        if post.lang is None and self._identify is not None:
            return [self._identify(f"{post.title}\n\n{post.text}") or ""]
        return field_values(post, "lang")

    def holding(self, key: tuple[str, str, str], holds: Callable[[SearchPost], bool]) -> int:
        """Return the posts for which a cheap condition holds; worked out once for a batch."""
        mask = self._holding.get(key)
        if mask is None:
            mask = 0
            for index, post in enumerate(self.posts):
                if holds(post):
                    mask |= 1 << index
            self._holding[key] = mask
        return mask

    def found(self, index: int) -> Sequence[Found]:
        """Return what the rules found in a post that `detected` was called for."""
        return self._found[index]

    def detected(self, within: int) -> None:
        """Run detection on those of these posts that it has not seen in this batch."""
        new = [index for index in bits(within) if index not in self._found]
        if new and self._detect is not None:
            found = self._detect([self.posts[index] for index in new])
            self._found.update(zip(new, found, strict=True))


class View:
    """One post of a batch: at which places each atom stands, and what code points a place covers."""

    def __init__(self, batch: Batch, index: int) -> None:
        self.batch = batch
        self.index = index
        self.bit = 1 << index
        self.post = batch.posts[index]
        self._by_atom: dict[int, list[int]] | None = None

    @cached_property
    def tokens(self) -> dict[int, words.Token]:
        """The words by place: the title's from 0, the text's from `ZONE_GAP`."""
        numbered = dict(enumerate(words.tokens(self.post.title))) if self.post.title else {}
        numbered.update(enumerate(words.tokens(self.post.text), ZONE_GAP))
        return numbered

    @cached_property
    def _words(self) -> tuple[tuple[int, list[tuple[int, ...]]], ...]:
        """For title and text: the place of the first word, and the atoms that each word answers to."""
        title, text = self.batch.titles.words(self.index), self.batch.texts.words(self.index)
        return ((0, title), (ZONE_GAP, text)) if title else ((ZONE_GAP, text),)

    def words(self, zone: str | None) -> tuple[tuple[int, list[tuple[int, ...]]], ...]:
        """Return the words of a part of the post: the place of the first, and the atoms that each answers to."""
        if zone is None:
            return self._words
        return tuple(part for part in self._words if (part[0] == 0) == (zone == TITLE))

    def places(self, atom: int, zone: str | None = None) -> list[int]:
        """Return the places at which an atom stands, in order."""
        if self._by_atom is not None:
            places = self._by_atom.get(atom, [])
            return (
                places
                if zone is None
                else [place for place in places if (place < ZONE_GAP) == (zone == TITLE)]
            )
        return [
            place
            for first, held in self.words(zone)
            for place, atoms in enumerate(held, first)
            if atom in atoms
        ]

    def prepare(self) -> None:
        """Note where every atom stands: worth it when many will be asked for, as for the spans of many matches."""
        if self._by_atom is None:
            by_atom: defaultdict[int, list[int]] = defaultdict(list)
            for first, held in self._words:
                for place, atoms in enumerate(held, first):
                    for atom in atoms:
                        by_atom[atom].append(place)
            self._by_atom = dict(by_atom)

    @cached_property
    def _spans(self) -> dict[int, Span]:
        """The code points of each word, by place."""
        spans = {}
        for field, text, first in ((TITLE, self.post.title, 0), (TEXT, self.post.text, ZONE_GAP)):
            for place, found in enumerate(words.WORD.finditer(text), first):
                spans[place] = Span(field, found.start(), found.end())
        return spans

    def spans_of(self, atoms: Iterable[int]) -> Iterator[Span]:
        """Return the code points of all words that answer to some atoms."""
        return map(self._spans.__getitem__, chain.from_iterable(map(self.places, atoms)))

    def bounds_of(self, atoms: Iterable[int]) -> list[tuple[int, int]]:
        """Return where the words of the text that answer to some atoms begin and end, in order, each once.

        The spans of most matches, so they are had without making a `Span` of each.
        """
        self.prepare()
        found = chain.from_iterable(filter(None, map((self._by_atom or {}).get, atoms)))
        bounds = self._bounds
        return [bounds[place - ZONE_GAP] for place in sorted(set(found)) if place >= ZONE_GAP]

    @cached_property
    def _bounds(self) -> list[tuple[int, int]]:
        return [found.span() for found in words.WORD.finditer(self.post.text)]

    def span(self, first: int, last: int) -> Span:
        """Return the code points from one place to another."""
        if first == last:
            return self._spans[first]
        return Span(self._spans[first].field, self._spans[first].start, self._spans[last].end)


def _either(left: Masks, right: Masks) -> Masks:
    return Masks(lambda atom: left[atom] | right[atom])


def field_values(post: SearchPost, field: str) -> list[str]:
    """Return the values of an exact field by which a post is found, folded."""
    if field == "site":
        return _hosts(post.url)
    if field in ("hashtag", "mention"):
        mark, given = ("#", post.hashtags) if field == "hashtag" else ("@", post.mentions)
        written = [
            word
            for text in (post.title, post.text)
            if mark in text
            for word in words.surfaces(text)
            if word[0] == mark
        ]
        return list({words.folded(word.lstrip("#@＃")) for word in (*given, *written)} - {""})
    if field == "author":
        return list(
            {words.folded(name) for word in words.surfaces(post.author) for name in words.names(word)}
        )
    if field == "lang" and post.lang:
        # `en-GB` is English.
        return list({words.folded(post.lang), words.folded(post.lang).partition("-")[0]})
    value: str | None = getattr(post, field)
    return [words.folded(value)] if value else []


def _hosts(url: str) -> list[str]:
    """Return a page's host and the domains above it."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return []
    parts = host.split(".")
    return [".".join(parts[place:]) for place in range(len(parts))] if host else []
