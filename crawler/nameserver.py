"""Asking one DNS server by its address, in place of the system's resolver (RFC 1035, over UDP).

For whoever must know whose answers are believed: a crawl whose `FetchPolicy` names a server asks no other. What comes
of it passes the same guard as the system's answers.
"""

from __future__ import annotations

import ipaddress
import secrets
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

_HEADER = struct.Struct("!6H")
_RECORD = struct.Struct("!HHIH")
_QUESTION = struct.Struct("!HH")
A, CNAME, AAAA = 1, 5, 28
_INTERNET = 1
_RECURSION_DESIRED = 0x0100
_NAME_ERROR = 3
# Aliases of aliases, and pointers within one message: beyond this somebody is playing.
_MOST_STEPS = 16
# Seconds until the question is asked again, and until there will be no answer.
_ASK_AGAIN, _PATIENCE = 1.5, 6.0

Lookup = Callable[[str, int, int], list[Any]]


class BadAnswer(OSError):
    """A DNS message that cannot be read, or says that the server failed."""


def asking(server: str) -> Lookup:
    """A lookup in the form of `socket.getaddrinfo` that asks `server`, given as "address:port"."""
    address, _, port = server.rpartition(":")
    place = (address.strip("[]"), int(port))

    def lookup(host: str, port: int, family: int) -> list[Any]:
        """IPv4 and IPv6 addresses of a host. Raises `OSError` for a name that has none."""
        try:  # numbers, in whatever notation the system takes them for an address
            return socket.getaddrinfo(
                host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
            )
        except OSError:
            pass
        wanted = [A] * (family != socket.AF_INET6) + [AAAA] * (family != socket.AF_INET)
        found = [entry for kind in wanted for entry in _addresses(place, host, kind)]
        if not found:
            raise OSError(f"{host} has no address")
        return [_as_addrinfo(entry, port) for entry in found]

    return lookup


def _addresses(
    place: tuple[str, int], host: str, kind: int
) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """The addresses of one kind, through aliases, also where the server leaves it to us to follow them."""
    name = host.rstrip(".").lower()
    for _ in range(_MOST_STEPS):
        records = _ask(place, name, kind)
        aliases = {owner: _name(message, start)[0] for owner, of, message, start, _ in records if of == CNAME}
        seen = set()
        while name in aliases and name not in seen:
            seen.add(name)
            name = aliases[name]
        found = [
            ipaddress.ip_address(message[start : start + length])
            for owner, of, message, start, length in records
            if of == kind and owner == name
        ]
        if found or not seen:
            return found
    raise BadAnswer(f"{host} is an alias of an alias of an alias")


_Records = list[tuple[str, int, bytes, int, int]]


def _ask(place: tuple[str, int], name: str, kind: int) -> _Records:
    """The answer section of the server's reply: owner, type, and where in the message the data lie."""
    number = secrets.randbits(16)
    question = (
        _HEADER.pack(number, _RECURSION_DESIRED, 1, 0, 0, 0)
        + encode_name(name)
        + _QUESTION.pack(kind, _INTERNET)
    )
    family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asking_socket:
        asking_socket.connect(place)  # so that only this server's answers are received
        until = time.monotonic() + _PATIENCE
        asking_socket.settimeout(_ASK_AGAIN)
        while time.monotonic() < until:
            asking_socket.send(question)
            try:
                message = asking_socket.recv(65_535)
            except TimeoutError:
                continue
            if message[:2] == question[:2]:
                return _read(message)
    raise BadAnswer(f"the DNS server {place[0]} does not answer")


def _read(message: bytes) -> _Records:
    try:
        _, flags, questions, answers, _, _ = _HEADER.unpack_from(message)
        if flags & 0xF not in (0, _NAME_ERROR):
            raise BadAnswer(f"the DNS server failed (code {flags & 0xF})")
        place = _HEADER.size
        for _ in range(questions):
            place = _name(message, place)[1] + _QUESTION.size
        records: _Records = []
        for _ in range(answers):
            owner, place = _name(message, place)
            kind, _, _, length = _RECORD.unpack_from(message, place)
            place += _RECORD.size
            records.append((owner, kind, message, place, length))
            place += length
    except (struct.error, IndexError, UnicodeError) as error:
        raise BadAnswer("the DNS server's answer cannot be read") from error
    return records


def encode_name(name: str) -> bytes:
    """A name as labels. Raises `UnicodeError` for a label that is empty or too long."""
    labels = name.encode("idna").rstrip(b".").split(b".")
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _name(message: bytes, place: int) -> tuple[str, int]:
    """The name that begins at `place`, and where what follows it begins."""
    labels: list[str] = []
    after = None
    for _ in range(128):
        length = message[place]
        if length & 0xC0 == 0xC0:  # a pointer to the rest of the name
            after = after or place + 2
            place = (length & 0x3F) << 8 | message[place + 1]
        elif length:
            labels.append(message[place + 1 : place + 1 + length].decode("ascii"))
            place += 1 + length
        else:
            return ".".join(labels).lower(), after or place + 1
    raise BadAnswer("the DNS server's answer holds a name without end")


def _as_addrinfo(address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int) -> tuple[Any, ...]:
    if address.version == 4:
        return socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (str(address), port)
    return socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (str(address), port, 0, 0)
