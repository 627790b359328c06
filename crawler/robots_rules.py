"""What a robots.txt says, as RFC 9309 has it: read with Protego, from lines made ready for it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from protego import Protego

# RFC 9309, 2.5: a crawler may stop reading at 500 KiB.
MOST_BYTES = 512 * 1024
_PRODUCT = re.compile(r"[A-Za-z_-]+")
# The lines that make groups and rules, in the spellings that Protego and others forgive. All others (Sitemap, Host,
# Crawl-delay, unknown ones) must not end the group in which they stand (2.2.4), so they are not shown to Protego.
_RULE = re.compile(r"\s*(?:(user[- ]?agent)|allow|dis?s?al+[oa]w|diasllow)\b", re.IGNORECASE)
_VALUE = re.compile(r"[^:]*?(?:user[- ]?agent)\s*:?\s*(\*(?=\s|$)|[A-Za-z_-]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """What one origin's robots.txt says; or that it cannot be known, in words, which forbids everything.

    `retry_after` are the seconds for which the server then wants to be left alone.
    """

    parser: Any = None
    unknown: str = ""
    retry_after: int | None = None

    def refusal(self, url: str, user_agent: str) -> str:
        """Why this address must not be fetched, or "" if it may."""
        if self.unknown:
            return f"{self.unknown} (asked for robots.txt, without which nothing is fetched)"
        if self.parser is None or may_fetch(self.parser, url, user_agent):
            return ""
        return "robots.txt forbids this address"


def product_token(user_agent: str) -> str:
    """`povod` of `povod/0.1 (+https://...)`: the name that groups in robots.txt are matched with."""
    found = _PRODUCT.match(user_agent)
    return found[0] if found else user_agent


def parse_robots(body: bytes) -> Any:
    """Parse the file; ask what comes of it with `may_fetch`."""
    text = body[:MOST_BYTES].decode("utf-8-sig", "replace")
    return Protego.parse("\n".join(_made_ready(text)))


def may_fetch(parser: Any, url: str, user_agent: str) -> bool:
    """Whether the rules for this user agent, or else those for all, allow an address."""
    return bool(parser.can_fetch(url, _closed(product_token(user_agent))))


def rules_from_answer(status: int, body: bytes) -> RobotsRules:
    """RFC 9309, 2.3.1: success is parsed; 4xx means that there are no rules; 5xx that they cannot be known."""
    if 200 <= status < 300:
        return RobotsRules(parse_robots(body))
    if status == 429 or status >= 500:
        return RobotsRules(unknown=f"the server answered {status}")
    return RobotsRules()


def _made_ready(text: str) -> list[str]:
    """The lines of groups and rules; each user agent by its product token alone (2.2.1), whatever follows it."""
    lines = []
    for line in text.splitlines():
        found = _RULE.match(line)
        if found is not None:
            lines.append(_agent_line(line) if found[1] else line)
    return lines


def _agent_line(line: str) -> str:
    found = _VALUE.match(line.partition("#")[0])
    name = found[1] if found else ""
    return f"user-agent: {name if name == '*' else _closed(name)}"


def _closed(name: str) -> str:
    # Protego takes `po` for the beginning of `povod`; with an end to each name only equal ones agree.
    return f"{name}/"
