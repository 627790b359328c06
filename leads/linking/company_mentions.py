"""Finds names of known organisations in texts: which stretches of a text may name one, and how plainly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from leads.linking.company_names import CompanyName, company_words, legal_forms, parse_company
from leads.linking.context import is_word
from leads.linking.given_names import is_given
from leads.linking.name_shapes import things_named
from leads.linking.organisation_words import is_known_word
from leads.linking.organisations import Organisations

WORD = r"[A-ZА-ЯЁ][\w'’]+(?:-[A-ZА-ЯЁ][\w'’]+)*"
_QUOTED = re.compile(r"[«\"“„]([A-ZА-ЯЁ0-9][^«»\"“”„\n]{1,60})[»\"”]")
_RUN = re.compile(rf"{WORD}(?:(?:\s|-|\s?&\s?){WORD}){{0,5}}")
_MIN_LETTERS = 4
# Written like this, they are words at the end of a title and no legal forms.
_NO_FORMS = frozenset(("Too", "As", "Se", "Ev", "Ab", "Sa", "Co", "Doo", "Ag"))
_REMEMBERED = 1 << 18
# What is said before the name of a firm. A name that is a word of the language counts only after this.
_FIRM = re.compile(
    r"(?:\b(?:compan|firm|startup|start-up|brand|retailer|chain|bank|airline|supplier|vendor|maker|agency|studio|"
    r"employer|client|customer|ceo|cto|cfo|head|founder|team)\w*(?:\s+(?:of|at|like|called|named))?|"
    r"\b(?:at|with|for|joins?|joined|joining|left|from|by)|"
    r"\b(?:компани|фирм|холдинг|корпораци|групп|банк|магазин|сет[ьи]|завод|фабрик|комбинат|концерн|агентств|студи|"
    r"бренд|марк[аеиу]|ритейл|авиакомпани|лоукостер|оператор|маркетплейс|производител|разработчик|застройщик|"
    r"работа|устроил|переш[её]л|директор|глава|основател|сотрудник|клиент|поставщик|ооо|ао|пао|зао|оао)\w*(?:\s+[вна]{1,2})?)"
    r"\s*[«\"“„]?$",
    re.IGNORECASE,
)
# "North #Korea"
_GOES_ON = re.compile(r"\s?[#&+-]\w")
# "@ Cedar Lake": where a picture was taken.
_TAGGED_PLACE = re.compile(r"@\s*$")


class Stretch(NamedTuple):
    """A stretch of a text that may name an organisation; `common` where its words are words of the language."""

    start: int
    text: str
    common: bool


@dataclass(slots=True)
class _Token:
    """One word of a run of words with capitals."""

    start: int
    end: int
    text: str
    known: bool


class CompanyFinder:
    """Finds stretches of texts that bear the name of a known organisation."""

    def __init__(self, organisations: Organisations) -> None:
        self._organisations = organisations
        self._known: dict[str, bool] = {}

    def find(self, text: str) -> Iterator[Stretch]:
        """Yield the names of known organisations: in quotation marks, with a legal form, or with capitals."""
        for hit in _QUOTED.finditer(text):
            if all(map(self._knows, company_words(hit[1]))):
                yield from self._quoted(text, hit.start(1), hit[1])
        for run in _RUN.finditer(text):
            tokens = [
                _Token(m.start(), m.end(), m.group(), self._knows(m.group()))
                for m in re.finditer(r"[^\s&-]+", run.group())
            ]
            if any(token.known for token in tokens):
                yield from self._in_run(text, run, tokens)

    def _knows(self, word: str) -> bool:
        """Tell whether a word is in the name of any known organisation, or a legal form."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            split = company_words(word)
            found = all((one,) in legal_forms() or self._organisations.has_word(one) for one in split)
            self._known[word] = found
        return found

    def _quoted(self, text: str, start: int, name: str) -> Iterator[Stretch]:
        read = parse_company(name)
        if self._named(read):
            common = is_common(read)
            if not common or read.forms or _FIRM.search(text[max(0, start - 40) : start]):
                yield Stretch(start, name, common and not read.forms)

    def _in_run(self, text: str, run: re.Match[str], tokens: list[_Token]) -> Iterator[Stretch]:
        """Yield the longest known name in a run of words with capitals."""
        for size in range(len(tokens), 0, -1):
            for first in range(len(tokens) - size + 1):
                part = tokens[first : first + size]
                if not all(token.known for token in part):
                    continue
                said = run.group()[part[0].start : part[-1].end]
                read = parse_company(said)
                if self._named(read) and self._may_be(text, run, tokens, (first, first + size), read):
                    yield Stretch(run.start() + part[0].start, said, is_common(read) and not read.forms)
                    return

    def _may_be(
        self, text: str, run: re.Match[str], tokens: list[_Token], place: tuple[int, int], read: CompanyName
    ) -> bool:
        first, last = place
        if read.forms and not any(token.text in _NO_FORMS for token in tokens[first:last]):
            return True
        before, after = tokens[:first], tokens[last:]
        if is_common(read):
            # A word of the language must stand alone, after what is said of firms; more go on to a place or a title.
            start = run.start() + tokens[first].start
            said = _FIRM.search(text[max(0, start - 40) : start])
            return not before and not after and said is not None and not _GOES_ON.match(text, run.end())
        # "Taylor Swift", "Phoenix City": one word of a longer name is somebody's or something else's.
        if len(read.core) == 1 and (
            (before and is_given(before[-1].text.lower()))
            or (after and after[0].text.lower() in things_named())
        ):
            return False
        return not _TAGGED_PLACE.search(text[: run.start() + tokens[first].start])

    def _named(self, read: CompanyName) -> bool:
        if len("".join(read.core)) < _MIN_LETTERS:
            return False
        # In the other alphabet, only several words together are no accident.
        strictly = len(read.core) == 1 or all(word.isascii() for word in read.core)
        return self._organisations.knows(read, same_script=strictly)


def is_common(read: CompanyName) -> bool:
    """Tell whether all words of a name are words, or places and people, that a dictionary has."""
    return all(is_word(word) or is_known_word(word) for word in read.core)
