"""A mailbox as a file of contacts: who writes to whom, how often, from headers only."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from leads.contacts import ContactsFault, ImportReport, Options, import_contacts
from leads.contacts.faults import OptionFault
from leads.contacts.view import mail_of
from leads.linking.load import load_records
from models import MailTraffic


def letter(sender: str, to: str, *more: str, body: str = "hello") -> str:
    """One message of an mbox."""
    headers = "".join(f"{line}\n" for line in (f"From: {sender}", f"To: {to}", *more))
    return f"From x Mon Mar  2 10:00:00 2026\n{headers}\n{body}\n\n"


ANNA, BORIS = "Anna Sokolova <anna@kolos.example>", "=?utf-8?b?0JHQvtGA0LjRgQ==?= <boris@zavod.example>"
MARCH, MAY = "Date: Mon, 2 Mar 2026 10:00:00 +0300", "Date: Mon, 4 May 2026 10:00:00 +0000"
LETTERS = (
    letter(ANNA, "me@home.example", MARCH, "Subject: secret", body="From: body@never.example")
    + letter("me@home.example", f"{BORIS},\n {ANNA}", MARCH)
    + letter("me@home.example", ANNA, MAY)
    + letter(BORIS, ANNA, "Cc: me@home.example", MAY)
    + letter("noreply@shop.example", "me@home.example", MAY)
    + letter("Digest <digest@club.example>", "me@home.example", "List-Id: <club.example>", MAY)
)


def read(engine: Engine, path: Path, **more: Any) -> tuple[ImportReport, set[str]]:
    """Import a mailbox; return the report and the names of all who are known then."""
    with Session(engine) as session, session.begin():
        report = import_contacts(session, path, options=Options(**more))
        return report, {record.name for record in load_records(session)[0]}


@pytest.fixture
def mbox(tmp_path: Path) -> Path:
    """The user's mail."""
    path = tmp_path / "own.mbox"
    path.write_text(LETTERS, encoding="utf-8")
    return path


def traffic(engine: Engine) -> dict[tuple[str, str], int]:
    """What is stored: sender and recipient, each by the name before the at sign."""
    with Session(engine) as session:
        rows = session.scalars(select(MailTraffic)).all()
    return {(r.sender.partition("@")[0], r.recipient.partition("@")[0]): r.messages for r in rows}


def test_correspondents_become_contacts_and_the_user_does_not(engine: Engine, mbox: Path) -> None:
    report, names = read(engine, mbox, me=("me@home.example",))
    assert names == {"Anna Sokolova", "Борис"}
    assert report.notes == ["me@home.example: your own address (as --me says), not made a contact"]


def test_machines_and_lists_are_refused_with_the_reason(sqlite_engine: Engine, mbox: Path) -> None:
    report, _ = read(sqlite_engine, mbox, me=("me@home.example",))
    assert [row.reason for row in report.refused] == [
        "noreply@shop.example is a machine's address",
        "digest@club.example writes to lists only (List-Id, Precedence or Auto-Submitted)",
    ]


def test_who_writes_to_whom_is_counted_once_however_often_the_file_is_read(
    engine: Engine, mbox: Path
) -> None:
    for _ in range(2):
        read(engine, mbox, me=("me@home.example",))
    assert traffic(engine) == {
        ("anna", "me"): 1, ("me", "anna"): 2, ("me", "boris"): 1, ("boris", "anna"): 1, ("boris", "me"): 1,
    }  # fmt: skip
    with Session(engine) as session:
        [mail] = mail_of(session, ["anna@kolos.example"])
    assert (mail.wrote, mail.was_written) == (1, 2)
    assert (mail.first_at, mail.last_at) == (
        datetime(2026, 3, 2, 7, tzinfo=UTC),
        datetime(2026, 5, 4, 10, tzinfo=UTC),
    )


def test_nothing_of_a_message_is_kept_but_who_and_when(sqlite_engine: Engine, mbox: Path) -> None:
    read(sqlite_engine, mbox, me=("me@home.example",))
    file = Path(str(sqlite_engine.url.database))
    sqlite_engine.dispose()
    held = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    assert b"anna@kolos.example" in held
    assert b"secret" not in held
    assert b"never.example" not in held


def test_the_most_frequent_sender_of_what_was_sent_is_the_user(sqlite_engine: Engine, tmp_path: Path) -> None:
    for folder in ("cur", ".Sent/cur", ".Sent/new"):
        (tmp_path / "Maildir" / folder).mkdir(parents=True)
    (tmp_path / "Maildir" / "cur" / "1").write_text(f"From: {ANNA}\nTo: me@home.example\n\nhello")
    (tmp_path / "Maildir" / ".Sent" / "cur" / "2").write_text(f"From: me@home.example\nTo: {ANNA}\n\nhello")
    report, names = read(sqlite_engine, tmp_path / "Maildir")
    assert names == {"Anna Sokolova"}
    assert report.notes == [
        "me@home.example: your own address (the most frequent sender among what was sent), not made a contact"
    ]


def test_where_nobody_knows_whose_mailbox_it_is_that_is_said(sqlite_engine: Engine, mbox: Path) -> None:
    report, names = read(sqlite_engine, mbox)
    assert "me@home.example" in names
    assert "--me ADDRESS" in report.notes[0]


def test_what_is_no_mailbox_and_no_address_is_told(sqlite_engine: Engine, tmp_path: Path, mbox: Path) -> None:
    (tmp_path / "notes.mbox").write_text("hello")
    with pytest.raises(ContactsFault, match="is no mbox"):
        read(sqlite_engine, tmp_path / "notes.mbox")
    with pytest.raises(ContactsFault, match="is no Maildir"):
        read(sqlite_engine, tmp_path)
    with pytest.raises(OptionFault, match="--me olga: is no e-mail address"):
        read(sqlite_engine, mbox, me=("olga",))
