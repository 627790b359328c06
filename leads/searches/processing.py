"""Saved searches in processing: what they find in posts that are due, and what is kept of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from leads.decide import KeptLink, PostDecision, PostValue
from leads.linking.linker import Linker
from leads.linking.records import Mention
from leads.searches.known import CONFIDENCE, KnownPeople
from leads.searches.rationing import Ration, ration
from leads.searches.stored import author_names, number
from leads.signals import BREAK, Composed
from leads.subjects import Subject, subject_of
from triggers.match import Detection, Dropped, Match
from triggers.search.definitions import SearchDefinition
from triggers.search.filter import build
from triggers.search.hits import SearchMatch
from triggers.search.mutes import Mute, MuteList
from triggers.search.posts import TITLE, Found, SearchPost, Span

BUYER = "buyer"
# A search without places (`lang:en`) quotes how the post begins, so long at most.
BEGINNING = 160


@dataclass(frozen=True, slots=True)
class Profile:
    """A contact or company, as far as a buyer profile asks."""

    industry: str = ""
    role: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """Who is known: a linker over them, and the profiles of contacts and companies by (schema, key)."""

    linker: Linker
    profiles: Mapping[tuple[str, str], Profile]


class Searches:
    """All searches that are switched on, ready for processing. `after` has each one's last post not to look at."""

    def __init__(
        self,
        searches: Sequence[SearchDefinition],
        versions: Mapping[str, str],
        after: Mapping[str, int],
        known: Known,
        mutes: Sequence[Mute] = (),
    ) -> None:
        self._searches = {search.name: search for search in searches}
        self._versions = versions
        self._after = after
        self._profiles = known.profiles
        self._posts: dict[str, PostValue] = {}
        self._detections: dict[str, list[Found]] = {}
        self._people = KnownPeople(known.linker, self._author)
        self._percolator = build(searches, detect=self._detected, contacts=self._people)
        self._mutes = MuteList(self._percolator, mutes)

    def find(
        self, posts: Sequence[PostValue], found: Mapping[int, tuple[Composed, Detection]]
    ) -> dict[int, Detection]:
        """Return by post id what is found with what searches match; all that a muted post has is dropped."""
        held = [post for post in posts if not post.gone]
        self._posts = {post.key: post for post in held}
        self._detections = {post.key: _triggers(*found[post.id]) for post in held}
        batch = self._percolator.batch([search_post(post, found[post.id][1].lang) for post in held])
        muted = self._mutes.by_post(batch)
        answers: dict[int, Detection] = {}
        for index, matches in enumerate(self._percolator.matches_in(batch)):
            post = held[index]
            composed, detection = found[post.id]
            looked_at = (m for m in matches if self._looks_at(self._searches[m.search], post))
            more = [self._match(post, composed, match) for match in looked_at]
            answers[post.id] = replace(detection, matches=(*detection.matches, *more))
            if index in muted:
                answers[post.id] = silenced(answers[post.id], muted[index].reason)
        return answers

    def refuse(self, match: Match, links: Sequence[KeptLink]) -> str | None:
        """Say why a match that is linked is not kept: its subject does not fit the search's buyer profile."""
        search = self._searches.get(match.kind.removeprefix("search:"))
        if search is None or not search.buyer or not match.kind.startswith("search:"):
            return None
        fits = any(
            fitting(search.buyer, self._profiles.get((link.schema, link.key), Profile())) for link in links
        )
        return None if fits else BUYER

    def ration(self, session: Session, decisions: Sequence[PostDecision]) -> None:
        """Drop what the dedupe windows and daily caps leave no room for."""
        rations = {
            f"search:{search.name}": Ration(search.dedupe, search.daily_cap)
            for search in self._searches.values()
            if search.dedupe or search.daily_cap is not None
        }
        if rations:
            ration(session, decisions, rations)

    def _looks_at(self, search: SearchDefinition, post: PostValue) -> bool:
        if search.enabled_from is not None:
            return post.told_at.date() >= search.enabled_from
        return post.id > self._after.get(search.name, 0)

    def _match(self, post: PostValue, composed: Composed, found: SearchMatch) -> Match:
        search = self._searches[found.search]
        places = found.places
        start, end = _quoted(places, post, composed)
        slots: dict[str, Any] = {
            "subject": self._subject(post),
            "search": {
                "owner": search.owner,
                "priority": search.priority,
                "spans": [[span.field, span.start, span.end] for span in places],
            },
        }
        return Match(
            kind=f"search:{found.search}",
            rule=f"search:{found.search}",
            version=self._versions[found.search],
            start=start,
            end=end,
            quote=composed.text[start:end],
            confidence=CONFIDENCE,
            slots=slots,
            reasons=(f"saved search '{found.search}'",),
        )

    def _subject(self, post: PostValue) -> dict[str, str]:
        """The author, or the contact whom the post names where the author is nobody known."""
        known = self._people.who(search_post(post))
        if known is None or known.who == "author":
            return {"who": "author"}
        return {"who": "person", "name": known.name}

    def _author(self, post: SearchPost) -> Mention | None:
        value = self._posts[post.id]
        subject: Subject = subject_of("search", {}, value.writer, value.language or "")
        return subject.mentions[0][1] if subject.mentions else None

    def _detected(self, posts: Sequence[SearchPost]) -> list[list[Found]]:
        return [self._detections[post.id] for post in posts]


def silenced(detection: Detection, reason: str) -> Detection:
    """The same with all matches dropped."""
    drops = (Dropped(match.kind, match.rule, match.start, match.end, reason) for match in detection.matches)
    return replace(detection, matches=(), dropped=(*detection.dropped, *drops))


def search_post(post: PostValue, found_out: str | None = None) -> SearchPost:
    """A stored post as searches see it. `found_out` is its language where nobody has told it."""
    writer = post.writer
    return SearchPost(
        id=post.key,
        text=post.text,
        title=post.title,
        lang=post.language or found_out,
        url=post.url,
        source=post.source,
        author=author_names(writer.name, writer.handle, writer.email),
        kind=post.kind,
        published=post.told_at,
        hashtags=post.tags,
        followers=number(post.extra.get("followers")),
        likes=number(post.extra.get("likes")),
        replies=number(post.extra.get("replies")),
        shares=number(post.extra.get("shares")),
    )


def _triggers(composed: Composed, detection: Detection) -> list[Found]:
    found = []
    for match in detection.matches:
        place = composed.place(match.start, match.end)
        found.append(Found(match.kind, match.rule, (Span(place.field, place.start, place.end),)))
    return found


def _quoted(places: Sequence[Span], post: PostValue, composed: Composed) -> tuple[int, int]:
    """The place in the composed text that a match is quoted from: all its words in one field if they are near."""
    if not places:
        return 0, min(len(composed.text), BEGINNING)
    in_text = [span for span in places if span.field != TITLE]
    body = composed.title_length + len(BREAK) if composed.title_length else 0
    # A title that the text begins with is not composed anew: its places are those of the text.
    shift = body if in_text else 0 if composed.title_length else len(post.text) - len(post.text.lstrip())
    spans = in_text or list(places)
    start, end = spans[0].start, max(span.end for span in spans)
    if end - start > BEGINNING:
        end = spans[0].end
    return start + shift, end + shift


def fitting(buyer: Mapping[str, Collection[str]], profile: Profile) -> bool:
    """Whether a contact or company fits a buyer profile: of each of its parts one of the values, as words."""
    return all(
        any(_has_words(getattr(profile, part), value) for value in values) for part, values in buyer.items()
    )


def _has_words(text: str, words: str) -> bool:
    held = f" {_plain(text)} "
    return f" {_plain(words)} " in held


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold().replace("ё", "е")).split())
