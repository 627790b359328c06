"""Which stored posts a change of searches makes due again: those it can change something for, no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from leads.keys import stable_key
from models import DroppedMatch, Post, Search, Signal
from triggers.search.definitions import SearchDefinition

OFF = "off"


def renew(session: Session, searches: Iterable[SearchDefinition], versions: Mapping[str, str]) -> None:
    """Make posts due for the searches that have changed since this was last called.

    Due are the posts that a changed, switched-off or removed search has matched before, and, where it says
    `enabled_from`, all since that day. A search that was added waits for posts that come after it.
    """
    known = {search.name: search for search in searches if search.enabled}
    for row in session.scalars(select(Search).order_by(Search.name)):
        search = known.get(row.name)
        wanted = _fingerprint(search, versions[row.name]) if search else OFF
        if row.applied == wanted:
            continue
        if row.applied:
            _make_due(session, _matched(f"search:{row.name}"))
        if search is not None and search.enabled_from is not None:
            told = func.coalesce(Post.published_at, Post.first_seen_at, type_=Post.published_at.type)
            _make_due(session, told >= datetime.combine(search.enabled_from, time(), UTC))
        row.applied = wanted


def _fingerprint(search: SearchDefinition, version: str) -> str:
    parts = (
        search.enabled_from,
        sorted(search.buyer.items()),
        search.dedupe,
        search.daily_cap,
        search.priority,
    )
    return stable_key("search", version, *map(str, parts), search.owner, *search.deliver)


def _matched(kind: str) -> ColumnElement[bool]:
    return or_(
        Post.id.in_(select(Signal.post_id).where(Signal.kind == kind)),
        Post.id.in_(select(DroppedMatch.post_id).where(DroppedMatch.kind == kind)),
    )


def _make_due(session: Session, which: ColumnElement[bool]) -> None:
    session.execute(
        update(Post).where(which, Post.processed_with.is_not(None)).values(processed_with=None),
        execution_options={"synchronize_session": False},
    )
