from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from guards.addresses import AddressGuard
from leads import outbox
from leads.deliveries import UNTRIED
from leads.export.guarded import guarded_client
from leads.export.sending import Outgoing, SendError
from leads.export.webhook import BadSecret, Webhook, decode_secret, sign
from leads.outbox import (
    CLAIM,
    LONGEST_WAIT,
    MOST_ATTEMPTS,
    PATIENCE,
    deliver,
    outbox_counts,
    retry,
    waiting_time,
)
from leads.review import By, set_status
from leads.settings import ProcessSettings, Target
from models import Delivery
from tests.leads.conftest import furnish
from tests.leads.receiver import SECRET, Receiver
from tests.leads.world import World, day, said


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with guarded_client(AddressGuard(["127.0.0.0/8"]), timeout=2) as client:
        yield client


def queue(world: World, posts: int = 1, targets: tuple[Target, ...] = (), **wants: Any) -> None:
    """Make a lead per post, each wanted by the target `crm`, or by these."""
    world.settings = ProcessSettings(targets=targets or (Target("crm", **wants),))
    kinds = [f"kind_{n}" for n in range(posts)]
    world.detector.script = [said(kind, f"news of {kind}!") for kind in kinds]
    for n, kind in enumerate(kinds):
        world.post(f"p{n}", f"news of {kind}!", day(n), handle="@anna")
    world.run()


def states(world: World) -> list[tuple[str, int]]:
    with Session(world.engine) as session:
        return [(d.state, d.attempts) for d in session.scalars(select(Delivery).order_by(Delivery.id))]


def test_a_lead_reaches_the_receiver_once_and_signed(
    both: World, receiver: Receiver, client: httpx.Client
) -> None:
    queue(both)
    senders = {"crm": Webhook(receiver.url, client, SECRET)}
    assert deliver(both.engine, senders).sent == 1
    assert deliver(both.engine, senders).sent == 0
    [got] = receiver.got
    assert got["valid"]
    data = got["body"]["data"]
    assert (got["body"]["type"], data["id"]) == ("lead.created", both.lead()[0].key)
    assert data["evidence"][0]["quote"] == "news of kind_0!"
    assert data["contact"]["email"] == "anna@lark.example"


def test_the_signature_is_the_one_of_the_specification() -> None:
    """The test vector that the libraries of Standard Webhooks publish."""
    key = decode_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signature = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["", "whsec_", "secret", "whsec_c2hvcnQ=", "whsec_!!!"])
def test_a_wrong_secret_is_refused_without_showing_it(secret: str, client: httpx.Client) -> None:
    with pytest.raises(BadSecret) as refused:
        Webhook("http://a.example", client, secret)
    assert len(secret) < 8 or secret not in str(refused.value)
    assert SECRET not in repr(Webhook("http://a.example", client, SECRET))


def test_a_worker_that_died_after_sending_is_followed_by_one_that_sends_the_same_again(
    both: World, receiver: Receiver, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(both)
    senders = {"crm": Webhook(receiver.url, client, SECRET)}

    class Died(BaseException):
        pass

    def die(name: str) -> None:
        if name == "delivery.sent":
            raise Died

    with monkeypatch.context() as patch:
        patch.setattr("leads.outbox.failpoint", die)
        with pytest.raises(Died):
            deliver(both.engine, senders, clock=lambda: day(500))
    assert deliver(both.engine, senders, clock=lambda: day(500)).sent == 0  # the claim still holds
    later = day(500) + CLAIM + timedelta(seconds=1)
    assert deliver(both.engine, senders, clock=lambda: later).sent == 1
    first, second = receiver.got
    assert first["id"] == second["id"]
    assert first["raw"] == second["raw"]
    assert len(receiver.leads) == 1


def test_a_temporary_failure_is_tried_again_later_and_a_permanent_one_never(
    world: World, receiver: Receiver, client: httpx.Client
) -> None:
    queue(world, 2)
    receiver.answers = [(503, {}), (400, {})]
    senders = {"crm": Webhook(receiver.url, client, SECRET)}
    report = deliver(world.engine, senders, clock=lambda: day(500))
    assert (report.failed, report.dead, report.errors) == (
        1,
        1,
        {"crm": "the receiver answered 400 Bad Request"},
    )
    assert states(world) == [("failed", 1), ("dead", 1)]
    assert deliver(world.engine, senders, clock=lambda: day(500)).sent == 0
    assert deliver(world.engine, senders, clock=lambda: day(501)).sent == 1
    with Session(world.engine) as session, session.begin():
        assert retry(session, target="other") == 0
        assert retry(session, target="crm") == 1
    assert deliver(world.engine, senders, clock=lambda: day(501)).sent == 1
    assert states(world) == [("sent", 2), ("sent", 1)]


def test_retry_after_is_obeyed(world: World, receiver: Receiver, client: httpx.Client) -> None:
    queue(world)
    receiver.answers = [(429, {"retry-after": "3600"})]
    senders = {"crm": Webhook(receiver.url, client, SECRET)}
    deliver(world.engine, senders, clock=lambda: day(500))
    assert deliver(world.engine, senders, clock=lambda: day(500) + timedelta(minutes=59)).sent == 0
    assert deliver(world.engine, senders, clock=lambda: day(500) + timedelta(minutes=61)).sent == 1


def test_waits_grow_are_spread_and_end() -> None:
    waits = [waiting_time(n, None, 1.0) for n in range(1, MOST_ATTEMPTS + 1)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT
    assert waiting_time(3, None, 0.0) == waits[2] / 2
    assert waiting_time(1, 2 * 86_400, 0.0) == timedelta(days=2), "as long as it was asked to"
    assert waiting_time(1, 1e12, 0.0) == timedelta(days=7)
    assert waiting_time(10_000, None, 1.0) == LONGEST_WAIT


@pytest.mark.parametrize("place", ["payload", "send"])
def test_a_delivery_that_the_program_fails_over_is_told_and_keeps_no_other_from_being_sent(
    place: str, both: World, receiver: Receiver, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(both, 3)
    made: list[str] = []

    def broken_once(*arguments: Any) -> Any:
        made.append(place)
        if len(made) == 1:
            raise KeyError("Anna")
        return whole(*arguments)

    if place == "payload":
        whole = outbox.payload_of
        monkeypatch.setattr(outbox, "payload_of", broken_once)
    else:
        whole = Webhook.headers
        monkeypatch.setattr(Webhook, "headers", broken_once)
    senders = {"crm": Webhook(receiver.url, client, SECRET)}
    report = deliver(both.engine, senders, batch=1, clock=lambda: day(500))
    assert (report.sent, report.failed) == (2, 1)
    assert re.fullmatch(
        r"povod failed over this delivery: KeyError at leads/[\w/]+\.py:\d+", report.errors["crm"]
    )
    assert states(both) == [("failed", 1), ("sent", 1), ("sent", 1)]
    assert deliver(both.engine, senders, clock=lambda: day(501)).sent == 1


def test_a_delivery_tried_by_a_clock_that_was_ahead_does_not_wait_for_that_time(
    world: World, receiver: Receiver, client: httpx.Client
) -> None:
    queue(world, 2)
    receiver.answers = [(503, {}), (503, {"retry-after": "604800"})]
    senders = {"crm": Webhook(receiver.url, client, SECRET)}
    assert deliver(world.engine, senders, clock=lambda: day(900)).failed == 2
    assert deliver(world.engine, senders, clock=lambda: day(899)).sent == 0, "within what may be waited for"
    assert deliver(world.engine, senders, clock=lambda: day(500)).sent == 2


def test_a_target_that_is_down_is_left_alone_and_holds_up_no_other(
    both: World, receiver: Receiver, client: httpx.Client
) -> None:
    """One target answers none of its eight, the other one takes all of its own, in the same run."""
    wants = (Target("down"), Target("up"))
    queue(both, 8, targets=wants)
    asked: list[str] = []

    class Down:
        def send(self, outgoing: Outgoing, at: datetime) -> str | None:
            asked.append(outgoing.id)
            raise SendError("no answer in time", permanent=False)

    senders = {"down": Down(), "up": Webhook(receiver.url, client, SECRET)}
    report = deliver(both.engine, senders, clock=lambda: day(500))
    assert (report.sent, report.failed, report.held) == (8, PATIENCE, ["down"])
    with Session(both.engine) as session:
        counts = outbox_counts(session)
        untried = session.scalars(select(Delivery).where(Delivery.target == "down", UNTRIED)).all()
    assert counts == {"down": {"failed": PATIENCE, "pending": 8 - PATIENCE}, "up": {"sent": 8}}
    assert len(untried) == 8 - PATIENCE, "what was claimed and not sent is as it was"

    deliver(both.engine, senders, clock=lambda: day(500))
    assert len(asked) == len(set(asked)) == 2 * PATIENCE, "the next run goes on with those that wait"
    senders["down"] = senders["up"]
    assert deliver(both.engine, senders, clock=lambda: day(600)).sent == 8
    assert len({one["id"] for one in receiver.got}) == len(receiver.got) == 16


def test_failures_with_successes_in_between_do_not_stop_a_run(
    world: World, receiver: Receiver, client: httpx.Client
) -> None:
    queue(world, 7)
    receiver.answers = [(503, {}), (503, {}), (200, {})] * 2
    report = deliver(world.engine, {"crm": Webhook(receiver.url, client, SECRET)}, clock=lambda: day(500))
    assert (report.sent, report.failed, report.held) == (3, 4, [])


def test_a_stop_ends_a_run_after_the_delivery_in_hand_and_gives_back_the_rest(
    world: World, receiver: Receiver, client: httpx.Client
) -> None:
    queue(world, 5)
    senders = {"crm": Webhook(receiver.url, client, SECRET)}
    assert deliver(world.engine, senders, stop=lambda: len(receiver.got) == 2).sent == 2
    assert states(world) == [("sent", 1)] * 2 + [("pending", 0)] * 3
    with Session(world.engine) as session:
        payloads = session.scalars(select(Delivery.payload).order_by(Delivery.id)).all()
    assert [bool(one) for one in payloads] == [True] * 2 + [False] * 3, (
        "nothing is settled that was not tried"
    )
    assert deliver(world.engine, senders).sent == 3, "at once, without waiting for claims to run out"


def test_a_delivery_that_fails_for_days_becomes_a_dead_letter(world: World, client: httpx.Client) -> None:
    queue(world)
    senders = {"crm": Webhook("http://127.0.0.1:9/closed", client, SECRET)}
    for n in range(MOST_ATTEMPTS):
        deliver(world.engine, senders, clock=partial(day, 500 + 2 * n))
    assert states(world) == [("dead", MOST_ATTEMPTS)]
    with Session(world.engine) as session:
        assert outbox_counts(session) == {"crm": {"dead": 1}}


def test_a_slow_receiver_is_a_temporary_failure(receiver: Receiver) -> None:
    receiver.hang = 0.5
    with (
        guarded_client(AddressGuard(["127.0.0.0/8"]), timeout=0.1) as client,
        pytest.raises(SendError) as failed,
    ):
        Webhook(receiver.url, client, SECRET).send(Outgoing("id", {}, 1), day(0))
    assert not failed.value.permanent


@contextmanager
def talker(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A receiver that says what it wants to whoever connects first, until that one hangs up; gives its address."""

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            connection.recv(65_536)
            talk(connection)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/hook"
        thread.join(10)
        assert not thread.is_alive(), "it still talks to somebody"


def test_a_receiver_that_says_a_byte_now_and_then_is_not_listened_to_for_ever() -> None:
    """Each byte comes well within the time for one read; together they would take a minute."""

    def drip(connection: socket.socket) -> None:
        for _ in range(600):
            connection.send(b"H")
            time.sleep(0.1)

    with guarded_client(AddressGuard(["127.0.0.0/8"]), timeout=0.5) as client, talker(drip) as url:
        begun = time.monotonic()
        with pytest.raises(SendError, match="no answer in time") as failed:
            Webhook(url, client, SECRET).send(Outgoing("id", {}, 1), day(0))
        assert time.monotonic() - begun < 5
    assert not failed.value.permanent


def test_an_answer_without_end_is_taken_at_its_first_word(client: httpx.Client) -> None:
    said = 0

    def flood(connection: socket.socket) -> None:
        nonlocal said
        said += connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while said < 200_000_000:
            said += connection.send(b"10000\r\n" + b"x" * 65_536 + b"\r\n")

    with talker(flood) as url:
        Webhook(url, client, SECRET).send(Outgoing("id", {}, 1), day(0))
    assert said < 50_000_000, "somebody has listened"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8/x", "http://localhost:8/x", "http://[::1]:8/x"])
def test_an_address_in_ones_own_network_is_never_connected_to(url: str) -> None:
    with (
        guarded_client(AddressGuard()) as client,
        pytest.raises(SendError, match="public internet") as failed,
    ):
        Webhook(url, client, SECRET).send(Outgoing("id", {}, 1), day(0))
    assert failed.value.permanent


def test_a_redirect_is_not_followed(receiver: Receiver, client: httpx.Client) -> None:
    receiver.answers = [(302, {"location": receiver.url})]
    with pytest.raises(SendError, match="302") as failed:
        Webhook(receiver.url, client, SECRET).send(Outgoing("id", {}, 1), day(0))
    assert failed.value.permanent
    assert len(receiver.got) == 1


def test_targets_get_the_kinds_and_scores_they_want(world: World) -> None:
    queue(world, 3, kinds=frozenset({"kind_1"}))
    assert len(states(world)) == 1
    world.settings = ProcessSettings(targets=(Target("crm", min_score=99),))
    world.detector.version = "rules-2"
    world.run()
    assert states(world) == []


def test_a_dismissed_lead_is_taken_back_from_the_outbox_and_a_reopened_one_queued(world: World) -> None:
    queue(world)
    targets = world.settings.targets
    key = world.lead()[0].key
    with Session(world.engine) as session, session.begin():
        set_status(session, key, "dismissed", By("olga", day(401)), targets)
    assert states(world) == []
    with Session(world.engine) as session, session.begin():
        set_status(session, key, "new", By("olga", day(402)), targets)
    assert states(world) == [("pending", 0)]


def test_a_lead_that_was_sent_keeps_its_id_when_earlier_news_comes_in(
    world: World, receiver: Receiver, client: httpx.Client
) -> None:
    queue(world)
    deliver(world.engine, {"crm": Webhook(receiver.url, client, SECRET)})
    before = world.lead()[0].key
    world.post("earlier", "news of kind_0!", day(-40), handle="@anna")
    world.run()
    lead, story = world.lead()
    assert (lead.key, lead.sightings, story.first_at) == (before, 2, day(-40))
    assert states(world) == [("sent", 1)]


def test_two_workers_send_each_delivery_once(
    postgresql_engine: Engine, receiver: Receiver, client: httpx.Client
) -> None:
    world = furnish(postgresql_engine)
    queue(world, 30)
    senders = {"crm": Webhook(receiver.url, client, SECRET)}
    workers = [
        threading.Thread(target=deliver, args=(world.engine, senders), kwargs={"batch": 3}) for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(receiver.got) == len(receiver.leads) == 30
    assert states(world) == [("sent", 1)] * 30
