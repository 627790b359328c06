"""Words, sentences and clauses, with their places in the original."""

import pytest

from triggers.text import tokenise


def words(text: str, lang: str = "en") -> list[str]:
    return tokenise(text, lang).words


def sentences(text: str, lang: str = "en") -> int:
    return len(set(tokenise(text, lang).sentences))


def test_every_word_knows_its_place_in_the_original() -> None:
    text = "We’ve **moved** to [Porto](http://porto.example/a), sooooo happy 🎉"
    tokens = tokenise(text, "en")
    assert tokens.words[:4] == ["We", "have", "moved", "to"]
    assert text[tokens.starts[2] : tokens.ends[2]] == "moved"
    assert text[tokens.starts[tokens.words.index("so")] : tokens.ends[tokens.words.index("so")]] == "sooooo"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I can't", ["I", "can", "not"]),
        ("we won't", ["we", "will", "not"]),
        ("im gonna cry", ["I", "am", "going", "to", "cry"]),
        ("Anna's job", ["Anna", "'s", "job"]),
        ("n't", ["do", "not"]),
    ],
)
def test_contractions_are_written_out(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_an_amount_of_money_is_one_word() -> None:
    assert words("raised $5.5M and €3 million") == ["raised", "<money>", "and", "<money>"]
    assert words("привлекла 10 млн рублей", "ru") == ["привлекла", "<money>"]


def test_a_handle_is_one_word() -> None:
    assert words("thanks @anna_s!") == ["thanks", "@handle"]


def test_smiling_parentheses_end_a_russian_sentence() -> None:
    assert sentences("Родилась дочь))) Назвали Аней", "ru") == 2


def test_a_wrapped_line_is_no_sentence_end() -> None:
    assert sentences("We moved\nto the sea") == 1
    assert sentences("We moved\nThe sea is near") == 2


def test_an_abbreviation_is_no_sentence_end() -> None:
    assert sentences("Dr. Poole retired") == 1


def test_trailing_hashtags_stand_apart_and_inner_ones_are_words() -> None:
    assert words("So proud! #newjob #happy") == ["So", "proud", "#newjob", "#happy"]
    assert words("ready for my #wedding today") == ["ready", "for", "my", "wedding", "today"]


def test_letters_with_points_are_an_abbreviation_whatever_the_letter() -> None:
    tokens = tokenise("Lumo seeks a U.S. listing. Then more", "en")
    assert tokens.sentences[tokens.words.index("listing")] == 0
