"""Ties to the user and to the author rank namesakes, say so in words, and never link a name by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, update
from sqlalchemy.orm import Session

from leads.linking import renewal
from leads.linking.linker import Linker
from leads.linking.records import ContactRecord, Decision, Key, Mention
from leads.linking.renewal import content_version, current_index
from leads.linking.ties import Ties, load_ties
from models.contacts import Contact, Identity
from models.ties import ContactFact, MailTraffic

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OTHERS = [
    ContactRecord(f"o{at}", f"Иван {family}ов", place="Тверь") for at, family in enumerate("БВГДЖЗКЛМН")
]


def two(one: ContactRecord, *more: ContactRecord) -> Linker:
    """A linker that knows a contact, a namesake without ties, and others."""
    return Linker([one, ContactRecord("namesake", one.name), *more, *OTHERS])


def test_mail_puts_one_of_two_namesakes_first_and_says_so() -> None:
    linking = two(ContactRecord("z", "Boris Petrov", mails=34)).link(Mention(name="Boris Petrov"))
    assert linking.decision is Decision.REVIEW
    best = linking.candidates[0]
    assert (best.key, best.code) == ("z", "GFk")
    assert "you write to each other: 34 mails" in best.reasons
    assert [one.code for one in linking.candidates[1:]] == ["GF"]


@pytest.mark.parametrize(
    ("relations", "author"),
    [
        (("Анна Соколова",), "Anna Sokolova"),
        (("Anna Sokolova",), "Соколова Анна"),
        ((), "Clara Marlow"),
    ],
)
def test_who_is_related_to_the_author_comes_first_whichever_of_them_it_was_told_of(
    relations: tuple[str, ...], author: str
) -> None:
    clara = ContactRecord("clara", "Clara Marlow", relations=("Boris Petrov",))
    linker = two(ContactRecord("z", "Boris Petrov", relations=relations), clara)
    best = linker.link(Mention(name="Boris Petrov", author=author)).candidates[0]
    if relations:
        assert (best.key, best.code) == ("z", "GFK")
    else:
        assert best.code == "GFK"  # Clara's Boris may be either.
    assert f"{author}, who speaks of them, is related to them" in best.reasons


def test_another_author_or_another_name_is_no_tie() -> None:
    linker = two(ContactRecord("z", "Boris Petrov", mails=90, relations=("Anna Sokolova",)))
    by_another = linker.link(Mention(name="Boris Petrov", author="Clara Marlow"))
    assert {one.code for one in by_another.candidates} == {"GFk", "GF"}
    assert not linker.link(Mention(name="Clara Marlow", author="Anna Sokolova")).candidates


@given(
    mails=st.integers(0, 10_000_000),
    related=st.booleans(),
    lang=st.sampled_from(["", "en"]),
    name=st.sampled_from(["Zbigniew Quillfeather", "John Smith"]),
)
def test_ties_alone_link_nobody(mails: int, related: bool, lang: str, name: str) -> None:
    tied = ContactRecord("z", name, mails=mails, relations=("Anna Sokolova",) if related else ())
    author = "Anna Sokolova" if related else ""
    told = Mention(name=name, author=author, lang=lang)
    assert Linker([tied, *OTHERS]).link(told).decision is not Decision.LINK
    assert two(tied).link(told).decision is not Decision.LINK


def test_whom_the_user_looks_after_comes_first_and_it_is_said() -> None:
    best = (
        two(ContactRecord("z", "Boris Petrov", owned=True)).link(Mention(name="Boris Petrov")).candidates[0]
    )
    assert (best.key, best.code) == ("z", "GFk")
    assert "you look after them" in best.reasons


def test_an_author_known_only_by_an_account_is_tied_as_the_contact_whose_account_it_is() -> None:
    key = Key("handle", "claram", "x")
    clara = ContactRecord("clara", "Clara Marlow", relations=("Boris Petrov",), keys=(key,))
    boris = ContactRecord("z", "Boris Petrov", relations=("Clara Marlow",))
    told = Mention(name="Boris Petrov", author_handle="@claram", author_platform="x")
    for linker in (two(ContactRecord("z", "Boris Petrov"), clara), two(boris, replace(clara, relations=()))):
        best = linker.link(told).candidates[0]
        assert best.code == "GFK"
        assert "Clara Marlow, who speaks of them, is related to them" in best.reasons
        elsewhere = linker.link(replace(told, author_platform="vk"))
        assert {one.code for one in elsewhere.candidates} == {"GF"}


def test_a_handle_of_another_platform_is_shown_where_ties_speak_for_it_and_never_linked() -> None:
    account = (Key("handle", "borisp", "x"),)
    told = Mention(handle="borisp", platform="mastodon")
    assert two(ContactRecord("z", "Boris Petrov", keys=account)).link(told).decision is Decision.NONE
    for mails in (40, 10_000_000):
        tied = ContactRecord("z", "Boris Petrov", mails=mails, owned=True, keys=account)
        found = two(tied).link(told)
        assert found.decision is Decision.REVIEW
        assert (found.candidates[0].key, found.candidates[0].code) == ("z", "hk")
        assert found.candidates[0].reasons[0] == "handle borisp is theirs on another platform"
    assert two(tied).link(replace(told, platform="x")).decision is Decision.LINK
    assert two(tied).link(replace(told, name="Clara Marlow")).decision is Decision.NONE


def test_an_owner_tells_only_where_others_look_after_most(engine: Engine) -> None:
    with Session(engine) as session:
        mine = _person(session, "mine", "one@heron.example")
        for at in range(3):
            _person(session, f"other{at}", f"other{at}@heron.example")
        session.get_one(Contact, mine).owner = "Дина"
        session.flush()
        assert load_ties(session, ("дина", "")) == {mine: Ties(owned=True)}
        assert load_ties(session, ("olga",)) == load_ties(session) == {}
        session.execute(update(Contact).values(owner="Дина"))
        assert load_ties(session, ("дина",)) == {}


def test_a_kept_index_hears_that_an_owner_is_the_user(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal, "MIN_KEPT", 1)
    path = tmp_path / "povod.linking"
    with Session(engine) as session:
        for at in range(8):
            _person(session, f"c{at}", f"c{at}@heron.example")
        session.execute(update(Contact).where(Contact.key == "c5").values(owner="dina"))
        current_index(session, path, print)
        index = current_index(session, path, print, ("dina",))
        linker = Linker.over(index.people, index.organisations)
        best = linker.link(Mention(name="Boris Petrov"))
        assert (best.candidates[0].key, best.candidates[0].code) == ("c5", "GFk")
        assert [key for key in ("c4", "c5") if (known := linker.contact(key)) and known.owned] == ["c5"]


def _person(session: Session, key: str, address: str) -> int:
    contact = Contact(key=key, name="Boris Petrov", created_at=NOON, updated_at=NOON)
    session.add(contact)
    session.flush()
    session.add(Identity(contact_id=contact.id, type="email", platform="", value=address, normalized=address))
    session.flush()
    return contact.id


def _mail(session: Session, sender: str, recipient: str, messages: int) -> None:
    session.add(
        MailTraffic(
            source="mbox", mailbox="me@home.example", owner="", sender=sender, recipient=recipient,
            messages=messages, first_at=NOON, last_at=NOON,
        )
    )  # fmt: skip
    session.flush()


def test_mail_counts_both_ways_and_only_with_the_users_themselves(engine: Engine) -> None:
    with Session(engine) as session:
        one, other = (_person(session, key, f"{key}@heron.example") for key in ("one", "other"))
        _mail(session, "me@home.example", "one@heron.example", 20)
        _mail(session, "one@heron.example", "me@home.example", 14)
        _mail(session, "one@heron.example", "other@heron.example", 5)
        session.add(
            ContactFact(
                contact_id=other, family="relation", kind="spouse", value="Anna Sokolova",
                normalized="anna sokolova", source="hand", added_at=NOON,
            )
        )  # fmt: skip
        session.flush()
        assert load_ties(session) == {one: Ties(34), other: Ties(0, ("Anna Sokolova",))}


def test_a_kept_index_hears_of_ties_though_the_contact_itself_was_not_touched(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal, "MIN_KEPT", 1)
    monkeypatch.setattr(renewal, "MENDED", 1.0)
    path = tmp_path / "povod.linking"
    with Session(engine) as session:
        for key in ("one", "other"):
            _person(session, key, f"{key}@heron.example")
        before = content_version(current_index(session, path, print))
        _mail(session, "me@home.example", "other@heron.example", 9)
        for _ in range(2):
            index = current_index(session, path, print)
            best = Linker.over(index.people, index.organisations).link(Mention(name="Boris Petrov"))
            assert (best.candidates[0].key, best.candidates[0].code) == ("other", "GFk")
            assert index.journal == 1
        assert content_version(index) != before
        session.execute(delete(MailTraffic))
        assert content_version(current_index(session, path, print)) == before
