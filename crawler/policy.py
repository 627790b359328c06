"""How sources are fetched: one value that the application builds from its configuration."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """Limits and manners of fetching. Times are seconds, sizes bytes.

    `timeout` covers all hops of one source together, slow bodies included. `max_size` holds for the answer as sent and as unpacked.
    `concurrency` counts sources in flight over all hosts; to one scheme, host and port goes one request at a time.
    `allow_networks` are private networks that sources may be in, such as "127.0.0.0/8". `jitter` spreads the next
    reading over this share of the interval. A source that takes longer than `slow_after` no longer counts against
    `concurrency`, so that a few slow servers cannot hold up all others. `nameserver` is the one DNS server to ask, as
    "address:port", in place of the system's resolver.
    """

    user_agent: str = "povod/0.1 (+https://povod.example/bot)"
    concurrency: int = 16
    min_interval: float = 15 * 60
    max_interval: float = 24 * 3600
    timeout: float = 60
    max_size: int = 10 * 1024**2
    max_redirects: int = 5
    obey_robots: bool = True
    jitter: float = 0.1
    allow_networks: tuple[str, ...] = ()
    slow_after: float = 1
    readers: int = 2
    reader_seconds: float = 20
    reader_megabytes: int = 256
    max_posts: int = 5_000
    max_text: int = 200_000
    verify_tls: bool = True
    nameserver: str = ""
    # Seconds that requests in flight are given after an interrupt.
    grace: float = 3

    def __post_init__(self) -> None:
        """Refuse values that would make the crawl hang or hammer."""
        if self.concurrency < 1 or self.readers < 1:
            raise ValueError("concurrency and readers are at least 1")
        if self.min_interval > self.max_interval:
            raise ValueError("min_interval is longer than max_interval")
