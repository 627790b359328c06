"""Writes the configuration that the demo runs with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from povod.demo.layout import DemoSource, read_text
from povod.demo.server import DemoWorld

HEAD = """\
# The configuration of the demo: an invented world that is served on this machine while the demo runs.
# `povod init` writes one of your own, with every setting explained.
"""


def write_config(folder: Path, world: DemoWorld) -> Path:
    """Write `povod.yml` and `contacts.csv` into a folder; return the configuration's path.

    The world must be running: the configuration names the ports it listens on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "contacts.csv").write_text(read_text("contacts.csv"), encoding="utf-8")
    path = folder / "povod.yml"
    settings = yaml.safe_dump(_settings(world), allow_unicode=True, sort_keys=False, width=110)
    path.write_text(HEAD + settings, encoding="utf-8")
    return path


def _settings(world: DemoWorld) -> dict[str, Any]:
    return {
        "database": "sqlite:///povod.sqlite3",
        "contacts": [{"file": "contacts.csv"}],
        "fetch": {"allow_networks": ["127.0.0.0/8"]},
        "sources": [_source(world, source) for source in world.sources],
    }


def _source(world: DemoWorld, source: DemoSource) -> dict[str, str]:
    entry = {"name": source.name, "url": world.url(source)}
    return entry | ({"language": source.language} if source.language else {})
