"""Who is meant, from a post in a feed to what a person decides, and on to the next pass, as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from leads.linking import renewal
from models import Contact, LinkVerdict
from models.session import open_database
from tests.crawler.server import Server
from tests.povod.conftest import Povod
from tests.povod.test_search_processing import ANNA, BORIS, CLARA, Feed

PROMOTED = "Boris Petrov was promoted to Head of Sales."
NAMESAKES = """\
Id,Name,E-mail
heron,Boris Petrov,boris@heron.example
plover,Boris Petrov,boris@plover.example
anna,Anna Sokolova,anna@lark.example
"""


@pytest.fixture
def feed(povod: Povod, tmp_path: Path, site: Server, monkeypatch: pytest.MonkeyPatch) -> Feed:
    """A feed, and two contacts of one name; their index is kept on disk from the first contact on."""
    monkeypatch.setattr(renewal, "MIN_KEPT", 1)
    feed = Feed(povod, tmp_path, site)
    (tmp_path / "contacts.csv").write_text(NAMESAKES, encoding="utf-8")
    feed.searches()
    return feed


def asked(feed: Feed) -> dict[str, Any]:
    """The only lead that waits for a person to decide."""
    (lead,) = json.loads(feed.povod("links", "list", "--json").out)
    return dict(lead)


def candidates(lead: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The candidates that are left of a lead, the likeliest first: key, code, reasons."""
    links = [link for link in lead["signals"][0]["links"] if link["decision"] != "rejected"]
    links.sort(key=lambda link: -link["probability"])
    return [(link["key"], link["code"], "; ".join(link["reasons"])) for link in links]


def keys(feed: Feed) -> dict[str, str]:
    """The keys of the contacts by their ids in the file."""
    engine = open_database(f"sqlite:///{feed.folder}/povod.sqlite3")
    with Session(engine) as session:
        found = {str(row.external_id): row.key for row in session.scalars(select(Contact))}
    engine.dispose()
    return found


def verdicts(feed: Feed) -> dict[str, bool]:
    """What people have said of links, by the contacts' keys."""
    engine = open_database(f"sqlite:///{feed.folder}/povod.sqlite3")
    with Session(engine) as session:
        found = {row.target_key: row.same for row in session.scalars(select(LinkVerdict))}
    engine.dispose()
    return found


def done(feed: Feed, *arguments: str) -> str:
    """Run a command that succeeds; return what it wrote."""
    ran = feed.povod(*arguments)
    assert ran.status == 0, ran.err
    return ran.out


def mailbox(feed: Feed, address: str, count: int) -> None:
    """Import a mailbox in which the user has written so often to an address."""
    letter = (
        f"From x\nFrom: me@home.example\nTo: {address}\nDate: Mon, 2 Mar 2026 10:00:00 +0000\n\nhello\n\n"
    )
    (feed.folder / "own.mbox").write_text(letter * count, encoding="utf-8")
    done(feed, "contacts", "import", "own.mbox", "--me", "me@home.example")


def test_mail_with_one_of_two_namesakes_puts_them_first_and_decides_nothing(feed: Feed) -> None:
    feed.run((CLARA, PROMOTED, "01"))
    assert [code for _, code, _ in candidates(asked(feed))] == ["GF", "GF"]
    key = keys(feed)["plover"]
    mailbox(feed, "boris@plover.example", 34)
    feed.run(crawl=False)
    first, second = candidates(asked(feed))
    assert (first[0], first[1], second[1]) == (key, "GFk", "GF")
    assert "you write to each other: 34 mails" in first[2]


def test_a_relation_to_the_author_puts_a_namesake_first(feed: Feed) -> None:
    feed.run((f"{ANNA} (Anna Sokolova)", PROMOTED, "01"))
    key = keys(feed)["heron"]
    done(feed, "contacts", "edit", key, "--set", "spouse=Anna Sokolova")
    feed.run(crawl=False)
    first, second = candidates(asked(feed))
    assert (first[0], first[1], second[1]) == (key, "GFK", "GF")
    assert "is related to them" in first[2]


def test_what_a_person_decides_by_command_is_kept_sticks_and_teaches(feed: Feed) -> None:
    feed.run((CLARA, PROMOTED, "01"))
    key = keys(feed)
    lead = str(asked(feed)["key"])
    done(feed, "links", "confirm", lead, key["plover"])
    assert verdicts(feed) == {key["plover"]: True, key["heron"]: False}
    mailbox(feed, "boris@heron.example", 50)
    (lead_now,) = feed.run(crawl=False)
    assert lead_now["contact"]["key"] == key["plover"]  # type: ignore[index]
    assert feed.povod("links", "list").out == "nothing to decide\n"
    fitted = feed.povod("links", "fit")
    assert fitted.status == 1
    assert "1 confirmed and 1 rejected links" in fitted.err


def test_who_was_rejected_by_command_is_not_proposed_again(feed: Feed) -> None:
    feed.run((CLARA, PROMOTED, "01"))
    key = keys(feed)
    done(feed, "links", "reject", str(asked(feed)["key"]), key["heron"])
    assert verdicts(feed) == {key["heron"]: False}
    mailbox(feed, "boris@heron.example", 50)
    feed.run(crawl=False)
    decided = {link["key"]: link["decision"] for link in asked(feed)["signals"][0]["links"]}
    assert decided == {key["heron"]: "rejected", key["plover"]: "review"}


def test_contact_unknown_finds_strangers_only(feed: Feed) -> None:
    feed.searches("name: strangers, query: office contact:unknown")
    file = feed.folder / "povod.yml"
    anybody = 'feed.xml", people: any, basis: they wrote to all'
    file.write_text(file.read_text("utf-8").replace('feed.xml"', anybody, 1), "utf-8")
    (lead,) = feed.run((BORIS, "An office", "01"), (CLARA, "The office", "02"))
    assert (lead["kind"], lead["quote"]) == ("search:strangers", "office")
    assert not lead["contact"]
    assert "2026-06-02" in str(lead["signals"])


def test_a_contact_who_was_edited_or_merged_is_linked_anew_by_the_next_pass(feed: Feed) -> None:
    feed.run((CLARA, PROMOTED, "01"))
    file = feed.folder / "povod.sqlite3.linking"
    assert file.exists()
    key = keys(feed)
    done(feed, "contacts", "edit", key["heron"], "--set", "name=Boris Kuznetsov")
    feed.run(crawl=False)
    named = [link[0] for link in candidates(asked(feed))]
    assert set(named) == set(key.values()) - {key["anna"]}  # The old name stays as an alias.
    merged = done(feed, "contacts", "merge", key["plover"], key["heron"], "--json")
    feed.run(crawl=False)
    assert [link[0] for link in candidates(asked(feed))] == [key["plover"]]
    done(feed, "contacts", "unmerge", str(json.loads(merged)["key"]))
    feed.run(crawl=False)
    assert {link[0] for link in candidates(asked(feed))} == {key["plover"], key["heron"]}


def test_a_company_that_only_its_customers_tell_from_a_flower_gets_its_lead(feed: Feed) -> None:
    rows = "moth,Denis Moth,denis@romashka.example,ООО «Ромашка»\n"
    file = feed.folder / "contacts.csv"
    file.write_text(NAMESAKES.replace("E-mail\n", "E-mail,Company\n") + rows, encoding="utf-8")
    (lead,) = feed.run((CLARA, "Ромашка привлекла 200 млн рублей от фонда", "01"))
    assert (lead["kind"], lead["company"]) == ("funding", "ООО «Ромашка»")
    assert "subject known to you, named beside it: Ромашка" in done(feed, "leads", "show", str(lead["key"]))


def test_news_of_a_company_says_which_contact_it_may_be_news_of(feed: Feed) -> None:
    _joined(feed)
    listed = " ".join(done(feed, "leads", "list").split())
    assert "and Clara" in listed  # A table breaks its lines where it must.
    assert "Finch 69%?" in listed


def test_who_joins_a_company_is_confirmed_without_a_word_against_the_company(feed: Feed) -> None:
    lead, clara = _joined(feed)
    assert "confirmed; the lead is now" in done(feed, "links", "confirm", lead[:8], clara[:12])
    (now,) = json.loads(done(feed, "leads", "list", "--json"))
    shown = json.loads(done(feed, "leads", "show", now["key"], "--json"))
    assert now["contact"]["name"] == "Clara Finch"
    decisions = {link["name"]: link["decision"] for signal in shown["signals"] for link in signal["links"]}
    assert decisions == {"Kestrel Robotics": "auto", "Clara Finch": "confirmed"}


def test_news_of_a_company_stays_when_it_is_no_news_of_the_contact(feed: Feed) -> None:
    lead, clara = _joined(feed)
    assert done(feed, "links", "reject", lead[:8], clara[:12]) == "rejected; the lead is new\n"
    assert "and Clara Finch" not in " ".join(done(feed, "leads", "list").split())


def test_the_beginning_of_a_candidate_s_key_must_be_its_own(feed: Feed) -> None:
    lead, _ = _joined(feed)
    refused = feed.povod("links", "confirm", lead, "pffffffffff")
    assert refused.err == (
        f"povod: lead {lead[:8]}: 'pffffffffff' is not among its candidates; `povod links show {lead[:8]}` shows them\n"
    )


def _joined(feed: Feed) -> tuple[str, str]:
    """The key of a lead of somebody with a known name who joins a known company, and of that contact."""
    rows = (
        "clara,Clara Finch,clara@moor.example,Moor\nlark,Denis Moth,denis@kestrel.example,Kestrel Robotics\n"
    )
    file = feed.folder / "contacts.csv"
    file.write_text(NAMESAKES.replace("E-mail\n", "E-mail,Company\n") + rows, encoding="utf-8")
    (lead,) = feed.run((CLARA, "Clara Finch has joined Kestrel Robotics as chief executive", "01"))
    return str(lead["key"]), keys(feed)["clara"]
