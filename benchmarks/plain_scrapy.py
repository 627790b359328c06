"""What one would write first: a Scrapy spider that parses feeds inline. Run by `crawl.py --compare`.

    python benchmarks/plain_scrapy.py feedparser|fastfeedparser PORT COUNT CONCURRENCY

Prints the seconds that the crawl took, and the number of entries.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import fastfeedparser
import feedparser
import scrapy
from feed_site import address
from scrapy.crawler import AsyncCrawlerProcess

PARSERS: dict[str, Callable[[bytes], Any]] = {
    "feedparser": feedparser.parse,
    "fastfeedparser": fastfeedparser.parse,
}


class PlainSpider(scrapy.Spider):
    """One request per feed; its entries counted."""

    name = "plain"
    entries = 0

    def parse(self, response: Any) -> None:
        """Parse on the event loop."""
        PlainSpider.entries += len(PARSERS[sys.argv[1]](response.body)["entries"])


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
    started = time.monotonic()
    process.start()
    print(json.dumps([time.monotonic() - started, PlainSpider.entries]))


if __name__ == "__main__":
    main()
