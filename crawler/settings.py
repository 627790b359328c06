"""Scrapy settings of the crawl. What a `FetchPolicy` decides is laid over these by `crawler.run`.

Everything that povod does not use is off: what is off cannot be attacked, and costs nothing per request.
"""

from __future__ import annotations

BOT_NAME = "povod"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

# The life of an answer, in order.
ITEM_PIPELINES = {
    "crawler.pipelines.NormalisePosts": 100,
    "crawler.pipelines.IdentifyPosts": 200,
    "crawler.pipelines.StorePosts": 300,
}

# The life of a request, from the spider (small numbers) to the network (large ones). The lists named BASE are
# Scrapy's defaults: emptied, so that only what is listed here is loaded at all (no telnet, no remote control, no
# cookies, no proxies, no retries: the schedule tries again, with backoff).
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.AskConditionally": 80,
    "crawler.middlewares.RefuseAddresses": 90,
    "crawler.robots.ObeyRobots": 100,
    "crawler.middlewares.KeepDeadline": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590,
    "crawler.middlewares.FollowRedirects": 600,
    "crawler.middlewares.OneAtATime": 980,
}
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
EXTENSIONS_BASE: dict[str, int] = {}
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

# Only http and https; every connection goes to an address that the guard has seen.
DOWNLOAD_HANDLERS = {
    "http": "crawler.download.GuardedDownloads",
    "https": "crawler.download.GuardedDownloads",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True

# Manners. The frontier hands out one source per scheme, host and port; OneAtATime holds redirects and robots.txt
# to the same rule. CONCURRENT_REQUESTS is far above what the frontier lets through.
CONCURRENT_REQUESTS = 1024
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_ITEMS = 1  # one answer is one item
DOWNLOAD_DELAY = 0
ROBOTSTXT_OBEY = True
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1",
}

# Limits on one answer. The time covers whole bodies, and all hops of a source together (`KeepDeadline`).
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 10 * 1024**2  # as sent, and as unpacked
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 5
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 20 * 1024**2

# The frontier looks after servers; Scrapy's own queue for each of them would only cost time.
SCHEDULER_PRIORITY_QUEUE = "scrapy.pqueues.ScrapyPriorityQueue"

# What happens is told by events and by each source's health, not by Scrapy's log and figures.
LOG_ENABLED = False
LOG_INSTALL_ROOT_HANDLER = False
LOG_FORMATTER = "crawler.silence.OnlyFaults"
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"
STATS_DUMP = False
