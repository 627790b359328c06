"""A handle finds its bearer whether or not both sides tell its platform."""

from __future__ import annotations

import pytest

from leads.linking.keys import handle_key
from leads.linking.linker import Linker
from leads.linking.records import ContactRecord, Decision, Key, Mention


def linker(*keys: Key) -> Linker:
    return Linker([ContactRecord(f"c{at}", f"Anna Number{at}", keys=(key,)) for at, key in enumerate(keys)])


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (Key("handle", "anna", "telegram"), Mention(handle="@anna", platform="telegram")),
        (Key("handle", "anna", "telegram"), Mention(handle="anna")),
        (Key("handle", "anna"), Mention(handle="anna", platform="forum.example")),
        (Key("handle", "anna"), Mention(handle="Anna")),
    ],
)
def test_a_handle_is_found_where_at_most_one_side_leaves_the_platform_out(known: Key, told: Mention) -> None:
    found = linker(known).link(told)
    assert found.decision == Decision.LINK
    assert found.candidates[0].key == "c0"


def test_a_handle_on_another_platform_is_another_persons() -> None:
    told = Mention(handle="anna", platform="telegram")
    assert linker(Key("handle", "anna", "vk")).link(told).decision == Decision.NONE


def test_two_bearers_of_a_handle_are_not_decided_in_silence() -> None:
    found = linker(Key("handle", "anna", "vk"), Key("handle", "anna", "telegram")).link(
        Mention(handle="anna")
    )
    assert found.decision == Decision.REVIEW
    assert len(found.candidates) == 2


def test_a_handle_may_be_written_with_its_platform_before_it() -> None:
    assert handle_key("telegram:@Elena_Logist") == Key("handle", "elena_logist", "telegram")
    assert handle_key("nowhere:elena") is None
