"""A DNS server on loopback for tests: scripted answers over UDP (RFC 1035), and a log of what was asked."""

from __future__ import annotations

import ipaddress
import socket
import struct
import threading
from typing import Self

A, CNAME, AAAA = 1, 5, 28
NAME_ERROR, FAILED = 3, 2


class Nameserver:
    """Answers what `on` was told, and that there is no such name for the rest; use it as a context manager.

    A record is an address, which answers questions of its own kind, or another name, which is an alias. Questions about
    `silent` names are not answered at all.
    """

    def __init__(self, address: str = "127.0.0.53") -> None:
        self.asked: list[tuple[str, int]] = []
        self.silent: set[str] = set()
        self._scripts: dict[str, list[list[str]]] = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        stop = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with stop:
            stop.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    @property
    def place(self) -> str:
        """Its address and port."""
        address, port = self._socket.getsockname()
        return f"{address}:{port}"

    def on(self, name: str, *rounds: list[str]) -> str:
        """Answer with these records, one round after another, the last one for ever; returns the name.

        A round is over when questions of both kinds (A and AAAA) have been answered.
        """
        self._scripts[name.lower()] = [records for records in rounds for _ in (A, AAAA)]
        return name

    def _serve(self) -> None:
        while True:
            message, sender = self._socket.recvfrom(4096)
            if not message:
                return
            if _read_name(message, 12)[0] not in self.silent:
                self._socket.sendto(self._answer(message), sender)

    def _answer(self, message: bytes) -> bytes:
        name, end = _read_name(message, 12)
        (kind,) = struct.unpack_from("!H", message, end)
        self.asked.append((name, kind))
        records = self._records(name)
        answers = [] if records is None else self._chain(name, kind, records)
        head = message[:2] + struct.pack(
            "!5H", 0x8180 | (NAME_ERROR if records is None else 0), 1, len(answers), 0, 0
        )
        return head + message[12 : end + 4] + b"".join(answers)

    def _records(self, name: str) -> list[str] | None:
        rounds = self._scripts.get(name)
        if not rounds:
            return None
        return rounds.pop(0) if len(rounds) > 1 else rounds[0]

    def _chain(self, name: str, kind: int, records: list[str]) -> list[bytes]:
        """The answers about a name; an alias with what it leads to, as recursive servers give it."""
        answers = []
        for record in records:
            address = _address(record)
            if address is None:
                answers.append(_record(name, CNAME, _write_name(record)))
                answers += self._chain(record, kind, self._records(record) or [])
            elif kind == (A if address.version == 4 else AAAA):
                answers.append(_record(name, kind, address.packed))
        return answers


def _address(record: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(record)
    except ValueError:
        return None


def _record(name: str, kind: int, data: bytes) -> bytes:
    return _write_name(name) + struct.pack("!HHIH", kind, 1, 0, len(data)) + data


def _write_name(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def _read_name(message: bytes, place: int) -> tuple[str, int]:
    labels = []
    while length := message[place]:
        labels.append(message[place + 1 : place + 1 + length].decode().lower())
        place += 1 + length
    return ".".join(labels), place + 1
