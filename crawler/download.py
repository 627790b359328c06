"""Downloads over aiohttp: each connection goes to an address that the guard has seen, each answer is kept within limits.

Scrapy's own handler, on Twisted, takes ten times the processor time for the same answer; Scrapy ships one on aiohttp,
too, but marks it as experimental, and it knows no guard.
"""

from __future__ import annotations

import re
import socket
import ssl
from typing import Any

import aiohttp
import yarl
from aiohttp.client_exceptions import (
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientPayloadError,
    ClientSSLError,
)
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Headers, Response

from crawler.middlewares import Refused, seconds_left
from crawler.nameserver import asking
from crawler.resolver import GuardedResolver, ask_system
from guards.addresses import AddressGuard, AddressRefused

# Servers that send more than this in one header line, or more lines than that, are not read.
LONGEST_HEADER = 64 * 1024
MOST_HEADERS = 256
# An idle connection serves robots.txt and the feed after it; longer than this it would only cost a descriptor.
KEEP_ALIVE = 2.0


class GuardedDownloads:
    """Scrapy's download handler for http and https."""

    lazy = True

    def __init__(self, crawler: Any) -> None:
        settings = crawler.settings
        self.limit = settings.getint("DOWNLOAD_MAXSIZE")
        self.timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        self.guard = AddressGuard(settings.getlist("POVOD_ALLOW_NETWORKS"))
        self.nameserver = settings.get("POVOD_NAMESERVER")
        self.tls = _tls(verify=settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES"))
        self._session: aiohttp.ClientSession | None = None

    @classmethod
    def from_crawler(cls, crawler: Any) -> GuardedDownloads:
        """Scrapy's way of making one."""
        return cls(crawler)

    async def download_request(self, request: Request) -> Response:
        """Fetch one address, following nothing. Raises Scrapy's download errors, or `Refused`."""
        try:
            return await self._download(request)
        except AddressRefused as refusal:
            raise Refused(str(refusal)) from None
        except TimeoutError as error:
            raise DownloadTimeoutError(str(error)) from error
        except ClientPayloadError as error:
            raise ResponseDataLossError(str(error)) from error
        except ClientConnectorDNSError as error:
            raise CannotResolveHostError(str(error)) from error
        except ClientSSLError as error:
            raise DownloadFailedError(f"TLS: {error}") from error
        except ClientConnectorError as error:
            raise DownloadConnectionRefusedError(str(error)) from error
        except aiohttp.ClientResponseError as error:
            # What follows the first line, or the colon in it, quotes what was sent.
            what = re.split(r"[:\n]", error.message, maxsplit=1)[0]
            raise DownloadFailedError(f"what the server sends breaks the rules of HTTP ({what})") from error
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
            raise ResponseDataLossError(str(error)) from error
        except aiohttp.ClientError as error:
            raise DownloadFailedError(str(error)) from error

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def _download(self, request: Request) -> Response:
        if self._session is None:
            self._session = self._open()
        async with self._session.request(
            request.method,
            yarl.URL(request.url, encoded=True),
            headers=request.headers.to_tuple_list(),
            data=request.body or None,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=self._time_left(request)),
        ) as answer:
            body = await self._body(answer)
            headers = Headers()
            for name, value in answer.raw_headers:
                headers.appendlist(name, value)
            return Response(request.url, answer.status, headers, body)

    def _time_left(self, request: Request) -> float:
        """Looked at only now: a redirect may have waited for its turn at a slow server."""
        left = seconds_left(request)
        if left is not None and left <= 0:
            raise TimeoutError
        return self.timeout if left is None else left

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes:
        """The whole body, as sent. Raises `DownloadCancelledError` as soon as it is known to be too large."""
        size = answer.content_length or 0
        pieces = []
        if size <= self.limit:
            size = 0
            async for piece in answer.content.iter_any():
                pieces.append(piece)
                size += len(piece)
                if size > self.limit:
                    break
        if size > self.limit:
            answer.close()
            raise DownloadCancelledError(f"more than {self.limit} bytes")
        return b"".join(pieces)

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=0,  # the frontier limits what is in flight, over all and per server
            resolver=GuardedResolver(self.guard, asking(self.nameserver) if self.nameserver else ask_system),
            use_dns_cache=False,  # a source is asked once a crawl
            ssl=self.tls,
            socket_factory=self._socket,
            keepalive_timeout=KEEP_ALIVE,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # done within limits by HttpCompressionMiddleware
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            max_line_size=LONGEST_HEADER,
            max_field_size=LONGEST_HEADER,
            max_headers=MOST_HEADERS,
        )

    def _socket(self, info: Any) -> socket.socket:
        """The last look before connecting, at the very address that the connection will go to."""
        family, kind, protocol, _, address = info
        self.guard.check(address[0], [address[0]])
        return socket.socket(family, kind, protocol)


def _tls(*, verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
