"""Our crawl of the feeds of `feed_site.py`, without a database: what is fetched is read and made ready to be stored.

    python benchmarks/our_crawl.py PORT FIRST COUNT STEP CONCURRENCY READERS

Run by `crawl.py --compare`. Asks every STEP-th of COUNT feeds, from FIRST on. Prints the seconds that the crawl took,
start-up of the reading processes included, the number of posts, and the processor time of all its processes.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import UTC, datetime

from feed_site import address

from crawler.feeds.urls import origin
from crawler.frontier import Frontier, Task
from crawler.harvest import Harvest
from crawler.policy import FetchPolicy
from crawler.run import run_spider

posts = 0


async def count(harvest: Harvest) -> None:
    """In place of storing."""
    global posts  # noqa: PLW0603  one crawl per process
    assert harvest.outcome == "read", harvest.message
    posts += len(harvest.rows)


def main() -> None:
    """Crawl and print."""
    port, first, total, step, concurrency, readers = map(int, sys.argv[1:])
    policy = FetchPolicy(allow_networks=("127.0.0.0/8",), concurrency=concurrency, readers=readers)
    urls = [f"http://{address(number)}:{port}/feed" for number in range(first, total, step)]
    frontier = Frontier(policy.concurrency, policy.slow_after)
    frontier.add(Task(number, url, url, url, origin(url)) for number, url in enumerate(urls))
    before, started = time.process_time(), time.monotonic()
    run_spider(policy, frontier, count, lambda: datetime.now(UTC))
    seconds = time.monotonic() - started
    readers_spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = time.process_time() - before + readers_spent.ru_utime + readers_spent.ru_stime
    print(json.dumps([seconds, posts, processor]))


if __name__ == "__main__":
    main()
