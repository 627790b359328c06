"""Exact keys: handles per platform, e-mail addresses, phones, profile URLs and domains, each in one spelling."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from leads.linking.records import Key
from leads.linking.tables import rows

_EMAIL = re.compile(r"^[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\".]{2,}$")
_DOMAIN = re.compile(r"^(?=.{4,253}$)(?:[\w](?:[\w-]{0,61}[\w])?\.)+[^\W\d_][\w-]{1,62}$")
_HANDLE = re.compile(r"^[\w][\w.\-]{0,98}[\w]?$")
_NOT_DIGITS = re.compile(r"\D")

# Platform of a host, and which part of the path holds the handle.
_PROFILES: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (platform, re.compile(rf"(?:^|\.)(?:{host})$"), re.compile(path))
    for platform, host, path in (
        ("x", r"twitter\.com|x\.com", r"^/@?(\w+)$"),
        ("linkedin", r"linkedin\.com", r"^/(?:in|pub)/([^/]+)"),
        ("facebook", r"facebook\.com|fb\.com", r"^/([\w.]+)$"),
        ("instagram", r"instagram\.com", r"^/([\w.]+)$"),
        ("vk", r"vk\.com|vk\.ru|vkontakte\.ru", r"^/([\w.]+)$"),
        ("ok", r"ok\.ru", r"^/(?:profile/)?([\w.]+)$"),
        ("telegram", r"t\.me|telegram\.me", r"^/(?:s/)?@?(\w+)$"),
        ("github", r"github\.com", r"^/([\w-]+)$"),
        ("youtube", r"youtube\.com", r"^/@([\w.-]+)"),
        ("tiktok", r"tiktok\.com", r"^/@([\w.]+)"),
        ("medium", r"medium\.com", r"^/@([\w.-]+)"),
        ("reddit", r"reddit\.com", r"^/u(?:ser)?/([\w-]+)"),
        ("habr", r"habr\.com", r"^/(?:\w\w/)?users/([\w-]+)"),
        ("bluesky", r"bsky\.app", r"^/profile/([\w.-]+)"),
        ("xing", r"xing\.com", r"^/profile/([^/]+)"),
        ("hackernews", r"news\.ycombinator\.com", r"^/user$"),
    )
)
_MASTODON_PATH = re.compile(r"^/@(\w+)(?:@([\w.-]+))?$")
# Pages of platforms that are no profiles.
_NO_HANDLES = frozenset(
    (
        "home",
        "share",
        "intent",
        "search",
        "login",
        "about",
        "pages",
        "groups",
        "p",
        "feed",
        "watch",
        "company",
    )
)
PLATFORM_NAMES = {
    "twitter": "x", "x.com": "x", "x/twitter": "x", "vkontakte": "vk", "вк": "vk", "вконтакте": "vk", "tg": "telegram",
    "телеграм": "telegram", "телеграмм": "telegram", "ig": "instagram", "fb": "facebook", "bsky": "bluesky",
    "hn": "hackernews", "одноклассники": "ok", "odnoklassniki": "ok", "fediverse": "mastodon",
}  # fmt: skip
PLATFORMS = frozenset(name for name, _, _ in _PROFILES) | {"mastodon"}

# Addresses here say nothing about an employer.
FREE_MAIL = frozenset(domain for (domain,) in rows("free_mail.tsv"))


def platform_name(text: str) -> str:
    """Return our name of a platform."""
    plain = text.strip().casefold()
    return PLATFORM_NAMES.get(plain, plain)


@lru_cache(maxsize=1 << 14)
def email_key(text: str) -> Key | None:
    """Return the key of an e-mail address, or None where the text is none.

    Gmail's dots and everybody's case are dropped; a `+tag` only at Gmail, where it is known to mean nothing.
    """
    address = text.strip().strip("<>").casefold().removeprefix("mailto:").partition("?")[0]
    if not _EMAIL.match(address):
        return None
    local, _, domain = address.rpartition("@")
    if domain in ("gmail.com", "googlemail.com"):
        local, domain = local.partition("+")[0].replace(".", ""), "gmail.com"
    return Key("email", f"{local}@{domain}") if local else None


def phone_key(text: str, region: str = "") -> Key | None:
    """Return a phone number in E.164, or None where it cannot be told.

    Numbers with `+` or `00` are international; eleven digits that begin with 7 or 8 are Russian, as they are
    written there. Other national numbers need a `region` ("US") and the `phonenumbers` package.
    """
    plain = re.split(r"(?i)\s*(?:ext|доб|x|#)", text, maxsplit=1)[0]
    digits = _NOT_DIGITS.sub("", plain)
    if plain.lstrip().startswith("+") and 8 <= len(digits) <= 15:
        return Key("phone", f"+{digits}")
    if digits.startswith("00") and 10 <= len(digits) <= 17:
        return Key("phone", f"+{digits[2:]}")
    if region:
        return _national(plain, region)
    if len(digits) == 11 and digits[0] in "78":
        return Key("phone", f"+7{digits[1:]}")
    return None


def _national(text: str, region: str) -> Key | None:
    import phonenumbers  # noqa: PLC0415  (an optional extra)

    try:
        number = phonenumbers.parse(text, region.upper())
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return Key("phone", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def handle_key(text: str, platform: str = "") -> Key | None:
    """Return the key of a handle, `name`, `@name` or `platform:name`.

    `@user@server` is Mastodon's whatever platform was said.
    """
    plain = text.strip().casefold()
    if "/" in plain:
        return url_key(plain)
    told, colon, rest = plain.partition(":")
    if colon and platform_name(told) in PLATFORMS:
        platform, plain = platform or told, rest
    plain = plain.lstrip("@").strip()
    local, at, server = plain.partition("@")
    if at and _DOMAIN.match(server):
        return Key("handle", f"{local}@{server}", "mastodon")
    return Key("handle", plain, platform_name(platform)) if _HANDLE.match(plain) else None


# In place of its platform: a handle that is a contact's on another platform than the one that was told.
ELSEWHERE = "*"


def unplaced(key: Key) -> Key:
    """Return the key under which a handle of no told platform is found by mentions that do tell one."""
    return Key("handle", key.value, "?")


def url_key(text: str) -> Key | None:
    """Return the key of a profile URL: the handle on its platform where that is known, else the tidied URL."""
    parts = _split(text)
    if parts is None:
        return None
    host, path, query = parts
    for platform, hosts, paths in _PROFILES:
        if hosts.search(host):
            if platform == "hackernews" and query.startswith("id="):
                return Key("handle", query[3:].casefold(), platform)
            found = paths.match(path)
            if found and found[1].casefold() not in _NO_HANDLES:
                return Key("handle", found[1].casefold().strip("."), platform)
            break
    fediverse = _MASTODON_PATH.match(path)
    if fediverse:
        return Key("handle", f"{fediverse[1]}@{fediverse[2] or host}".casefold(), "mastodon")
    if path in ("", "/") and not query:
        return Key("domain", host)
    return Key("url", f"{host}{path}{'?' + query if query else ''}")


def domain_key(text: str) -> Key | None:
    """Return the key of a web domain, from a bare domain or any URL at it."""
    parts = _split(text.strip().lstrip("@"))
    return Key("domain", parts[0]) if parts else None


def email_domain(address: str) -> str:
    """Return the domain of a normalised address where it may be an employer's, else an empty string."""
    domain = address.rpartition("@")[2]
    return "" if domain in FREE_MAIL else domain


def _split(text: str) -> tuple[str, str, str] | None:
    plain = text.strip()
    if not plain or any(c.isspace() for c in plain):
        return None
    if "://" not in plain:
        plain = f"https://{plain.removeprefix('//')}"
    try:
        parts = urlsplit(plain)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").rstrip(".")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not _DOMAIN.match(host):
        return None
    query = "&".join(p for p in parts.query.split("&") if p and not p.startswith(("utm_", "ref=", "trk=")))
    return host, unquote(parts.path).rstrip("/"), query
