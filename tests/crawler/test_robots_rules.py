"""robots.txt as it is read: RFC 9309, Google's own cases, and files made to take long."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from crawler.robots_rules import may_fetch, parse_robots, product_token, rules_from_answer

AGENT = "povod/0.1 (+https://povod.example/bot)"
HERE = "https://site.example"

# Where we answer otherwise than Google's parser, each by the name of the case, agent and address, and why.
DISAGREEMENTS = {
    # A name with a space is no product token (RFC 9309, 2.2.1): nobody is called so. We take the part before it for
    # the name, on both sides.
    ("GoogleOnly_AcceptUserAgentUpToFirstSpace", "Foo Bar", "http://foo.bar/x/y"),
    # RFC 9309, 2.2.2: octets outside ASCII are percent-encoded on both sides before they are compared, and what need
    # not be encoded is decoded. Google's parser leaves that to whoever calls it, and its cases show what then happens.
    ("ID_Encoding", "FooBot", "http://foo.bar/foo/bar/ツ"),
    ("ID_Encoding", "FooBot", "http://foo.bar/foo/bar/baz"),
}


def allows(robots: str, path: str, agent: str = AGENT) -> bool:
    return may_fetch(parse_robots(robots.encode()), HERE + path, agent)


def test_google_s_cases_come_out_as_google_says_or_otherwise_for_a_reason() -> None:
    recorded = Path("../shared/data/hostile/robots_google.json")
    if not recorded.is_file():
        pytest.skip("no recorded robots.txt cases here")
    cases = json.loads(recorded.read_text(encoding="utf-8"))
    other = [case for case in cases if ours(case) != case["allowed"]]
    assert {(case["test"], case["agent"], case["path"]) for case in other} == DISAGREEMENTS
    assert len(other) == 4, "two of the files are about the same address"


def ours(case: dict[str, str]) -> bool:
    path = case["path"]
    url = path if "://" in path else HERE + path
    return may_fetch(parse_robots(case["robots_txt"].encode()), url, case["agent"])


@pytest.mark.parametrize(
    "line", ["Sitemap: https://a.example/s", "Crawl-delay: 5", "Host: a.example", "Noise: x"]
)
def test_no_other_line_ends_a_group(line: str) -> None:
    robots = f"User-agent: povod\n{line}\nUser-agent: other\nDisallow: /x\n"
    assert not allows(robots, "/x")
    assert allows(robots, "/y")


def test_a_group_is_ours_by_our_whole_name_only() -> None:
    assert not allows("User-agent: po\nAllow: /\n\nUser-agent: *\nDisallow: /\n", "/x")
    assert not allows("User-agent: povod2\nDisallow: /\n", "/x"), "a name ends where its letters do"
    assert allows("User-agent: povod-news\nDisallow: /\n", "/x")
    assert not allows("user-agent: POVOD/1.0 (beta) # not a word\nDisallow: /\n", "/x")


def test_octets_that_need_no_encoding_are_the_same_either_way() -> None:
    assert not allows("User-agent: *\nDisallow: /новости\n", "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8")
    assert not allows("User-agent: *\nDisallow: /%62%61%7A\n", "/baz")


def test_answers_mean_what_rfc_9309_says() -> None:
    assert product_token(AGENT) == "povod"
    assert rules_from_answer(404, b"").refusal(f"{HERE}/", AGENT) == ""
    assert "without which nothing is fetched" in rules_from_answer(503, b"").refusal(f"{HERE}/", AGENT)
    assert rules_from_answer(200, b"User-agent: *\nDisallow: /").refusal(f"{HERE}/x", AGENT)


def test_patterns_made_to_take_long_do_not() -> None:
    robots = "User-agent: *\n" + f"Disallow: /{'*a' * 60}*b\n" * 3000
    begun = time.process_time()
    assert allows(robots, "/" + "a" * 2000)
    assert time.process_time() - begun < 20, "exponential matching would not end at all"


def test_what_is_no_text_at_all_forbids_nothing() -> None:
    assert may_fetch(parse_robots(bytes(range(256)) * 200), f"{HERE}/x", AGENT)
