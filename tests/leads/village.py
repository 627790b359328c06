"""A village's worth of news to process in small batches, and processes that do it and may be killed.

`python -m tests.leads.village` reads lines of JSON (database, receiver, day, failpoint) and forks a process for each
that processes and delivers all that is due on that day. Its pid is printed at once, its exit status when it has ended.
Forking spares each of them the imports.
"""

from __future__ import annotations

import json
import os
import sys
from functools import partial

from sqlalchemy import Engine

from guards.addresses import AddressGuard
from guards.failpoints import VARIABLE
from leads.export.guarded import guarded_client
from leads.export.webhook import Webhook
from leads.outbox import deliver
from leads.settings import ProcessSettings, Target
from models.session import open_database
from tests.leads.conftest import furnish
from tests.leads.receiver import SECRET
from tests.leads.world import World, day, said

MOVED = "we moved to Tver"
BATCH = 3

SCRIPT = [
    said("new_job", "I joined Lark", company="Lark"),
    said("new_job", "Anna Sokolova joined Lark", who="person", name="Anna Sokolova", company="Lark"),
    said("moving", MOVED, place="Tver"),
    said("promotion", "Boris Petrov was promoted", who="person", name="Boris Petrov"),
    said("funding", "Lark raised", who="company", company="Lark"),
]
TEXTS = [
    ("I joined Lark", "@anna"),
    ("Anna Sokolova joined Lark", ""),
    (f"Yesterday {MOVED}", "@anna"),
    (f"Hello, {MOVED}", "@clara"),
    ("Lark raised $5m", ""),
    ("Boris Petrov was promoted", ""),
    ("nothing to see here", "@anna"),
]


def settle(engine: Engine, posts: int = 14) -> World:
    """Fill a database with the village's posts, none of them processed."""
    world = furnish(engine)
    for n in range(posts):
        text, handle = TEXTS[n % len(TEXTS)]
        # Later tellings come first, a year's worth for each subject.
        world.post(
            f"p{n}",
            text,
            day((posts - n) * 29),
            handle=handle,
            author="Clara Unknown" if handle == "@clara" else "",
        )
    return prepare(world)


def prepare(world: World) -> World:
    """The village's rules and target, over a database that is filled."""
    world.detector.script = SCRIPT
    world.settings = ProcessSettings(targets=(Target("crm"),))
    world.contacts = {"anna": "Anna Sokolova", "boris-1": "Boris Petrov", "boris-2": "Boris Petrov"}
    world.handles = {"@anna": "anna"}
    return world


def live(engine: Engine, receiver_url: str, today: float) -> None:
    """Process and deliver."""
    prepare(World(engine)).run(BATCH)
    with guarded_client(AddressGuard(["127.0.0.0/8"])) as client:
        deliver(engine, {"crm": Webhook(receiver_url, client, SECRET)}, batch=2, clock=partial(day, today))


def serve() -> None:
    """Fork a process per line."""
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            os.environ[VARIABLE] = order["failpoint"]
            live(open_database(order["database"]), order["receiver"], order["day"])
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
