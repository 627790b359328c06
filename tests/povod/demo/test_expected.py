"""expected.yml speaks of every post, once, and of nothing else."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest

from povod.demo.expected import ExpectedStory, load_expected
from povod.demo.layout import load_layout, read_text
from povod.demo.server import DemoWorld
from tests.povod.demo.reading import posts

EXPECTED = load_expected()
STORIES = pytest.mark.parametrize("story", EXPECTED.stories.values(), ids=lambda story: story.id)


def test_every_post_is_spoken_of_exactly_once(world: DemoWorld) -> None:
    world.advance(2)
    for source in world.sources:
        texts = [f"{post['title']} {post['text']}" for post in posts(world, source)] if source.reads else []
        spoken = Counter[str]()
        for expected in EXPECTED.posts:
            if expected.source == source.name:
                found = [text for text in texts if expected.says in text]
                assert len(found) == 1, f"{source.name}: {expected.says!r} is in {len(found)} posts"
                spoken[found[0]] += 1
        assert spoken == Counter(texts), source.name


def test_every_post_tells_a_story_or_says_why_it_is_silent() -> None:
    for post in EXPECTED.posts:
        assert bool(post.stories) != bool(post.silent), post


@STORIES
def test_every_story_is_told_and_has_one_outcome(story: ExpectedStory) -> None:
    assert EXPECTED.posts_of(story.id)
    assert sum(map(bool, (story.link, story.review, story.new, story.dropped))) == 1


def test_no_post_names_an_unknown_story_or_source() -> None:
    assert {name for post in EXPECTED.posts for name in post.stories} == set(EXPECTED.stories)
    assert {post.source for post in EXPECTED.posts} == {s.name for s in load_layout().sources if s.reads}


@STORIES
def test_every_link_is_to_a_contact_or_company_of_the_file(story: ExpectedStory) -> None:
    rows = list(csv.DictReader(io.StringIO(read_text("contacts.csv"))))
    known = {row["ID"] for row in rows} | {row["Company"] for row in rows} | {"Mistral Freight"}
    assert set(story.link + story.review) <= known


def test_silent_and_telling_posts_are_balanced() -> None:
    silent = sum(bool(post.silent) for post in EXPECTED.posts)
    assert 0.35 <= silent / len(EXPECTED.posts) <= 0.65


def test_some_stories_are_told_in_several_channels_and_both_languages() -> None:
    told = {story: {post.source for post in EXPECTED.posts_of(story)} for story in EXPECTED.stories}
    assert sum(len(sources) > 1 for sources in told.values()) >= 7
    assert {"kestrel-newsroom", "warehouse-wire", "bez-galstuka"} == told["kestrel-series-b"]
