"""A small world that is crawled, processed and delivered as a whole: feeds on loopback, contacts, a webhook receiver.

Its detector reads one sentence ("Clara Unknown joined Lark"), so that nothing here depends on how rules are written.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import yaml

from tests.crawler.server import Asked, Reply, Server
from tests.leads.receiver import SECRET, Receiver
from triggers.match import Detection, Document, Match

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SENTENCE = re.compile(r"(?P<name>[A-Z]\w+ [A-Z]\w+) joined (?P<company>[A-Z]\w+)")
CONTACTS = "name,email,company\n" + "".join(
    f"Anna Known{chr(97 + number)},anna{number}@known.example,Lark\n" for number in range(20)
)


class FieldDetector:
    """Finds every "NAME joined COMPANY"."""

    version = "field-1"

    def detect_batch(self, documents: Sequence[Document], /) -> list[Detection]:
        """Look at each text."""
        return [
            Detection("en", tuple(map(_match, SENTENCE.finditer(document.text))), ())
            for document in documents
        ]


def _match(found: re.Match[str]) -> Match:
    subject = {"who": "person", "name": found["name"], "relation": ""}
    return Match(
        kind="new_job", rule="new_job.field", version="1", start=found.start(), end=found.end(), quote=found[0],
        confidence=0.9, slots={"subject": subject, "company": found["company"]},
    )  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How much there is to do: `sources` feeds with `posts` posts each, put away and processed in such batches.

    Every answer takes `wait` seconds.
    """

    sources: int = 6
    posts: int = 12
    keep: int = 5
    batch: int = 7
    wait: float = 0.0


class Field:
    """The world, served while the block lasts. Every feed has a host of its own; one is missing, one is gone."""

    def __init__(self, folder: Path, server: Server, receiver: Receiver, size: Size) -> None:
        self.folder = folder
        self.server = server
        self.receiver = receiver
        self.size = size
        self.urls = {f"feed-{number}": self._serve(number) for number in range(size.sources)}
        self.urls["missing"] = server.url("/nothing", host="127.0.9.1")
        self.urls["gone"] = server.on("/feed", Reply(status=410), host="127.0.9.2")

    def _serve(self, number: int) -> str:
        body = feed(number, self.size.posts)
        tag = f'"{number}-{self.size.posts}"'

        def answer(asked: Asked) -> Reply:
            known = asked.headers.get("if-none-match") == tag
            return Reply(
                b"" if known else body,
                status=304 if known else 200,
                headers={"ETag": tag},
                wait=self.size.wait,
            )

        return self.server.on("/feed", answer, host=f"127.0.8.{number + 1}")

    def configure(self, name: str, database: str) -> Path:
        """Write a configuration for one database, in a folder of its own."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        (folder / "contacts.csv").write_text(CONTACTS)
        (folder / "secret").write_text(SECRET)
        hook = {"name": "crm", "url": self.receiver.url, "secret": {"file": "secret"}}
        settings = {
            "database": database,
            "contacts": [{"file": "contacts.csv"}],
            "sources": [{"name": name, "url": url} for name, url in self.urls.items()],
            "fetch": {"allow_networks": ["127.0.0.0/8"], "concurrency": 4, "jitter": 0},
            "privacy": {"people": "any", "basis": "invented people"},
            "deliver": {"webhooks": [hook]},
            "run": {"batch": self.size.batch},
        }
        path = folder / "povod.yml"
        path.write_text(yaml.safe_dump(settings, sort_keys=False))
        return path

    def forget(self) -> None:
        """Empty the logs of the servers."""
        self.receiver.got.clear()
        self.server.log.clear()

    def received(self) -> list[str]:
        """The leads received, each once by its id; the same id always with the same words."""
        bodies: dict[str, bytes] = {}
        for one in self.receiver.got:
            assert one["valid"]
            assert bodies.setdefault(one["id"], one["raw"]) == one["raw"]
        return sorted(self.receiver.leads)


def feed(number: int, posts: int) -> bytes:
    """An RSS feed. Every third post tells of a contact, every fourth is told by another feed as well."""
    items = "".join(_item(number, n) for n in range(posts))
    return f'<rss version="2.0"><channel><title>Feed {number}</title>{items}</channel></rss>'.encode()


def _item(number: int, n: int) -> str:
    # What two feeds tell is the same in both, whichever is read first.
    told = format_datetime(START - timedelta(days=1, hours=31 * n, minutes=number // 2))
    if n % 4 == 0:
        shared = f"https://shared.example/{number // 2}/{n}"
        return _xml(shared, told, f"Shared Person{_word(number // 2, n)} joined Finch")
    name = f"Anna Known{chr(97 + n % 20)}" if n % 3 == 0 else f"Clara Unknown{_word(number, n)}"
    return _xml(f"https://feed-{number}.example/{n}", told, f"{name} joined {'Lark' if n % 2 else 'Wren'}")


def _xml(url: str, told: str, text: str) -> str:
    return (
        f"<item><guid>{url}</guid><link>{url}</link><pubDate>{told}</pubDate>"
        f"<description>{text}.</description></item>"
    )


def _word(number: int, n: int) -> str:
    return "".join(chr(97 + digit) for digit in (number % 26, n // 26 % 26, n % 26))


@contextmanager
def open_field(folder: Path, size: Size) -> Iterator[Field]:
    """Serve a field."""
    receiver = Receiver()
    try:
        with Server() as server:
            yield Field(folder, server, receiver, size)
    finally:
        receiver.close()


def copy_sqlite(template: Path, path: Path) -> str:
    """Copy a migrated file; return its URL."""
    shutil.copyfile(template, path)
    return f"sqlite:///{path}"


Clock = Callable[[], datetime]


def minutes(count: float) -> datetime:
    """The time so many minutes after the start."""
    return START + timedelta(minutes=count)
