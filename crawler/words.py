"""What went wrong with a source, in words that its reader can act on."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from scrapy import exceptions
from scrapy.exceptions import IgnoreRequest

from guards.headers import status_with_phrase
from guards.text import one_line

_ADVICE = {
    401: "it wants a password",
    403: "it does not want to be read by us",
    404: "there is nothing at this address",
    410: "it says that the feed is gone for good; it will not be asked again",
    429: "it is asked too often",
}
_TLS = re.compile(r"certificate|ssl|tls|handshake", re.IGNORECASE)


def status_in_words(status: int) -> str:
    """`the server answered 404 Not Found: there is nothing at this address`."""
    advice = _ADVICE.get(status)
    return f"the server answered {status_with_phrase(status)}" + (f": {advice}" if advice else "")


def failure_in_words(error: BaseException, url: str) -> str:
    """Why there is no answer at all."""
    host = urlsplit(url).hostname or url
    if isinstance(error, IgnoreRequest) and str(error):
        return _about_size(str(error)) or one_line(str(error))
    for kind, words in _KINDS:
        if isinstance(error, kind):
            return words.format(host=host)
    text = one_line(str(error), 200)
    if _TLS.search(f"{type(error).__name__} {text}"):
        return f"no secure connection to {host}: {text or 'its certificate is not valid'}"
    return f"fetching failed: {text or type(error).__name__}"


def _about_size(message: str) -> str:
    return "the answer is larger than allowed once unpacked" if "during decompression" in message else ""


_KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (exceptions.DownloadTimeoutError, "the whole answer did not arrive in time"),
    (exceptions.CannotResolveHostError, "the name {host} is not known (DNS)"),
    (exceptions.DownloadConnectionRefusedError, "{host} refuses connections, or cannot be reached"),
    (exceptions.DownloadCancelledError, "the answer is larger than allowed"),
    (exceptions.ResponseDataLossError, "the connection broke before the answer was complete"),
    (exceptions.UnsupportedURLSchemeError, "only http and https are fetched"),
)
