"""Every example in docs/saved-searches.md is run."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from triggers.lined import read_lined
from triggers.search.definitions import needs, read_searches
from triggers.search.dialects import DIALECTS
from triggers.search.faults import QueryFault
from triggers.search.fields import ALL
from triggers.search.filter import match_lines
from triggers.search.mutes import KEYS, MuteList, read_mute
from triggers.search.parser import parse
from triggers.search.percolator import Percolator
from triggers.search.posts import SearchPost
from triggers.search.printer import canonical
from triggers.search.translate import translate

PAGE = (Path(__file__).parents[3] / "docs" / "saved-searches.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def example(line: str) -> SearchPost:
    given: dict[str, Any] = dict(re.findall(r"\[(\w+)=([^\]]*)\]", line))
    for name in ("followers", "likes"):
        given |= {name: float(given[name])} if name in given else {}
    if "published" in given:
        given["published"] = datetime.fromisoformat(given["published"])
    if "hashtags" in given:
        given["hashtags"] = [given["hashtags"]]
    return SearchPost("p", re.sub(r"\[\w+=[^\]]*\] ", "", line), **given)


@pytest.mark.parametrize("block", blocks("search"))
def test_an_example_matches_what_the_page_says(block: str) -> None:
    query, *posts = block.strip("\n").split("\n")
    searches = Percolator()
    searches.add("s", query)
    assert parse(canonical(parse(query).node)).node == parse(query).node
    for line in posts:
        matched = bool(searches.match([example(line[2:])])[0])
        assert matched == (line[0] == "+"), f"{query}: {line}"


@pytest.mark.parametrize("block", blocks("search-error"))
def test_an_error_is_told_as_the_page_says(block: str) -> None:
    query, expected = block.rstrip("\n").split("\n", 1)
    with pytest.raises(QueryFault) as caught:
        parse(query)
    assert caught.value.shown() == expected


@pytest.mark.parametrize("block", blocks("search-translate"))
def test_a_translation_gives_what_the_page_says(block: str) -> None:
    names, query, expected, *lost = block.strip("\n").split("\n")
    source, target = names.split(" -> ")
    assert translate(query, source, target) == (expected, tuple(line.removeprefix("lost: ") for line in lost))


def test_the_file_of_searches_on_the_page_matches_the_posts_on_the_page() -> None:
    text, _ = blocks("yaml")
    searches = read_searches(text, "searches.yml")
    assert needs(searches) == {"contacts", "detection"}
    answers = io.StringIO()
    plain = [search for search in searches if not needs([search])]
    assert match_lines(plain, io.StringIO(blocks("json")[0]), answers, io.StringIO()) == 0
    (expected,) = blocks("answer")
    assert re.sub(r"[0-9a-f]{12}", "VERSION", answers.getvalue()) == expected


def test_the_mute_list_on_the_page_mutes_what_the_page_says() -> None:
    listed = read_lined(blocks("yaml")[1]).data["mute"]
    mutes = [read_mute(what, value) for what, key in KEYS.items() for value in listed[key]]
    percolator = Percolator()
    silent = MuteList(percolator, mutes)
    posts = [
        SearchPost("author", "hello", author="Promo @promo_bot"),
        SearchPost("site", "hello", url="https://www.spam.example/1"),
        SearchPost("words", "Lotteries of today"),
        SearchPost("words", "take a free gift"),
        SearchPost("query", "a giveaway: just follow us"),
        SearchPost("", "gifts are free"),
    ]
    found = silent.by_post(percolator.batch(posts))
    assert [found[n].what if n in found else "" for n in range(len(posts))] == [post.id for post in posts]


def test_the_page_names_every_field_and_every_dialect() -> None:
    assert all(f"`{name}:`" in PAGE for name in ALL)
    header = next(line for line in PAGE.splitlines() if line.startswith("| construct"))
    assert [cell.strip() for cell in header.strip("|").split("|")][1:] == list(DIALECTS)


def table(first: str) -> Iterator[list[str]]:
    lines = iter(PAGE.splitlines())
    for line in lines:
        if line.startswith(f"| {first} |"):
            next(lines)
            break
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip("|"))]


def test_every_spelling_in_the_tables_of_the_page_is_understood() -> None:
    spellings = [cell for row in table("you write") for cell in re.findall(r"`([^`]+)`", row[0])]
    spellings += [cell for row in table("field") for cell in re.findall(r"`([^`]+)`", row[2])]
    assert len(spellings) > 25
    for spelling in spellings:
        assert parse(spelling).node


def test_spellings_of_one_operator_mean_the_same() -> None:
    for row in table("you may write"):
        spellings = [
            cell
            for cell in re.findall(r"`([^`]+)`", row[0])
            if re.search(r"\bb\b|a$", cell) and '"' not in cell
        ]
        trees = {canonical(parse(spelling).node) for spelling in spellings if "..." not in spelling}
        assert len(trees) <= 1, (row, trees)
