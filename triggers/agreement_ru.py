"""Whether a Russian noun or name may be the subject of a verb: case, number, gender, and where these prove nothing."""

from __future__ import annotations

from triggers.lemmas import Russian, folded
from triggers.people_ru import PREPOSITIONS, People
from triggers.subject import is_capital
from triggers.text import Tokens
from triggers.words import WordLists

# Pet names of kin that the analyser takes for something else, and their genders.
SONS = frozenset({"сынуля", "папуля", "дедуля", "братуля"})
DAUGHTERS = frozenset({"доча", "доця", "дочуня", "сеструля"})
# Adjectives that stand for one's own child where no noun follows: `мелкий опять заболел`.
LITTLE = frozenset({"мелкий", "малой", "младшенький"})
LIKE = frozenset({"как", "словно", "будто"})


class Agreement:
    """Tells the nominative of a verb by grammemes; `врач` and `бухгалтер` may be a woman."""

    def __init__(self, words: WordLists, lemmas: Russian, people: People) -> None:
        self.lemmas = lemmas
        self.people = people
        self.not_names = words.words("_not_names")
        self.trades = words.words("_of_any_gender")

    def is_subject(self, tokens: Tokens, at: int, verb: int) -> bool:
        """Say whether a word may be the nominative of the verb: its case, number and gender agree."""
        first = at
        while first > 0 and not tokens.clause_start[first] and is_capital(tokens.words[first - 1]):
            first -= 1
        if (at and tokens.lowers[at - 1] in PREPOSITIONS and not tokens.clause_start[at]) or (
            tokens.lowers[first] in PREPOSITIONS
            or (first and not tokens.clause_start[first] and tokens.lowers[first - 1] in PREPOSITIONS)
        ):
            return False
        readings = self.lemmas.readings(folded(tokens.words[at]))
        child = tokens.lowers[at] in DAUGHTERS or self._child(tokens, at)
        if not child and not readings[0] & {"NOUN", "NPRO"} and not is_capital(tokens.words[at]):
            return False
        if self._compared(tokens, at):
            return False
        form = self.form(tokens, verb)
        if tokens.lowers[at] in DAUGHTERS:
            return not form & {"plur", "masc", "neut"}
        if "plur" in form and self.people.joined(tokens, at):
            form -= {"plur"}
        for tags in readings:
            if "nomn" not in tags or not (child or tags & {"NOUN", "LATN", "UNKN"}):
                continue
            number = form & {"sing", "plur"}
            gender = form & {"masc", "femn", "neut"}
            own = self._genders(tokens.words[at], tags)
            if (not number or number & tags) and (not gender or not own or gender & own):
                return True
        # The analyser only guesses at a name it does not know: its case and gender prove nothing.
        word = tokens.words[at]
        if self.people.owned(tokens, at):
            return False
        return is_capital(word) and (
            word[0].isascii()
            or self.people.given_name(word)
            or self.unknown_name(tokens, at)
            or self.after_title(tokens, at)
        )

    def _child(self, tokens: Tokens, at: int) -> bool:
        """Say whether an adjective stands for the author's child: `мелкий`, but no `мелкий дождь`."""
        if self.lemmas.lemma(tokens.lowers[at]) not in LITTLE:
            return False
        after = at + 1
        return (
            after == len(tokens)
            or tokens.clause_start[after]
            or "NOUN" not in self.lemmas.readings(folded(tokens.words[after]))[0]
        )

    def _compared(self, tokens: Tokens, at: int) -> bool:
        """Say whether something is only likened to a noun: `доволен как | слон`, but `как | мама уехала`."""
        likened = at > 0 and tokens.lowers[at - 1] in LIKE
        return likened and self.lemmas.lemma(tokens.lowers[at]) not in self.people.close

    def _genders(self, word: str, tags: frozenset[str]) -> frozenset[str]:
        """Return the genders that a verb may have beside a noun: `врач` takes `уехал` and `уехала`."""
        own = tags & {"masc", "femn", "neut"}
        lemma = self.lemmas.lemma(folded(word))
        if lemma in SONS:
            return frozenset({"masc"})
        return own | {"femn"} if "masc" in own and lemma in self.trades else own

    def after_title(self, tokens: Tokens, at: int) -> bool:
        """Say whether a title stands right before a capital, whatever that reads like: `министр | Лапин`."""
        return (
            at > 0
            and not tokens.clause_start[at]
            and tokens.lowers[at] not in self.not_names
            and self.lemmas.lemma(tokens.lowers[at - 1]) in self.people.known
            and any("nomn" in tags for tags in self.lemmas.readings(folded(tokens.words[at])))
        )

    def form(self, tokens: Tokens, verb: int) -> frozenset[str]:
        """Return the grammemes of the word that carries the form: as a verb, if it can be one (`слёг`)."""
        readings = self.lemmas.readings(folded(tokens.words[verb]))
        return next((tags for tags in readings if tags & {"VERB", "PRTS"}), readings[0])

    def unknown_name(self, tokens: Tokens, at: int) -> bool:
        """Say whether a capital inside a clause is on a word that no dictionary holds."""
        word = tokens.words[at]
        return (
            len(word) > 2
            and word.isalpha()
            and not word.isupper()
            and at > 0
            and not tokens.clause_start[at]
            and not self.lemmas.known(folded(word))
        )
