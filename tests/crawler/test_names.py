"""Names that resolve to where nobody may be led: real crawls, a real DNS server, and the servers' own logs."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from crawler.events import CrawlReport
from crawler.nameserver import BadAnswer, asking
from models import Source
from tests.crawler.conftest import NOW, POLICY, item, rss
from tests.crawler.forked import crawl_forked
from tests.crawler.nameserver import AAAA, A, Nameserver
from tests.crawler.server import Reply, Server

AddSource = Callable[..., int]
SourceNamed = Callable[[str], Source]

# What stands for the public internet here. All else on the machine is private, and listened on.
PUBLIC = "127.0.2.1"
PRIVATE = "127.0.66.6"
HIDDEN = [
    "127.0.0.1", "127.0.66.6", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.0.192", "168.63.129.16", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "::127.0.0.1",
    "::ffff:127.0.66.6", "::ffff:0:127.0.66.6", "64:ff9b::7f00:4206", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
    "2002:7f00:4206::1", "2002:a00:1::", "fec0::1", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1", "2001::1", "100::1",
]  # fmt: skip
HOPS = (0, 1, 3)


@dataclass
class Web:
    """Servers on every address of the machine, IPv4 and IPv6, names for them, and a database of sources."""

    database: str
    server: Server
    names: Nameserver

    def crawl(self, *, day: int = 0, robots: bool = False, slow_after: float = 1) -> CrawlReport:
        """Read all sources; only the addresses that stand for the public internet are allowed."""
        policy = replace(
            POLICY,
            allow_networks=("127.0.2.0/24",),
            nameserver=self.names.place,
            obey_robots=robots,
            slow_after=slow_after,
        )
        return crawl_forked(self.database, policy, now=NOW + timedelta(days=day), everything=True)

    def url(self, name: str, path: str = "/feed", *records: list[str]) -> str:
        """An address under a name, which from now on has these records."""
        return f"http://{self.names.on(name, *records)}:{self.server.port}{path}"


@pytest.fixture
def web(database_url: str) -> Iterator[Web]:
    with Server(also_ipv6=True) as server, Nameserver() as names:
        yield Web(database_url, server, names)


@pytest.fixture
def nameserver() -> Iterator[Nameserver]:
    with Nameserver() as running:
        yield running


def test_every_hidden_address_is_refused_at_every_hop_and_never_connected_to(
    web: Web, add_source: AddSource, source_named: SourceNamed
) -> None:
    web.server.on("/feed", rss(item(1)), host="*")
    for number, address in enumerate(HIDDEN):
        for hops in HOPS:
            target = web.url(f"form{number}.hop{hops}.test", "/feed", [address])
            add_source(f"{address} {hops}", way_to(web, target, f"{number}x{hops}", hops))
    add_source("good", web.url("open.test", "/feed", [PUBLIC]))

    report = web.crawl()

    assert (report.sources_read, report.sources_failed) == (1, len(HIDDEN) * len(HOPS))
    for address in HIDDEN:
        for hops in HOPS:
            words = source_named(f"{address} {hops}").last_error or ""
            assert "not on the public internet" in words, (address, hops, words)
    assert set(web.server.connections) == {PUBLIC}
    assert len(web.server.asked()) == len(HIDDEN) * sum(HOPS) + 1, "every hop before the last was made"


def way_to(web: Web, target: str, label: str, hops: int) -> str:
    """An address that redirects so many times, each time under another name, before it leads to the target."""
    for hop in range(hops):
        web.server.on(f"/{label}-{hop}", Reply(status=302, headers={"Location": target}), host="*")
        target = web.url(f"way{hop}.{label}.test", f"/{label}-{hop}", [PUBLIC])
    return target


def test_literal_addresses_in_every_notation_are_refused_at_a_redirect(
    web: Web, add_source: AddSource, source_named: SourceNamed
) -> None:
    forms = [f"[{one}]" if ":" in one else one for one in HIDDEN]
    numbers = ["2130723334", "0x7f.0x42.6", "0177.0.0.1", "127.16902", "0x7f004206"]
    for number, form in enumerate(forms + numbers):
        location = {"Location": f"http://{form}:{web.server.port}/feed"}
        add_source(form, web.server.on(f"/{number}", Reply(status=307, headers=location), host=PUBLIC))
    report = web.crawl()
    assert (report.sources_read, report.sources_failed) == (0, len(forms + numbers))
    for form in forms:
        assert "not on the public internet" in (source_named(form).last_error or ""), form
    for form in numbers:
        words = source_named(form).last_error or ""
        assert "not a canonical IPv4 address" in words or "not on the public internet" in words, (form, words)
    assert set(web.server.connections) == {PUBLIC}


def test_one_hidden_address_among_public_ones_refuses_the_name(
    web: Web, add_source: AddSource, source_named: SourceNamed
) -> None:
    mixtures = {
        "first": [PRIVATE, PUBLIC],
        "last": [PUBLIC, "127.0.2.2", PRIVATE],
        "other kind": [PUBLIC, "::1"],
        "alias": ["inside.test"],
        "alias of an alias": ["between.test"],
        "alias and address": [PUBLIC, "inside.test"],
    }
    web.names.on("inside.test", [PRIVATE])
    web.names.on("between.test", ["inside.test"])
    web.server.on("/feed", rss(item(1)), host="*")
    for number, (name, records) in enumerate(mixtures.items()):
        add_source(name, web.url(f"mix{number}.test", "/feed", records))
    assert web.crawl(robots=True).sources_failed == len(mixtures)
    for name in mixtures:
        assert "not on the public internet" in (source_named(name).last_error or ""), name
    assert web.server.connections == []


def test_a_name_that_changes_its_mind_is_followed_to_checked_addresses_only(
    web: Web, add_source: AddSource, source_named: SourceNamed
) -> None:
    """DNS rebinding: allowed when first asked, hidden when asked again, for the next hop or in the next crawl."""
    web.server.on("/feed", rss(item(1)), host="*")
    web.server.on("/hop", Reply(b"x", status=302, headers={"Location": "/feed"}, length=-1), host="*")
    add_source("next hop", web.url("hop.test", "/hop", [PUBLIC], [PRIVATE]))
    add_source("next crawl", web.url("later.test", "/feed", [PUBLIC], [PRIVATE]))
    web.crawl()
    assert f"hop.test resolves to {PRIVATE}" in (source_named("next hop").last_error or "")
    assert source_named("next crawl").last_error is None
    web.crawl(day=1)
    assert f"later.test resolves to {PRIVATE}" in (source_named("next crawl").last_error or "")
    assert set(web.server.connections) == {PUBLIC}


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(
    web: Web, add_source: AddSource
) -> None:
    """Asked again between check and connection, this name would lead elsewhere: it is asked once a connection."""
    web.server.on("/feed", rss(item(1)), host=PUBLIC)
    add_source("quick", web.url("quick.test", "/feed", [PUBLIC], [PRIVATE]))
    assert web.crawl().sources_read == 1
    assert sorted(web.names.asked) == [("quick.test", A), ("quick.test", AAAA)]
    assert web.server.connections == [PUBLIC]


def test_robots_txt_leads_to_no_hidden_address_either(
    web: Web, add_source: AddSource, source_named: SourceNamed
) -> None:
    inside = web.url("inside.test", "/", [PRIVATE])
    web.server.on("/robots.txt", Reply(status=302, headers={"Location": inside}), host=PUBLIC)
    add_source("robots", web.url("open.test", "/feed", [PUBLIC]))
    web.crawl(robots=True)
    assert "without which nothing is fetched" in (source_named("robots").last_error or "")
    assert set(web.server.connections) == {PUBLIC}
    assert web.server.asked() == [], "the feed was not asked for"


def test_a_name_that_nobody_knows_is_told(web: Web, add_source: AddSource, source_named: SourceNamed) -> None:
    add_source("nobody", f"http://nobody.test:{web.server.port}/feed")
    add_source("empty", web.url("empty.test", "/feed", []))
    web.crawl()
    for name in ("nobody", "empty"):
        assert source_named(name).last_error == f"the name {name}.test is not known (DNS)"


def test_names_that_nobody_answers_for_hold_up_no_other_one(
    web: Web, add_source: AddSource, source_named: SourceNamed
) -> None:
    """A hundred names whose server is silent come first; those after them are found in time all the same."""
    for number in range(100):
        name = f"silent{number}.test"
        web.names.silent.add(name)
        add_source(name, f"http://{name}:{web.server.port}/feed")
    web.server.on("/feed", rss(item(1)), host=PUBLIC)
    for number in range(5):
        add_source(f"good {number}", web.url(f"good{number}.test", "/feed", [PUBLIC]))
    report = web.crawl(slow_after=0.1)
    assert report.sources_read == 5, (
        "a lookup of which nothing comes takes six seconds, and a source has three"
    )
    assert "did not arrive in time" in (source_named("silent1.test").last_error or "")


def test_aliases_are_followed_also_where_the_server_leaves_it_to_us(nameserver: Nameserver) -> None:
    nameserver.on("a.test", ["b.test"])
    nameserver.on("b.test", ["127.0.2.1", "fd00::1"])
    lookup = asking(nameserver.place)
    assert [entry[4][0] for entry in lookup("A.test.", 80, socket.AF_UNSPEC)] == ["127.0.2.1", "fd00::1"]
    assert [entry[4][0] for entry in lookup("a.test", 80, socket.AF_INET6)] == ["fd00::1"]


def test_an_alias_of_itself_and_a_silent_server_end_as_errors(
    nameserver: Nameserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    nameserver.on("circle.test", ["other.test"])
    with pytest.raises(OSError, match="circle"):
        asking(nameserver.place)("circle.test", 80, socket.AF_INET)
    monkeypatch.setattr("crawler.nameserver._PATIENCE", 0.2)
    monkeypatch.setattr("crawler.nameserver._ASK_AGAIN", 0.1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        with pytest.raises(BadAnswer, match="does not answer"):
            asking(f"127.0.0.1:{silent.getsockname()[1]}")("a.test", 80, socket.AF_INET)
