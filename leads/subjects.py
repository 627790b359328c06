"""Whom a signal is about and whom to write to: its mentions, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anyascii import anyascii

from leads.linking.records import Mention
from triggers.kinds import COMPANY, KINDS

# Company news that a person tells of themself unless a company is named: "I won an award" is that person's own.
PERSONAL = frozenset({"award", "event_attendance"})
# News of a company that is news of a person too: who is named in it is that person, not the company.
OF_PERSONS = frozenset({"leadership_change"})
# News of two companies: the other one is its object, and may be the one that is known.
OF_TWO = frozenset({"m_and_a", "partnership", "contract_win"})

# What the news itself changes: that it differs from what is known of a contact does not speak against them.
FRESH: dict[str, tuple[str, ...]] = {
    "new_job": ("company", "place", "role"),
    "leadership_change": ("company", "place", "role"),
    "promotion": ("role",),
    "moving": ("place",),
    "home_purchase": ("place",),
    "travel": ("place",),
    "wedding": ("place",),
    "event_attendance": ("place",),
}


def is_company_news(kind: str) -> bool:
    """Whether the subject is an organisation even where the text says "we" or names a person.

    "Clara is the new CEO of Lark": the person is tried first, since a contact is worth more than a company, then the
    company.
    """
    return kind in KINDS and KINDS[kind].family == COMPANY and kind not in PERSONAL


@dataclass(frozen=True, slots=True)
class Writer:
    """The author of a post, as far as its source told. All fields may be empty. `site` is the post's own domain."""

    key: str = ""
    name: str = ""
    handle: str = ""
    platform: str = ""
    url: str = ""
    email: str = ""
    site: str = ""

    @property
    def known(self) -> bool:
        """Whether there is anything to recognise the author by."""
        return bool(self.name or self.handle or self.url or self.email)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a signal is about.

    `who` is author, relative, person, public or company. `mentions` are the pairs of `via` (subject, author, company)
    and mention to link, best first. `provisional` is the story's subject key while nobody known is tied to it.
    `relation` says how the person concerned is related to the one to write to; "" is that person themself.
    """

    who: str
    name: str
    provisional: str
    mentions: tuple[tuple[str, Mention], ...]
    relation: str = ""


def subject_of(kind: str, slots: Mapping[str, Any], writer: Writer, lang: str, context: str = "") -> Subject:
    """The subject of a signal with these slots in a post by this author; `context` is the text around its words.

    The relative of an author is a person nobody can write to: the author is, with the relation said.
    """
    said = slots.get("subject") or {}
    who = str(said.get("who") or "author")
    company = slot_text(slots.get("company"))
    named = who == "public" and kind in OF_PERSONS and bool(slot_text(said.get("name")))
    if who == "company" or (is_company_news(kind) and who in ("author", "relative", "public") and not named):
        return _company(kind, company or slot_text(said.get("name")), writer, lang, slots)
    if who in ("person", "public"):
        return _person(kind, slots, writer, lang, context)
    relation = slot_text(said.get("relation")) if who == "relative" else ""
    return Subject(who, writer.name or writer.handle, author_key(writer), _author(writer, lang), relation)


def _author(writer: Writer, lang: str) -> tuple[tuple[str, Mention], ...]:
    if not writer.known:
        return ()
    name, handle = _name_or_handle(writer)
    mention = Mention(
        name=name,
        handle=handle,
        platform=writer.platform,
        email=writer.email,
        url=writer.url,
        lang=lang,
        site=writer.site,
    )
    return (("author", mention),)


def _name_or_handle(writer: Writer) -> tuple[str, str]:
    """Tell a name from an account's: feeds put either where the author's name belongs.

    One word with an at sign, or that the profile's address ends in, names the account and says nothing of the person's
    name, so it must not speak against a contact who is called otherwise.
    """
    name = writer.name.strip()
    account = name.removeprefix("@").casefold()
    tail = writer.url.rstrip("/").rpartition("/")[2].removeprefix("@").casefold()
    known = {writer.handle.removeprefix("@").casefold(), tail} - {""}
    if " " not in name and account and (name.startswith("@") or account in known):
        return "", writer.handle or name
    return name, writer.handle


def _person(kind: str, slots: Mapping[str, Any], writer: Writer, lang: str, context: str) -> Subject:
    said: Mapping[str, Any] = slots["subject"]
    name, handle, company = (
        slot_text(said.get("name")),
        slot_text(said.get("handle")),
        slot_text(slots.get("company")),
    )
    mention = Mention(
        name=name,
        handle=handle,
        platform=writer.platform if handle else "",
        company=company,
        role=slot_text(slots.get("role")),
        place=slot_text(slots.get("place")),
        lang=lang,
        schema="person",
        context=context if name else "",
        fresh=FRESH.get(kind, ()),
        author=writer.name,
        author_handle=writer.handle,
        author_platform=writer.platform,
    )
    mentions = [("subject", mention)] if name or handle else []
    key = name_key(name) if name else f"name:@{handle.lstrip('@').casefold()}"
    if is_company_news(kind) and company:
        mentions.append(("company", Mention(name=company, lang=lang, schema="company")))
        return Subject("company", company, name_key(company), tuple(mentions))
    return Subject(str(said["who"]), name or handle, key, tuple(mentions), slot_text(said.get("relation")))


def _company(kind: str, name: str, writer: Writer, lang: str, slots: Mapping[str, Any]) -> Subject:
    """A company; where the text says "we", the company is the author. In news of two, the other one comes last."""
    other = slot_text(slots.get("object")) if kind in OF_TWO else ""
    named = (("company", Mention(name=other, lang=lang, schema="company")),) if other else ()
    if name:
        mention = Mention(name=name, place=slot_text(slots.get("place")), lang=lang, schema="company")
        return Subject("company", name, name_key(name), (("company", mention), *named))
    about = writer.name or writer.handle
    return Subject("company", about, author_key(writer), (*_author(writer, lang), *named))


def author_key(writer: Writer) -> str:
    """The subject key of an author who is tied to nobody: the account where there is one, else the name."""
    return f"author:{writer.key}" if writer.key else name_key(writer.name)


def name_key(name: str) -> str:
    """`name:` and the name in Latin letters, lower case, its words sorted: one key for both scripts and both orders."""
    return "name:" + " ".join(sorted(_plain(name).split()))[:200]


def _plain(text: str) -> str:
    latin = anyascii(text).casefold()
    return "".join(c if c.isalnum() else " " for c in latin)


def slot_text(value: Any) -> str:
    """A slot as text: slots may be plain strings or objects with a `name` or `text`."""
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("text")
    return str(value).strip() if value else ""
