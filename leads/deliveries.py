"""The outbox's rows, written in the transaction that makes the lead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from leads.keys import delivery_key
from leads.lifecycle import OPEN
from leads.settings import Target
from models import Delivery, Lead, Story

# Raise when the payload changes its meaning: targets then get each lead once more, under a new id.
PAYLOAD_VERSION = 1

# A dead delivery that was set back to be tried again has no attempts, but its last error.
UNTRIED = and_(Delivery.state == "pending", Delivery.attempts == 0, Delivery.last_error.is_(None))


def sync_deliveries(
    session: Session, leads: Sequence[tuple[Lead, Story]], targets: Sequence[Target], now: datetime
) -> None:
    """Queue each lead once for each target that wants it; take back what was queued, never tried and is not wanted.

    The payload stays empty until the delivery is first tried: it then says what is known of the lead at that time.
    """
    if not targets or not leads:
        return
    ids = [lead.id for lead, _ in leads]
    stored = {
        (d.lead_id, d.target): d for d in session.scalars(select(Delivery).where(Delivery.lead_id.in_(ids)))
    }
    for lead, story in leads:
        for target in targets:
            wanted = is_deliverable(lead) and target.wants(story.kind, lead.score)
            delivery = stored.get((lead.id, target.name))
            if wanted and delivery is None:
                session.add(_delivery(lead, target, now))
            elif not wanted and delivery is not None:
                session.execute(delete(Delivery).where(Delivery.id == delivery.id, UNTRIED))


def is_deliverable(lead: Lead) -> bool:
    """Whether a lead may leave: it is open, and nothing that is to be remembered only."""
    return lead.status in OPEN and lead.policy == "pitch"


def _delivery(lead: Lead, target: Target, now: datetime) -> Delivery:
    key = delivery_key(lead.key, target.name, PAYLOAD_VERSION)
    return Delivery(key=key, lead_id=lead.id, target=target.name, state="pending", payload={}, created_at=now)
