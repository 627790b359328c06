"""Names to addresses, with the guard in between: connections are made to exactly the addresses that were checked."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from guards.addresses import AddressGuard

# Names are looked up in threads, which are started as needed. More at a time than there are slow sources in flight
# (`Frontier.slow_limit`): names that nobody answers for must not keep all threads from those of good sources.
AT_A_TIME = 512
# No lookup may take longer than so many seconds.
PATIENCE = 10.0
Lookup = Callable[[str, int, int], list[Any]]


def ask_system(host: str, port: int, family: int) -> list[Any]:
    """What the system's resolver answers. Raises `OSError`."""
    return socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)


class GuardedResolver(AbstractResolver):
    """Resolves names for aiohttp. A host with any address that the guard refuses is not resolved at all."""

    def __init__(self, guard: AddressGuard, lookup: Lookup = ask_system) -> None:
        self.guard = guard
        self.lookup = lookup
        self._threads = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="resolver")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """All addresses of the host. Raises `AddressRefused`, or `OSError` for a name that is not known."""
        loop = asyncio.get_running_loop()
        asked = loop.run_in_executor(self._threads, self.lookup, host, port, family)
        try:
            found = await asyncio.wait_for(asked, PATIENCE)
        except TimeoutError:
            raise OSError(f"no answer within {PATIENCE:g} seconds") from None
        except UnicodeError as error:  # a label that is empty or too long
            raise OSError(str(error)) from error
        self.guard.check(host, [address[0] for *_, address in found])
        return [_result(host, port, kind, protocol, address) for kind, _, protocol, _, address in found]

    async def close(self) -> None:
        """Wait for no more answers."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _result(host: str, port: int, family: int, protocol: int, address: Any) -> ResolveResult:
    return ResolveResult(
        hostname=host,
        host=address[0],
        port=port,
        family=family,
        proto=protocol,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )
