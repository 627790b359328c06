"""What one would write first: a Scrapy spider that reads feeds inline. Run by `crawl.py --compare`.

    python benchmarks/plain_scrapy.py READER PORT COUNT CONCURRENCY

READER is a name of `peer_posts.READERS`, or "nothing" for Scrapy alone. Prints the seconds that the crawl took, the
number of posts, and its processor time.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

import scrapy
from feed_site import address
from peer_posts import READERS
from scrapy.crawler import AsyncCrawlerProcess

from crawler.items import PostItem


def nothing(body: bytes, source: str, url: str) -> Sequence[PostItem]:
    """Read nothing: what is left is Scrapy's own time."""
    del body, source, url
    return ()


class PlainSpider(scrapy.Spider):
    """One request per feed; its posts, with clean text, counted."""

    name = "plain"
    posts = 0

    def parse(self, response: Any) -> None:
        """Read on the event loop."""
        read = READERS.get(sys.argv[1], nothing)
        PlainSpider.posts += len(read(response.body, response.url, response.url))


def main() -> None:
    """Crawl and print."""
    _, _, port, count, concurrency = sys.argv
    PlainSpider.start_urls = [f"http://{address(number)}:{port}/feed" for number in range(int(count))]
    process = AsyncCrawlerProcess(
        {
            "LOG_ENABLED": False,
            "CONCURRENT_REQUESTS": int(concurrency),
            "ROBOTSTXT_OBEY": True,
            "TELNETCONSOLE_ENABLED": False,
        }
    )
    process.crawl(PlainSpider)
    before, started = time.process_time(), time.monotonic()
    process.start()
    print(json.dumps([time.monotonic() - started, PlainSpider.posts, time.process_time() - before]))


if __name__ == "__main__":
    main()
