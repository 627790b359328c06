"""English subjects: what stands before the predicate, past adverbs and auxiliaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from triggers.control_en import FIRST, MINE, controlled
from triggers.greetings_en import ENDEARMENTS, MOURNING, Greetings
from triggers.lemmas import English
from triggers.names_en import given_names
from triggers.organisations_en import DETERMINERS, Organisations, may_name
from triggers.people_en import (
    ARTICLES,
    BELONGING,
    CHEERING,
    CHILDREN,
    CLAUSES_ON_SOMEBODY,
    CLERGY,
    CLOSING,
    COORDINATE,
    HAVING,
    HEDGES,
    IS_SHORT,
    KNOWN_FROM,
    MET,
    NEAR,
    NOT_PAST,
    OFFSPRING,
    OTHERS,
    OTHERS_KIN,
    OWN,
    OWNERS,
    PARTNERS,
    PAST,
    PLACING,
    POINTED,
    POSSESSIVES,
    RELATIVE_WORDS,
    SELF_NOUNS,
    SMALL,
    THIRD,
    TITLES,
)
from triggers.subject import NOBODY, Predicate, Subject, is_capital, named
from triggers.text import HANDLE, Tokens
from triggers.words import WordLists


class EnglishResolver:
    """Finds subjects with the shared word lists: kin, friend, role, company_noun."""

    def __init__(self, words: WordLists, lemmas: English) -> None:
        self.lemmas = lemmas
        self.kin = words.words("kin")
        self.friend = words.words("friend") | words.words("role")
        self.skip = words.words("_adverbs") | words.words("_auxiliaries")
        self.not_names = words.words("_not_names")
        self.closed = words.words("_gap")
        self.company = words.words("company_noun")
        self.greetings = Greetings(self)
        self.organisations = Organisations(words, lemmas)
        self.public = words.words("public_role") if "public_role" in words.lists else frozenset()

    def resolve(self, tokens: Tokens, at: Predicate, registers: frozenset[str]) -> Subject | None:
        """See `Resolver`. `after` and `addressee` look behind the predicate, everything else before it."""
        if at.find == "addressee":
            return self.greetings.addressee(tokens, at.end, registers)
        if at.find == "after":
            return self.greetings.named(tokens, at.end, registers)
        low, _ = tokens.sentence_span(at.start)
        if at.company:
            return self._organisation(tokens, low, at.start, registers)
        found = self._before(tokens, low, at.start, registers)
        plain = found is not None and found.name is not None and found.relation is None
        if found is not None and plain and str(found.name).split()[0].lower() not in given_names():
            return replace(
                found, sure=min(found.sure, 0.95)
            )  # may be a place or a feast: `Labour Day | weekend`
        return found

    def captured(self, tokens: Tokens, start: int, end: int, registers: frozenset[str]) -> Subject | None:
        """See `Resolver`. The owner before the words counts: `my | sister`."""
        low, _ = tokens.sentence_span(start)
        lower = tokens.lowers[end - 1]
        if lower == "partner" and tokens.lowers[end : end + 2] == ["in", "crime"]:
            return Subject("person", sure=0.9, how="a partner in crime")
        if end - start > 1 and tokens.lowers[start] in self.kin and self._may_name(tokens, start + 1):
            return self.told_kin(tokens, start)  # `Aunt Vera`
        if lower in FIRST or lower in MINE:
            return Subject("author", how="first person")
        if lower in POSSESSIVES:
            told = self.antecedent(tokens, end - 1, registers)
            return told or Subject("person", sure=0.85, how="somebody told by a pronoun")
        if start > low and tokens.lowers[start - 1] in self.kin and self.is_mine(tokens, low, start - 1):
            return self.told_kin(tokens, start - 1)  # `my uncle | Louis`
        if tokens.words[start] == HANDLE or (
            is_capital(tokens.words[start]) and tokens.lowers[start] not in self.kin | MINE
        ):
            return self.told_name(tokens, start, end, registers)
        if lower in ENDEARMENTS and not self.is_mine(tokens, low, end - 1):
            return Subject("person", sure=0.9, how="a term of endearment")
        found = self._phrase(tokens, low, end, registers)
        if found is None and lower in self.kin and not OWNERS & set(tokens.lowers[max(low, end - 5) : end]):
            # "to the best brother in the world": kin of whoever speaks, unless somebody else's.
            return self.told_kin(tokens, end - 1)
        return found or NOBODY

    def told_as_past(self, words: Sequence[str]) -> bool:
        """See `Resolver`."""
        if NOT_PAST & set(words):
            return False
        return any(word in PAST or (word.endswith("ed") and len(word) > 4) for word in words)

    def _before(self, tokens: Tokens, low: int, start: int, registers: frozenset[str]) -> Subject | None:
        at = self._verb_group(tokens, low, start)
        if at - 1 > low and tokens.lowers[at - 1] in ARTICLES and tokens.lowers[at - 2] in HAVING:
            at = self._verb_group(tokens, low, at - 1)  # `Ann has a | broken arm`
        if at == low:
            return None
        last = tokens.lowers[at - 1]
        if last == "who" and at - 1 > low and tokens.lowers[at - 2] == "guess":
            return Subject("author", sure=0.85, how="guess who")
        if last in RELATIVE_WORDS:
            return self._phrase(tokens, low, at - 1, registers) or NOBODY
        if last == "with" and self._is_met(tokens, low, at):
            return Subject("person", sure=0.85, how="an acquaintance")
        if last in ("for", "on") and CHEERING & set(tokens.lowers[low : at - 1]):
            told = self._phrase(tokens, low, at - 1, registers)
            return told or controlled(self, tokens, (low, at, start), registers)
        if last in COORDINATE:
            told = self._first_of_sentence(tokens, low, at - 1, registers)
            return told or self._apposed(tokens, low, at - 1, registers)
        if not tokens.words[at - 1][0].isalnum() and tokens.words[at - 1] not in (HANDLE, "'s"):
            return self._before(tokens, low, at - 1, registers) if last in ')"”' else None
        beside = next((i for i in range(at - 2, max(low, at - 5), -1) if tokens.lowers[i] == "with"), None)
        if beside is not None:  # `I looked for a flat with my son to | move`
            return self._first_of_sentence(tokens, low, beside, registers)
        if tokens.words[at - 1] == HANDLE and self._is_reply(tokens, low, at):
            return None
        told = self._phrase(tokens, low, at, registers)
        if told is None and last not in OTHERS and at - 2 > low and tokens.lowers[at - 2] in ("and", "&"):
            told = self._phrase(tokens, low, at - 2, registers)  # `our friends, Ann and bee are`
        if told is not None or last in OTHERS:
            return told or NOBODY
        return controlled(self, tokens, (low, at, start), registers)

    def _is_met(self, tokens: Tokens, low: int, high: int) -> bool:
        """Say whether a clause is about somebody the author knew: `a guy I used to work with | died`."""
        known = zip(tokens.lowers[low:high], tokens.lowers[low + 1 : high], strict=False)
        return any(whom in MET and who in FIRST for whom, who in known)

    def _apposed(self, tokens: Tokens, low: int, high: int, registers: frozenset[str]) -> Subject | None:
        """Return the name that stands between two commas, or behind what it is told to be: `our driver, Mr Poole, | left`."""
        commas = [at for at in range(low + 1, high) if tokens.lowers[at] == ","]
        if tokens.lowers[high] != ",":
            return None
        start = commas[-1] + 1 if commas else low
        title = start < high and tokens.lowers[start] in TITLES
        if (
            commas
            and self._may_name(tokens, start + title)
            and self._name_end(tokens, start + title, high) == high
        ):
            return self.told_name(tokens, start + title, high, registers)
        for end in commas[:1]:
            told = self._phrase(tokens, low, end, registers)
            if told is not None and told.name and told.place is not None and told.place[1] == end:
                return told
        return None

    def _is_reply(self, tokens: Tokens, low: int, at: int) -> bool:
        """Say whether handles before a word are whom a post answers: `@ann @bob | got it`, `@ann | Got it`."""
        others = all(word == HANDLE for word in tokens.words[low:at])
        word = tokens.words[at]
        return others and (at - low > 1 or (is_capital(word) and not word.isupper()))

    def _verb_group(self, tokens: Tokens, low: int, start: int) -> int:
        """Return where the adverbs and auxiliaries before a word begin."""
        at = start
        while at > low and tokens.lowers[at - 1] in self.skip:
            at -= 1
        return at

    def _first_of_sentence(
        self, tokens: Tokens, low: int, high: int, registers: frozenset[str]
    ) -> Subject | None:
        """Return who the sentence began with: `I packed my things and | moved`, `Ann, whom I knew, | left`."""
        for at in range(low, high):
            lower = tokens.lowers[at]
            mine = self.is_mine(tokens, low, at)
            if lower in FIRST and (at == low or tokens.lowers[at - 1] not in CLAUSES_ON_SOMEBODY):
                return Subject("author", how="first person", sure=0.95)
            if lower in self.kin and mine:
                return self.told_kin(tokens, at)
            if lower in self.friend and mine:
                return self.told_friend(tokens, at)
            if lower in THIRD:
                return self.antecedent(tokens, at, registers)
            if tokens.words[at] == HANDLE or self._begins_name(tokens, low, at, high):
                return self._told_of(tokens, at, high, registers)
        return None

    def _begins_name(self, tokens: Tokens, low: int, at: int, high: int) -> bool:
        """Say whether a name stands at the sentence's or a clause's begin: `Ivan Petrov, a baker, ...`."""
        titled = at > low and tokens.lowers[at - 1] in TITLES
        if at > low and not tokens.clause_start[at - titled] and at - titled > low:
            return False
        if not self._may_name(tokens, at):
            return False
        return at > low or self._is_name(tokens, at, self._name_end(tokens, at, high))

    def _told_of(self, tokens: Tokens, at: int, high: int, registers: frozenset[str]) -> Subject | None:
        """Return the name that begins at a word, unless somebody is spoken to."""
        end = self._name_end(tokens, at, high)
        if end - at > 1 and self._is_mere_opening(tokens, at):
            at += 1
        if end == high and tokens.lowers[high] == ",":
            return None
        return self.told_name(tokens, at, end, registers)

    def _name_end(self, tokens: Tokens, at: int, high: int) -> int:
        end = at + 1
        while end < high and self._may_name(tokens, end) and not tokens.clause_start[end]:
            end += 1
        return end

    def _may_name(self, tokens: Tokens, at: int) -> bool:
        return may_name(tokens, at, self.not_names)

    def _is_mere_opening(self, tokens: Tokens, at: int) -> bool:
        """Say whether a word before a name is in capitals only because a sentence begins: `Maybe | Ann Poole`."""
        begins = at == 0 or tokens.sentences[at - 1] != tokens.sentences[at]
        lower = tokens.lowers[at]
        hedge = lower in HEDGES or lower in self.skip or lower.endswith(("ing", "ly"))
        return begins and hedge and lower not in given_names() and self.lemmas.known(lower)

    def is_given_name(self, tokens: Tokens, at: int) -> bool:
        """Say whether a word is a given name in capitals, and no other word of the dictionary."""
        lower = tokens.lowers[at]
        return self._may_name(tokens, at) and lower in given_names() and not self.lemmas.known(lower)

    def _is_name(self, tokens: Tokens, start: int, end: int) -> bool:
        """Say whether capitals are a name: one word that begins a sentence may be any word."""
        begins = start == 0 or tokens.sentences[start - 1] != tokens.sentences[start]
        if not begins or end - start > 1:
            return True
        lower = tokens.lowers[start]
        return lower in given_names() or not self.lemmas.known(lower)

    def _organisation(
        self, tokens: Tokens, low: int, start: int, registers: frozenset[str]
    ) -> Subject | None:
        """Return the organisation named before the predicate, past what is told of it between commas."""
        at = self._verb_group(tokens, low, start)
        if at == low:
            return None
        last = tokens.lowers[at - 1]
        if last in FIRST or tokens.words[at - 1] == HANDLE:
            return self._phrase(tokens, low, at, registers)
        if last in OTHERS - RELATIVE_WORDS:
            return self.organisations.opening(tokens, low, at - 1) if last == "it" else None
        if last in (*RELATIVE_WORDS, *COORDINATE) or tokens.words[at - 1] in CLOSING:
            return self._first_named(tokens, low, at - 1) or self._before(tokens, low, start, registers)
        if self._may_name(tokens, at - 1):
            return self.organisations.before(tokens, low, at)
        return (
            self._phrase(tokens, low, at, registers) or self.organisations.opening(tokens, low, at) or NOBODY
        )

    def _first_named(self, tokens: Tokens, low: int, high: int) -> Subject | None:
        for at in range(low, high):
            if tokens.lowers[at] in FIRST:
                return Subject("author", how="first person", sure=0.95)
            if self._may_name(tokens, at):
                return self.organisations.at(tokens, at, high)
        return None

    def _phrase(self, tokens: Tokens, low: int, high: int, registers: frozenset[str]) -> Subject | None:
        """Return what the noun phrase that ends before word `high` stands for."""
        head = high - 1
        if head < low:
            return None
        lower = tokens.lowers[head]
        origin = self._origin(tokens, low, head)
        if origin:
            return self._phrase(tokens, low, origin, registers)
        if lower in ("law", "laws") and head - 2 >= low and tokens.lowers[head - 1] == "in":
            return self._phrase(tokens, low, head - 1, registers)  # `my sister in law`
        if lower == "'s" and head > low:
            lower, head = tokens.lowers[head - 1], head - 1
        if lower in FIRST:
            return Subject("author", how="first person")
        if lower in MINE:
            of_mine = head - low > 1 and tokens.lowers[head - 1] == "of"  # `a friend of mine`
            return self._own(tokens, head - 2) if of_mine else Subject("author", how="first person")
        if lower in THIRD:
            return self.antecedent(tokens, head, registers)
        if lower in OTHERS and tokens.lowers[max(low, head - 1)] != "little":  # `the little one`
            return None
        if tokens.words[head] == HANDLE:
            return named(tokens, head, head + 1)
        return self._noun(tokens, low, head, registers)

    def _origin(self, tokens: Tokens, low: int, head: int) -> int:
        """Return where it begins to be told where somebody is known from: `Tom | from work`; 0 where it is not."""
        if tokens.lowers[head] not in KNOWN_FROM or tokens.words[head][0].isupper():
            return 0
        return next((at for at in range(head - 1, max(low, head - 3), -1) if tokens.lowers[at] == "from"), 0)

    def _noun(self, tokens: Tokens, low: int, head: int, registers: frozenset[str]) -> Subject | None:
        first = head
        while (
            first > low
            and not tokens.clause_start[first]
            and tokens.lowers[first - 1] not in DETERMINERS
            and tokens.words[first - 1][0].isalnum()
            and head - first < 4
        ):
            first -= 1
        owner = tokens.lowers[first - 1] if first > low else ""
        before = tokens.lowers[first - 2] if first - 1 > low else ""
        if owner == "'s" and before in IS_SHORT:
            owner = ""
        if owner in MINE and before == "and" and first - 3 >= low and tokens.lowers[first - 3] in FIRST:
            return Subject("author", how="first person")  # `me and my sister`
        if owner == "and" or tokens.lowers[first] == "and":
            owner = self._joined_owner(tokens, low, first)
        mine = (
            owner in MINE
            or (owner == "of" and before in ("one", "friend", "some", "all"))
            or (owner == "'s" and before in self.kin)
        )
        if owner in POSSESSIVES and before == "and" and first - 2 > low:  # `my boss and his wife`
            return self._phrase(tokens, low, first - 2, registers)
        near = self._near(tokens, head, owner, mine)
        return near or self._named_noun(tokens, low, (first, head), registers, mine=mine)

    def _near(self, tokens: Tokens, head: int, owner: str, mine: bool) -> Subject | None:
        """Return the kin, friend or acquaintance that a noun with this owner stands for."""
        lower = tokens.lowers[head]
        if lower in SELF_NOUNS and (mine or owner == "the"):
            return Subject("author", how="my family", sure=0.8)
        if lower in self.kin and (mine or owner == ""):
            return self.told_kin(tokens, head, sure=1.0 if mine else 0.85)
        if lower in self.friend and mine:
            return self.told_friend(tokens, head)
        if lower in PARTNERS and mine:
            return Subject("relative", None, None, lower, 0.9, "partner", (head, head + 1))
        little = lower in ("one", "ones") and head > 0 and tokens.lowers[head - 1] == "little"
        if (lower in OFFSPRING and mine) or (little and (mine or owner == "")):
            relation = "child" if little else lower
            return Subject("relative", None, None, relation, 0.9, "a child", (head, head + 1))
        if lower in OWN and owner == "the":
            return self.told_kin(tokens, head, sure=0.85)
        if lower in self.kin and owner in OTHERS_KIN:
            return Subject("person", None, None, lower, 0.85, "kin of somebody", (head, head + 1))
        if lower in NEAR and owner in ("a", "an", "another"):
            return Subject("person", None, None, lower, 0.85, "acquaintance", (head, head + 1))
        if lower in POINTED and owner in ("this", "these"):
            return Subject("person", sure=0.85, how="somebody pointed at", place=(head, head + 1))
        return None

    def _named_noun(
        self, tokens: Tokens, low: int, phrase: tuple[int, int], registers: frozenset[str], *, mine: bool
    ) -> Subject | None:
        """Return who the name is that ends a noun phrase, given as its first and its last word."""
        first, head = phrase
        if not self._may_name(tokens, head):
            return None
        name = head
        while (
            name > low
            and self._may_name(tokens, name - 1)
            and not tokens.clause_start[name]
            and tokens.lowers[name - 1] not in self.friend
        ):
            name -= 1
        if name < head and self._is_mere_opening(tokens, name):
            name += 1
        if name - 1 > low and tokens.lowers[name - 1] in BELONGING:
            return self._phrase(tokens, low, name - 1, registers)
        if name > low and tokens.lowers[name - 1] in PLACING:
            return None
        if not self._is_name(tokens, name, head + 1):
            return None
        if name - 2 > low and tokens.lowers[name - 1] == "," and self.is_mine(tokens, low, name - 2):
            return self._own(tokens, name - 2) or self.told_name(tokens, name, head + 1, registers)
        if mine and any(word in self.kin for word in tokens.lowers[first:head]):
            relation = next(word for word in tokens.lowers[first:head] if word in self.kin)
            whole = named(tokens, name, head + 1)
            return Subject("relative", whole.name, None, relation, how="kin", place=whole.place)
        return self.told_name(tokens, name, head + 1, registers)

    def _own(self, tokens: Tokens, head: int) -> Subject | None:
        """Return the author's kin or friend that a word stands for, None for another word."""
        lower = tokens.lowers[head]
        if lower in self.kin:
            return self.told_kin(tokens, head)
        return self.told_friend(tokens, head) if lower in self.friend else None

    def is_mine(self, tokens: Tokens, low: int, at: int) -> bool:
        """Say whether `my` stands before a noun: `my | brother`, `my very best | friend`."""
        first = at - 1
        while (
            first > low
            and at - first < 4
            and tokens.lowers[first] not in DETERMINERS
            and tokens.words[first].isalpha()
        ):
            first -= 1
        return first >= low and tokens.lowers[first] in MINE

    def _joined_owner(self, tokens: Tokens, low: int, first: int) -> str:
        """Return the owner of a pair: `my fiance and I`, `Mom and Dad`."""
        window = tokens.lowers[max(low, first - 4) : first]
        return "my" if any(word in MINE or word in FIRST for word in window) else ""

    def told_kin(self, tokens: Tokens, at: int, sure: float = 1.0) -> Subject:
        """Return the author's kin that a word stands for, with the name that follows."""
        name, place = self._name_after(tokens, at)
        return Subject("relative", name, None, tokens.lowers[at], sure, "kin", place)

    def told_friend(self, tokens: Tokens, at: int) -> Subject:
        """Return somebody near the author, with the name that follows; `my little girl` is the author's child."""
        name, place = self._name_after(tokens, at)
        small = tokens.lowers[at] in CHILDREN and at > 0 and tokens.lowers[at - 1] in SMALL
        if small and self.is_mine(tokens, 0, at):
            return Subject("relative", name, None, tokens.lowers[at], 0.9, "a child", place)
        return Subject("person", name, None, tokens.lowers[at], 1.0, "acquaintance", place)

    def _name_after(self, tokens: Tokens, at: int) -> tuple[str | None, tuple[int, int]]:
        """Return the name that follows kin or a friend, `my colleague | Ann Poole`, and the words of both."""
        start = at + 1
        if start < len(tokens) and tokens.lowers[start] == "," and not tokens.lowers[at].endswith("s"):
            start += 1  # `My sister, Vera, ...`
        end = start
        while end < len(tokens) and end - start < 3 and self._may_name(tokens, end):
            if end > start and tokens.clause_start[end]:
                break
            if tokens.lowers[end] in self.closed:
                break
            if tokens.words[at].isupper() and tokens.lowers[end] not in given_names():
                break  # everything is in capitals: `MY SISTER MARRIAGE`
            end += 1
        apart = start > at + 1 and (end >= len(tokens) or tokens.lowers[end] != ",")
        if end == start or apart or tokens.sentences[start] != tokens.sentences[at]:
            return None, (at, at + 1)
        return named(tokens, start, end).name, (at, end)

    def told_name(self, tokens: Tokens, start: int, end: int, registers: frozenset[str]) -> Subject:
        """Return who a name is: a public figure in news, else a person."""
        if not self._is_couple(tokens, start) and self.organisations.is_one(tokens, start, end):
            return self.organisations.before(tokens, tokens.sentence_span(start)[0], end)
        news = {"news", "headline"} & registers and "greeting" not in registers
        if end - start > 1 and self._is_mere_opening(tokens, start):
            start += 1  # `Celebrating Ann's`
        first = tokens.lowers[start]
        if end - start > 1 and not news and first in self.kin - CLERGY:
            return self.told_kin(tokens, start)  # `Grandma Jo`
        if end - start > 1 and first in self.public - given_names():
            start += 1  # `Singer Ann Poole`
        public = bool(news) or (start > 0 and tokens.lowers[start - 1] in self.public)
        told = named(tokens, start, end, who="public" if public else "person")
        hailed = "greeting" in registers or not MOURNING.isdisjoint(tokens.lowers)
        famous = hailed and self.greetings.is_famous(tokens, told)
        return replace(told, who="public") if famous else told

    @staticmethod
    def _is_couple(tokens: Tokens, start: int) -> bool:
        """Say whether given names are joined: `Ann & | Tom's wedding` is no firm."""
        joined = start > 1 and tokens.words[start - 1] == "&"
        return joined and not given_names().isdisjoint((tokens.lowers[start - 2], tokens.lowers[start]))

    def antecedent(self, tokens: Tokens, at: int, registers: frozenset[str]) -> Subject | None:
        """Return who `he` or `she` is: the nearest kin, friend or name told before."""
        for before in range(at - 1, max(-1, at - 40), -1):
            lower = tokens.lowers[before]
            mine = self.is_mine(tokens, 0, before)
            if lower in self.kin and (mine or "personal" in registers):
                return self.told_kin(tokens, before, sure=0.85)
            if lower in self.friend and mine:
                return self.told_friend(tokens, before)
            if self.is_given_name(tokens, before):
                return self.told_name(tokens, before, before + 1, registers)
        return None
