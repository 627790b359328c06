"""Loading much that stays: the collector of cyclic garbage would walk it again and again for nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Leave the collector out while something large is loaded that stays for the life of the process.

    What is there at the end is never looked through again: it may be freed, but not for cycles in it.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if enabled:
            gc.enable()
