"""What people said of a search's matches, and how much of it is right."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from leads.keys import stable_key
from leads.searches.store import Change
from models import Post, Search, SearchLabel
from triggers.search.statistics import Proportion, wilson


def label(session: Session, row: Search, post_id: int, relevant: bool, change: Change) -> None:
    """Store a person's word on a post; a later one takes the place of an earlier one."""
    at: datetime = change.at
    held = session.scalar(
        select(SearchLabel).where(SearchLabel.search_id == row.id, SearchLabel.post_id == post_id)
    )
    if held is None:
        post_key = session.get_one(Post, post_id).key
        held = SearchLabel(
            key=stable_key("label", row.name, post_key), search_id=row.id, post_id=post_id, created_at=at
        )
        session.add(held)
    held.relevant, held.author = relevant, change.author
    session.flush()


def labelled(session: Session, row: Search) -> dict[int, bool]:
    """Return what was said, by post."""
    query = select(SearchLabel.post_id, SearchLabel.relevant).where(SearchLabel.search_id == row.id)
    return {row.post_id: row.relevant for row in session.execute(query)}


def precision(session: Session, row: Search, matched: set[int]) -> Proportion | None:
    """Return the share of right ones among the labelled posts that the search matches; None without any."""
    said = [relevant for post_id, relevant in labelled(session, row).items() if post_id in matched]
    return wilson(sum(said), len(said)) if said else None
