"""What can be wrong with a file of contacts as a whole."""

from __future__ import annotations


class ContactsFault(Exception):
    """A file of contacts that cannot be read, or not without help: one line, `file[:line]: what; how to mend`."""


class OptionFault(ContactsFault):
    """The file may be all right: what was said of it (its mapping, encoding, region) is wrong."""
