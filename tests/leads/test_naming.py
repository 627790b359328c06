"""A company that a sentence does not name is named by the rest of the post, or by nothing."""

from __future__ import annotations

from leads.naming import company_name, named
from leads.signals import around
from triggers.match import Match


def match(kind: str, name: str | None, who: str = "company") -> Match:
    return Match(kind, "r", "1", 0, 5, "words", 0.9, {"subject": {"who": who, "name": name}})


def test_the_text_takes_the_name_that_the_headline_gives() -> None:
    headline, text = named([match("funding", "Lark"), match("funding", None)])
    assert company_name(headline) == company_name(text) == "Lark"
    assert text.reasons == ("subject named elsewhere in the post: Lark",)


def test_nothing_is_guessed_where_the_post_names_several() -> None:
    found = named([match("funding", "Lark"), match("funding", "Heron"), match("funding", None)])
    assert company_name(found[2]) == ""


def test_a_name_serves_its_own_kind_and_companies_only() -> None:
    found = named([match("funding", "Lark"), match("layoffs", None), match("funding", None, who="person")])
    assert [company_name(one) for one in found[1:]] == ["", ""]


def test_a_quote_is_read_in_its_own_sentence() -> None:
    text = "It rained. Yesterday I got a new job at Lark! We celebrated."
    start = text.index("got")
    assert around(text, start, start + 13) == ("Yesterday I ", " at Lark!")


def test_a_long_sentence_is_cut_at_words() -> None:
    text = "word " * 100 + "QUOTE" + " word" * 100
    before, after = around(text, 500, 505, most=22)
    assert before.startswith("… word")
    assert after.endswith("word …")
