"""Patterns are found as spaCy's Matcher finds them, and the gate lets everything through that matches."""

from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.matcher import Matcher
from spacy.tokens import Doc

from triggers.anchors import Anchors, Surface
from triggers.lemmas import lemmatiser
from triggers.loader import builtin_words
from triggers.matching import Columns, plan, shape
from triggers.phrases import Compiler, Pattern
from triggers.raw_patterns import PatternFault, read_pattern
from triggers.text import tokenise

WORDS = [
    "moved",
    "Moving",
    "the",
    "a",
    "Porto",
    "job",
    "new",
    "I",
    "two",
    "5",
    "!",
    "dogs",
    "$5M",
    "@anna",
    "don't",
]
attribute = st.one_of(
    st.sampled_from(["moved", "the", "a", "job", "porto"]).map(lambda word: {"LOWER": word}),
    st.lists(st.sampled_from(["moved", "new", "job", "dogs"]), min_size=1, max_size=3).map(
        lambda words: {"LOWER": {"IN": words}}
    ),
    st.sampled_from(["move", "dog", "job"]).map(lambda word: {"LEMMA": word}),
    st.just({"LOWER": {"NOT_IN": ["the", "a"]}, "IS_PUNCT": False}),
    st.sampled_from(
        [
            {"IS_TITLE": True},
            {"IS_ALPHA": False},
            {"LIKE_NUM": True},
            {"SHAPE": "Xxxxx"},
            {"ORTH": "I"},
            {"IS_LOWER": True},
        ]
    ),
)
operator = st.sampled_from([None, None, None, "?", "+", "*"])
token = st.builds(lambda body, op: body if op is None else {**body, "OP": op}, attribute, operator)
patterns = st.lists(token, min_size=1, max_size=5)
texts = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
NLP = spacy.blank("en")


COMPILER = Compiler(builtin_words()["en"], lemmatiser("en"), "en")


def by_spacy(pattern: Pattern, columns: Columns) -> set[tuple[int, int]]:
    from triggers.matcher import is_number

    NLP.vocab.lex_attr_getters[spacy.attrs.LIKE_NUM] = is_number
    matcher = Matcher(NLP.vocab)
    matcher.add("all", [[token.spacy() for token in pattern.tokens]])
    document = Doc(NLP.vocab, words=columns.tokens.words, lemmas=list(columns["LEMMA"]))
    return {(start, end) for _, start, end in matcher(document) if end > start}


@settings(max_examples=300, deadline=None)
@given(raw=patterns, text=texts)
def test_every_span_is_one_that_spacys_matcher_finds(raw: list[dict[str, Any]], text: str) -> None:
    tokens = tokenise(text, "en")
    columns = Columns(tokens, lemmatiser("en"))
    pattern = read_pattern(raw)
    ours = plan(pattern, COMPILER.forms_of).spans(columns) if len(tokens) else set()
    assert ours == (by_spacy(pattern, columns) if len(tokens) else set())


@settings(max_examples=300, deadline=None)
@given(raw=patterns, text=texts)
def test_looking_around_the_anchor_misses_nothing(raw: list[dict[str, Any]], text: str) -> None:
    columns = Columns(tokenise(text, "en"), lemmatiser("en"))
    made = plan(read_pattern(raw), COMPILER.forms_of)
    sentences = columns.tokens.sentences
    spans = made.spans(columns) if sentences else set()
    longest: dict[int, int] = {}
    for start, end in spans:
        if sentences[start] == sentences[end - 1]:
            longest[start] = max(end, longest.get(start, 0))
    assert {start: end for start, end, _ in made.find(columns)} == longest


PHRASES = [
    "~move to <cap>",
    "(my|our)? new *2 job",
    "raised <money>",
    "~move *3 job|porto",
    "did not ~move",
    "#newjob",
    "~get a|the job",
]
pieces = st.sampled_from(
    ["moved to Porto", "I'm", "our new shiny job", "raised $5.5 million", "sooooo", "didn't move", "#newjob", "got the job",
     "http://a.example/to/porto", "[moved](http://a.example) to Porto", "@anna_s", ":D", "1,000", "moved", "to", "Porto", "."]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(parts=st.lists(pieces, max_size=8))
def test_the_gate_lets_through_whatever_matches(parts: list[str]) -> None:
    text = " ".join(parts)
    compiler = Compiler(builtin_words()["en"], lemmatiser("en"), "en")
    anchors = Anchors(compiler)
    columns = Columns(tokenise(text, "en"), lemmatiser("en"))
    words = Surface(text)
    for phrase in PHRASES:
        for pattern in compiler.compile(phrase):
            if list(plan(pattern, compiler.forms_of).find(columns)):
                assert words.allow(anchors.needs(pattern), anchors.order(pattern)), phrase


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("our [new](https://a.example/one/two/three/four/five/six) job", True),
        ("our new https://a.example/one-two/three/four/five/six/seven/eight/nine/ten/eleven job", True),
        (
            "our cat sat by the door all day, t.me/cats, and then nobody at all in this old town had a job",
            False,
        ),
    ],
)
def test_words_of_addresses_take_no_place_in_the_order(text: str, allowed: bool) -> None:
    compiler = Compiler(builtin_words()["en"], lemmatiser("en"), "en")
    anchors = Anchors(compiler)
    (pattern,) = compiler.compile("our *1 job")
    assert Surface(text).allow(anchors.needs(pattern), anchors.order(pattern)) is allowed


def test_a_capture_spans_the_words_of_its_label() -> None:
    compiler = Compiler(builtin_words()["en"], lemmatiser("en"), "en")
    (pattern,) = compiler.compile("joined <org>@company as")
    columns = Columns(tokenise("She joined Harbor Labs as chief", "en"), lemmatiser("en"))
    ((start, end, numbers),) = plan(pattern, compiler.forms_of).find(columns)
    assert (start, end) == (1, 5)
    assert [pattern.tokens[number].label for number in numbers] == ["", "company", "company", ""]


@pytest.mark.parametrize(
    ("word", "expected"), [("Porto", "Xxxxx"), ("5M", "dX"), ("co-op", "xx-xx"), ("абвгде", "xxxx")]
)
def test_the_shape_of_a_word_is_spacys(word: str, expected: str) -> None:
    assert shape(word) == expected == spacy.lang.lex_attrs.word_shape(word)


@pytest.mark.parametrize("raw", [[{"OP": "!", "LOWER": "a"}], [{"IS_STOP": True}]])
def test_what_has_no_sure_meaning_is_refused(raw: list[dict[str, Any]]) -> None:
    with pytest.raises(PatternFault):
        read_pattern(raw)
