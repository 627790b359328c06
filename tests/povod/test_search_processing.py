"""What saved searches find, from a post in a feed to a lead in `povod leads list`."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import DroppedMatch, Post, Signal
from models.session import open_database
from tests.crawler.server import Server
from tests.leads.receiver import SECRET, Receiver
from tests.povod.conftest import Povod

ITEM = """\
<item><guid isPermaLink="false">{n}</guid><link>https://lark.example/{n}</link><author>{author}</author>
<title>Note {n}</title><description>{text}</description><pubDate>{day} Jun 2026 10:0{n}:00 GMT</pubDate></item>
"""
ANNA, BORIS, CLARA = "anna@lark.example", "boris@heron.example", "clara@nowhere.example"
CONTACTS = """\
Name,E-mail,Company,Role,Place,Owner
Anna Sokolova,anna@lark.example,Lark,Head of Sales,Tver,olga
Boris Petrov,boris@heron.example,Heron,Driver,Riga,
"""
SOURCE = """\
sources:
  - {{name: lark, url: "{url}"}}
contacts:
  - file: contacts.csv
fetch: {{allow_networks: [127.0.0.0/8]}}
searches:
"""


class Feed:
    """A configuration whose one feed carries the posts that a test wants."""

    def __init__(self, povod: Povod, folder: Path, site: Server) -> None:
        self.povod, self.folder, self.site = povod, folder, site
        (folder / "contacts.csv").write_text(CONTACTS, encoding="utf-8")

    def searches(self, *lines: str) -> None:
        head = SOURCE.format(url=self.site.url("/feed.xml"))
        text = head + ("".join(f"  - {{{line}}}\n" for line in lines) or "  []\n")
        (self.folder / "povod.yml").write_text(text, encoding="utf-8")

    def run(self, *posts: tuple[str, str, str], crawl: bool = True) -> list[dict[str, object]]:
        if crawl:
            items = "".join(
                ITEM.format(n=n, author=author, text=text, day=day)
                for n, (author, text, day) in enumerate(posts)
            )
            head = '<?xml version="1.0"?><rss version="2.0"><channel><title>L</title>'
            self.site.on("/feed.xml", f"{head}{items}</channel></rss>".encode())
            assert self.povod("crawl", "--all").status == 0
        ran = self.povod("process")
        assert ran.status == 0, ran.err
        leads: list[dict[str, object]] = json.loads(self.povod("leads", "list", "--json").out)
        return leads

    def dropped(self) -> Counter[str]:
        engine = open_database(f"sqlite:///{self.folder}/povod.sqlite3")
        with Session(engine) as session:
            found = Counter(session.scalars(select(DroppedMatch.reason)))
        engine.dispose()
        return found


@pytest.fixture
def feed(povod: Povod, tmp_path: Path, site: Server) -> Feed:
    """A feed to be filled."""
    return Feed(povod, tmp_path, site)


def test_a_match_by_a_contact_becomes_a_lead_with_its_owner_version_and_quote(feed: Feed) -> None:
    feed.searches("name: offices, query: new NEAR/2 office, owner: clara")
    (lead,) = feed.run((ANNA, "We have a new bright office", "01"), (CLARA, "My new office", "02"))
    assert (lead["kind"], lead["owner"], lead["quote"]) == ("search:offices", "clara", "new bright office")
    assert lead["contact"]["name"] == "Anna Sokolova"  # type: ignore[index]
    assert feed.dropped() == {"unknown_person": 1}
    (search,) = json.loads(feed.povod("search", "list", "--json").out)
    assert search["signals"] == 1
    shown = feed.povod("leads", "show", str(lead["key"])).out
    assert "new bright office" in shown
    engine = open_database(f"sqlite:///{feed.folder}/povod.sqlite3")
    with Session(engine) as session:
        signal = session.scalars(select(Signal)).one()
        assert signal.rule_version == search["version"]
        text = session.get_one(Post, signal.post_id).text
        assert [text[start:end] for _, start, end in signal.slots["search"]["spans"]] == ["new", "office"]
    engine.dispose()


def test_a_contact_whom_a_post_names_is_its_subject(feed: Feed) -> None:
    feed.searches("name: seen, query: conference contact:known")
    (lead,) = feed.run((CLARA, "At the conference Anna Sokolova of Lark spoke", "01"))
    assert lead["contact"]["name"] == "Anna Sokolova"  # type: ignore[index]


def test_a_second_match_of_the_same_subject_within_the_window_is_dropped(feed: Feed) -> None:
    feed.searches("name: offices, query: office, dedupe: 7d")
    feed.run((ANNA, "An office", "01"), (ANNA, "The office", "03"), (ANNA, "Our office", "20"))
    assert feed.dropped() == {"deduplicated": 1}
    feed.run(crawl=False)
    assert feed.dropped() == {"deduplicated": 1}


def test_no_more_leads_than_the_daily_cap(feed: Feed) -> None:
    feed.searches("name: offices, query: office, daily_cap: 1")
    leads = feed.run((ANNA, "An office", "01"), (BORIS, "The office", "01"), (BORIS, "Office!", "02"))
    assert len(leads) == 2
    assert feed.dropped() == {"daily_cap": 1}


def test_only_buyers_that_fit_the_profile_become_leads(feed: Feed) -> None:
    feed.searches("name: offices, query: office, buyer: {role: [sales, cto], place: tver}")
    (lead,) = feed.run((ANNA, "An office", "01"), (BORIS, "The office", "01"))
    assert lead["contact"]["name"] == "Anna Sokolova"  # type: ignore[index]
    assert feed.dropped() == {"buyer": 1}


def test_a_search_joins_what_rules_find_with_words(feed: Feed) -> None:
    feed.searches("name: moves, query: trigger:new_job AND sales")
    leads = feed.run((ANNA, "I got a new job in sales!", "01"), (BORIS, "I got a new job!", "01"))
    assert Counter(lead["kind"] for lead in leads) == {"new_job": 2, "search:moves": 1}


def test_an_added_search_waits_for_new_posts_unless_it_says_from_when(feed: Feed) -> None:
    feed.searches()
    first = (ANNA, "An office", "01")
    feed.run(first)
    feed.searches("name: offices, query: office")
    assert "0 posts processed" in feed.povod("process").out
    leads = feed.run(first, (BORIS, "The office", "02"))
    assert [lead["contact"]["name"] for lead in leads] == ["Boris Petrov"]  # type: ignore[index]
    feed.searches("name: offices, query: office, enabled_from: 2026-06-01")
    assert "2 posts processed" in feed.povod("process").out
    assert len(feed.run(crawl=False)) == 2


def test_a_changed_or_removed_search_takes_back_what_no_longer_holds(feed: Feed) -> None:
    posts = [(ANNA, "An office", "01"), (BORIS, "The red office", "02"), (CLARA, "rain", "03")]
    feed.searches("name: offices, query: office")
    assert len(feed.run(*posts)) == 2
    feed.searches("name: offices, query: red office")
    assert "2 posts processed" in feed.povod("process").out
    (lead,) = feed.run(crawl=False)
    feed.povod("leads", "set-status", str(lead["key"]), "accepted")
    feed.searches()
    assert [left["key"] for left in feed.run(crawl=False)] == [lead["key"]]


def test_what_is_muted_is_dropped_and_told_and_comes_back_when_it_is_not(feed: Feed) -> None:
    feed.searches("name: offices, query: office")
    posts = [(ANNA, "An office", "01"), (BORIS, "The office and a new job for me: I got a new job!", "02")]
    assert Counter(lead["kind"] for lead in feed.run(*posts)) == {"search:offices": 2, "new_job": 1}
    assert feed.povod("search", "mute", "add", "author", "boris@heron.example").status == 0
    (lead,) = feed.run(crawl=False)
    assert lead["contact"]["name"] == "Anna Sokolova"  # type: ignore[index]
    assert feed.dropped() == {"muted_author": 2}
    assert "muted_author 2" in feed.povod("process").out or "2" in feed.povod("status").out
    told = feed.povod("search", "why", "offices", "--post", "https://lark.example/1").out
    assert told.startswith("no  office: muted author 'boris@heron.example'")
    assert "matched, and not kept: muted_author" in told
    assert (
        "1 more in posts that are muted" in feed.povod("search", "backtest", "offices", "--days", "9999").out
    )
    assert feed.povod("search", "mute", "remove", "author", "Boris@Heron.example").status == 0
    assert len(feed.run(crawl=False)) == 3
    assert feed.dropped() == {}


def test_sites_words_and_queries_are_muted_in_the_configuration(feed: Feed) -> None:
    feed.searches("name: offices, query: office")
    file = feed.folder / "povod.yml"
    mute = (
        'mute:\n  authors: [clara]\n  sites: [spam.example]\n  words: [lottery, "free gift"]\n'
        "  queries: [office NEAR/1 wooden]\n"
    )
    file.write_text(mute + file.read_text("utf-8"), "utf-8")
    posts = ("An office lottery", "An office with free gifts", "Office: a free gift", "The wooden red office")
    leads = feed.run(*((ANNA, text, f"0{n + 1}") for n, text in enumerate(posts)))
    assert [lead["quote"] for lead in leads] == ["office"]
    assert feed.dropped() == {"muted_words": 2, "muted_query": 1}
    listed = json.loads(feed.povod("search", "mute", "list", "--json").out)
    assert listed[1] == {"what": "site", "value": "spam.example", "place": "povod.yml:3"}


DELIVER = """\
deliver:
  webhooks:
    - {{name: crm, url: "{crm}", secret: {{env: HOOK}}}}
    - {{name: chat, url: "{chat}", secret: {{env: HOOK}}}}
"""


def test_a_search_delivers_to_the_targets_that_it_names_and_otherwise_to_all(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", SECRET)
    with closing(Receiver()) as crm, closing(Receiver()) as chat:
        feed.searches("name: offices, query: office, deliver: chat", "name: moves, query: moving")
        file = feed.folder / "povod.yml"
        file.write_text(DELIVER.format(crm=crm.url, chat=chat.url) + file.read_text("utf-8"), "utf-8")
        feed.run((ANNA, "An office", "01"), (BORIS, "We are moving", "02"))
        for _ in range(2):
            ran = feed.povod("deliver")
            assert ran.status == 0, ran.err
        assert all(one["valid"] for one in (*crm.got, *chat.got))
        assert _kinds(crm) == ["search:moves"]
        assert sorted(_kinds(chat)) == ["search:moves", "search:offices"]


def _kinds(receiver: Receiver) -> list[str]:
    return [one["body"]["data"]["kind"] for one in receiver.got]


def test_a_search_looks_only_at_the_posts_of_its_languages_sources_kinds_and_contacts(feed: Feed) -> None:
    (feed.folder / "contacts.csv").write_text(
        CONTACTS.replace("Owner\n", "Owner,Tags\n").replace("olga\n", "olga,vip\n"), "utf-8"
    )
    limits = (
        "languages: en", "languages: ru", "sources: [lark]", "sources: [quiet]", "kinds: post", "kinds: article",
        "contacts: known", "contacts: unknown", 'contacts: "@vip"', "contacts: any",
    )  # fmt: skip
    feed.searches(*(f"name: n{number}, query: office, {limit}" for number, limit in enumerate(limits)))
    file = feed.folder / "povod.yml"
    quiet = '  - {name: quiet, url: "https://quiet.example/feed", paused: true}\n'
    file.write_text(file.read_text("utf-8").replace("sources:\n", f"sources:\n{quiet}", 1), "utf-8")
    text = "Today we have moved into a new office in the middle of the town"
    leads = feed.run((ANNA, text, "01"), (BORIS, text.replace("new", "large"), "02"))
    found: dict[str, set[str]] = {limit: set() for limit in limits}
    for lead in leads:
        if str(lead["kind"]).startswith("search:"):
            limit = limits[int(str(lead["kind"]).removeprefix("search:n"))]
            found[limit].add(lead["contact"]["name"].split()[0])  # type: ignore[index]
    both, none = {"Anna", "Boris"}, set[str]()
    assert found == {
        "languages: en": both, "languages: ru": none, "sources: [lark]": both, "sources: [quiet]": none,
        "kinds: post": both, "kinds: article": none, "contacts: known": both, "contacts: unknown": none,
        'contacts: "@vip"': {"Anna"}, "contacts: any": both,
    }  # fmt: skip


def test_a_stranger_is_found_where_a_source_says_any_and_told_from_contacts(feed: Feed) -> None:
    feed.searches(
        "name: strangers, query: office, contacts: unknown", "name: friends, query: office contact:known"
    )
    file = feed.folder / "povod.yml"
    anybody = 'feed.xml", people: any, basis: they wrote to all'
    file.write_text(file.read_text("utf-8").replace('feed.xml"', anybody, 1), "utf-8")
    leads = feed.run((ANNA, "An office", "01"), (CLARA, "The office", "02"))
    assert sorted(str(lead["kind"]) for lead in leads) == ["search:friends", "search:strangers"]
