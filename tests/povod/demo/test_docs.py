"""The tour in docs/demo.md speaks of the world as it is."""

from __future__ import annotations

import re
from pathlib import Path

from povod.demo.layout import load_layout, read_text

TOUR = (Path(__file__).parents[3] / "docs" / "demo.md").read_text(encoding="utf-8")


def test_the_tour_names_every_source_in_order() -> None:
    assert re.findall(r"^\| `([\w-]+)` \|", TOUR, re.MULTILINE) == [s.name for s in load_layout().sources]


def test_every_quoted_sentence_of_the_tour_is_in_the_world() -> None:
    files = {route.file for routes in load_layout().sites.values() for route in routes.values() if route.file}
    world = "\n".join(read_text(name) for name in sorted(files))
    quotes = [" ".join(quote.split()) for quote in re.findall(r'"([^"]*)"', TOUR)]
    sentences = [quote for quote in quotes if len(quote.split()) > 2]
    assert len(sentences) >= 3
    assert [quote for quote in sentences if quote not in world] == []
