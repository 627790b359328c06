"""The outbox's worker: claims deliveries, sends them, notes what came of it. At least once, under one id each.

A delivery is claimed in a transaction of its own, for a limited time, before it is sent. A worker that dies between
sending and marking leaves a claim that runs out; the delivery is then sent again under the same id, by which the
receiver knows it. What another worker has claimed meanwhile cannot be marked by the one that came back too late.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, and_, func, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from guards.failpoints import failpoint
from guards.headers import LONGEST_PATIENCE
from guards.traces import fault_in_brief
from leads.export.sending import Outgoing, Sender, SendError
from leads.payload import payload_of
from leads.process import utc_now
from leads.queries import lead_view
from models import Delivery, Lead
from models.faults import database_faults, fault_of
from models.session import session_factory

BATCH = 10
# A claim must outlast a batch of attempts that each take as long as the client's timeout allows.
CLAIM = timedelta(minutes=5)
# Waits of 5 s, 20 s, 80 s ... up to a day: an evening without network costs nothing, three days kill a delivery.
FIRST_WAIT = timedelta(seconds=5)
GROWTH = 4
LONGEST_WAIT = timedelta(days=1)
MOST_ATTEMPTS = 10
# The longest wait that a Retry-After is obeyed for, and some more.
MOST_PATIENCE = timedelta(seconds=LONGEST_PATIENCE) + LONGEST_WAIT
# A target that fails so many times in a row, in ways that may pass, is left alone until the next run: a receiver that
# is down for an hour, and lets each attempt wait, must hold up neither the other targets nor the next crawl.
PATIENCE = 3


@dataclass(slots=True)
class DeliveryReport:
    """What one run of the worker did. `errors` are the last words of each target that refused something.

    `held` are targets that failed several times in a row, and are left alone until the next run.
    """

    sent: int = 0
    failed: int = 0
    dead: int = 0
    errors: dict[str, str] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this worker may send; `attempt` tells its claim from later ones.

    `was` is the state it was in before, `settled` whether what it says was settled by then.
    """

    row_id: int
    target: str
    outgoing: Outgoing
    was: str
    settled: bool


def deliver(
    engine: Engine,
    senders: Mapping[str, Sender],
    *,
    batch: int = BATCH,
    clock: Callable[[], datetime] = utc_now,
    spread: Callable[[], float] = random.random,
    stop: Callable[[], bool] | None = None,
) -> DeliveryReport:
    """Send all deliveries to these targets that are due, each once; what fails is left for a later run.

    So is all that is due to a target that fails `PATIENCE` times in a row.

    Raises `DatabaseFault` when the database cannot be read or written; what was sent by then is marked, or will be
    sent again under the same id.
    """
    worker = _Worker(engine, senders, clock, spread, stop or _never)
    with database_faults(engine):
        for target in senders:
            worker.serve(target, batch)
    return worker.report


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class _Worker:
    """Sends claimed deliveries and marks what came of each."""

    engine: Engine
    senders: Mapping[str, Sender]
    clock: Callable[[], datetime]
    spread: Callable[[], float]
    stop: Callable[[], bool]
    report: DeliveryReport = field(default_factory=DeliveryReport)

    def serve(self, target: str, batch: int) -> None:
        """Send what is due to one target, until there is no more, it is down, or a stop is asked for."""
        failures = 0
        while not self.stop():
            claimed = self._claim(target, batch)
            if claimed is None:
                return
            failpoint("delivery.claimed")
            for place, one in enumerate(claimed, 1):
                failures = failures + 1 if self.send(one) == "failed" else 0
                failpoint("delivery.marked")
                if failures == PATIENCE or self.stop():
                    _give_back(self.engine, claimed[place:])
                    break
            if failures == PATIENCE:
                self.report.held.append(target)
                return

    def send(self, one: Claimed) -> str:
        """Send one delivery, and return the state that it came to."""
        try:
            external_id = self.senders[one.target].send(one.outgoing, self.clock())
        except SendError as error:
            return self._refused(one, error)
        except Exception as error:  # noqa: BLE001  it must not keep all later deliveries from being sent
            return self._refused(one, _fault_of_ours(error))
        failpoint("delivery.sent")
        _mark(
            self.engine,
            one,
            state="sent",
            sent_at=self.clock(),
            external_id=external_id,
            next_attempt_at=None,
        )
        self.report.sent += 1
        return "sent"

    def _claim(self, target: str, size: int) -> list[Claimed] | None:
        """Claim up to so many; None when none is due. One whose payload cannot be made has failed by that."""
        claimed, now = [], self.clock()
        with session_factory(self.engine).begin() as session:
            due = select(Delivery).where(Delivery.target == target, _due(now)).order_by(Delivery.id)
            rows = session.scalars(due.limit(size).with_for_update(skip_locked=True)).all()
            for row in rows:
                try:
                    claimed.append(_claim_row(session, row, now))
                except Exception as error:
                    if fault_of(error, self.engine) is not None:
                        raise
                    row.attempts += 1
                    for name, value in self._after(target, row.attempts, _fault_of_ours(error)).items():
                        setattr(row, name, value)
        return claimed if rows else None

    def _refused(self, one: Claimed, error: SendError) -> str:
        values = self._after(one.target, one.outgoing.attempt, error)
        _mark(self.engine, one, **values)
        return str(values["state"])

    def _after(self, target: str, attempt: int, error: SendError) -> dict[str, object]:
        """Leave a delivery for later, or give it up: the error says which. Counts it, and returns its new values."""
        self.report.errors[target] = str(error)
        if error.permanent or attempt >= MOST_ATTEMPTS:
            self.report.dead += 1
            return {"state": "dead", "last_error": str(error), "next_attempt_at": None}
        self.report.failed += 1
        later = self.clock() + waiting_time(attempt, error.retry_after, self.spread())
        return {"state": "failed", "last_error": str(error), "next_attempt_at": later}


def _fault_of_ours(error: Exception) -> SendError:
    return SendError(f"povod failed over this delivery: {fault_in_brief(error)}", permanent=False)


def waiting_time(attempt: int, retry_after: float | None, spread: float) -> timedelta:
    """How long to wait after the `attempt`th failure: growing, spread over half to all of it, never before asked to.

    `spread` is a random number from 0 to 1, so that many deliveries do not come back at one moment.
    """
    grown = min(FIRST_WAIT * int(GROWTH ** min(attempt - 1, 20)), LONGEST_WAIT)
    asked = timedelta(seconds=min(retry_after or 0.0, LONGEST_PATIENCE))
    return max(grown * (0.5 + spread / 2), asked)


def _due(now: datetime) -> ColumnElement[bool]:
    """Waiting deliveries whose time has come, and claims that have run out.

    Nothing waits for longer than `MOST_PATIENCE`: a time beyond that is of a clock that was wrong and has been put right.
    """
    come = or_(Delivery.next_attempt_at <= now, Delivery.next_attempt_at > now + MOST_PATIENCE)
    return or_(
        and_(Delivery.state.in_(("pending", "failed")), or_(Delivery.next_attempt_at.is_(None), come)),
        and_(Delivery.state == "sending", come),
    )


def _claim_row(session: Session, row: Delivery, now: datetime) -> Claimed:
    """Claim one. What it says is settled at the first attempt: later ones must not differ under the same id."""
    was, settled = row.state, bool(row.payload)
    if not settled:
        row.payload = payload_of(lead_view(session, session.get_one(Lead, row.lead_id)))
    row.state, row.attempts, row.next_attempt_at = "sending", row.attempts + 1, now + CLAIM
    return Claimed(row.id, row.target, Outgoing(row.key, row.payload, row.attempts), was, settled)


def _give_back(engine: Engine, unsent: Sequence[Claimed]) -> None:
    """Leave what was claimed and not sent as it was. A claim that had run out counts as an attempt that failed."""
    for one in unsent:
        attempts = one.outgoing.attempt - 1
        state = "failed" if one.was == "sending" else one.was
        payload = one.outgoing.payload if one.settled else {}
        _mark(engine, one, state=state, attempts=attempts, next_attempt_at=None, payload=payload)


def _mark(engine: Engine, one: Claimed, **values: object) -> bool:
    """Note the outcome, unless the claim has passed to another worker meanwhile."""
    with session_factory(engine).begin() as session:
        mine = and_(
            Delivery.id == one.row_id, Delivery.state == "sending", Delivery.attempts == one.outgoing.attempt
        )
        result = session.execute(update(Delivery).where(mine).values(**values))
        return isinstance(result, CursorResult) and result.rowcount == 1


def retry(session: Session, *, target: str | None = None, keys: Sequence[str] = ()) -> int:
    """Let dead deliveries be tried again, all or those of a target or with these keys. Returns how many.

    They keep their ids, so a receiver that has had one after all drops it. The caller commits.
    """
    query = select(Delivery).where(Delivery.state == "dead")
    if target is not None:
        query = query.where(Delivery.target == target)
    if keys:
        query = query.where(Delivery.key.in_(keys))
    rows = session.scalars(query).all()
    for row in rows:
        row.state, row.attempts, row.next_attempt_at = "pending", 0, None
    session.flush()
    return len(rows)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Deliveries to one target that failed for one reason. `state` is failed (to be tried again) or dead."""

    target: str
    state: str
    error: str
    count: int


def refusals(session: Session) -> list[Refusal]:
    """Why deliveries were not taken, the commonest reasons of each target first."""
    reason = func.coalesce(Delivery.last_error, "")
    columns = Delivery.target, Delivery.state, reason
    query = select(*columns, func.count()).where(Delivery.state.in_(("failed", "dead"))).group_by(*columns)
    found = [Refusal(*row) for row in session.execute(query)]
    return sorted(found, key=lambda one: (one.target, one.state, -one.count, one.error))


def dead_letters(session: Session, *, target: str | None = None) -> list[tuple[Delivery, Lead]]:
    """The deliveries that were given up, with their leads, oldest first."""
    query = select(Delivery, Lead).join(Lead, Delivery.lead_id == Lead.id).where(Delivery.state == "dead")
    if target is not None:
        query = query.where(Delivery.target == target)
    return [(delivery, lead) for delivery, lead in session.execute(query.order_by(Delivery.id))]


def outbox_counts(session: Session) -> dict[str, dict[str, int]]:
    """How many deliveries each target has in each state."""
    counts: dict[str, dict[str, int]] = {}
    query = select(Delivery.target, Delivery.state, func.count()).group_by(Delivery.target, Delivery.state)
    for target, state, count in session.execute(query.order_by(Delivery.target, Delivery.state)):
        counts.setdefault(target, {})[state] = count
    return counts
