"""What a pass says of itself."""

from __future__ import annotations

from collections import Counter

from leads.process import ProcessReport
from povod.passes import process_words, reasons_in_words


def test_reasons_are_counted_by_kind_commonest_first_without_the_words_of_posts() -> None:
    dropped = {"negated: not": 2, "negated: denied": 1, "unknown_person": 1, "register: digest": 5}
    assert reasons_in_words(dropped) == "5 register, 3 negated, 1 unknown_person"


def test_a_pass_that_dropped_nothing_says_nothing_of_it() -> None:
    report = ProcessReport(posts=1, signals_added=1, leads_made=2)
    assert process_words(report) == "1 post processed; 1 new signal; 2 new leads"
    report.dropped = Counter({"question: ?": 1})
    assert process_words(report).endswith("; dropped: 1 question")


def test_posts_that_the_program_failed_over_are_told_with_the_place() -> None:
    dropped = Counter({"fault: KeyError at leads/decide.py:7": 1, "advert: Win": 2})
    assert process_words(ProcessReport(posts=3, dropped=dropped)) == (
        "3 posts processed; 0 new signals; 0 new leads; "
        "1 post passed over, since povod failed over it: KeyError at leads/decide.py:7; dropped: 2 advert"
    )
