"""Dictionary forms of words, and back: all forms of a lemma. Lower case in, lower case out, ё as е.

Going back from a lemma to its forms is what lets the gate look for words without lemmatising
every text: a form that is in no rule's list of forms needs no lemma at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any, Protocol

import yaml

CACHE = 200_000
_OF_VERBS = frozenset({"past", "pres", "futr", "1per", "2per", "3per", "impr"})
_NAMES = frozenset({"Name", "Surn", "Patr"})
_PARTS_OF_SPEECH = frozenset({"VERB", "PRTF", "PRTS", "GRND", "INFN", "NPRO"})


class Lemmatiser(Protocol):
    """What the engine asks of a language."""

    def lemma(self, word: str) -> str:
        """Return the dictionary form of a lower-case word."""

    def forms(self, lemma: str) -> frozenset[str]:
        """Return every lower-case form whose `lemma` this is, the lemma itself among them."""

    def forms_with(self, lemma: str, grammemes: str) -> frozenset[str]:
        """Return the forms that have all grammemes (`past+femn`). Raises ValueError for unknown ones."""


def folded(word: str) -> str:
    """Return a word in lower case with ё as е: how words are compared everywhere."""
    lower = word.lower()
    return lower.replace("ё", "е") if "ё" in lower else lower


class English:
    """simplemma's dictionary, less its known errors, turned round for the forms."""

    def __init__(self) -> None:
        data = yaml.load(_data("lemmas.en.yml"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 -- a safe loader
        self._exceptions: dict[str, str] = {
            form: lemma for lemma, forms in data["forms"].items() for form in str(forms).split()
        }
        self.lemma = lru_cache(CACHE)(self._lemma)

    @cached_property
    def _dictionary(self) -> Mapping[str, str]:
        from simplemma.strategies.dictionaries.dictionary_factory import (  # noqa: PLC0415 -- 0.2 s, only when asked
            DefaultDictionaryFactory,
        )

        return DefaultDictionaryFactory().get_dictionary("en")

    def _lemma(self, word: str) -> str:
        exception = self._exceptions.get(word)
        if exception is not None:
            return exception
        found = self._dictionary.get(word)
        if found is None and word.endswith("s") and len(word) > 3 and not word.endswith("ss"):
            found = self._dictionary.get(word[:-1])
            return word[:-1] if found is None else found
        return word if found is None else found.lower()

    def known(self, word: str) -> bool:
        """Say whether a lower-case word is in the dictionary."""
        return word in self._exceptions or word in self._dictionary

    @cached_property
    def _forms(self) -> dict[bytes, list[bytes]]:
        """The forms of each lemma in the dictionary, but the lemma itself."""
        table: defaultdict[bytes, list[bytes]] = defaultdict(list)
        for form, lemma in self._encoded().items():
            if form != lemma:
                table[lemma if lemma.islower() else lemma.decode().lower().encode()].append(form)
        return table

    def _encoded(self) -> Mapping[bytes, bytes]:
        """Return the dictionary as the package holds it, where it does: to decode every entry takes a tenth of a second."""
        held = getattr(self._dictionary, "_dict", None)
        if isinstance(held, dict):
            return held
        return {form.encode(): lemma.encode() for form, lemma in self._dictionary.items()}

    def forms(self, lemma: str) -> frozenset[str]:
        """See `Lemmatiser`. The plural of an unknown word counts as its form."""
        candidates = {form.decode() for form in self._forms.get(lemma.encode(), ())} | {lemma, f"{lemma}s"}
        candidates |= {form for form, known in self._exceptions.items() if known == lemma}
        candidates |= {f"{form}s" for form in candidates}
        return frozenset(form for form in candidates if form == form.lower() and self._lemma(form) == lemma)

    def forms_with(self, lemma: str, grammemes: str) -> frozenset[str]:
        """Refuse: English rules name the forms they mean."""
        raise ValueError(f"`~{lemma}/{grammemes}`: grammar marks are for Russian; write the forms out")


class Russian:
    """pymorphy3, its first reading, with exceptions where that is known to mislead."""

    def __init__(self) -> None:
        data = yaml.load(_data("lemmas.ru.yml"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 -- a safe loader
        self._exceptions: dict[str, str] = {
            form: lemma for lemma, forms in data["forms"].items() for form in str(forms).split()
        }
        self.lemma = lru_cache(CACHE)(self._lemma)
        self.readings = lru_cache(CACHE // 4)(self._readings)
        self._parse = lru_cache(CACHE // 20)(self._parses)

    @cached_property
    def _analyser(self) -> Any:
        from pymorphy3 import MorphAnalyzer  # noqa: PLC0415 -- 0.2 s, only when asked

        return MorphAnalyzer(lang="ru")

    def _parses(self, word: str) -> Any:
        try:
            return self._analyser.parse(word)
        except ValueError:
            # pymorphy asks for each letter's Unicode name, and some letters have none.
            return ()

    def _lemma(self, word: str) -> str:
        exception = self._exceptions.get(word)
        if exception is not None:
            return exception
        parses = self._parse(word)
        return folded(parses[0].normal_form) if parses else word

    def known(self, word: str) -> bool:
        """Say whether a lower-case word is in the dictionary."""
        return word in self._exceptions or bool(self._analyser.word_is_known(word))

    def _readings(self, word: str) -> tuple[frozenset[str], ...]:
        """Return the grammemes of each reading of a lower-case word, the likeliest first."""
        return tuple(frozenset(parse.tag.grammemes) for parse in self._parse(word)) or (frozenset({"UNKN"}),)

    def names(self, word: str) -> tuple[tuple[frozenset[str], str], ...]:
        """Return the readings of a lower-case word as a person's name, each with its nominative."""
        found = []
        for parse in self._parse(word):
            if parse.tag.grammemes & _NAMES:
                form = parse.inflect({"nomn"})
                if form is not None:
                    found.append((frozenset(parse.tag.grammemes), str(form.word)))
        return tuple(found)

    def inflected(self, word: str, grammemes: frozenset[str]) -> tuple[str, ...]:
        """Return the nominative of each reading of a lower-case word that has all grammemes."""
        forms = (
            parse.inflect({"nomn", "sing"}) for parse in self._parse(word) if grammemes <= parse.tag.grammemes
        )
        return tuple(str(form.word) for form in forms if form is not None)

    @lru_cache(CACHE // 10)  # noqa: B019 -- one lemmatiser lives as long as the process
    def _lexeme(self, lemma: str) -> tuple[tuple[str, frozenset[str]], ...]:
        found: dict[tuple[str, frozenset[str]], None] = {}
        for parse in self._analyser.parse(lemma):
            if folded(parse.normal_form) == lemma:
                for word, tag, *_ in parse.lexeme:
                    found[word.replace("ё", "е") if "ё" in word else word, tag.grammemes] = None
        return tuple(found)

    def forms(self, lemma: str) -> frozenset[str]:
        """See `Lemmatiser`."""
        candidates = {form for form, _ in self._lexeme(lemma)} | {lemma}
        candidates |= {form for form, known in self._exceptions.items() if known == lemma}
        return frozenset(candidates)

    def forms_with(self, lemma: str, grammemes: str) -> frozenset[str]:
        """See `Lemmatiser`; grammemes are OpenCorpora's (`past`, `1per`, `femn`, `sing`, `NOUN`, `gent`)."""
        wanted = frozenset(grammemes.split("+"))
        if wanted & _OF_VERBS and not wanted & _PARTS_OF_SPEECH:
            wanted |= {"VERB"}  # not the participles, which have tenses too
        found = frozenset(form for form, tags in self._lexeme(lemma) if wanted <= tags)
        if not found:
            raise ValueError(
                f"`~{lemma}/{grammemes}` has no form; grammemes are those of OpenCorpora: past, 1per, femn"
            )
        return found


@lru_cache(4)
def lemmatiser(lang: str) -> English | Russian:
    """Return the lemmatiser of a language, built once in a process."""
    return Russian() if lang == "ru" else English()


def _data(name: str) -> str:
    return resources.files("triggers").joinpath("rules", "_words", name).read_text(encoding="utf-8")
