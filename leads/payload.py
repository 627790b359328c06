"""What a live target is told of a lead: one JSON object, the same for the same lead."""

from __future__ import annotations

from typing import Any

from leads.queries import LeadView, Person, SignalEvidence


def payload_of(lead: LeadView) -> dict[str, Any]:
    """The event `lead.created` in the form that Standard Webhooks recommends: type, timestamp, data."""
    return {"type": "lead.created", "timestamp": lead.created_at.isoformat(), "data": _lead(lead)}


def _lead(lead: LeadView) -> dict[str, Any]:
    return {
        "id": lead.key,
        "kind": lead.kind,
        "status": lead.status,
        "score": lead.score,
        "score_parts": lead.score_parts,
        "owner": lead.owner,
        "subject": lead.subject,
        "relation": lead.relation,
        "contact": _person(lead.contact),
        "company": {"id": lead.company_key, "name": lead.company} if lead.company else None,
        "first_told": lead.first_at.isoformat(),
        "last_told": lead.last_at.isoformat(),
        "sightings": lead.sightings,
        "evidence": [_signal(signal) for signal in lead.signals],
    }


def _person(person: Person | None) -> dict[str, Any] | None:
    if person is None:
        return None
    return {
        "id": person.key,
        "external_id": person.external_id,
        "name": person.name,
        "email": person.first("email"),
        "company": person.company,
        "role": person.role,
        "introduced_by": person.told("introduced_by"),
    }


def _signal(signal: SignalEvidence) -> dict[str, Any]:
    tied = [link for link in signal.links if link.decision in ("auto", "confirmed")]
    return {
        "id": signal.key,
        "quote": signal.quote,
        "url": signal.post_url,
        "source": signal.source,
        "told": signal.told_at.isoformat(),
        "rule": signal.rule,
        "confidence": signal.confidence,
        "language": signal.language,
        "links": [
            {
                "id": link.key,
                "code": link.code,
                "probability": link.probability,
                "reasons": list(link.reasons),
            }
            for link in tied
        ],
    }
