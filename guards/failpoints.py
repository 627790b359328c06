"""Named places at which a process can be made to die, so that tests can prove that a kill there loses nothing.

`POVOD_FAILPOINT=name` kills the process, with SIGKILL and no clean-up, when it reaches that place for the
first time; `POVOD_FAILPOINT=name:3` at the third time. Unset, a failpoint costs one look into the environment.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

VARIABLE = "POVOD_FAILPOINT"

# Every place there is, in the order of a datum's life. A test compares this list with the calls in the code
# and another shows that each of them is reached, so a name cannot be forgotten here or there.
FAILPOINTS: dict[str, str] = {
    "contacts.inside": "a contacts file is imported, not committed",
    "contacts.between": "a contacts file is committed, the next not begun",
    "crawl.leased": "sources are leased to this crawl, none is asked",
    "crawl.fetched": "a response has arrived, nothing of it is parsed",
    "crawl.parsed": "posts are parsed, none is stored",
    "crawl.batch.inside": "a batch of posts is written, not committed",
    "crawl.batch.between": "a batch of posts is committed, the next not begun",
    "crawl.source.finished": "all posts of a source are stored, its health and schedule are not",
    "crawl.source.moved_on": "a source's health and schedule are committed too, nobody is told",
    "process.claimed": "posts are claimed for processing, none is looked at",
    "process.signal.kept": "signals are written, not yet linked or folded",
    "process.story.folded": "stories are written, their leads are not",
    "process.lead.made": "leads are written, their deliveries are not",
    "process.delivery.queued": "deliveries are written, the batch is not committed",
    "process.batch.between": "a batch is committed, the next not begun",
    "export.file.written": "an export's temporary file is complete, not yet in its place",
    "delivery.claimed": "a delivery is claimed, not sent",
    "delivery.sent": "a delivery was answered, not marked",
    "delivery.marked": "a delivery is marked, the next not begun",
    "migration.inside": "a migration has run, not committed",
    "migration.between": "a migration is committed, the next not begun",
}

_hits: Counter[str] = Counter()


class UnknownFailpoint(LookupError):
    """A failpoint was named that no code has."""


def failpoint(name: str) -> None:
    """Kill this process if the environment asks for it at this place; otherwise do nothing."""
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return
    place, nth = parse(wanted)
    if place != name:
        return
    _hits[name] += 1
    if _hits[name] == nth:
        os.kill(os.getpid(), signal.SIGKILL)


def parse(wanted: str) -> tuple[str, int]:
    """Split `name` or `name:N` into the name and the hit at which to die.

    Raises `UnknownFailpoint` for a name that is not registered, and for an N that is no positive number: a test
    that waits for a kill which cannot come would otherwise pass without having shown anything.
    """
    place, _, nth = wanted.partition(":")
    if place not in FAILPOINTS:
        raise UnknownFailpoint(f"{VARIABLE}={wanted}: no such failpoint; known are {', '.join(FAILPOINTS)}")
    if nth and not (nth.isascii() and nth.isdigit() and int(nth) > 0):
        raise UnknownFailpoint(f"{VARIABLE}={wanted}: after the colon comes a whole number from 1")
    return place, int(nth or 1)
