"""A web address that is sent leads, signed per Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks).

The receiver checks `webhook-signature` over `{webhook-id}.{webhook-timestamp}.{body}` with the shared secret, and drops
what comes again under a `webhook-id` it has seen: sending is at least once.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from guards.addresses import AddressRefused
from guards.headers import retry_after_seconds, status_with_phrase
from leads.export.sending import Outgoing, SendError

PREFIX = "whsec_"
KEY_BYTES = range(24, 65)  # The specification asks for 24 to 64 bytes of secret.

# Client errors that pass by themselves; every other 4xx, and a redirect, needs somebody to change something.
TEMPORARY = frozenset({408, 409, 423, 425, 429})


class BadSecret(ValueError):
    """A signing secret is not `whsec_` and 24 to 64 bytes in base64."""


def decode_secret(secret: str) -> bytes:
    """The key of a secret as the specification writes it. Raises `BadSecret`, which never shows the secret."""
    try:
        key = base64.b64decode(secret.strip().removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not secret.strip().startswith(PREFIX) or len(key) not in KEY_BYTES:
        raise BadSecret("a webhook secret is 'whsec_' followed by 24 to 64 random bytes in base64")
    return key


def sign(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`: version 1, HMAC-SHA256, base64."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


@dataclass(frozen=True, slots=True)
class Webhook:
    """Sends deliveries to one address through a client that looks where it connects to (`leads.export.guarded`)."""

    url: str
    client: httpx.Client
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a wrong secret at once, not at the first lead."""
        decode_secret(self.secret)

    def send(self, outgoing: Outgoing, at: datetime) -> str | None:
        """Send once; any 2xx means it was taken."""
        body = outgoing.body
        try:
            # Nothing is said in the body that would be of use, and it may be without end: it is not read.
            with self.client.stream(
                "POST", self.url, content=body, headers=self.headers(outgoing.id, body, at)
            ) as answer:
                _check(answer, at)
        except AddressRefused as error:
            raise SendError(str(error), permanent=True) from None
        except httpx.TimeoutException:
            raise SendError("no answer in time", permanent=False) from None
        except httpx.UnsupportedProtocol:
            raise SendError("only http and https addresses can be sent to", permanent=True) from None
        except httpx.HTTPError as error:
            raise SendError(f"no connection: {error or type(error).__name__}", permanent=False) from None
        receipt: str | None = answer.headers.get("webhook-receipt")
        return receipt[:255] if receipt else None

    def headers(self, message_id: str, body: bytes, at: datetime) -> Mapping[str, str]:
        """The headers of one attempt; only its time, and so its signature, differs from the one before."""
        timestamp = int(at.timestamp())
        return {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(decode_secret(self.secret), message_id, timestamp, body),
        }


def _check(answer: httpx.Response, at: datetime) -> None:
    status = answer.status_code
    if 200 <= status < 300:
        return
    permanent = 300 <= status < 500 and status not in TEMPORARY
    raise SendError(
        f"the receiver answered {status_with_phrase(status)}",
        permanent=permanent,
        retry_after=retry_after_seconds(answer.headers.get("retry-after"), at),
    )
