"""The pipelines, each named by its verb, in the order of `settings.ITEM_PIPELINES`. An item is one `Harvest`."""

from __future__ import annotations

from typing import Any

from crawler.feeds.dates import clamp
from crawler.harvest import Harvest
from crawler.identity import to_row
from crawler.items import PostItem


class NormalisePosts:
    """Brings posts to what may be stored: no dates in the future, no empty posts, the source's language."""

    def process_item(self, harvest: Harvest) -> Harvest:
        """Clamp, fill in, leave out."""
        harvest.posts = [post for post in harvest.posts if post.text or post.title or post.url]
        for post in harvest.posts:
            self._normalise(post, harvest)
        return harvest

    def _normalise(self, post: PostItem, harvest: Harvest) -> None:
        if post.published is not None and post.published > harvest.now:
            # Kept, so that whoever wonders about the post's time can see what its source claimed.
            post.extra["claimed_published"] = post.published.isoformat()
        post.published = clamp(post.published, harvest.now)
        post.updated = clamp(post.updated, harvest.now)
        post.language = post.language or harvest.task.language


class IdentifyPosts:
    """Gives each post its key, so that it is stored once however often it is seen."""

    def process_item(self, harvest: Harvest) -> Harvest:
        """Make rows of posts."""
        harvest.rows = [to_row(post, source_id=harvest.task.id, now=harvest.now) for post in harvest.posts]
        harvest.posts = []
        return harvest


class StorePosts:
    """Hands each harvest to the writer, and waits until it is stored.

    The source's server may be asked for another one meanwhile. Scrapy holds back requests while the answers of
    which nothing is stored yet come to more than SCRAPER_SLOT_MAX_ACTIVE_SIZE.
    """

    def __init__(self, crawler: Any) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> StorePosts:
        """Scrapy's way of making one."""
        return cls(crawler)

    async def process_item(self, harvest: Harvest) -> Harvest:
        """Free the source's place, store, tell."""
        spider = self.crawler.spider
        spider.finished(harvest.task)
        await spider.store(harvest)
        return harvest
