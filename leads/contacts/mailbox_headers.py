"""Reads the headers of the user's own mail (mbox or Maildir): who writes to whom, how often; never the bodies."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path

from leads.contacts.faults import ContactsFault, OptionFault
from leads.contacts.table import Row
from leads.linking.keys import email_key

# Headers longer than this are no headers.
MAX_HEADER = 1 << 18
# A message to more people than this is an announcement: it ties nobody to anybody.
MAX_RECIPIENTS = 20
_MACHINES = re.compile(
    r"no-?_?reply|do-?_?not-?_?reply|mailer-daemon|postmaster|bounce|notification|unsubscribe|^news(?:letter)?@|^robot@"
)
_SENT = re.compile(r"\bsent\b|отправленн|исходящ", re.IGNORECASE)
_PARSER = BytesHeaderParser()


@dataclass(slots=True)
class Correspondent:
    """What the mail tells of one address: its name, how often it wrote and was written to, and how it wrote."""

    name: str = ""
    line: int = 0
    wrote: int = 0
    was_written: int = 0
    by_list: int = 0


@dataclass(slots=True)
class Span:
    """How many messages went one way between two addresses, and when the first and the last."""

    messages: int
    first_at: datetime
    last_at: datetime


@dataclass(slots=True)
class Mailbox:
    """What a mailbox tells. `own` are the user's addresses; `guessed` says whether they were found out."""

    people: dict[str, Correspondent] = field(default_factory=dict)
    traffic: dict[tuple[str, str], Span] = field(default_factory=dict)
    lists: set[str] = field(default_factory=set)
    own: tuple[str, ...] = ()
    guessed: bool = False

    def rows(self) -> Iterator[Row]:
        """Yield a row (name, address) for each correspondent; machines and mailing lists are refused with the reason."""
        for address, person in self.people.items():
            if address not in self.own:
                yield Row(person.line, (person.name, address), self._refusal(address, person))

    def ties(self) -> Iterator[tuple[str, str, Span]]:
        """Yield sender, recipient and how much was written, between people and the user only."""
        for (sender, recipient), span in self.traffic.items():
            if sender != recipient and not any(self._is_machine(address) for address in (sender, recipient)):
                yield sender, recipient, span

    def note(self) -> str:
        """Say whose mailbox it is, or that it is not known."""
        if not self.own:
            return "whose mailbox this is is not known, so nobody is left out of it: --me ADDRESS says it"
        why = "the most frequent sender among what was sent" if self.guessed else "as --me says"
        return f"{', '.join(self.own)}: your own address ({why}), not made a contact"

    def _is_machine(self, address: str) -> bool:
        return address not in self.own and bool(
            self._refusal(address, self.people.get(address, Correspondent()))
        )

    def _refusal(self, address: str, person: Correspondent) -> str:
        if _MACHINES.search(address):
            return f"{address} is a machine's address"
        if address in self.lists:
            return f"{address} is a mailing list"
        if person.by_list and not person.wrote + person.was_written:
            return f"{address} writes to lists only (List-Id, Precedence or Auto-Submitted)"
        return ""


def read_mailbox(path: Path, me: Sequence[str] = ()) -> Mailbox:
    """Read a mailbox; `me` are the user's own addresses, by default the most frequent sender of what was sent.

    What was sent is known by the folder's or file's name, or by Gmail's label.

    Raises:
        ContactsFault: it is neither an mbox file nor a Maildir.
        OptionFault: `me` is no address.
    """
    box = Mailbox(own=_own(me))
    senders: Counter[str] = Counter()
    when = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    for line, sent, raw in _maildirs(path) if path.is_dir() else _mbox(path):
        try:
            message = _PARSER.parsebytes(raw)
        except (MessageError, ValueError):
            continue
        when = _date(message) or when
        sender = _take(box, line, message, when)
        if sender and (sent or _SENT.search(str(message.get("X-Gmail-Labels", "")))):
            senders[sender] += 1
    if not box.own and senders:
        box.own, box.guessed = (senders.most_common(1)[0][0],), True
    return box


def check_mailbox(path: Path) -> None:
    """Look whether a path is a mailbox at all.

    Raises:
        ContactsFault: it is neither an mbox file nor a Maildir.
    """
    if not path.exists():
        raise ContactsFault(f"{path}: no such file or folder")
    if path.is_dir() and not (path / "cur").is_dir():
        raise ContactsFault(f"{path}: is no Maildir: it has no folder named cur")
    if not path.is_dir():
        with path.open("rb") as file:
            if not file.readline(MAX_HEADER).startswith(b"From "):
                raise ContactsFault(f"{path}: is no mbox: its first line does not begin with 'From '")


def _own(me: Sequence[str]) -> tuple[str, ...]:
    keys = {text: email_key(text) for text in me}
    for text, key in keys.items():
        if key is None:
            raise OptionFault(f"--me {text}: is no e-mail address")
    return tuple(key.value for key in keys.values() if key)


def _take(box: Mailbox, line: int, message: Message, when: datetime) -> str:
    """Count one message; return its sender."""
    bulk = _is_bulk(message)
    box.lists.update(address for _, address in _addresses(message, "List-Post"))
    senders = list(_addresses(message, "From"))
    recipients = [*_addresses(message, "To"), *_addresses(message, "Cc")]
    for written, named in ((False, senders), (True, recipients)):
        for name, address in named:
            person = box.people.setdefault(address, Correspondent(line=line))
            person.name = person.name or _decoded(name)
            person.by_list += bulk
            person.wrote += not bulk and not written
            person.was_written += not bulk and written
    if not bulk and len(recipients) <= MAX_RECIPIENTS:
        for _, sender in senders[:1]:
            for address in dict.fromkeys(address for _, address in recipients):
                _count(box, (sender, address), when)
    return senders[0][1] if senders else ""


def _count(box: Mailbox, pair: tuple[str, str], when: datetime) -> None:
    span = box.traffic.get(pair)
    if span is None:
        box.traffic[pair] = Span(1, when, when)
        return
    span.messages += 1
    span.first_at, span.last_at = min(span.first_at, when), max(span.last_at, when)


def _is_bulk(message: Message) -> bool:
    if message.get("List-Id") or message.get("List-Unsubscribe"):
        return True
    if str(message.get("Precedence", "")).strip().casefold() in ("bulk", "list", "junk"):
        return True
    return str(message.get("Auto-Submitted", "no")).strip().casefold() not in ("no", "")


def _addresses(message: Message, header: str) -> Iterator[tuple[str, str]]:
    values = [str(value) for value in message.get_all(header, ())]
    for name, address in getaddresses(values):
        key = email_key(address)
        if key is not None:
            yield name, key.value


def _date(message: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(str(message.get("Date", "")))
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _decoded(name: str) -> str:
    try:
        return str(make_header(decode_header(name))).strip()
    except (LookupError, UnicodeError, MessageError, ValueError):
        return name.strip()


def _mbox(path: Path) -> Iterator[tuple[int, bool, bytes]]:
    """Yield the line that each message begins on, whether the file is of sent mail, and the headers."""
    check_mailbox(path)
    sent = bool(_SENT.search(path.stem))
    with path.open("rb") as file:
        start, headers, inside = 1, bytearray(), True
        file.readline(MAX_HEADER)
        for number, line in enumerate(file, 2):
            if line.startswith(b"From ") and not inside:
                start, headers, inside = number, bytearray(), True
            elif inside and line in (b"\n", b"\r\n"):
                inside = False
                yield start, sent, bytes(headers)
            elif inside and len(headers) < MAX_HEADER:
                headers += line


def _maildirs(path: Path) -> Iterator[tuple[int, bool, bytes]]:
    """Yield the messages of a Maildir and of its sub-folders, which are Maildirs whose names begin with a dot."""
    check_mailbox(path)
    folders = [path, *sorted(inner for inner in path.glob(".*") if (inner / "cur").is_dir())]
    for folder in folders:
        sent = bool(_SENT.search(folder.name.lstrip(".")))
        for part in ("cur", "new"):
            inside = folder / part
            names: Iterable[str] = sorted(os.listdir(inside)) if inside.is_dir() else ()  # noqa: PTH208
            for name in names:
                with (inside / name).open("rb") as file:
                    yield 1, sent, _headers(file)


def _headers(lines: Iterable[bytes]) -> bytes:
    headers = bytearray()
    for line in lines:
        if line in (b"\n", b"\r\n") or len(headers) > MAX_HEADER:
            break
        headers += line
    return bytes(headers)
