"""Names to addresses, with the guard in between: Twisted connects to exactly the addresses that were checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twisted.internet.interfaces import IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]  # it has none

from guards.addresses import AddressGuard, AddressRefused

_REMEMBERED = 10_000


@implementer(IHostnameResolver)
class GuardedResolver:
    """Wraps the reactor's resolver. A host with an address that is refused resolves to nothing.

    `refusals` keeps the words, by host, for the error that the failed connection becomes.
    """

    def __init__(self, reactor: Any, guard: AddressGuard) -> None:
        self.reactor = reactor
        self.guard = guard
        self.original = reactor.nameResolver

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> GuardedResolver:
        """Scrapy's way of making one."""
        return cls(reactor, AddressGuard(crawler.settings.getlist("POVOD_ALLOW_NETWORKS")))

    def install_on_reactor(self) -> None:
        """Scrapy's way of putting it in place."""
        self.reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802  the name is the interface's
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[Any] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """Resolve with the wrapped resolver; pass on all addresses, or none if the guard refuses any."""
        receiver = _GuardedReceiver(resolutionReceiver, hostName, self.guard)
        return self.original.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


# Host -> why it was refused. A module's, because Scrapy makes the resolver and tells nobody where it is.
refusals: dict[str, str] = {}


@implementer(IResolutionReceiver)
class _GuardedReceiver:
    """Collects the answers of one resolution, and passes them on when all of them are known to be good."""

    def __init__(self, receiver: Any, host: str, guard: AddressGuard) -> None:
        self.receiver = receiver
        self.host = host
        self.guard = guard
        self.addresses: list[Any] = []

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        self.addresses.append(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        refusals.pop(self.host, None)
        try:
            if self.addresses:
                self.guard.check(self.host, [address.host for address in self.addresses])
        except AddressRefused as refusal:
            if len(refusals) < _REMEMBERED:
                refusals[self.host] = str(refusal)
        else:
            for address in self.addresses:
                self.receiver.addressResolved(address)
        self.receiver.resolutionComplete()
