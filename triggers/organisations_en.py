"""English organisations: names in capitals, told from people and cut out of the words around them."""

from __future__ import annotations

from triggers.affiliation import APPOSITION, company_place
from triggers.lemmas import English
from triggers.names_en import given_names
from triggers.subject import NOBODY, Subject, is_capital, organisation
from triggers.text import Tokens
from triggers.words import WordLists

DETERMINERS = frozenset(
    (
        "my our the a an his her their your this that these those some many most every each no any other "
        "of with for to from in on at by 's"
    ).split()
)
# What a headline may begin with before `layoffs`, `round`, `deal`.
NO_NAMES = DETERMINERS | frozenset("another more several mass massive major huge big fresh further".split())
# `Bank | of America`: what stands before `of` inside a name.
OF_PLACES = frozenset("bank university college house museum institute city state board port league".split())
# What a headline says it is before its name, `Fintech Startup | Brightloom`; no `Group` or `Labs`, which are parts of names.
DESCRIPTORS = frozenset(
    (
        "startup start-up firm maker provider platform app retailer developer carmaker automaker insurer giant unicorn fintech "
        "company chain chipmaker drugmaker lender rival"
    ).split()
)
BASED = ("-based", "-backed", "-owned", "-listed")
# Who somebody is, among the capitals of a name: `Tarnfield | CEO Dana Whitlock`.
TITLES = frozenset(
    (
        "ceo cfo coo cto cmo cio cpo cro ciso chairman chairwoman chairperson founder co-founder cofounder president "
        "vice-president director svp evp vp"
    ).split()
)
# `BREAKING: Lumo ...`, `$LUMO - Lumo ...`: a headline begins anew behind these, if they stand so near its begin.
LABEL_ENDS, LABEL = frozenset({":", "-", "–", "—"}), 5
# The predicate of a headline follows its subject: `Lumo | agrees a takeover`, `Lumo | to sell its stake in a merger`.
PREDICATES = frozenset("to will has is have in on at said".split())
# Verbs that headlines write in capitals behind a name: `Foxconn | Agrees to ...`.
VERBS = frozenset(
    (
        "agrees seems plans says said may could wants eyes nears mulls sees seeks will is has to set looks announces strikes "
        "signs gets makes buys names raises reports unveils completes closes wins starts begins expands takes files"
    ).split()
)
# `McDonald's to cut jobs`, `Macy's closes shops`: the name itself ends in `'s`.
POSSESSIVE = "'s"
# What the names of organisations, and of nobody else, end in.
ENDINGS = frozenset(
    (
        "inc corp corporation ltd llc plc gmbh company group holdings labs lab robotics foods bank systems software technologies "
        "technology media studios motors health healthcare pharma therapeutics biosciences bio capital ventures energy airlines "
        "airways logistics industries solutions consulting agency brewery bakery bakeries hotels stores supermarkets university "
        "college hospital museum foundation institute clinic analytics networks dairy interactive pharmaceuticals"
    ).split()
)
# How many capitals a person's name has.
PERSON = (2, 3)
# Companies that are called as people, beside those of the list `_brands`.
FOUNDERS = frozenset(
    (
        "charlesschwab elililly philipmorris levistrauss johndeere henryschein raymondjames edwardjones marcjacobs "
        "jackdaniels jimmychoo stellamccartney"
    ).split()
)


def may_name(tokens: Tokens, at: int, not_names: frozenset[str]) -> bool:
    """Say whether a word in capitals may be a part of a name."""
    word = tokens.words[at]
    return is_capital(word) and word[0].isalpha() and tokens.lowers[at] not in not_names | NO_NAMES


class Organisations:
    """Cuts organisations out of capitals: `Crumb & Co`, `Bank of America`, the `Tarnfield` of `Tarnfield CEO Dana Whitlock`."""

    def __init__(self, words: WordLists, lemmas: English) -> None:
        self.lemmas = lemmas
        self.not_names = words.words("_not_names")
        self.company = words.words("company_noun")
        self.role = words.words("role")
        self.brands = words.words("_brands") | FOUNDERS

    def before(self, tokens: Tokens, low: int, end: int) -> Subject:
        """Return the organisation whose name ends before word `end`, NOBODY where that is a person's name."""
        first = end - 1
        while first > low and not tokens.clause_start[first] and self._joined(tokens, low, first):
            first -= 1
        if first > low and first + 1 < end and tokens.words[first - 1] == "$":
            first += 1  # `$LUMO Lumo | agrees`
        if first - 2 >= low and tokens.lowers[first - 1] == "and" and self._names(tokens, first - 2):
            joint = self.before(tokens, low, first - 1)  # `Lumo and Railco | form a venture`
            if joint is not NOBODY:
                return joint
        return self._cut(tokens, first, end)

    def at(self, tokens: Tokens, start: int, high: int, *, sure: float = 1.0) -> Subject:
        """Return the organisation whose name begins at a word; where that is a person, the one told beside the name."""
        end = start + 1
        while end < high and not tokens.clause_start[end] and self._joined(tokens, start, end + 1):
            end += 1
        while end - 1 > start and not self._names(tokens, end - 1):
            end -= 1  # a name ends in no `&` or `of`
        if end < len(tokens) and tokens.lowers[end] == "," and self._has_role(tokens, end + 1):
            place = company_place(tokens, (start, end), self.role)
            return NOBODY if place is None else organisation(tokens, *place, sure=sure)
        return self._cut(tokens, start, end, sure=sure)

    def is_one(self, tokens: Tokens, start: int, end: int) -> bool:
        """Say whether capitals [start, end) are surely no person: `Oldham Brewery`, `Crumb & Co`, `Lumo CEO`."""
        low, _ = tokens.sentence_span(start)
        joined = start - 1 > low and tokens.words[start - 1] == "&" and self._names(tokens, start - 2)
        return joined or (end - start > 1 and tokens.lowers[end - 1] in ENDINGS | TITLES)

    def opening(self, tokens: Tokens, low: int, high: int) -> Subject | None:
        """Return the organisation a sentence begins with: `Lumo in talks to buy`, `BREAKING: Lumo agrees`, `Grocery app Lyrie`."""
        while low < high and not tokens.words[low][0].isalnum():
            low += 1
        for start in range(low, high):
            fresh = start == low or (start - low < LABEL and tokens.lowers[start - 1] in LABEL_ENDS)
            told = start > low and start - low < LABEL and tokens.lowers[start - 1] in self.company
            if (fresh or told) and self._names(tokens, start):
                found = self.at(tokens, start, high)
                if found.place is None:
                    return None
                if told or self._is_name(tokens, *found.place):
                    return found if self._predicate(tokens, found.place[1]) else _less_sure(found)
        return None

    def _joined(self, tokens: Tokens, low: int, at: int) -> bool:
        """Say whether the word before `at` goes on with a name: a capital, the `&` or the `of` between two."""
        if self._names(tokens, at - 1):
            return True
        inside = (
            at - 2 >= low and at < len(tokens) and self._names(tokens, at - 2) and self._names(tokens, at)
        )
        if tokens.lowers[at - 1] == "of":
            return inside and tokens.lowers[at - 2] in OF_PLACES
        return inside and tokens.words[at - 1] == "&"

    def _names(self, tokens: Tokens, at: int) -> bool:
        return may_name(tokens, at, self.not_names)

    def _has_role(self, tokens: Tokens, start: int) -> bool:
        """Say whether what is told between commas of a name is a person's role: `, head of sales at Tarnfield,`."""
        _, high = tokens.sentence_span(start - 1)
        for at in range(start, min(high, start + APPOSITION)):
            if tokens.lowers[at] == ",":
                return False
            if tokens.lowers[at] in self.role:
                return True
        return False

    def _cut(self, tokens: Tokens, start: int, end: int, *, sure: float = 1.0) -> Subject:
        """Return the organisation in capitals [start, end): without what it is called before, and without its people."""
        title = next((at for at in range(start, end) if tokens.lowers[at] in TITLES), None)
        if title is not None:
            return organisation(tokens, start, title, sure=sure) if title > start else NOBODY
        end = next((at for at in range(start + 1, end) if tokens.lowers[at] in VERBS), end)
        lead = start
        while lead + 1 < end and tokens.lowers[lead].endswith(BASED):
            lead += 1
        for at in range(lead, end - 1):
            if tokens.lowers[at] in DESCRIPTORS:
                lead = at + 1
        if self._is_person(tokens, lead, end):
            return NOBODY
        if end + 1 < len(tokens) and tokens.lowers[end] == POSSESSIVE and self._predicate(tokens, end + 1):
            end += 1
        return organisation(tokens, lead, end, sure=sure)

    def _is_person(self, tokens: Tokens, start: int, end: int) -> bool:
        """Say whether capitals are a person's full name: a given name first, no brand, nothing that companies are called."""
        count = end - start
        if not PERSON[0] <= count <= PERSON[1] or "".join(tokens.lowers[start:end]) in self.brands:
            return False
        first, rest = tokens.lowers[start], tokens.lowers[start + 1 : end]
        surnames = not any(word in self.company or self.lemmas.known(word) for word in rest)
        return first in given_names() and surnames

    def _is_name(self, tokens: Tokens, start: int, end: int) -> bool:
        """Say whether capitals that begin a sentence are a name: one word alone may be any word."""
        return end - start > 1 or not self.lemmas.known(tokens.lowers[start])

    def _predicate(self, tokens: Tokens, at: int) -> bool:
        """Say whether a predicate begins at a word, as far as its form tells."""
        lower = tokens.lowers[at] if at < len(tokens) else ""
        return lower in PREDICATES or (lower.isalpha() and lower.endswith(("s", "ed")))


def _less_sure(found: Subject) -> Subject:
    return Subject("company", found.name, sure=0.95, how=found.how, place=found.place)
