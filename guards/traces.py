"""What went wrong inside the program, in a word that may be shown and logged: no text of a post, no value of a row."""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).parents[1]
_PACKAGES = frozenset({"crawler", "guards", "leads", "models", "povod", "triggers"})


def fault_in_brief(error: BaseException) -> str:
    """`ValueError at crawler/feeds/urls.py:42`: its kind, and the last line of ours that it passed through.

    What an exception says may quote what it stumbled over; this does not. Of a database error it names the driver's.
    """
    kind = type(getattr(error, "orig", None) or error).__name__
    place, trace = "", error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(_ROOT) and file.relative_to(_ROOT).parts[0] in _PACKAGES:
            place = f" at {file.relative_to(_ROOT).as_posix()}:{trace.tb_lineno}"
        trace = trace.tb_next
    return kind + place
