"""Addresses: made absolute, and brought to the one form in which the same page is the same address."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

# Parameters that say how a reader came, never what is read. Anything else may identify, and stays.
_TRACKING = re.compile(
    r"(?:utm_[^=&]*|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|igshid|mc_cid|mc_eid|_hsenc|_hsmi"
    r"|mkt_tok|vero_id|oly_anon_id|oly_enc_id|_openstat|wt_mc|s_cid|spm|ref_src|ref_url|cmpid|ns_campaign)(?:=.*)?",
    re.IGNORECASE | re.DOTALL,
)
_HINT = re.compile(r"[?#]|[^!-~]|[A-Z]|:\d+(?:/|$)")
_UNSAFE = re.compile(r"[^!-~]|[\"<>\\^`{|}]")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def absolute(base: str, link: str) -> str:
    """`link` seen from `base`, or "" when that is no http(s) address."""
    link = link.strip()
    if not link:
        return ""
    if not link.startswith(("https://", "http://")):
        try:
            link = urljoin(base, link)
        except ValueError:
            return ""
    return link if link[:8].lower().startswith(("https://", "http://")) else ""


@lru_cache(maxsize=4096)
def canonical(url: str) -> str:
    """The address without fragment, tracking parameters and default port, its host in lower case.

    Fragments that are routes (`#!/...`, `#/...`) identify and stay, as does every other parameter, in its order.
    """
    if not _HINT.search(url, 8):
        return url if url.count("/") > 2 else url + "/"
    try:
        parts = urlsplit(url.strip())
        netloc = _netloc(parts)
    except ValueError:
        return url
    query = "&".join([piece for piece in parts.query.split("&") if piece and not _TRACKING.fullmatch(piece)])
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return urlunsplit(
        (parts.scheme.lower(), netloc, _ascii(parts.path) or "/", _ascii(query), _ascii(fragment))
    )


def origin(url: str) -> str:
    """`scheme://host:port` of an http(s) address: what at most one request at a time is sent to."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    try:
        port = parts.port
    except ValueError:
        port = None
    return f"{scheme}://{(parts.hostname or '').rstrip('.')}:{port or _DEFAULT_PORTS.get(scheme, 0)}"


def _netloc(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    if ":" in host:
        host = f"[{host}]"
    port = parts.port
    return host if port is None or port == _DEFAULT_PORTS.get(parts.scheme.lower()) else f"{host}:{port}"


def _ascii(part: str) -> str:
    return _UNSAFE.sub(lambda found: quote(found[0], safe=""), part) if _UNSAFE.search(part) else part
