"""Standard streams and files as filters use them: UTF-8 whatever the system says, line ends as they come."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Annotated

import typer

from povod.faults import UserError

InOption = Annotated[str, typer.Option("--in", help="JSON lines to read; - is standard input.")]
OutOption = Annotated[str, typer.Option("--out", help="JSON lines to write; - is standard output.")]


def as_utf8(stream: IO[str], errors: str = "strict") -> None:
    """Have a standard stream carry UTF-8, without touching line ends."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", newline="", errors=errors)


def speak_any_script(stream: IO[str]) -> None:
    """Let a standard stream carry every script: UTF-8 in a pipe, escapes on a terminal that knows fewer letters."""
    if isinstance(stream, io.TextIOWrapper):
        encoding = stream.encoding if stream.isatty() else "utf-8"
        stream.reconfigure(encoding=encoding, errors="backslashreplace")


@contextmanager
def filtering(source: str, target: str) -> Iterator[tuple[IO[str], IO[str]]]:
    """Open what a filter reads and writes; `-` is standard input or output.

    Bytes that are no UTF-8 come as they do in names of files (surrogateescape): the line that has them is refused
    where it is decoded, and the rest can go on.

    Raises:
        UserError: a file cannot be opened, or is to be read and written at once.
    """
    if source != "-" and target != "-" and _same(Path(source), Path(target)):
        raise UserError(f"{target}: cannot be read and written at once; name another file to write")
    with ExitStack() as files:
        incoming = _open(files, source, "r") if source != "-" else sys.stdin
        outgoing = _open(files, target, "w") if target != "-" else sys.stdout
        as_utf8(incoming, "surrogateescape")
        as_utf8(outgoing)
        yield incoming, outgoing


def _open(files: ExitStack, name: str, mode: str) -> IO[str]:
    try:
        return files.enter_context(Path(name).open(mode, encoding="utf-8"))
    except OSError as error:
        verb = "read" if mode == "r" else "written"
        raise UserError(f"{name}: cannot be {verb}: {error.strerror}") from None


def _same(source: Path, target: Path) -> bool:
    return source.exists() and target.exists() and source.samefile(target)
