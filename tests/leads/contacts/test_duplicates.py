"""Contacts that may be one person: who a contact would be if nobody knew them."""

from __future__ import annotations

import pytest

from leads.contacts import duplicates
from leads.contacts.duplicates import Duplicates, find_duplicates
from leads.linking.linker import Linker
from leads.linking.records import ContactRecord, Key, Mention

GIVEN = ("Anna", "Boris", "Clara", "Dmitry", "Elena", "Fedor")


def found(people: list[ContactRecord], limit: int = 50) -> Duplicates:
    """Look for duplicates among these."""
    return find_duplicates(Linker(people), people, limit=limit)


def twins(count: int) -> list[ContactRecord]:
    """So many pairs of contacts, each pair of one name at one company."""
    names = [f"{given} Sokol{end}ova" for end in "abdeg" for given in GIVEN][:count]
    return [
        ContactRecord(f"{side}{at}", name, company=f"Bakery {name}", place="Riga" if at % 3 else "")
        for side in "ab"
        for at, name in enumerate(names)
    ]


def test_a_pair_is_told_once_though_each_leads_to_the_other() -> None:
    told = found(twins(1))
    assert [(pair.key, pair.other_key) for pair in told.pairs] == [("a0", "b0")]
    assert told.count == 1


def test_a_limit_keeps_the_surest_whenever_they_were_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "_SPARE", 0)
    everyone = found(twins(30), 1_000)
    assert everyone.count == len(everyone.pairs) == 30
    for limit in (1, 4, 29):
        assert found(twins(30), limit).pairs == everyone.pairs[:limit]
        assert found(twins(30)[::-1], limit).pairs == everyone.pairs[:limit]


def test_namesakes_at_two_companies_of_two_towns_are_two_people() -> None:
    people = [
        ContactRecord("a", "Anna Sokolova", company="Bakery", place="Riga"),
        ContactRecord("b", "Anna Sokolova", company="Harbour", place="Tula"),
    ]
    assert found(people) == Duplicates([], 0)


def test_one_address_of_two_names_is_shown_and_why() -> None:
    key = (Key("email", "office@bakery.example"),)
    people = [ContactRecord("a", "Anna Sokolova", keys=key), ContactRecord("b", "Boris Orlov", keys=key)]
    [pair] = found(people).pairs
    assert pair.code == "E!N"
    assert pair.reasons[0] == "email office@bakery.example is theirs"


def test_whoever_is_passed_over_is_as_if_unknown() -> None:
    anna = ContactRecord("a", "Anna Sokolova", company="Bakery", keys=(Key("email", "anna@bakery.example"),))
    linker = Linker([anna])
    assert linker.link(Mention(name="Anna Sokolova", company="Bakery"), without="a").candidates == ()
    assert linker.link(Mention(email="anna@bakery.example"), without="a").candidates == ()
    assert linker.link(Mention(name="Anna Sokolova", company="Bakery"), without="b").candidates
