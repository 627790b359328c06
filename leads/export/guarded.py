"""An HTTP client that asks a guard before it connects, connects to the very address that was checked, and does not wait for ever."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import httpx

from guards.addresses import AddressGuard

TIMEOUT = 20.0  # seconds, from connecting to the end of the answer's headers


class GuardedTransport(httpx.BaseTransport):
    """Resolves a host once, has all its addresses checked, and sends the request to the first of them.

    A name that answers differently a moment later (DNS rebinding) gains nothing: it is not asked again. TLS still
    verifies the name, through the `sni_hostname` extension.
    """

    def __init__(self, guard: AddressGuard, seconds: float = TIMEOUT) -> None:
        self.guard = guard
        self.seconds = seconds
        # A new connection for each request, so that each can be cut off when its time is over.
        self.inner = httpx.HTTPTransport(retries=0, limits=httpx.Limits(max_keepalive_connections=0))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Check, pin, send. Raises `AddressRefused`, or what httpx raises."""
        host = request.url.host
        addresses = _resolve(
            host, request.url.port or (443 if request.url.scheme == "https" else 80), request
        )
        self.guard.check(host, addresses)
        request.url = request.url.copy_with(host=addresses[0])
        with _CutOff(self.seconds) as cut_off:
            request.extensions = {**request.extensions, "sni_hostname": host, "trace": cut_off.watch}
            try:
                return self.inner.handle_request(request)
            except httpx.TransportError as error:
                if cut_off.happened:
                    raise httpx.ReadTimeout(f"no answer in {self.seconds:g} s", request=request) from error
                raise

    def close(self) -> None:
        """Close the connections."""
        self.inner.close()


class _CutOff:
    """Ends a connection when its time is over.

    The client's own timeouts are for single reads and writes: a server that sends a byte now and then passes them all.
    """

    def __init__(self, seconds: float) -> None:
        self.happened = False
        self._line: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> _CutOff:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            if self._line is not None:
                self._line.close()
                self._line = None

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of the connection (https://www.encode.io/httpcore/extensions/#trace)."""
        if event == "connection.connect_tcp.complete":
            line = info["return_value"].get_extra_info("socket")
            with self._lock:
                # A descriptor of our own stays when TLS is laid over the connection.
                self._line = socket.socket(fileno=os.dup(line.fileno()))
            if self.happened:
                self._cut()

    def _cut(self) -> None:
        with self._lock:
            self.happened = True
            if self._line is not None:
                with suppress(OSError):  # it has ended by itself
                    self._line.shutdown(socket.SHUT_RDWR)


def _resolve(host: str, port: int, request: httpx.Request) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(f"the name {host} cannot be resolved", request=request) from error
    return list(dict.fromkeys(str(address[4][0]) for address in found))


def guarded_client(guard: AddressGuard, timeout: float = TIMEOUT) -> httpx.Client:
    """A client for sending: guarded on every connection, no redirects, no proxies or cookies from the environment.

    `timeout` is for all from connecting to the end of the answer's headers; whoever wants the body as well must
    limit its length and time (`stream`).
    """
    return httpx.Client(
        transport=GuardedTransport(guard, timeout),
        timeout=timeout,
        follow_redirects=False,
        trust_env=False,
        headers={"user-agent": "povod"},
    )
