"""Loading much that stays: the collector of cyclic garbage would walk it again and again for nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Detection makes hardly a cycle: with the usual 700 a tenth of its time went into looking for some.
_SELDOM = (20_000, 20, 20)


@contextmanager
def loading() -> Iterator[None]:
    """Leave the collector out while something large is loaded that stays for the life of the process.

    What is there at the end is never looked through again: it may be freed, but not for cycles in it. From then on
    the process collects more seldom.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
        gc.set_threshold(*_SELDOM)
    finally:
        if enabled:
            gc.enable()
