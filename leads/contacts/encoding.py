"""Guesses how the bytes of a table are written: byte order mark, UTF-8, or a code page."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from leads.contacts.faults import ContactsFault

SAMPLE = 1 << 18
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Letters that make up four fifths of Russian text: what a wrong code page yields is rarely made of these.
_FREQUENT = frozenset("оеаинтсрвлкмдпу")
_WESTERN = re.compile(r"[^\W\d_]*[A-Za-z][^\W\d_]*")


def read_sample(path: Path) -> bytes:
    """Return the first bytes of a file.

    Raises:
        ContactsFault: the file is missing, no file, unreadable, empty, or no text.
    """
    try:
        with path.open("rb") as file:
            sample = file.read(SAMPLE)
    except FileNotFoundError:
        raise ContactsFault(f"{path}: no such file") from None
    except IsADirectoryError:
        raise ContactsFault(f"{path}: is a folder; name the file in it") from None
    except OSError as error:
        raise ContactsFault(f"{path}: cannot be read: {error.strerror}") from None
    if not sample.strip():
        raise ContactsFault(f"{path}: is empty; the first line must name the columns")
    return sample


def guess_encoding(sample: bytes) -> str:
    """Return the likeliest encoding of the bytes a file begins with."""
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding
    zeros = sample.count(0)
    if zeros > len(sample) // 5:
        return "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
    if _is_utf8(sample):
        return "utf-8"
    # Where some lines only are no UTF-8, somebody has put two files together: those lines are refused. Of the lines of a
    # code page next to none happen to be UTF-8.
    fits = [_is_utf8(line) for line in sample.splitlines() if not line.isascii()]
    return "utf-8" if fits.count(True) * 3 > len(fits) else _code_page(sample)


def errors_of(encoding: str) -> str:
    """Say how bytes that are not of an encoding are read: they stay what they are, spoil their own row, and are told.

    Where a character has several bytes at least, none can be told apart: it is replaced.
    """
    return (
        "replace"
        if encoding.casefold().startswith(("utf-16", "utf16", "utf-32", "utf32"))
        else "surrogateescape"
    )


def _is_utf8(text: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text, final=False)
    except UnicodeDecodeError:
        return False
    return True


# What files of other kinds begin with, and what to say of them.
_OTHER_KINDS = (
    (b"PK\x03\x04", "an archive or a workbook; if it is an Excel workbook, name it .xlsx or say --as xlsx"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls); save it as .xlsx or .csv"),
    (b"\x1f\x8b", "compressed; unpack it first"),
    (b"%PDF", "a PDF; export the contacts as CSV"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "an SQLite database; export the contacts as CSV"),
)
# Text holds hardly any control characters but tabs and line ends.
_MAX_CONTROLS = 0.02


def refuse_binary(path: Path, sample: bytes, text: str) -> None:
    """Refuse a file that is no text; `text` is its beginning as it would be read.

    Raises:
        ContactsFault: it is none.
    """
    for begins, what in _OTHER_KINDS:
        if sample.startswith(begins):
            raise ContactsFault(f"{path}: is not a text table but {what}")
    start = text[:8192]
    controls = sum((c < " " and c not in "\t\n\r\f") or c == "\ufffd" for c in start)
    if controls > len(start) * _MAX_CONTROLS:
        raise ContactsFault(f"{path}: is not a text table: it holds binary data; save it as .csv or .xlsx")


def count_lines(path: Path) -> int:
    """Return how many lines a file has, near enough for a progress bar."""
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def _code_page(sample: bytes) -> str:
    """Choose between the code pages of Russian and of Western European tables."""
    high = sum(byte > 127 for byte in sample)
    best, share = "cp1252", 0.4
    for encoding in ("cp1251", "koi8-r", "cp866"):
        # Words with ASCII letters in them are Western: "Müller" is no "Mьller".
        text = _WESTERN.sub("", sample.decode(encoding, errors="replace"))
        frequent = sum(c in _FREQUENT for c in text) / high
        if frequent > share:
            best, share = encoding, frequent
    return best
