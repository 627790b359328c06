"""The phrase notation."""

import pytest

from triggers.lemmas import lemmatiser
from triggers.phrases import Compiler, PhraseFault
from triggers.words import UnknownList, WordLists


@pytest.fixture(scope="module")
def compiler() -> Compiler:
    lists = WordLists({"kin": ("mother", "sister in law"), "_gap": ("to",), "_not_names": ("the",)})
    return Compiler(lists, lemmatiser("en"), "en")


def shapes(compiler: Compiler, phrase: str) -> list[list[dict[str, object]]]:
    return [[token.spacy() for token in pattern.tokens] for pattern in compiler.compile(phrase)]


def test_words_alternatives_and_lemmas_become_plain_spacy_patterns(compiler: Compiler) -> None:
    assert shapes(compiler, "~get a|the job") == [
        [{"LEMMA": "get"}, {"LOWER": {"IN": ["a", "the"]}}, {"LOWER": "job"}]
    ]


def test_an_optional_word_and_a_gap_may_be_missing(compiler: Compiler) -> None:
    (pattern,) = shapes(compiler, "new? *1 job")
    assert [token.get("OP") for token in pattern] == ["?", "?", None]


def test_a_list_entry_of_several_words_becomes_a_sequence(compiler: Compiler) -> None:
    assert sorted(len(p) for p in shapes(compiler, "my {kin}")) == [2, 4]


def test_a_group_of_sequences_is_written_with_spaces_around_the_bar(compiler: Compiler) -> None:
    assert [len(p) for p in shapes(compiler, "(on leave | off) today")] == [3, 2]


def test_a_label_is_kept_for_every_word_of_its_part(compiler: Compiler) -> None:
    (pattern,) = compiler.compile("met <name>@subject today")
    assert [token.label for token in pattern.tokens] == ["", "subject", "subject", "subject", ""]


def test_a_contraction_in_a_phrase_is_written_out(compiler: Compiler) -> None:
    assert shapes(compiler, "can't wait") == [[{"LOWER": "can"}, {"LOWER": "not"}, {"LOWER": "wait"}]]


@pytest.mark.parametrize(
    "phrase", ["(open", "close)", "a | b", "*9 word", "<nothing> word", "a||b", "wo@rd@x!", "(a|b)+ c"]
)
def test_what_cannot_be_read_is_a_fault(compiler: Compiler, phrase: str) -> None:
    with pytest.raises(PhraseFault):
        compiler.compile(phrase)


def test_an_unknown_list_is_named_with_those_there_are(compiler: Compiler) -> None:
    with pytest.raises(UnknownList, match="no word list `kith`; there are: _gap, _not_names, kin"):
        compiler.compile("my {kith}")


def test_russian_forms_are_chosen_by_grammemes() -> None:
    russian = Compiler(WordLists({}), lemmatiser("ru"), "ru")
    ((token,),) = (p.tokens for p in russian.compile("~переехать/past"))
    assert token.needs == ("LOWER", frozenset({"переехал", "переехала", "переехало", "переехали"}))
    with pytest.raises(PhraseFault, match="has no form"):
        russian.compile("~переехать/1per+femn")
