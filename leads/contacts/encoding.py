"""Guesses how the bytes of a table are written: byte order mark, UTF-8, or a code page."""

from __future__ import annotations

import codecs
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
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=False)
    except UnicodeDecodeError:
        return _code_page(sample)
    return "utf-8"


def _code_page(sample: bytes) -> str:
    """Choose between the code pages of Russian and of Western European tables."""
    high = sum(byte > 127 for byte in sample)
    best, share = "cp1252", 0.4
    for encoding in ("cp1251", "koi8-r", "cp866"):
        text = sample.decode(encoding, errors="replace")
        frequent = sum(c in _FREQUENT for c in text) / high
        if frequent > share:
            best, share = encoding, frequent
    return best
