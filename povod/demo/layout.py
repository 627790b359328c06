"""What the example world consists of, as `world/world.yml` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

WORLD: Traversable = files("povod.demo") / "world"


@dataclass(frozen=True, slots=True)
class Route:
    """One address of a site: which file it answers with and how, or with which bare status."""

    file: str = ""
    type: str = "text/plain; charset=utf-8"
    encoding: str = "utf-8"
    status: int = 200


@dataclass(frozen=True, slots=True)
class DemoSource:
    """One source of the demo's configuration, and what reading it brings.

    `path` is what the user was given; `feed` is where the posts are, if that is not `path`.
    `fault` is why nothing can be read: "broken", "gone" or "no feed".
    """

    name: str
    site: str
    path: str
    feed: str = ""
    reads: int = 0
    fault: str = ""
    language: str | None = None

    @property
    def feed_path(self) -> str:
        """The path that the posts come from."""
        return self.feed or self.path


@dataclass(frozen=True, slots=True)
class Layout:
    """All sites with their routes by path, and all sources."""

    sites: Mapping[str, Mapping[str, Route]]
    sources: tuple[DemoSource, ...]


@cache
def load_layout() -> Layout:
    """Read `world.yml`."""
    data: dict[str, Any] = yaml.safe_load(read_text("world.yml"))
    sites = {
        site: {path: Route(**route) for path, route in routes.items()}
        for site, routes in data["sites"].items()
    }
    return Layout(sites, tuple(DemoSource(**source) for source in data["sources"]))


def read_text(name: str) -> str:
    """Return a file of the world, named by its path below `world/`."""
    return (WORLD / name).read_text(encoding="utf-8")
