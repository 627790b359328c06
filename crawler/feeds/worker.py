"""The process that reads feeds, one at a time, within limits: `python -m crawler.feeds.worker SOCKET MEGABYTES`.

It speaks over the inherited socket (see `wire`) and ends when the other side closes it, so that it never outlives
the crawl that started it, however that ended.
"""

from __future__ import annotations

import gc
import resource
import socket
import sys
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from crawler.feeds.model import Unreadable
from crawler.feeds.read import read_feed
from crawler.feeds.wire import HEADER, pack_failure, pack_feed, unpack_request
from guards.traces import fault_in_brief

# A process that once needed this much, in KiB, gives way to a fresh one: the allocator seldom gives memory back.
RETIRE_ABOVE = 160 * 1024
# The system takes longer to say it than a small feed takes to be read: asked after large feeds, and now and then.
LARGE = 512 * 1024
LOOK_EVERY = 100
# Most requests fit in whole, and come in with one call.
BUFFER = 256 * 1024


def main(arguments: list[str]) -> None:
    """Answer requests until the socket is closed, or until this process has grown too large."""
    descriptor, megabytes = int(arguments[0]), int(arguments[1])
    _limit_memory(megabytes)
    gc.freeze()
    gc.set_threshold(200_000)  # trees of elements have no cycles; looking for some takes a fifth of the time
    # A crawl that is killed resets the connection: the end of this process too, and nothing to tell.
    with (
        suppress(ConnectionError),
        socket.socket(fileno=descriptor) as connection,
        connection.makefile("rb", BUFFER) as stream,
    ):
        number = 0
        while header := stream.read(HEADER.size):
            head_length, body_length = HEADER.unpack(header)
            answer = _answer(stream.read(head_length), stream.read(body_length), megabytes)
            number += 1
            retire = (body_length > LARGE or number % LOOK_EVERY == 0) and _grown_too_large()
            connection.sendall(HEADER.pack(len(answer), retire) + answer)
            if retire:
                return


def _answer(head: bytes, body: bytes, megabytes: int) -> bytes:
    try:
        request = unpack_request(head, body)
        _limit_processor(request.cpu_seconds)
        feed = read_feed(
            request.body,
            source=request.source,
            url=request.url,
            content_type=request.content_type,
            limits=request.limits,
        )
        return pack_feed(feed)
    except Unreadable as reason:
        return pack_failure(str(reason), reason.feeds)
    except MemoryError:
        return pack_failure(f"reading the answer takes more than {megabytes} MB of memory")
    except RecursionError:
        return pack_failure("the answer is nested too deeply to be a feed")
    except Exception as error:  # noqa: BLE001  whatever a hostile feed sets off must stay with that feed
        return pack_failure(f"reading the answer failed: {fault_in_brief(error)}")


def _grown_too_large() -> bool:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > RETIRE_ABOVE


def _limit_memory(megabytes: int) -> None:
    """Cap the address space at what is used now plus `megabytes`, where the system can."""
    status = Path("/proc/self/statm")
    if not status.exists():  # not Linux: elsewhere this limit is missing or does nothing
        return
    used = int(status.read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + megabytes * 1024**2,) * 2)


def _limit_processor(seconds: int) -> None:
    """The system ends this process when one request has taken this much processor time."""
    limit = int(time.process_time()) + seconds + 1
    hard = _hard_limit()
    resource.setrlimit(
        resource.RLIMIT_CPU, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard)
    )


@cache
def _hard_limit() -> int:
    return resource.getrlimit(resource.RLIMIT_CPU)[1]


if __name__ == "__main__":
    main(sys.argv[1:])
