"""The state of everything as Prometheus metrics: gauges from the database, in a registry of their own.

Only ill and silent sources are named in labels, so that the number of series follows that of the faults.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from povod import __version__
from povod.health import Delay, Health


def exposition(health: Health, database_bytes: int) -> str:
    """Return the metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    _sources(registry, health)
    _flow(registry, health)
    _delay(registry, "post_to_lead", "from a post's own time to its lead", health.post_to_lead)
    _delay(registry, "stored_to_lead", "from storing a post to its lead", health.stored_to_lead)
    _gauge(registry, "database_bytes", "Size of the database", database_bytes)
    _labelled(registry, "info", "The version that wrote this", ("version",), [((__version__,), 1)])
    return generate_latest(registry).decode()


def _sources(registry: CollectorRegistry, health: Health) -> None:
    _by_value(registry, "sources", "Sources by state", "state", health.sources)
    _gauge(registry, "sources_due", "Sources whose time has come", health.due_count)
    _gauge(registry, "sources_being_read", "Sources leased to a crawl", health.being_read)
    _gauge(registry, "sources_ill", "Sources whose last reading failed", len(health.ill))
    _gauge(registry, "sources_silent", "Sources gone silent against their own history", len(health.silent))
    ill = [((one.name,), _seconds(one.since)) for one in health.ill if one.since]
    _labelled(registry, "source_ill_since_timestamp_seconds", "Since when a source is ill", ("source",), ill)
    silent = [((one.name,), _seconds(one.since)) for one in health.silent]
    _labelled(
        registry, "source_silent_since_timestamp_seconds", "Last post of a silent source", ("source",), silent
    )
    if health.last_crawl:
        started = _seconds(health.last_crawl["started_at"])
        _gauge(registry, "last_crawl_timestamp_seconds", "When the last crawl began", started)


def _flow(registry: CollectorRegistry, health: Health) -> None:
    _gauge(registry, "posts", "Posts stored", health.posts)
    _gauge(registry, "posts_waiting", "New and edited posts that wait to be processed", health.posts_waiting)
    _by_value(registry, "leads", "Leads by status", "status", health.leads)
    rows = [
        ((target, state), count)
        for target, states in health.deliveries.items()
        for state, count in states.items()
    ]
    _labelled(registry, "deliveries", "Deliveries by target and state", ("target", "state"), rows)


def _delay(registry: CollectorRegistry, name: str, words: str, delay: Delay) -> None:
    """Quantiles that were worked out already: a gauge with the label that a summary would have."""
    values = (("0.5", delay.p50), ("0.95", delay.p95))
    rows = [((share,), value) for share, value in values if value is not None]
    _labelled(registry, f"{name}_seconds", f"Time {words}, leads of 30 days", ("quantile",), rows)


def _gauge(registry: CollectorRegistry, name: str, words: str, value: float) -> None:
    Gauge(f"povod_{name}", words, registry=registry).set(value)


def _by_value(
    registry: CollectorRegistry, name: str, words: str, label: str, counts: Mapping[str, int]
) -> None:
    _labelled(registry, name, words, (label,), [((value,), count) for value, count in counts.items()])


def _labelled(
    registry: CollectorRegistry,
    name: str,
    words: str,
    labels: tuple[str, ...],
    rows: Iterable[tuple[tuple[Any, ...], float]],
) -> None:
    gauge = Gauge(f"povod_{name}", words, labels, registry=registry)
    for values, value in rows:
        gauge.labels(*values).set(value)


def _seconds(moment: datetime) -> float:
    return moment.timestamp()
