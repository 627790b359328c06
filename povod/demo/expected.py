"""What should come of every post of the example world, as `world/expected.yml` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from povod.demo.layout import read_text


@dataclass(frozen=True, slots=True)
class ExpectedStory:
    """One event of one subject: its kinds (any of them), and exactly one of what becomes of it.

    `link`: contacts' ids or companies' names, any of which is right; `review`: the candidates;
    `new`: a company not in the contacts; `dropped`: why there is no lead.
    `todo` says what makes it too hard to ask for.
    """

    id: str
    kind: tuple[str, ...]
    link: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    new: str = ""
    dropped: str = ""
    todo: str = ""


@dataclass(frozen=True, slots=True)
class ExpectedPost:
    """One post, found by words that no other post of its source has, and what it tells.

    `stories` is empty where the post is to stay silent; `silent` then says why.
    `stage` is the stage of the world from which on it says so.
    """

    source: str
    says: str
    stories: tuple[str, ...] = ()
    silent: str = ""
    stage: int = 1


@dataclass(frozen=True, slots=True)
class Expected:
    """All stories by id, and all posts."""

    stories: Mapping[str, ExpectedStory]
    posts: tuple[ExpectedPost, ...]

    def posts_of(self, story: str) -> tuple[ExpectedPost, ...]:
        """Return the posts that tell a story."""
        return tuple(post for post in self.posts if story in post.stories)


@cache
def load_expected() -> Expected:
    """Read `expected.yml`."""
    data: dict[str, Any] = yaml.safe_load(read_text("expected.yml"))
    stories = {key: ExpectedStory(key, **_tuples(story)) for key, story in data["stories"].items()}
    posts = tuple(ExpectedPost(post.pop("in"), **_tuples(post)) for post in data["posts"])
    return Expected(stories, posts)


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
