"""Sends the deliveries that wait in the outbox to the targets of the configuration."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime

from guards.addresses import AddressGuard
from leads.export.guarded import guarded_client
from leads.export.sending import Sender
from leads.export.webhook import BadSecret, Webhook
from leads.outbox import DeliveryReport, deliver
from leads.process import utc_now
from povod.config.load import LoadedConfig
from povod.console import note, say
from povod.faults import ConfigFaults
from povod.stopping import Stop
from povod.workspace import Workspace


def deliver_due(workspace: Workspace, stop: Stop, clock: Callable[[], datetime] = utc_now) -> DeliveryReport:
    """Send what is due; what fails is kept for a later run, with the reason.

    Raises:
        ConfigFaults: a target's secret is wrong.
        DatabaseFault: the database cannot be used.
    """
    with ExitStack() as clients:
        senders = senders_of(workspace.loaded, clients)
        return deliver(workspace.engine, senders, stop=stop, clock=clock) if senders else DeliveryReport()


def senders_of(loaded: LoadedConfig, clients: ExitStack) -> dict[str, Sender]:
    """Return the live targets by name; their clients are closed with `clients`."""
    hooks = loaded.config.deliver.webhooks
    if not hooks:
        return {}
    client = clients.enter_context(guarded_client(AddressGuard(loaded.config.fetch.allow_networks)))
    senders: dict[str, Sender] = {}
    for index, hook in enumerate(hooks):
        try:
            senders[hook.name] = Webhook(hook.url, client, hook.secret.read(loaded.folder))
        except (BadSecret, ValueError) as fault:
            raise ConfigFaults([loaded.fault(("deliver", "webhooks", index, "secret"), str(fault))]) from None
    return senders


def tell_deliveries(report: DeliveryReport) -> None:
    """Say what was sent, and why what was not."""
    for target, error in report.errors.items():
        held = "; it is left alone until the next run" if target in report.held else ""
        note(f"{target}: {error}{held}")
    say(f"{report.sent} sent, {report.failed} failed and will be tried again, {report.dead} given up")
