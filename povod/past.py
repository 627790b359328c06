"""Saved searches made ready for the stored posts of a workspace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from leads.linking.records import Mention
from leads.searches import labels
from leads.searches.known import KnownPeople
from leads.searches.past import SAMPLES, Backtest, backtest
from leads.searches.stored import StoredPost, count_posts, stored_posts
from povod import search_book
from povod.faults import UserError
from povod.progress import bar
from povod.search_book import Book
from povod.stopping import Stop
from povod.wiring import load_detector, load_linker
from povod.workspace import Workspace, open_workspace
from triggers.language import identify
from triggers.search.definitions import SearchDefinition, needs
from triggers.search.faults import SearchFault
from triggers.search.filter import build, detection_by
from triggers.search.mutes import Mute, MuteList
from triggers.search.percolator import Percolator
from triggers.search.posts import SearchPost
from triggers.search.statistics import Proportion


@dataclass
class Past:
    """All searches of a workspace, ready to be held against its stored posts."""

    workspace: Workspace
    book: Book
    stop: Stop
    mutes: Sequence[Mute] = ()
    percolator: Percolator = field(init=False)
    asked: Sequence[str] = ()
    _authors: dict[str, Mention | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Load what the searches cannot do without: contacts, detection."""
        loaded, asked = self.workspace.loaded, needs(self.book.searches)
        people = None
        if "contacts" in asked:
            with self.workspace.session() as session:
                known = load_linker(session, loaded)
            people = KnownPeople(known.linker, self._author)
        detect = detection_by(load_detector(loaded)) if "detection" in asked else None
        self.percolator = build(self.book.searches, detect=detect, contacts=people, identify=identify)

    def add(self, search: SearchDefinition) -> None:
        """Add one that is no search of the workspace, such as an earlier version."""
        try:
            self.percolator.add(search.name, search.effective, search.version)
        except SearchFault as fault:
            raise UserError(f"{search.place()}: {fault}") from None

    def look_at(self, posts: Sequence[StoredPost]) -> None:
        """Remember who wrote the posts that come next."""
        self._authors = {post.post.id: post.mention for post in posts}

    def _author(self, post: SearchPost) -> Mention | None:
        return self._authors.get(post.id)

    def backtest(
        self, names: Sequence[str], days: int, *, reach_of: str | None = None, samples: int = SAMPLES
    ) -> Backtest:
        """Hold the posts of the last days against the searches; overlaps are with all that are switched on."""
        self.asked = names
        for name in names:
            self.percolator.enable(name)
        now = datetime.now(UTC)
        # From midnight: a day of which only a part is looked at would seem a quiet one.
        since = datetime.combine(now.date() - timedelta(days=days), time(), UTC)
        with self.workspace.session() as session:
            due = count_posts(session, since)
        others = [search.name for search in self.book.searches if search.enabled]
        with bar("matching posts") as progress:
            return backtest(
                self.percolator,
                stored_posts(self.workspace.engine, since),
                list(dict.fromkeys([*names, *others])),
                mutes=MuteList(self.percolator, self.mutes),
                due=due,
                last=now.date(),
                reach_of=reach_of,
                samples=samples,
                on_batch=self.look_at,
                on_progress=progress,
                stop=self.stop,
            )

    def precision(self, name: str, done: Backtest) -> Proportion | None:
        """Return how much of what was labelled is right, among what the search matches now."""
        row = self.book.rows.get(name)
        if row is None:
            return None
        with self.workspace.session() as session:
            return labels.precision(session, row, done.brought[name].posts)


@contextmanager
def open_past(config: Path | None, *, instead: SearchDefinition | None = None) -> Iterator[Past]:
    """Open a workspace with its searches; `instead` is one more, or takes the place of one of its name.

    A search that is switched off can be tried all the same when it is asked for by name.
    """
    workspace = open_workspace(config)
    with workspace.session() as session:
        book = search_book.open_book(session, workspace.loaded, instead=instead)
        mutes = search_book.muted(session, workspace.loaded)
    yield Past(workspace, book, Stop().listen(), mutes)
