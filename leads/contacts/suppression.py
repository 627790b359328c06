"""Keeps out those who were forgotten or objected: keyed hashes of their keys, which reveal nobody."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from leads.contacts.faults import ContactsFault
from leads.linking.fold import words
from leads.linking.records import Key
from models.contacts import Suppression


def suppression_hash(secret: bytes, key: Key) -> str:
    """Return the keyed hash of one exact key (HMAC-SHA-256 of type, platform and value), in hexadecimal."""
    text = "\0".join((key.type, key.platform, key.value))
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def suppressible(keys: Iterable[Key], name: str, company: str) -> tuple[Key, ...]:
    """Return the keys by which a person is kept out: the exact ones, else name and company together.

    A name alone would keep out all namesakes.
    """
    exact = tuple(key for key in keys if key.type in ("handle", "email", "phone", "url"))
    if exact:
        return exact
    both = " ".join(sorted(words(name))), " ".join(words(company))
    return (Key("name", "\n".join(both)),) if all(both) else ()


class Suppressions:
    """The hashes in the database, to ask before a person is stored."""

    def __init__(self, hashes: frozenset[str], secret: bytes | None) -> None:
        self._hashes = hashes
        self._secret = secret

    @classmethod
    def load(cls, session: Session, secret: bytes | None) -> Suppressions:
        """Read all hashes.

        Raises:
            ContactsFault: there are some, and no secret to compare with them.
        """
        if secret is None:
            count = session.scalar(select(func.count()).select_from(Suppression)) or 0
            if count:
                raise ContactsFault(
                    f"{count} forgotten people are to be kept out, but the suppression key is not set; "
                    "set privacy.suppression_key to the secret they were forgotten with"
                )
            return cls(frozenset(), None)
        return cls(frozenset(session.scalars(select(Suppression.hash))), secret)

    def __bool__(self) -> bool:
        return bool(self._hashes)

    def cover(self, keys: Iterable[Key], name: str, company: str) -> bool:
        """Tell whether any key of a person is suppressed."""
        if not self._hashes or self._secret is None:
            return False
        secret = self._secret
        return any(suppression_hash(secret, key) in self._hashes for key in suppressible(keys, name, company))
