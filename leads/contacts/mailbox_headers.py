"""Reads the headers of the user's own mail (mbox or Maildir) as a table of correspondents; never the bodies."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.utils import getaddresses
from pathlib import Path

from leads.contacts.faults import ContactsFault
from leads.contacts.table import Row, Table
from leads.linking.keys import email_key

COLUMNS = ("name", "email")
# Headers longer than this are no headers.
MAX_HEADER = 1 << 18
_MACHINES = ("noreply", "no-reply", "donotreply", "mailer-daemon", "postmaster", "bounce", "notification")


@dataclass(slots=True)
class Traffic:
    """What the mail tells of one correspondent: how often they wrote, and were written to."""

    name: str = ""
    line: int = 0
    wrote: int = 0
    was_written: int = 0


def read_mail(path: Path) -> Table:
    """Open a mailbox. Whoever wrote or was written to becomes a row; machines do not.

    Raises:
        ContactsFault: it is neither an mbox file nor a Maildir.
    """
    if not path.exists():
        raise ContactsFault(f"{path}: no such file or folder")
    if path.is_dir() and not (path / "cur").is_dir():
        raise ContactsFault(f"{path}: is no Maildir: it has no folder named cur")

    def rows() -> Iterator[Row]:
        for address, traffic in mail_traffic(path).items():
            yield Row(traffic.line, (traffic.name, address))

    return Table(path, COLUMNS, "", "", 0, rows)


def mail_traffic(path: Path) -> dict[str, Traffic]:
    """Return, per address, how much mail went to and fro. `line` is where a correspondent is first met."""
    found: dict[str, Traffic] = {}
    for line, raw in _maildir(path) if path.is_dir() else _mbox(path):
        try:
            message = message_from_bytes(raw)
        except (MessageError, ValueError):
            continue
        for header in ("From", "To", "Cc"):
            values = [str(value) for value in message.get_all(header, ())]
            for name, address in getaddresses(values):
                key = email_key(address)
                if key is None or any(word in address.casefold() for word in _MACHINES):
                    continue
                traffic = found.setdefault(key.value, Traffic(line=line))
                traffic.name = traffic.name or _decoded(name)
                traffic.wrote += header == "From"
                traffic.was_written += header != "From"
    return found


def _decoded(name: str) -> str:
    try:
        return str(make_header(decode_header(name))).strip()
    except (LookupError, UnicodeError, MessageError, ValueError):
        return name.strip()


def _mbox(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the line that each message begins on, with its headers."""
    with path.open("rb") as file:
        if not file.readline(MAX_HEADER).startswith(b"From "):
            raise ContactsFault(f"{path}: is no mbox: its first line does not begin with 'From '")
        start, headers, inside = 1, bytearray(), True
        for number, line in enumerate(file, 2):
            if line.startswith(b"From ") and not inside:
                start, headers, inside = number, bytearray(), True
            elif inside and line in (b"\n", b"\r\n"):
                inside = False
                yield start, bytes(headers)
            elif inside and len(headers) < MAX_HEADER:
                headers += line


def _maildir(path: Path) -> Iterator[tuple[int, bytes]]:
    for folder in ("cur", "new"):
        names: Iterable[str] = sorted(os.listdir(path / folder)) if (path / folder).is_dir() else ()  # noqa: PTH208
        for name in names:
            with (path / folder / name).open("rb") as file:
                yield 1, _headers(file)


def _headers(lines: Iterable[bytes]) -> bytes:
    headers = bytearray()
    for line in lines:
        if line in (b"\n", b"\r\n") or len(headers) > MAX_HEADER:
            break
        headers += line
    return bytes(headers)
