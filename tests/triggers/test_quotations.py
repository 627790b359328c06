"""What somebody else is quoted with is nobody's news."""

from __future__ import annotations

import pytest

from triggers.quotations import is_quoted

SONG = "Found an old songbook:\n\n“I married at dawn,\nI married for good,\nand then it began to rain”.\n\nLovely, is it not?"


@pytest.mark.parametrize(
    ("text", "words", "quoted"),
    [
        (SONG, "married at dawn", True),
        ("Из книги: «Меня назначили директором, и в тот же день я понял», читаю дальше", "назначили", True),
        ('She said: "I have got a new job" and hung up at once', "a new job", True),
        ("I got a new job and she said: “Well, that was about time”", "a new job", False),
        ("У Ивана из «Янтарь Пак» родился сын, а «Северный терминал» вырос", "родился", False),
        ("Our “baby” arrived on Monday, all sixteen wheels of it", "baby", False),
        ("“I have got a new job at last!”", "a new job", False),
        ('A 19" rack arrived and we moved to a hall with 24" beams', "moved to", False),
    ],
)
def test_words_are_quoted_where_a_sentence_of_somebody_elses_holds_them(
    text: str, words: str, *, quoted: bool
) -> None:
    at = text.index(words)
    assert is_quoted(text, at, at + len(words)) is quoted
