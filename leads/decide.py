"""What becomes of the matches of one post: kept or dropped, and whose they are. Plain values in and out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from leads.linking.records import Decision, LinkCandidate, Linking, Mention
from leads.naming import named
from leads.people import UNKNOWN_PERSON, UNNAMED_COMPANY, may_be_kept
from leads.recognition import Scan, recognised
from leads.same_event import SAME_EVENT, Heard, outdone
from leads.signals import Composed, Place, key_of_drop, key_of_signal, surroundings
from leads.subjects import Subject, Writer, subject_of
from triggers.match import Detection, Dropped, Match

Link = Callable[[Mention], Linking]
# (post, kind) or author -> target -> confirmed or rejected; a target is (schema, key).
Target = tuple[str, str]
Verdicts = Mapping[Target, str]


@dataclass(frozen=True, slots=True)
class PostValue:
    """A stored post as processing takes it."""

    id: int
    key: str
    revision: int
    title: str
    text: str
    language: str | None
    told_at: datetime
    gone: bool
    author_id: int | None
    writer: Writer
    people: str
    basis: str | None
    kind: str = "post"
    url: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class KeptLink:
    """A tie to a contact or company (`schema` person or company) that a signal is kept with."""

    schema: str
    key: str
    via: str
    decision: str
    code: str
    probability: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptSignal:
    """A match that is kept. `subject_key` is None where it is news of nobody whom anyone would write to."""

    key: str
    match: Match
    place: Place
    quote: str
    language: str
    links: tuple[KeptLink, ...]
    subject_key: str | None


@dataclass(frozen=True, slots=True)
class Drop:
    """A match that is not kept, and why."""

    key: str
    kind: str
    rule: str
    place: Place
    reason: str


@dataclass(slots=True)
class PostDecision:
    """All that was decided about one post."""

    post: PostValue
    signals: list[KeptSignal] = field(default_factory=list)
    dropped: list[Drop] = field(default_factory=list)


# (post, kind, via) -> what people have said about such a signal's targets.
Said = Callable[[PostValue, str, str], Verdicts]


def nothing_said(_post: PostValue, _kind: str, _via: str) -> Verdicts:
    """Where no person has decided anything yet."""
    return {}


@dataclass(frozen=True, slots=True)
class Rulebook:
    """How to decide: the linker, what people have said, sensitive kinds or not, and who must not be kept at all.

    `refuse` says why a match with these ties is not kept for reasons of its own, or None; `scan` finds the known people
    and companies that a text names.
    """

    link: Link
    scan: Scan | None = None
    said: Said = nothing_said
    sensitive: bool = False
    suppressed: Callable[[Mention], bool] | None = None
    refuse: Callable[[Match, Sequence[KeptLink]], str | None] | None = None


def decide(post: PostValue, composed: Composed, detection: Detection, rulebook: Rulebook) -> PostDecision:
    """Decide about all that was found in one post."""
    kept: dict[str, KeptSignal] = {}
    drops: dict[str, Drop] = {}
    for gone in detection.dropped:
        _drop(drops, post, gone, composed, gone.reason)
    for unnamed in named(detection.matches):
        match, unsure = unnamed, False
        if rulebook.scan:
            match, unsure = recognised(unnamed, composed.text, post.writer.name, rulebook.scan, rulebook.link)
        context = surroundings(composed, match.start, match.end)
        outcome = _judge(post, match, detection.lang or "", context, rulebook, unsure=unsure)
        if isinstance(outcome, str):
            _drop(drops, post, match, composed, outcome)
        else:
            place = composed.place(match.start, match.end)
            key = key_of_signal(post.key, match.rule, place)
            quote = quote_of(post, place)
            kept.setdefault(key, KeptSignal(key, match, place, quote, detection.lang or "", *outcome))
    for signal in _same_events(list(kept.values())):
        del kept[signal.key]
        _note(drops, post, signal.match, signal.place, SAME_EVENT)
    return PostDecision(post, list(kept.values()), list(drops.values()))


def _same_events(signals: list[KeptSignal]) -> list[KeptSignal]:
    """Those signals of a post that tell once more, and less specifically, what another one tells."""
    heard = []
    for signal in signals:
        said = signal.match.slots.get("subject") or {}
        open_links = (
            link for link in signal.links if link.schema == "person" and link.decision != "rejected"
        )
        whose = {f"contact:{link.key}" for link in open_links} | {signal.subject_key or ""} - {""}
        who, relation = str(said.get("who") or "author"), str(said.get("relation") or "")
        heard.append(Heard(signal.match.kind, who, frozenset(whose), relation))
    return [signals[at] for at in sorted(outdone(heard))]


def _drop(
    drops: dict[str, Drop], post: PostValue, found: Match | Dropped, composed: Composed, reason: str
) -> None:
    _note(drops, post, found, composed.place(found.start, found.end), reason)


def _note(drops: dict[str, Drop], post: PostValue, found: Match | Dropped, place: Place, reason: str) -> None:
    key = key_of_drop(post.key, found.rule, place, reason)
    drops.setdefault(key, Drop(key, found.kind, found.rule, place, reason))


def _judge(
    post: PostValue, match: Match, lang: str, context: str, rulebook: Rulebook, *, unsure: bool = False
) -> tuple[tuple[KeptLink, ...], str | None] | str:
    """The links and the subject key that a match is kept with, or the reason why it is not."""
    if match.sensitive and not rulebook.sensitive:
        return "sensitive"
    subject = subject_of(match.kind, match.slots, post.writer, lang, context)
    if rulebook.suppressed and any(rulebook.suppressed(mention) for _, mention in subject.mentions):
        return "suppressed"
    if subject.who == "company" and not subject.mentions:
        return UNNAMED_COMPANY
    links = tuple(_links(subject, rulebook.link, lambda via: rulebook.said(post, match.kind, via)))
    if unsure:
        links = tuple(replace(tie, decision="review") if tie.decision == "auto" else tie for tie in links)
    open_links = [link for link in links if link.decision != "rejected"]
    if not may_be_kept(subject.who, linked=bool(open_links), people=post.people, basis=post.basis):
        return UNKNOWN_PERSON
    refusal = rulebook.refuse(match, open_links) if rulebook.refuse else None
    if refusal:
        return refusal
    return links, _subject_key(subject, open_links)


def quote_of(post: PostValue, place: Place) -> str:
    """The words at a place of a post."""
    return (post.title if place.field == "title" else post.text)[place.start : place.end]


def _links(subject: Subject, link: Link, verdicts: Callable[[str], Verdicts]) -> Iterator[KeptLink]:
    """The ties of all mentions of a subject; what a person has said outweighs what the linker says."""
    seen: set[Target] = set()
    for via, mention in subject.mentions:
        said = verdicts(via)
        confirmed = {target for target, verdict in said.items() if verdict == "confirmed"}
        linking = link(mention)
        proposed = (
            {(c.schema, c.key): c for c in linking.candidates} if linking.decision != Decision.NONE else {}
        )
        for target, verdict in said.items():
            if target not in seen:
                seen.add(target)
                yield _tie(proposed.get(target), target, via, verdict)
        if confirmed:
            continue
        for candidate, decision in _proposals(linking, set(said)):
            target = (candidate.schema, candidate.key)
            if target not in seen:
                seen.add(target)
                yield _tie(candidate, target, via, decision)


def _proposals(linking: Linking, decided: set[Target]) -> Iterator[tuple[LinkCandidate, str]]:
    """What the linker proposes, less what a person has decided: the surest alone if it is sure, else all for review."""
    if linking.decision == Decision.NONE:
        return
    best, *others = linking.candidates
    if linking.decision == Decision.LINK and (best.schema, best.key) not in decided:
        yield best, "auto"
        return
    if linking.decision == Decision.REVIEW:
        for candidate in (best, *others):
            if (candidate.schema, candidate.key) not in decided:
                yield candidate, "review"


def _tie(candidate: LinkCandidate | None, target: Target, via: str, decision: str) -> KeptLink:
    schema, key = target
    if candidate is None:
        return KeptLink(schema, key, via, decision, "person", 1.0, ("said by a person",))
    return KeptLink(schema, key, via, decision, candidate.code, candidate.probability, candidate.reasons)


def _subject_key(subject: Subject, links: list[KeptLink]) -> str | None:
    """The story's subject: the tied contact, else the tied company, else whoever the text names."""
    tied = [link for link in links if link.decision in ("auto", "confirmed")]
    for schema, prefix in (("person", "contact"), ("company", "company")):
        for link in tied:
            if link.schema == schema:
                return f"{prefix}:{link.key}"
    if subject.who == "public" and not links:
        return None
    return subject.provisional
