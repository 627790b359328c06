"""Reading an address once, to say what is there: for `povod sources check` and `add`. Nothing is stored."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from crawler.feeds.urls import origin
from crawler.frontier import Frontier, Task
from crawler.policy import FetchPolicy
from guards.addresses import AddressGuard, AddressRefused


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """What an address holds; `url` is the feed's that was read, which a page may have named. `error` is "" if a feed was read there; `feeds` are those that a web page names."""

    url: str
    error: str = ""
    warning: str = ""
    title: str = ""
    reader: str = ""
    entries: int = 0
    newest: datetime | None = None
    newest_title: str = ""
    moved_to: str | None = None
    feeds: tuple[str, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether this address can be a source as it is."""
        return not self.error

    def facts(self) -> dict[str, Any]:
        """The check as plain data, for tables and machines."""
        facts = asdict(self)
        return facts | {"newest": self.newest.isoformat() if self.newest else None, "feeds": list(self.feeds)}


def check_source(url: str, policy: FetchPolicy) -> SourceCheck:
    """Fetch an address once, under the same policy as the crawl, in a process of its own."""
    try:
        AddressGuard(policy.allow_networks).check_url(url)
    except AddressRefused as refusal:
        return SourceCheck(url, str(refusal))
    job = json.dumps({"url": url, "policy": asdict(policy)})
    done = subprocess.run(
        [sys.executable, "-m", "crawler.check"],
        input=job,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if not done.stdout:
        return SourceCheck(url, "the check was interrupted")
    facts = json.loads(done.stdout)
    newest = datetime.fromisoformat(facts["newest"]) if facts["newest"] else None
    return SourceCheck(**facts | {"newest": newest, "feeds": tuple(facts["feeds"])})


def _main() -> None:
    """What runs in the process."""
    from crawler.harvest import Harvest  # noqa: PLC0415  these load Scrapy, which the parent does not need
    from crawler.run import run_spider  # noqa: PLC0415

    job = json.load(sys.stdin)
    url = job["url"]
    policy = FetchPolicy(**{**job["policy"], "allow_networks": tuple(job["policy"]["allow_networks"])})
    frontier = Frontier(1, policy.slow_after)
    frontier.add([Task(0, "check", url, url, origin(url))])
    harvests: list[Harvest] = []

    async def keep(harvest: Harvest) -> None:
        harvests.append(harvest)

    run_spider(policy, frontier, keep, lambda: datetime.now(UTC), settings={"ITEM_PIPELINES": _PIPELINES})
    sys.stdout.write(json.dumps(_check_of(url, harvests).facts()))


_PIPELINES = {"crawler.pipelines.NormalisePosts": 100, "crawler.pipelines.StorePosts": 300}


def _check_of(url: str, harvests: list[Any]) -> SourceCheck:
    if not harvests:
        return SourceCheck(url, "the check was interrupted")
    harvest = harvests[0]
    failed = harvest.outcome != "read"
    dated = [post for post in harvest.posts if post.published]
    newest = max(dated, key=lambda post: post.published, default=None)
    return SourceCheck(
        url=(not failed and harvest.found_at) or url,
        error=(harvest.message or "there is no feed") if failed else "",
        warning="" if failed else harvest.message,
        title=harvest.title,
        reader=harvest.reader,
        entries=len(harvest.posts),
        newest=newest.published if newest else None,
        newest_title=newest.title if newest else "",
        moved_to=harvest.moved_to,
        feeds=harvest.feeds,
    )


if __name__ == "__main__":
    _main()
