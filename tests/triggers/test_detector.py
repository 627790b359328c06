"""Detection as a whole: what always holds, whatever the text."""

import gc
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triggers.context_flags import DROP_REASONS, FLAGS
from triggers.detector import Detector
from triggers.filter import detect_lines
from triggers.kinds import KINDS
from triggers.language import identify
from triggers.match import Document

STORIES = [
    "We got married on Saturday!",
    "My sister moved to Porto last week, and I miss her.",
    "Lumo raises $12M Series A",
    "Вчера моя сестра вышла замуж!",
    "Мы наконец переехали в Казань",
    "Посоветуйте хорошего электрика",
    "Nothing to see here",
    "",
]
pieces = st.sampled_from(
    [*STORIES, "))) ", "\n", " 🎉", "#wedding", "**", "](", "if ", "не ", "I'm ", "@anna", "$5M"]
)
texts = st.one_of(
    st.text(max_size=200), st.lists(st.one_of(pieces, st.text(max_size=10)), max_size=8).map(" ".join)
)


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.load(sensitive=True)


@settings(max_examples=150, deadline=None)
@given(text=texts, lang=st.sampled_from(["en", "ru", None]))
def test_any_text_is_looked_at_and_every_quote_is_in_it(
    detector: Detector, text: str, lang: str | None
) -> None:
    found = detector.detect(Document(text, lang, datetime(2025, 3, 12, tzinfo=UTC)))
    for match in found.matches:
        assert text[match.start : match.end] == match.quote
        assert match.quote
        assert match.kind in KINDS
        assert 0 < match.confidence <= 1
    for dropped in found.dropped:
        assert 0 <= dropped.start < dropped.end <= len(text)
        assert dropped.code in DROP_REASONS


@settings(max_examples=25, deadline=None)
@given(batch=st.lists(texts, max_size=6))
def test_the_result_does_not_depend_on_the_batch(detector: Detector, batch: list[str]) -> None:
    documents = [Document(text) for text in [*batch, *STORIES]]
    together = detector.detect_batch(documents)
    assert together == [detector.detect(document) for document in documents]
    assert together[::-1] == detector.detect_batch(documents[::-1])


def test_a_match_carries_its_evidence(detector: Detector) -> None:
    (match,) = detector.detect(Document("My sister moved to Porto last week.", "en")).matches
    assert match.quote == "moved to Porto"
    assert match.slots["subject"] == {"who": "relative", "name": None, "handle": None, "relation": "sister"}
    assert match.slots["place"] == "Porto"
    assert match.reasons
    assert match.version


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("We never got married", "negated"),
        ("If we got married we would be poor", "hypothetical"),
        ("Guess who said they got married? Have we got married?", "question"),
        ("We got married ten years ago", "past"),
        ("Если бы мы поженились весной", "hypothetical"),
        ("Мы так и не поженились", "negated"),
    ],
)
def test_what_is_dropped_says_why(detector: Detector, text: str, flag: str) -> None:
    found = detector.detect(Document(text, published=datetime(2025, 3, 12, tzinfo=UTC)))
    assert not [m for m in found.matches if m.kind == "wedding"]
    assert any(d.reason.startswith((flag, "filter", "subject")) for d in found.dropped if d.kind == "wedding")


def test_every_flag_and_every_reason_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "detection.md").read_text(encoding="utf-8")
    assert [code for code in {**FLAGS, **DROP_REASONS} if f"| `{code}` |" not in text] == []


def test_a_language_without_rules_is_named_and_silent(detector: Detector) -> None:
    assert detector.detect(Document("Ми переїхали до Києва і дуже щасливі")).lang == "uk"
    assert not detector.detect(Document("Wir haben gestern geheiratet und sind umgezogen")).matches


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Мы переехали в Казань", "ru"),
        ("We moved to Porto last week", "en"),
        ("Ўчора мы пераехалі", "be"),
        ("", None),
        ("🎉 123", None),
        ("I got a \ud800 new job", "en"),
    ],
)
def test_the_language_is_identified_offline(text: str, lang: str | None) -> None:
    assert identify(text) == lang


def test_sensitive_and_disabled_rules_are_left_out() -> None:
    detector = Detector.load(disabled=["wedding", "moving.ru"])
    names = {rule.name for rule in detector.rules}
    assert "wedding.en" not in names
    assert "moving.ru" not in names
    assert "moving.en" in names
    assert not any(rule.sensitive for rule in detector.rules)
    assert detector.version != Detector.load().version


def test_halves_of_characters_are_answered_as_they_came_and_can_be_written(detector: Detector) -> None:
    lines = [
        r'{"id": 1, "text": "I got a \ud800 new job"}',
        r'{"id": 2, "text": "We got married", "lang": "\ud800"}',
        r'{"id": "\ud800", "text": "We got married"}',
        '{"id": true, "text": "We got married"}',
    ]
    out, errors = io.StringIO(), io.StringIO()
    assert detect_lines(io.StringIO("\n".join(lines)), out, errors, detector) == 2
    answers = [json.loads(line) for line in out.getvalue().encode("utf-8").splitlines()]
    assert [answer["lang"] for answer in answers] == ["en", "\ud800"]
    assert errors.getvalue().splitlines() == [
        "line 3: `id` holds half a character (a lone surrogate)",
        "line 4: `id` must be text or a whole number",
    ]


def test_the_filter_answers_every_good_line_in_order(detector: Detector) -> None:
    lines = [
        '{"id": 1, "text": "We got married on Saturday!"}',
        "no json",
        '{"id": 2}',
        "",
        '{"id": "x", "text": "Quiet day", "lang": "en"}',
    ]
    out, err = io.StringIO(), io.StringIO()
    assert detect_lines(io.StringIO("\n".join(lines)), out, err, detector, explain=True) == 2
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [answer["id"] for answer in answers] == [1, "x"]
    assert [s["kind"] for s in answers[0]["signals"]] == ["wedding"]
    assert answers[1]["dropped"] == []
    assert err.getvalue().splitlines() == [
        "line 2: not JSON: Expecting value at column 1",
        "line 3: `text` is missing",
    ]


def test_the_collector_is_on_again_once_the_rules_are_loaded_and_passes_them_over() -> None:
    Detector.load(kinds=["ipo"])
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
