"""An HTTP client that asks a guard before it connects, and connects to the very address that was checked."""

from __future__ import annotations

import socket

import httpx

from guards.addresses import AddressGuard

TIMEOUT = 20.0  # seconds, for each of connecting, writing and reading


class GuardedTransport(httpx.BaseTransport):
    """Resolves a host once, has all its addresses checked, and sends the request to the first of them.

    A name that answers differently a moment later (DNS rebinding) gains nothing: it is not asked again. TLS still
    verifies the name, through the `sni_hostname` extension.
    """

    def __init__(self, guard: AddressGuard, inner: httpx.BaseTransport | None = None) -> None:
        self.guard = guard
        self.inner = inner or httpx.HTTPTransport(retries=0)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Check, pin, send. Raises `AddressRefused`, or what httpx raises."""
        host = request.url.host
        addresses = _resolve(
            host, request.url.port or (443 if request.url.scheme == "https" else 80), request
        )
        self.guard.check(host, addresses)
        request.url = request.url.copy_with(host=addresses[0])
        request.extensions = {**request.extensions, "sni_hostname": host}
        return self.inner.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        self.inner.close()


def _resolve(host: str, port: int, request: httpx.Request) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(f"the name {host} cannot be resolved", request=request) from error
    return list(dict.fromkeys(str(address[4][0]) for address in found))


def guarded_client(guard: AddressGuard, timeout: float = TIMEOUT) -> httpx.Client:
    """A client for sending: guarded on every connection, no redirects, no proxies or cookies from the environment."""
    return httpx.Client(
        transport=GuardedTransport(guard),
        timeout=timeout,
        follow_redirects=False,
        trust_env=False,
        headers={"user-agent": "povod"},
    )
