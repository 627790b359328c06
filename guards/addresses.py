"""Which network addresses a URL that somebody supplied may lead to: the public internet, and nothing else."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# What `ipaddress.is_global` of Python 3.11 lets through, or would let through on some system:
# the IANA special-purpose registries, and addresses under which cloud providers serve secrets.
_REFUSED: tuple[Network, ...] = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "168.63.129.16/32",  # Azure's host agent
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",  # IPv4-compatible, with the loopback and unspecified addresses
        "64:ff9b:1::/48",  # NAT64 for local use
        "100::/64",
        "2001::/23",  # Teredo, benchmarking, ORCHID
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_6TO4 = ipaddress.ip_network("2002::/16")
_TRANSLATED = ipaddress.ip_network("::ffff:0:0:0/96")  # SIIT, RFC 2765


class AddressRefused(Exception):
    """An address that must not be connected to; the message says which and why, in words for the user."""


class AddressGuard:
    """Decides which addresses may be connected to. `allow` names private networks that may be, such as 10.1.0.0/16.

    Names must be resolved by the caller, every address that comes out checked, and the connection made to an
    address that was checked: a name can resolve to something else a moment later.
    """

    def __init__(self, allow: Sequence[str] = ()) -> None:
        self.allowed = tuple(ipaddress.ip_network(network) for network in allow)

    def check_url(self, url: str) -> None:
        """Refuse addresses that need no resolving to be wrong: other schemes, no host, a literal that is private.

        Raises `AddressRefused`.
        """
        try:
            parts = urlsplit(url)
            host = parts.hostname
            _ = parts.port
        except ValueError:
            raise AddressRefused("this is no valid address") from None
        if parts.scheme.lower() not in ("http", "https"):
            raise AddressRefused(
                f"only http and https are fetched, not {parts.scheme or 'an address without scheme'}"
            )
        if not host:
            raise AddressRefused("the address names no host")
        if parts.username is not None or parts.password is not None:
            raise AddressRefused("a user name or password does not belong in an address")
        literal = _literal(host)
        if literal is not None:
            self.check(host, [literal])

    def check(self, host: str, addresses: Iterable[str | Address]) -> list[Address]:
        """All the addresses that `host` resolved to, or `AddressRefused` if any one of them is not to be reached.

        One bad answer refuses all: whoever mixes public and private answers is trying something.
        """
        checked = []
        for given in addresses:
            try:
                address = ipaddress.ip_address(str(given).split("%")[0])
            except ValueError:
                raise AddressRefused(f"{host} resolves to {given}, which is no address") from None
            if not self.permits(address):
                raise AddressRefused(_words(host, address))
            checked.append(address)
        if not checked:
            raise AddressRefused(f"{host} has no address")
        return checked

    def permits(self, address: Address) -> bool:
        """Whether this address is public, or in a network that the configuration allows."""
        if any(_within(form, self.allowed) for form in _forms(address)):
            return True
        return all(form.is_global and not _within(form, _REFUSED) for form in _forms(address))


def _within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _forms(address: Address) -> list[Address]:
    """The IPv4 address that an IPv6 address carries inside it, instead of the wrapping; else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    number = int(address)
    if address in _NAT64 or address in _TRANSLATED:
        return [ipaddress.IPv4Address(number & 0xFFFFFFFF)]
    if address in _6TO4:
        return [ipaddress.IPv4Address((number >> 80) & 0xFFFFFFFF)]
    return [address]


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return None


def _words(host: str, address: Address) -> str:
    what = f"{host} is" if _literal(host) is not None else f"{host} resolves to {address}, which is"
    return f"{what} not on the public internet; allow its network in fetch.allow_networks if this is meant"
