"""Text first: words with their places in the original, markup out of the way, sentences and clauses.

Nothing is rewritten: every token remembers which code points of the original it stands for, so
what is matched on the tokens can always be quoted from the text. Kept in the way on purpose, as
one token each: amounts of money (`<money>`), handles (`@handle`), trailing hashtags (`#tag`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

MONEY = "<money>"
HANDLE = "@handle"
_SCALE = r"(?:k|m|mm|mn|mln|b|bn|bln|thousand|million|billion|trillion|тыс\w{0,4}\.?|млн\.?|млрд\.?|трлн\.?|миллион\w{0,3}|миллиард\w{0,3})"
_COIN = r"(?:dollars?|euros?|pounds?|usd|eur|gbp|rub|руб(?:л\w{1,4})?\.?|₽|долл(?:ар\w{0,3})?\.?|евро|[$€£₽])"
_NUMBER = r"\d+(?:[ \u00a0]\d{3})*(?:[.,]\d+)*"
_TOKEN = re.compile(
    # Most words: of letters, and followed by what begins nothing else with them. The others cost more to tell.
    r"(?P<plain>[^\W\d_]++(?=[\s,!?]|\Z))"
    r"|(?P<line>\n(?:[^\S\n]*\n)*)"
    r"|(?P<link>\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\))"
    r"|(?P<url>(?:https?://|www\.|t\.me/|vk\.com/|pic\.twitter\.com/)\S+)"
    r"|(?P<mail>[\w.+-]{1,64}+@[\w-]{1,64}\.[\w.-]{1,64})"
    r"|(?P<handle>@\w[\w.]*\w|@\w)"
    r"|(?P<tag>[#＃]\w+)"
    rf"|(?P<money>[$€£₽¥][ \u00a0]?{_NUMBER}(?:[ \u00a0-]?{_SCALE}\b)?"
    rf"|{_NUMBER}[ \u00a0-]?(?:{_SCALE}[ \u00a0])?{_COIN}(?!\w)|{_NUMBER}[ \u00a0-]?(?:млн|млрд)\.?(?!\w))"
    r"|(?P<number>\d+(?:[.,:]\d+)*(?:-?[^\W\d_]+)?%?)"
    r"|(?P<word>[^\W\d_][^\W_]*(?:-[^\W_]+)*)"
    r"|(?P<contracted>['’`´](?:m|re|ve|ll|d|s|t)\b)"
    r"|(?P<smile>[:;=8][-'o]?[)(DPpd\]\[*/|3]+|<3+|[)(]{2,})"
    r"|(?P<dots>\.{2,}|…)"
    r"|(?P<mark>\*\*|__|~~|[*_~`|\[\]\\\u200b-\u200f\ufe0f\ufeff])"
    r"|(?P<punct>[.,!?;:\"'«»“”„‘’()—–\-/&%+=$€£₽№@#<>{}^])"
    r"|(?P<other>\S)",
    re.IGNORECASE,
)
# What one typed word stands for: contractions and common misspellings, so that rules need one form.
SPLIT = {
    "im": ("i", "am"), "ive": ("i", "have"), "dont": ("do", "not"), "didnt": ("did", "not"),
    "cant": ("can", "not"), "wont": ("will", "not"), "isnt": ("is", "not"), "wasnt": ("was", "not"),
    "doesnt": ("does", "not"), "havent": ("have", "not"), "hasnt": ("has", "not"), "arent": ("are", "not"),
    "couldnt": ("could", "not"), "wouldnt": ("would", "not"), "shouldnt": ("should", "not"),
    "gonna": ("going", "to"), "wanna": ("want", "to"), "gotta": ("got", "to"), "cannot": ("can", "not"),
    "theyre": ("they", "are"), "youre": ("you", "are"), "thats": ("that", "is"), "whats": ("what", "is"),
}  # fmt: skip
ENDING = {"m": "am", "re": "are", "ve": "have", "ll": "will", "d": "'d", "s": "'s", "t": "not"}
NOT_STEM = {"can": "can", "won": "will", "ain": "is", "shan": "shall"}
_ABBREVIATIONS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "jr",
        "sr",
        "vs",
        "inc",
        "ltd",
        "co",
        "corp",
        "no",
        "prof",
        "gen",
        "sen",
        "rep",
        "gov",
        "lt",
        "col",
        "etc",
        "approx",
        "dept",
        "est",
        "u.s",
        "г",
        "гг",
        "ул",
        "д",
        "кв",
        "стр",
        "им",
        "тыс",
        "руб",
        "долл",
        "млн",
        "млрд",
        "т.е",
        "т.к",
        "т.д",
        "т.п",
        "др",
        "см",
        "ред",
        "проф",
        "акад",
        "род",
        "обл",
    ]
)
_CLAUSE_PUNCT = frozenset(',;:—–()"«»“”/-@')
_QUOTES = {"«": "»", "“": "”", "„": "“", '"': '"'}
_END_PUNCT = frozenset(".!?")
_CLAUSE_WORDS = {
    "en": frozenset(["and", "but", "because", "or", "although", "though", "while", "since", "when", "if", "unless", "that", "which", "who", "whose", "where", "until", "cuz", "bc", "plus"]),
    "ru": frozenset(["и", "а", "но", "что", "чтобы", "если", "когда", "потому", "хотя", "пока", "или", "либо", "который", "которая", "которое", "которые", "которого", "которой", "которому", "где", "как", "так", "ведь", "да", "раз", "будто"]),
}  # fmt: skip
# A single hashtag after one of these is part of the sentence: `so ready for our #wedding`.
_BEFORE_NOUN = frozenset(
    [
        "a",
        "an",
        "the",
        "my",
        "our",
        "your",
        "his",
        "her",
        "their",
        "this",
        "that",
        "to",
        "of",
        "for",
        "in",
        "at",
        "on",
        "with",
        "from",
        "by",
        "new",
        "first",
        "happy",
        "no",
        "some",
        "and",
        "в",
        "на",
        "с",
        "к",
        "о",
        "от",
        "из",
        "у",
        "по",
        "за",
        "для",
        "мой",
        "моя",
        "мою",
        "моей",
        "наш",
        "наша",
        "нашу",
        "нашей",
        "это",
        "этот",
        "эта",
        "и",
    ]
)
_TRIPLE = re.compile(r"(\w)\1{2,}")
_EMOJI = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")


@dataclass(slots=True)
class Tokens:
    """A text as words: parallel lists, offsets in code points of the original.

    `sentences[i]` numbers the sentence of word i; `clause_start[i]` says that a clause begins there.
    `sentence_ends` holds the mark that ended each sentence: `.`, `?`, `!` or nothing.
    """

    text: str
    lang: str
    words: list[str] = field(default_factory=list)
    lowers: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    clause_start: list[bool] = field(default_factory=list)
    sentence_ends: list[str] = field(default_factory=list)
    urls: int = 0
    emoji: int = 0
    smiles: int = 0
    lines: int = 1
    bold: int = 0

    def __len__(self) -> int:
        return len(self.words)

    def sentence_span(self, index: int) -> tuple[int, int]:
        """Return the words [from, to) of the sentence that holds word `index`."""
        number = self.sentences[index]
        low = high = index
        while low > 0 and self.sentences[low - 1] == number:
            low -= 1
        while high < len(self.words) and self.sentences[high] == number:
            high += 1
        return low, high

    def clause_span(self, index: int) -> tuple[int, int]:
        """Return the words [from, to) of the clause that holds word `index`."""
        low, high = index, index + 1
        while low > 0 and not self.clause_start[low]:
            low -= 1
        while high < len(self.words) and not self.clause_start[high]:
            high += 1
        return low, high


def plain(word: str) -> str:
    """Return a word with letters repeated three times and more written once, ё as е."""
    if "ё" in word or "Ё" in word:
        word = word.replace("ё", "е").replace("Ё", "Е")
    return _TRIPLE.sub(r"\1", word)


def tokenise(text: str, lang: str) -> Tokens:
    """Split a text into words, sentences and clauses, passing over space and markup."""
    builder = _Builder(Tokens(text, lang))
    handlers = builder.handlers()
    for match in _TOKEN.finditer(text):
        handlers[match.lastgroup](match)
    return builder.done()


class _Builder:
    """Takes what the token pattern found, one at a time."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.sentence = 0
        self.new_clause = True
        self.clause_words = _CLAUSE_WORDS.get(tokens.lang, frozenset())
        self.tags: list[int] = []
        self.yo = "ё" in tokens.text or "Ё" in tokens.text
        text = tokens.text.replace("ё", "е").replace("Ё", "Е") if self.yo else tokens.text
        self.drawn_out = _TRIPLE.search(text) is not None
        self.pending_line = False

    def handlers(self) -> dict[str | None, Callable[[re.Match[str]], None]]:
        """Return what takes each group of the token pattern."""
        return {
            "line": self._line, "link": self._url, "url": self._url, "mail": self._mail, "handle": self._handle,
            "tag": self._tag, "money": self._money, "number": self._number, "plain": self._word, "word": self._word,
            "contracted": self._contracted, "smile": self._smile, "dots": self._dots, "mark": self._mark,
            "punct": self._punct, "other": self._other,
        }  # fmt: skip

    def add(self, word: str, start: int, end: int) -> None:
        tokens = self.tokens
        if self.pending_line:
            self._after_line(word)
        lower = word.lower()
        tokens.words.append(word)
        tokens.lowers.append(lower)
        tokens.starts.append(start)
        tokens.ends.append(end)
        tokens.sentences.append(self.sentence)
        tokens.clause_start.append(self.new_clause or lower in self.clause_words)
        self.new_clause = False

    def end_sentence(self, mark: str) -> None:
        tokens = self.tokens
        if tokens.sentences and tokens.sentences[-1] == self.sentence:
            tokens.sentence_ends.append(mark)
            self.sentence += 1
        elif tokens.sentence_ends and mark in "?!" and mark:
            tokens.sentence_ends[-1] = "?" if "?" in (mark, tokens.sentence_ends[-1]) else mark
        self.new_clause = True

    def _after_line(self, word: str) -> None:
        # A wrapped line goes on in lower case; what begins with a capital or a figure is new.
        self.pending_line = False
        if not word[0].islower():
            self.end_sentence("")

    def _line(self, match: re.Match[str]) -> None:
        self.tokens.lines += 1
        self.new_clause = True
        if match[0].count("\n") > 1:
            self.end_sentence("")
        else:
            self.pending_line = True

    def _url(self, _: re.Match[str]) -> None:
        self.tokens.urls += 1
        self.new_clause = True

    def _mail(self, match: re.Match[str]) -> None:
        self.add("<mail>", match.start(), match.end())

    def _handle(self, match: re.Match[str]) -> None:
        self.add(HANDLE, match.start(), match.end())

    def _money(self, match: re.Match[str]) -> None:
        self.add(MONEY, match.start(), match.end())

    def _number(self, match: re.Match[str]) -> None:
        self.add(match[0], match.start(), match.end())

    def _tag(self, match: re.Match[str]) -> None:
        self.tags.append(len(self.tokens.words))
        self.add(plain(match[0][1:]), match.start(), match.end())

    def _word(self, match: re.Match[str]) -> None:
        word, (start, end) = match[0], match.span()
        if self.drawn_out:
            word = plain(word)
        elif self.yo:
            word = word.replace("ё", "е").replace("Ё", "Е")
        parts = SPLIT.get(word.lower()) if self.tokens.lang == "en" else None
        if parts is None:
            self.add(word, start, end)
            return
        # Both parts stand for the same stretch of text: it cannot be cut between them.
        first = parts[0].upper() if parts[0] == "i" else parts[0]
        self.add(first, start, end)
        self.add(parts[1], start, end)

    def _contracted(self, match: re.Match[str]) -> None:
        words = self.tokens.words
        ending = match[0][1:].lower()
        if not words or self.tokens.ends[-1] != match.start() or self.tokens.lang != "en":
            return
        if ending == "t":
            stem = (
                words[-1].lower().removesuffix("n")
                if words[-1].lower() not in NOT_STEM
                else words[-1].lower()
            )
            words[-1] = self.tokens.lowers[-1] = NOT_STEM.get(stem, stem) or "do"
        self.add(ENDING[ending], match.start(), match.end())

    def _smile(self, _: re.Match[str]) -> None:
        self.tokens.smiles += 1
        self.end_sentence("")

    def _dots(self, match: re.Match[str]) -> None:
        after = self.tokens.text[match.end() : match.end() + 2].lstrip()
        if not after or after[0].isupper():
            self.end_sentence("")
        self.new_clause = True

    def _mark(self, match: re.Match[str]) -> None:
        if match[0] in ("**", "__"):
            self.tokens.bold += 1

    def _other(self, match: re.Match[str]) -> None:
        if _EMOJI.match(match[0]):
            self.tokens.emoji += 1
        self.new_clause = True

    def _punct(self, match: re.Match[str]) -> None:
        mark = match[0]
        if mark in _END_PUNCT:
            self._stop(mark, match)
            return
        if mark in "()" and self._smiles(mark, match):
            self._smile(match)
            return
        if (
            mark == "@"
            and self.tokens.lang == "en"
            and self.tokens.text[match.end() : match.end() + 1] == " "
        ):
            self.end_sentence("")  # `We got engaged @ Elm Street Pier`: where the post was sent from
        if mark in _CLAUSE_PUNCT:
            self.new_clause = True
        self.add(mark, match.start(), match.end())
        if mark in _CLAUSE_PUNCT:
            self.new_clause = True

    def _smiles(self, mark: str, match: re.Match[str]) -> bool:
        """Say whether one bracket that pairs with none is a smile, as Russians write it: `едем домой)`, `болею(`."""
        tokens = self.tokens
        if tokens.lang != "ru" or not tokens.words or tokens.sentences[-1] != self.sentence:
            return False
        if mark == "(":
            return tokens.ends[-1] == match.start() and tokens.text[match.end() : match.end() + 1] in (
                "",
                " ",
                "\n",
            )
        last = tokens.lowers[-1]
        if len(last) == 1 or last[0].isdigit():
            return False  # `1)`, `а)`: a list
        opened = closed = 0
        for at in range(len(tokens) - 1, max(-1, len(tokens) - 100), -1):
            if tokens.sentences[at] != self.sentence:
                break
            opened += tokens.words[at] == "("
            closed += tokens.words[at] == ")"
        return opened <= closed

    def _stop(self, mark: str, match: re.Match[str]) -> None:
        tokens = self.tokens
        if mark == "." and tokens.words and tokens.ends[-1] == match.start():
            last, after = tokens.lowers[-1], tokens.text[match.end() : match.end() + 1]
            single = len(last) == 1 and last.isalpha()
            if single and tokens.text[match.end() + 1 : match.end() + 2] == ".":
                return  # `U.S.`: letter after letter
            if last in _ABBREVIATIONS or (single and last not in "iяu") or after.isdigit():
                return
            if after.isalpha() and after.islower() and tokens.lang == "en" and len(last) < 3:
                return
            if tokens.lang == "ru" and last.isascii() and after.isascii() and after.islower():
                return  # `Node.js` among Russian words
        self.end_sentence(mark)

    def done(self) -> Tokens:
        tokens = self.tokens
        if len(tokens.sentence_ends) <= self.sentence:
            tokens.sentence_ends.append("")
        self._set_apart_tags()
        self._join_quoted()
        return tokens

    def _join_quoted(self) -> None:
        """Leave a name in quotation marks in its clause: `у Ивана из «Янтарь Пак» родился сын`."""
        tokens = self.tokens
        for at, word in enumerate(tokens.words):
            close = _QUOTES.get(word)
            if close is None:
                continue
            end = next((i for i in range(at + 2, min(len(tokens), at + 6)) if tokens.words[i] == close), None)
            if end is None or not self._is_title(at + 1, end):
                continue
            if (
                at
                and tokens.words[at - 1] not in _CLAUSE_PUNCT
                and tokens.sentences[at - 1] == tokens.sentences[at]
            ):
                tokens.clause_start[at] = False
            for inside in range(at + 1, min(end + 2, len(tokens))):
                if tokens.sentences[inside] == tokens.sentences[at]:
                    own = tokens.words[inside] in _CLAUSE_PUNCT and tokens.words[inside] != close
                    tokens.clause_start[inside] = own or tokens.lowers[inside] in self.clause_words

    def _is_title(self, start: int, end: int) -> bool:
        words = self.tokens.words[start:end]
        if self.tokens.sentences[start - 1] != self.tokens.sentences[end]:
            return False
        capitals = sum(word[0].isupper() or word[0].isdigit() for word in words)
        return capitals == len(words) or (
            self.tokens.lang == "ru" and words[0][0].isupper() and len(words) <= 3
        )

    def _set_apart_tags(self) -> None:
        """Give each hashtag of a trailing run a sentence of its own; the others are words of theirs."""
        tokens, tags = self.tokens, set(self.tags)
        run = [i for i in self.tags if self._ends_in_tags(i, tags)]
        if (
            len(run) == 1
            and run[0] > 0
            and tokens.lowers[run[0] - 1] in _BEFORE_NOUN
            and not tokens.clause_start[run[0]]
        ):
            return
        for index in run:
            tokens.words[index] = f"#{tokens.words[index]}"
            tokens.lowers[index] = f"#{tokens.lowers[index]}"
            tokens.sentence_ends.append("")
            tokens.sentences[index] = len(tokens.sentence_ends) - 1
            tokens.clause_start[index] = True
            if index + 1 < len(tokens):
                tokens.clause_start[index + 1] = True

    def _ends_in_tags(self, index: int, tags: set[int]) -> bool:
        following = index + 1
        words = self.tokens.words
        while following < len(words) and following in tags:
            following += 1
        return (
            following == len(words)
            or words[following] == "@"
            or self.tokens.sentences[following] != self.tokens.sentences[index]
        )
