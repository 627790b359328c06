"""The values that linking takes and gives. It knows no database: plain records in, decisions out."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Decision(StrEnum):
    """What is to become of a mention: tied by itself, shown to a person, or left alone."""

    LINK = "link"
    REVIEW = "review"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Key:
    """An exact key of a record. `type`: handle, email, phone, url, domain; `platform` of handles only."""

    type: str
    value: str
    platform: str = ""


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """A known person, as linking needs them. `key` is the contact's stable key, `lists` those that they are on.

    `mails` counts the messages between the users' mailboxes and them, `relations` names whom they are known to be
    related to: spouses, colleagues, who introduced them; `owned` says that the user looks after them.
    """

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    company: str = ""
    role: str = ""
    place: str = ""
    keys: tuple[Key, ...] = ()
    lists: tuple[str, ...] = ()
    mails: int = 0
    relations: tuple[str, ...] = ()
    owned: bool = False


@dataclass(frozen=True, slots=True)
class CompanyRecord:
    """A known organisation. `key` is the company's stable key."""

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    place: str = ""
    keys: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody or something that a post speaks of, or its author. Any subset of the fields may be set.

    `context` is the text around the name, `site` the domain that an author writes at. `fresh` names those fields that
    the news itself changes: who has a new job has another company than the one that is known. `author` is who speaks of them,
    by name, `author_handle` and `author_platform` their account.
    """

    name: str = ""
    handle: str = ""
    platform: str = ""
    email: str = ""
    url: str = ""
    company: str = ""
    role: str = ""
    place: str = ""
    lang: str = ""
    # "person", "company", or "" where it is not known which.
    schema: str = ""
    context: str = ""
    site: str = ""
    fresh: tuple[str, ...] = ()
    author: str = ""
    author_handle: str = ""
    author_platform: str = ""


@dataclass(frozen=True, slots=True)
class LinkCandidate:
    """One record that a mention may be: how surely, by which agreeing fields (the code), and why."""

    key: str
    probability: float
    code: str
    reasons: tuple[str, ...] = ()
    schema: str = "person"


@dataclass(frozen=True, slots=True)
class Linking:
    """The decision about one mention, with its candidates, best first."""

    decision: Decision
    candidates: tuple[LinkCandidate, ...] = field(default=())
