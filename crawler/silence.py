"""No line of Scrapy's log is put into words for what is told by events anyway: each answer, each harvest."""

from __future__ import annotations

from typing import Any

from scrapy.logformatter import LogFormatter


class OnlyFaults(LogFormatter):
    """Scrapy's words for errors alone."""

    def crawled(self, *_: Any) -> Any:
        """Say nothing of an answer."""

    def scraped(self, *_: Any) -> Any:
        """Say nothing of a harvest."""
