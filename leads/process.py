"""From stored posts to leads: detect, keep, link, fold, score, queue; one transaction per batch.

Safe to repeat: what is stored afterwards follows from the posts, the rules, the contacts and what people have decided,
not from how often or in what batches it was worked out. The same code looks at history again when rules or contacts
have changed.

A post over which the program itself fails is passed over, and counted as dropped by a `fault` with its place: one post
must not stop all others for ever. What was known from it before stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from guards.failpoints import failpoint
from guards.traces import fault_in_brief
from leads.decide import KeptLink, PostDecision, PostValue, Rulebook, decide
from leads.folding import fold, lock_folding
from leads.intake import count_due, pass_over, policies, still_due, take
from leads.keep import keep, mark_processed, said_by_people
from leads.linking.records import Linking, Mention
from leads.recognition import Scan
from leads.settings import ProcessSettings, Version, version_of
from leads.signals import Composed, compose
from models.faults import database_faults, fault_of
from models.session import read_only, session_factory
from triggers.match import Detection, Document, Match

BATCH = 500
# Larger batches are no faster, and statements that name each post would pass the databases' limit of parameters.
LARGEST_BATCH = 2_000
Found = dict[int, tuple[Composed, Detection]]
# Posts that the program failed over, and where it did.
Faults = dict[int, str]


class Detects(Protocol):
    """What processing needs of a detector."""

    @property
    def version(self) -> str:
        """Changes whenever other matches might be found."""

    def detect_batch(self, documents: Sequence[Document], /) -> list[Detection]:
        """What is found in each document, in their order."""


class Links(Protocol):
    """What processing needs of a linker."""

    def link(self, mention: Mention, /) -> Linking:
        """Whose mention it is."""


class Searching(Protocol):
    """What processing needs of saved searches."""

    def find(self, posts: Sequence[PostValue], found: Found, /) -> Mapping[int, Detection]:
        """What detection has found with what searches match, by post id; less what is muted."""

    def refuse(self, match: Match, links: Sequence[KeptLink], /) -> str | None:
        """Why a linked match is not kept, or None."""

    def ration(self, session: Session, decisions: Sequence[PostDecision], /) -> None:
        """Drop what is more than was asked for."""


@dataclass(slots=True)
class ProcessReport:
    """What one run of processing did. `due` is how many posts waited when it began."""

    due: int = 0
    posts: int = 0
    batches: int = 0
    signals_added: int = 0
    signals_removed: int = 0
    leads_made: int = 0
    leads_unmade: int = 0
    dropped: Counter[str] = field(default_factory=Counter)


OnProgress = Callable[[ProcessReport], None]


@dataclass(frozen=True, slots=True)
class _Work:
    """What all batches of one run have in common."""

    engine: Engine
    detector: Detects
    rulebook: Rulebook
    settings: ProcessSettings
    version: Version
    clock: Callable[[], datetime]
    searches: Searching | None


def utc_now() -> datetime:
    """The time by this machine's clock."""
    return datetime.now(UTC)


def process(
    engine: Engine,
    detector: Detects,
    linker: Links,
    *,
    contacts_version: str = "",
    settings: ProcessSettings | None = None,
    batch: int = BATCH,
    on_progress: OnProgress | None = None,
    stop: Callable[[], bool] | None = None,
    clock: Callable[[], datetime] = utc_now,
    searches: Searching | None = None,
    scan: Scan | None = None,
) -> ProcessReport:
    """Process all posts that these rules and contacts have not seen, `batch` posts to a transaction.

    `contacts_version` says which contacts the linker knows (`leads.linking` gives it); a changed one has matches
    linked anew; `scan` finds whom it knows in a text. `on_progress` is called after each batch; `stop` is asked before
    each one. Any number of processes may run at once on one database.

    Raises `DatabaseFault` when the database cannot be read or written; what is committed stays.
    """
    settings = settings or ProcessSettings()
    report = ProcessReport()
    with database_faults(engine):
        version = _prepare(
            engine, version_of_rules=detector.version, contacts=contacts_version, settings=settings
        )
        rulebook = Rulebook(
            _remembering(linker),
            scan=scan,
            sensitive=settings.sensitive,
            suppressed=settings.suppressed,
            refuse=searches.refuse if searches else None,
        )
        work = _Work(engine, detector, rulebook, settings, version, clock, searches)
        report.due = _count(work)
        while not (stop and stop()) and _batch(work, min(batch, LARGEST_BATCH), report):
            failpoint("process.batch.between")
            if on_progress:
                on_progress(report)
    return report


def _prepare(engine: Engine, *, version_of_rules: str, contacts: str, settings: ProcessSettings) -> Version:
    """Work out this run's version, and spare posts a second look that it cannot change anything for."""
    with session_factory(engine).begin() as session:
        version = version_of(version_of_rules, contacts, policies(session), settings)
        session.execute(pass_over(version), execution_options={"synchronize_session": False})
    return version


def _remembering(linker: Links, most: int = 10_000) -> Callable[[Mention], Linking]:
    """Link each mention once a run: most posts are by few authors."""
    known: dict[Mention, Linking] = {}

    def link(mention: Mention) -> Linking:
        if mention not in known:
            if len(known) >= most:
                known.clear()
            known[mention] = linker.link(mention)
        return known[mention]

    return link


def _count(work: _Work) -> int:
    with session_factory(read_only(work.engine))() as session:
        return count_due(session, work.version)


def _batch(work: _Work, size: int, report: ProcessReport) -> bool:
    """Process one batch; False when none was due."""
    with _taken(work, size) as batch:
        if batch.posts:
            _write(batch, work, report)
            report.batches += 1
            report.posts += len(batch.posts)
        return batch.taken > 0


@dataclass(frozen=True, slots=True)
class _Batch:
    """Posts to process, what was found in them, and the transaction to write it in. `taken` counts all looked at."""

    session: Session
    posts: Sequence[PostValue]
    found: Found
    faults: Faults
    taken: int


@contextmanager
def _taken(work: _Work, size: int) -> Iterator[_Batch]:
    """Take a batch and look at it.

    PostgreSQL keeps taken posts locked from the first look, and other processors pass them over. SQLite has one lock
    for everything: detection, the long part, is done before it is taken, and posts that another processor has done
    meanwhile are left out.
    """
    factory = session_factory(work.engine)
    if work.engine.dialect.name == "postgresql":
        with factory.begin() as session:
            posts = take(session, work.version, size)
            failpoint("process.claimed")
            yield _Batch(session, posts, *_detect(work, posts), len(posts))
        return
    with session_factory(read_only(work.engine))() as reading:
        posts = take(reading, work.version, size)
    failpoint("process.claimed")
    found, faults = _detect(work, posts)
    with factory.begin() as session:
        due = still_due(session, posts, work.version) if posts else []
        yield _Batch(session, due, found, faults, len(posts))


def _detect(work: _Work, posts: Sequence[PostValue]) -> tuple[Found, Faults]:
    """What is in the posts; those that detection fails over are looked at one by one."""
    try:
        return _find(work, posts), {}
    except Exception as error:  # noqa: BLE001  whatever it is, it must stay with its post
        _raise_if_of_database(work, error)
    found: Found = {}
    faults: Faults = {}
    for post in posts:
        try:
            found |= _find(work, [post])
        except Exception as error:  # noqa: BLE001  as above
            _raise_if_of_database(work, error)
            faults[post.id] = fault_in_brief(error)
    return found, faults


def _raise_if_of_database(work: _Work, error: Exception) -> None:
    if fault_of(error, work.engine) is not None:
        raise error


def _find(work: _Work, posts: Sequence[PostValue]) -> Found:
    """What is in the posts. One that its source has taken back has nothing in it."""
    composed = [compose("", "") if post.gone else compose(post.title, post.text) for post in posts]
    documents = [
        Document(
            text=c.text,
            lang=post.language,
            published=post.told_at,
            author=post.writer.name or None,
            id=post.key,
        )
        for post, c in zip(posts, composed, strict=True)
    ]
    detections = work.detector.detect_batch(documents) if documents else []
    found = {p.id: (c, d) for p, c, d in zip(posts, composed, detections, strict=True)}
    if work.searches:
        for post_id, detection in work.searches.find(posts, found).items():
            found[post_id] = found[post_id][0], detection
    return found


def _write(batch: _Batch, work: _Work, report: ProcessReport) -> None:
    """Everything that one batch changes, in the order signal, story, lead, delivery."""
    session, now = batch.session, work.clock()
    lock_folding(session)
    rulebook = replace(work.rulebook, said=said_by_people(session, batch.posts))
    decisions = _decide(batch, work, rulebook)
    if work.searches:
        work.searches.ration(session, decisions)
    kept = keep(session, decisions, now)
    failpoint("process.signal.kept")
    folded = fold(session, kept.groups, kept.subject_keys, work.settings.targets, now)
    mark_processed(session, [post.id for post in batch.posts], str(work.version))
    session.flush()
    failpoint("process.delivery.queued")
    _count_up(report, decisions, kept.added, kept.removed)
    report.dropped.update(
        f"fault: {batch.faults[post.id]}" for post in batch.posts if post.id in batch.faults
    )
    report.leads_made += folded.made
    report.leads_unmade += folded.unmade


def _decide(batch: _Batch, work: _Work, rulebook: Rulebook) -> list[PostDecision]:
    decisions = []
    for post in batch.posts:
        if post.id in batch.faults:
            continue
        try:
            decisions.append(decide(post, *batch.found[post.id], rulebook))
        except Exception as error:  # noqa: BLE001  as in `_detect`
            _raise_if_of_database(work, error)
            batch.faults[post.id] = fault_in_brief(error)
    return decisions


def _count_up(report: ProcessReport, decisions: Sequence[PostDecision], added: int, removed: int) -> None:
    report.signals_added += added
    report.signals_removed += removed
    for decision in decisions:
        report.dropped.update(drop.reason for drop in decision.dropped)
