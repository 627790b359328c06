from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from leads.lifecycle import TransitionRefused
from leads.linking.records import Linking, Mention
from leads.process import ProcessReport
from leads.queries import show_lead
from leads.review import By, confirm, reject, set_status
from leads.settings import ProcessSettings, Target
from models import Delivery, DroppedMatch, Link, Post, Signal
from models.session import open_database
from tests.leads.conftest import furnish
from tests.leads.world import BookLinker, ScriptedDetector, World, day, said
from triggers.match import Detection, Document

JOINED = "I joined Lark as head of sales"
HER = "Anna Sokolova has joined Lark"
NEW_JOB = said("new_job", JOINED, company="Lark")
NEW_JOB_OF_ANNA = said("new_job", HER, who="person", name="Anna Sokolova", company="Lark")
BY_OLGA = By("olga", day(401))


def test_a_post_by_a_contact_becomes_a_lead_with_its_evidence(both: World) -> None:
    both.detector.script = [NEW_JOB]
    both.post("p1", f"Great news. {JOINED}!", day(0), author="Anna S.", handle="@anna", title="News")
    report = both.run()
    assert (report.due, report.posts, report.signals_added, report.leads_made) == (1, 1, 1, 1)
    lead, story = both.lead()
    assert (story.subject_key, lead.status, lead.owner) == ("contact:anna", "new", "olga")
    assert lead.score == pytest.approx(sum(lead.score_parts.values()))
    with Session(both.engine) as session:
        view = show_lead(session, lead.key)
        post = session.scalars(select(Post)).one()
    [signal] = view.signals
    assert getattr(post, signal.field)[signal.start : signal.end] == signal.quote == JOINED
    assert [(link.key, link.decision, link.code) for link in signal.links] == [("anna", "auto", "handle")]
    assert view.contact is not None
    assert view.contact.first("email") == "anna@lark.example"


def test_processing_again_changes_nothing(both: World) -> None:
    both.detector.script = [NEW_JOB]
    both.post("p1", JOINED, day(0), handle="@anna")
    both.run()
    before = both.state()
    assert both.run() == ProcessReport()
    assert both.state() == before


def test_a_post_that_detection_fails_over_is_passed_over_and_told(
    both: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    both.detector.script = [NEW_JOB]
    both.post("before", JOINED, day(0), handle="@anna")
    both.run()
    detect = ScriptedDetector._detect

    def fail(self: ScriptedDetector, document: Document) -> Detection:
        if "poison" in document.text:
            raise ValueError(document.text)
        return detect(self, document)

    monkeypatch.setattr(ScriptedDetector, "_detect", fail)
    both.edit("before", f"{JOINED}, poison")
    both.post("poison", f"{JOINED}, poison", day(500), handle="@anna")
    both.post("after", JOINED, day(501), handle="@anna")
    report = both.run()
    assert (report.posts, report.signals_added, report.signals_removed) == (3, 1, 0)
    [reason] = [
        reason for reason in report.dropped if reason.startswith("fault: ValueError at leads/process")
    ]
    assert report.dropped[reason] == 2
    assert len(both.leads()) == 2, "what was known stays, and what came after is found"
    assert both.run().posts == 0, "it is not tried again and again"


def test_a_post_that_linking_fails_over_is_passed_over_and_told(
    both: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    both.detector.script = [NEW_JOB]
    link = BookLinker.link

    def fail(self: BookLinker, mention: Mention) -> Linking:
        if "poison" in (mention.name + mention.handle).lower():
            raise KeyError(mention)
        return link(self, mention)

    monkeypatch.setattr(BookLinker, "link", fail)
    both.post("poison", JOINED, day(0), author="Poison", handle="@poison")
    both.post("good", JOINED, day(1), handle="@anna")
    report = both.run()
    assert (report.posts, report.signals_added, report.leads_made) == (2, 1, 1)
    assert [reason for reason in report.dropped if reason.startswith("fault: KeyError at leads/")]


def test_a_title_that_the_text_repeats_is_looked_at_once(world: World) -> None:
    world.detector.script = [NEW_JOB]
    world.post("p1", f"{JOINED} today", day(0), handle="@anna", title=JOINED)
    assert world.run().signals_added == 1


def test_the_same_event_in_two_posts_is_one_lead_with_two_sightings(both: World) -> None:
    both.detector.script = [NEW_JOB, NEW_JOB_OF_ANNA]
    both.post("p1", JOINED, day(0), handle="@anna")
    both.run()
    both.post("p2", f"People: {HER}.", day(3), source="blog", author="The Blog")
    both.run()
    lead, story = both.lead()
    assert (lead.sightings, story.first_at, story.last_at) == (2, day(0), day(3))


def test_two_job_changes_two_years_apart_stay_two(world: World) -> None:
    world.detector.script = [NEW_JOB]
    for n in range(2):
        world.post(f"p{n}", JOINED, day(730 * n), handle="@anna")
    world.run()
    assert len(world.leads()) == 2


def test_an_unknown_person_is_dropped_and_counted(both: World) -> None:
    both.detector.script = [NEW_JOB]
    both.post("p1", JOINED, day(0), author="Clara Unknown")
    assert both.run().dropped == {"unknown_person": 1}
    assert both.leads() == []
    with Session(both.engine) as session:
        [drop] = session.scalars(select(DroppedMatch))
        assert (drop.reason, drop.kind, drop.start) == ("unknown_person", "new_job", 0)
        assert session.scalars(select(Signal)).all() == []


def test_a_source_with_a_lawful_basis_may_speak_of_anybody(world: World) -> None:
    world.detector.script = [NEW_JOB]
    world.post("p1", JOINED, day(0), author="Clara Unknown", source="open")
    world.run()
    lead, story = world.lead()
    assert (lead.status, story.subject_name, story.contact_id) == ("new", "Clara Unknown", None)


def test_company_news_is_kept_whoever_it_is_about(world: World) -> None:
    world.detector.script = [said("funding", "Lark raised", who="company", company="Lark")]
    world.post("p1", "Lark raised $5m", day(0))
    world.run()
    lead, story = world.lead()
    assert (story.subject_key, story.subject_name, lead.status) == ("name:lark", "Lark", "new")


def test_a_public_figure_is_kept_as_a_signal_but_is_no_lead(world: World) -> None:
    world.detector.script = [said("wedding", "the star married", who="public", name="Some Star")]
    world.post("p1", "On Sunday the star married", day(0))
    assert world.run().signals_added == 1
    assert world.leads() == []


def test_the_relative_of_an_author_makes_the_author_the_one_to_write_to(world: World) -> None:
    world.detector.script = [said("wedding", "my daughter got married", who="relative", relation="daughter")]
    world.post("p1", "Yesterday my daughter got married", day(0), handle="@anna")
    world.run()
    lead, story = world.lead()
    assert story.subject_key == "contact:anna"
    with Session(world.engine) as session:
        assert show_lead(session, lead.key).relation == "daughter"


def test_a_context_reason_is_kept_with_the_dropped_match(world: World) -> None:
    world.detector.dropped = [{"kind": "new_job", "quote": "wish", "reason": "hypothetical"}]
    world.post("p1", "I wish I had a new job", day(0), handle="@anna")
    assert world.run().dropped == {"hypothetical": 1}


def test_sensitive_kinds_are_dropped_unless_switched_on_and_never_delivered(world: World) -> None:
    world.detector.script = [{**said("illness", "I am ill"), "sensitive": True}]
    world.post("p1", "I am ill", day(0), handle="@anna")
    assert world.run().dropped == {"sensitive": 1}
    world.settings = ProcessSettings(sensitive=True, targets=(Target("crm"),))
    world.detector.version = "rules-with-sensitive"
    world.run()
    assert world.lead()[0].policy == "remember"
    with Session(world.engine) as session:
        assert session.scalars(select(Delivery)).all() == []


def test_an_edit_moves_the_evidence_and_makes_no_second_lead(both: World) -> None:
    both.detector.script = [NEW_JOB]
    both.post("p1", JOINED, day(0), handle="@anna")
    both.run()
    before = both.lead()[0].key
    both.edit("p1", f"Corrected: {JOINED}.")
    both.run()
    lead, _ = both.lead()
    assert (lead.key, lead.sightings) == (before, 1)
    with Session(both.engine) as session:
        [signal] = session.scalars(select(Signal))
        assert (signal.start, signal.post_revision) == (11, 2)


def test_an_edit_that_takes_the_words_back_takes_the_lead_back(world: World) -> None:
    world.detector.script = [NEW_JOB]
    world.post("p1", JOINED, day(0), handle="@anna")
    world.run()
    world.edit("p1", "Nothing to see here")
    report = world.run()
    assert (report.signals_removed, report.leads_unmade) == (1, 1)
    assert world.leads() == []


def test_a_changed_rule_set_looks_at_history_again(both: World) -> None:
    both.post("p1", JOINED, day(0), handle="@anna")
    both.run()
    assert both.leads() == []
    both.detector.script, both.detector.version = [NEW_JOB], "rules-2"
    both.run()
    assert len(both.leads()) == 1
    both.detector.script, both.detector.version = [], "rules-3"
    both.run()
    assert both.leads() == []


def test_what_a_person_has_acted_on_stays_when_rules_no_longer_find_it(both: World) -> None:
    both.detector.script = [NEW_JOB]
    both.post("p1", JOINED, day(0), handle="@anna")
    both.run()
    with Session(both.engine) as session, session.begin():
        set_status(session, both.leads()[0][0].key, "accepted", BY_OLGA)
    both.detector.script, both.detector.version = [], "rules-2"
    both.run()
    lead, _ = both.lead()
    assert (lead.status, lead.sightings) == ("accepted", 1)


def test_new_contacts_have_dropped_matches_linked_anew(world: World) -> None:
    world.detector.script = [NEW_JOB]
    world.post("p1", JOINED, day(0), handle="@clara", author="Clara Unknown")
    world.post("p2", "nothing at all", day(0))
    world.run()
    world.add_contact("clara", "Clara Unknown", handle="@clara")
    world.contacts_version = "contacts-2"
    assert world.run().posts == 1  # the post without a match is spared
    assert world.lead()[1].subject_key == "contact:clara"


def test_a_status_moves_only_along_allowed_ways_and_is_recorded(world: World) -> None:
    world.detector.script = [NEW_JOB]
    world.post("p1", JOINED, day(0), handle="@anna")
    world.run()
    key = world.lead()[0].key
    with Session(world.engine) as session, session.begin():
        set_status(session, key, "contacted", By("olga", day(401), "called her"))
        with pytest.raises(TransitionRefused, match="can become lost, won"):
            set_status(session, key, "new", BY_OLGA)
        view = show_lead(session, key)
    assert [(e.old_status, e.new_status, e.actor, e.note) for e in view.events] == [
        ("new", "contacted", "olga", "called her")
    ]


BORIS = said("promotion", "Boris Petrov was promoted", who="person", name="Boris Petrov")


def test_namesakes_go_to_review_and_never_silently_to_the_first(world: World) -> None:
    world.detector.script = [BORIS]
    world.post("p1", "Boris Petrov was promoted", day(0))
    world.run()
    lead, story = world.lead()
    assert (lead.status, story.contact_id, story.subject_key) == ("review", None, "name:boris petrov")
    with Session(world.engine) as session:
        links = session.execute(select(Link.decision, Link.via)).all()
    assert [tuple(link) for link in links] == [("review", "subject")] * 2


def test_a_confirmed_link_folds_the_story_into_the_contacts_own(both: World) -> None:
    both.detector.script = [BORIS, said("promotion", "I got promoted")]
    both.handles["@boris"] = "boris-1"
    both.post("p1", "Boris Petrov was promoted", day(0))
    both.post("p2", "I got promoted", day(1), handle="@boris")
    both.run()
    waiting = next(lead.key for lead, _ in both.leads() if lead.status == "review")
    with Session(both.engine) as session, session.begin():
        confirm(session, waiting, "boris-1", BY_OLGA)
    lead, story = both.lead()
    assert (story.subject_key, lead.sightings, lead.status) == ("contact:boris-1", 2, "new")


def test_what_a_person_has_confirmed_sticks_through_reprocessing_and_edits(both: World) -> None:
    both.detector.script = [BORIS]
    both.post("p1", "Boris Petrov was promoted", day(0))
    both.run()
    with Session(both.engine) as session, session.begin():
        confirm(session, both.lead()[0].key, "boris-2", BY_OLGA)
    confirmed = both.state(progress=False)
    both.detector.version, both.contacts_version = "rules-2", "contacts-2"
    both.run()
    assert both.state(progress=False) == confirmed
    both.edit("p1", "News: Boris Petrov was promoted")
    both.run()
    assert both.lead()[1].subject_key == "contact:boris-2"


def test_what_a_person_has_rejected_stays_rejected(both: World) -> None:
    both.detector.script = [BORIS]
    both.post("p1", "Boris Petrov was promoted", day(0))
    both.run()
    key = both.lead()[0].key
    with Session(both.engine) as session, session.begin():
        assert reject(session, key, "boris-1", BY_OLGA).status == "review"
        assert reject(session, key, "boris-2", BY_OLGA).status == "dismissed"
    both.detector.version = "rules-2"
    both.run()
    assert both.lead()[0].status == "dismissed"


def test_a_decision_about_an_author_holds_for_the_next_post(world: World) -> None:
    world.detector.script = [said("promotion", "I got promoted"), said("moving", "I moved")]
    world.post("p1", "I got promoted", day(0), author="Boris Petrov")
    world.run()
    with Session(world.engine) as session, session.begin():
        confirm(session, world.lead()[0].key, "boris-2", BY_OLGA)
    world.post("p2", "I moved", day(5), author="Boris Petrov")
    world.run()
    assert {story.subject_key for _, story in world.leads()} == {"contact:boris-2"}


def test_the_order_of_posts_and_the_size_of_batches_change_nothing(
    sqlite_template: Path, tmp_path: Path
) -> None:
    quotes = [f"I joined Lark, part {n}" for n in range(6)]
    script = [said("new_job", q, company="Lark" if n % 2 else "") for n, q in enumerate(quotes)]
    states = []
    for order, batch in (((0, 1, 2, 3, 4, 5), 500), ((5, 3, 1, 4, 2, 0), 1), ((2, 5, 0, 1, 3, 4), 2)):
        path = tmp_path / f"{batch}.sqlite3"
        shutil.copyfile(sqlite_template, path)
        world = furnish(open_database(f"sqlite:///{path}"))
        world.detector.script = script
        for n in order:
            world.post(f"p{n}", quotes[n], day(70 * n), handle="@anna")
            if n % 2:
                world.run(batch)
        world.run(batch)
        states.append(world.state())
        world.engine.dispose()
    assert states[0] == states[1] == states[2]
