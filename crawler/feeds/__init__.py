"""Reading feeds: from the bytes of an answer to posts with clean text. Nothing here touches network or clock."""

from crawler.feeds.model import ParsedFeed, Rhythm, Unreadable
from crawler.feeds.read import Limits, read_feed

__all__ = ["Limits", "ParsedFeed", "Rhythm", "Unreadable", "read_feed"]
