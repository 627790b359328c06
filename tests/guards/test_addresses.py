"""The address guard: every form in which an address can be private."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from guards.addresses import AddressGuard, AddressRefused

PRIVATE = [
    "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.192",
    "168.63.129.16", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "::127.0.0.1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::1", "2002:a00:1::",
    "fec0::1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1", "2001::1", "100::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::808:808", "2002:808:808::1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_private_address_in_any_form_is_permitted(address: str) -> None:
    with pytest.raises(AddressRefused) as refusal:
        AddressGuard().check("host.example", [address])
    assert "not on the public internet" in str(refusal.value)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_permitted(address: str) -> None:
    assert AddressGuard().check("host.example", [address])


def test_one_private_answer_among_public_ones_refuses_all() -> None:
    with pytest.raises(AddressRefused):
        AddressGuard().check("host.example", ["8.8.8.8", "10.0.0.1"])


def test_a_network_that_the_configuration_allows_is_permitted_in_every_form() -> None:
    guard = AddressGuard(["127.0.0.0/8", "fd00::/8"])
    assert guard.check("a", ["127.0.0.9"])
    assert guard.check("a", ["::ffff:127.0.0.9"])
    assert guard.check("a", ["fd00::1"])
    with pytest.raises(AddressRefused):
        guard.check("a", ["10.0.0.1"])


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("file:///etc/passwd", "only http and https"),
        ("gopher://x.example/", "only http and https"),
        ("http:///x", "names no host"),
        ("http://user:secret@a.example/", "user name or password"),
        ("http://[::1]/", "not on the public internet"),
        ("http://a.example:99999/", "no valid address"),
        ("http://[::1", "no valid address"),
    ],
)
def test_addresses_that_are_wrong_as_they_stand_are_refused(url: str, words: str) -> None:
    with pytest.raises(AddressRefused) as refusal:
        AddressGuard().check_url(url)
    assert words in str(refusal.value)


def test_known_attack_addresses_are_refused() -> None:
    listed = Path("../shared/data/hostile/ssrf_urls.txt")
    if not listed.is_file():
        pytest.skip("no list of attack addresses here")
    guard = AddressGuard()
    for line in listed.read_text(encoding="utf-8").splitlines():
        url = line.strip()
        if not url or url.startswith("#"):
            continue
        with pytest.raises(AddressRefused):
            _check(guard, url)


def _check(guard: AddressGuard, url: str) -> None:
    guard.check_url(url)
    guard.check(url, _resolve(url))


def _resolve(url: str) -> list[str]:
    """As the system reads the host, without asking anybody: numbers in any notation resolve, names do not."""
    host = urlsplit(url).hostname or ""
    try:
        found = socket.getaddrinfo(host, 80, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []
    return [str(entry[4][0]) for entry in found]
