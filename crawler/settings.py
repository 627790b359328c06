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

# The life of a request, from the spider (small numbers) to the network (large ones).
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.AskConditionally": 80,
    "crawler.middlewares.RefuseAddresses": 90,
    "crawler.robots.ObeyRobots": 100,
    "crawler.middlewares.FollowRedirects": 600,
    "crawler.middlewares.OneAtATime": 980,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
}
EXTENSIONS = {
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
    "scrapy.extensions.memdebug.MemoryDebugger": None,
    "scrapy.extensions.closespider.CloseSpider": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
}
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# Only http and https; every connection goes to an address that the guard has seen.
DOWNLOAD_HANDLERS = {"data": None, "file": None, "ftp": None, "s3": None}
TWISTED_DNS_RESOLVER = "crawler.resolver.GuardedResolver"
DNS_TIMEOUT = 10
DOWNLOAD_VERIFY_CERTIFICATES = True
REACTOR_THREADPOOL_MAXSIZE = 20

# Manners. The frontier hands out one source per scheme, host and port; OneAtATime holds redirects and robots.txt
# to the same rule. CONCURRENT_REQUESTS is far above what the frontier lets through.
CONCURRENT_REQUESTS = 1024
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 0
ROBOTSTXT_OBEY = True
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
COOKIES_ENABLED = False
RETRY_ENABLED = False  # the schedule tries again, with backoff
DEFAULT_REQUEST_HEADERS = {
    "Accept": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1",
}

# Limits on one answer; a download's timeout covers its whole body.
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 10 * 1024**2  # as sent, and as unpacked
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 5
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 20 * 1024**2

# What happens is told by events and by each source's health, not by Scrapy's log.
LOG_ENABLED = False
LOG_INSTALL_ROOT_HANDLER = False
STATS_DUMP = False
