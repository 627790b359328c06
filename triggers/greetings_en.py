"""English greetings: whom `happy birthday`, `rest in peace`, `congrats` are meant for."""

from __future__ import annotations

from typing import Protocol

from triggers.people_en import PARTNERS
from triggers.subject import Subject, is_capital, named
from triggers.text import HANDLE, Tokens

# Between a greeting and whom it names: `to my very best | friend`.
FILLERS = frozenset(
    [
        "to", "our", "my", "new", "dear", "the", "very", "own", ",", "best", "good", "amazing", "beautiful", "dearest",
        "lovely", "sweet", "little", "big", "wonderful", "favorite", "favourite", "gorgeous", "2", "a", "wish", "wishing",
        "legendary", "great", "iconic", "late", "mr", "mrs", "ms", "dr",
    ]
)  # fmt: skip
TO_ME = frozenset({"me", "moi", "us", "myself", "ourselves"})
# Kin words that anybody is called by.
ENDEARMENTS = frozenset({"baby"})
# Whom the author shares a life with, or calls so in a wish, where `my` stands before.
LOVED = PARTNERS | frozenset(
    (
        "babes man hubs everything life world darling sweetheart firstborn eldest youngest oldest queenie"
    ).split()
)
# Of these, what may go on to name somebody else: `my oldest friend`.
LEADING = frozenset({"man", "oldest", "youngest", "eldest", "world", "life"})
# A phrase that names somebody ends before these.
ENDS = frozenset(
    (
        "who that which whom for from with and but so because as at in on you i we he she they it your is are was were has "
        "have had am 's hope thank thanks love may god . ! ? :"
    ).split()
)
# Of a star one says these, to a friend those.
STARDOM = frozenset(
    (
        "legend legendary legends artist actor actress singer rapper drummer guitarist bassist novelist icon iconic "
        "fans hero movie movies film films album songs music band horror king queen goat"
    ).split()
)
# Whoever has a full name in these words is mourned by many.
MOURNING = frozenset({"rip", "#rip", "peace", "#restinpeace"})
CLOSE = frozenset("you u ya your ur my our miss bro friend buddy love".split())
# How far behind a greeting its addressee may be told: `Happy birthday to this guy! Love you, my brother`.
REACH = 30
# The longest phrase that names somebody: `my beautiful , smart and ever so patient | sister`.
LONGEST = 9
# `#sister #mysistersbirthday`: hashtags that say who somebody named is.
TAGS = ("my", "happybirthday", "birthday", "best", "loveyou", "loveyoumy", "proud")
# `to the woman | who raised me`: a parent.
PARENTAL = frozenset({"raised", "birthed"})
# `to my first born`, `my one and only`
BELOVED = frozenset({("mini", "me"), ("first", "born"), ("second", "born"), ("and", "only")})
# Behind `My dear sister` the wish itself: `, happy birthday`.
WISHES = frozenset({",", "wishing", "wish", "!", ".", "happy", "hbd", "happiest"})
OPENS = frozenset({"my", "our", "to", "dear", "dearest"})
# How far before a wish's last word its addressee may be called.
CALLED = 14
NO_TAGS = ENDEARMENTS | {"family", "fam", "twin", "twins", "kids"}


class People(Protocol):
    """What is asked of the resolver."""

    kin: frozenset[str]
    friend: frozenset[str]
    not_names: frozenset[str]
    public: frozenset[str]

    def told_kin(self, tokens: Tokens, at: int, sure: float = 1.0) -> Subject:
        """Return kin of the author."""

    def told_friend(self, tokens: Tokens, at: int) -> Subject:
        """Return somebody near the author."""

    def told_name(self, tokens: Tokens, start: int, end: int, registers: frozenset[str]) -> Subject:
        """Return who a name is."""

    def is_mine(self, tokens: Tokens, low: int, at: int) -> bool:
        """Say whether `my` stands before a noun."""


class Greetings:
    """Finds whom a greeting names right behind it, and for a wish whom the rest of the post calls the author's own."""

    def __init__(self, people: People) -> None:
        self.people = people

    def named(self, tokens: Tokens, end: int, registers: frozenset[str]) -> Subject | None:
        """Return who is named right after: `congratulations to | my sister`, `hired | Jane Roe`."""
        at = end
        while at < len(tokens) and tokens.lowers[at] in FILLERS | self.people.public:
            at += 1
        if at >= len(tokens):
            return None
        lower = tokens.lowers[at]
        if tokens.words[at] == HANDLE:
            return named(tokens, at, at + 1)
        if lower in ENDEARMENTS and not self.people.is_mine(tokens, 0, at):
            return Subject("person", sure=0.9, how="a term of endearment")
        if lower in TO_ME:
            return Subject("author", how="first person")
        kin = self._own(tokens, end)
        if kin is not None:
            return kin
        stop = self._name_end(tokens, at)
        if stop == at:
            return None
        return self.people.told_name(tokens, at, stop, registers)

    def is_famous(self, tokens: Tokens, told: Subject) -> bool:
        """Say whether a full name is a star's: praised as one, or in a hashtag, and nobody is spoken to."""
        if told.name is None or told.place is None:
            return False
        star = not STARDOM.isdisjoint(tokens.lowers)
        if " " not in told.name and (not star or MOURNING.isdisjoint(tokens.lowers)):
            return False
        low, high = tokens.sentence_span(told.place[0])
        tags = {"#" + "".join(told.name.lower().split()), *MOURNING}
        return (star or not tags.isdisjoint(tokens.lowers)) and CLOSE.isdisjoint(tokens.lowers[low:high])

    def _own(self, tokens: Tokens, end: int) -> Subject | None:
        """Return the kin or friend whom the phrase behind a greeting is about: `to my beautiful and kind | sister`."""
        mine = 0
        for at in range(end, min(len(tokens), end + LONGEST)):
            lower = tokens.lowers[at]
            if at > end and tokens.sentences[at] != tokens.sentences[end - 1]:
                return None
            near = mine and at - mine < 4 and "and" not in tokens.lowers[mine:at]
            partner = near and lower in LOVED and (lower not in LEADING or not self._goes_on(tokens, at))
            if mine and (tokens.lowers[at - 1], lower) in BELOVED:
                return Subject("relative", sure=0.85, how="a beloved one", place=(at, at + 1))
            if lower == "love" and tokens.lowers[at + 1 : at + 3] == ["of", "my"]:
                continue  # `to the love of my | life`
            if lower == "who" and self._is_parent(tokens, at):
                return Subject("relative", sure=0.85, how="a parent")
            if lower in ENDS and not (lower == "and" and mine) and not partner and at > end:
                return None
            if lower in ("my", "our"):
                mine = at
            behind = tokens.lowers[at + 1 : at + 3]
            owned = behind[:1] == ["'s"] or (behind[:1] == ["of"] and behind != ["of", "mine"] and not mine)
            if owned and lower in self.people.kin | self.people.friend:
                return Subject("person", sure=0.9, how="kin of somebody")
            in_crime = lower == "partner" and behind[:1] == ["in"]
            if lower in self.people.kin and not in_crime:
                return self.people.told_kin(tokens, at)
            if lower in self.people.friend and (mine or at == end or tokens.lowers[at - 1] in FILLERS):
                return self.people.told_friend(tokens, at)
            if partner:
                return Subject("relative", None, None, lower, 0.9, "partner", (at, at + 1))
            if is_capital(tokens.words[at]) and lower not in self.people.not_names and not mine:
                return None
        return None

    def _is_parent(self, tokens: Tokens, at: int) -> bool:
        """Say whether somebody `who` is told of gave the author life."""
        behind = tokens.lowers[at + 1 : at + 4]
        gave = behind in (["gave", "me", "life"], ["gave", "birth", "to"], ["brought", "me", "up"])
        return gave or (behind[:1] != [] and behind[0] in PARENTAL and behind[1:2] == ["me"])

    def _called(self, tokens: Tokens, end: int) -> Subject | None:
        """Return the kin who is called before the wish: `Mom, | happy birthday`, `My dear sister Ann | Wishing you`."""
        for at in range(max(0, end - CALLED), end - 1):
            kin = tokens.lowers[at] in self.people.kin or tokens.lowers[at] in LOVED
            low, _ = tokens.sentence_span(at)
            fresh = low == at or tokens.lowers[low] in OPENS
            opening = fresh and (at == low or (at - low < LONGEST and self.people.is_mine(tokens, low, at)))
            if not kin or not opening or tokens.lowers[at] in NO_TAGS:
                continue
            behind = at + 1
            while (
                behind < end - 1 and is_capital(tokens.words[behind]) and tokens.lowers[behind] not in WISHES
            ):
                behind += 1
            if tokens.lowers[behind] in WISHES:
                return self.people.told_kin(tokens, at, sure=0.85)
        return None

    def _goes_on(self, tokens: Tokens, at: int) -> bool:
        """Say whether a word is not the last of its phrase: `my man | Tom`."""
        behind = tokens.lowers[at + 1] if at + 1 < len(tokens) else "."
        return behind.isalpha() and behind not in ENDS

    def addressee(self, tokens: Tokens, end: int, registers: frozenset[str]) -> Subject:
        """Return who is named right after, else the kin called `my` further on, else just somebody."""
        found = self.named(tokens, end, registers)
        if found is not None and found.who != "person":
            return found
        for at in range(end + 1, min(len(tokens), end + REACH)):
            lower = tokens.lowers[at]
            if lower in self.people.kin and lower != "family" and self._spoken_to(tokens, end, at):
                return self.people.told_kin(tokens, at, sure=0.85)
        called = self._called(tokens, end) if found is None or found.name is None else None
        if called is not None:
            return called
        tagged = self._tagged(tokens)
        if tagged is not None and (found is None or found.name is not None):
            return Subject("relative", found.name if found else None, None, tagged, 0.85, "a hashtag")
        return found or Subject("person", sure=0.9, how="whoever is greeted")

    def _tagged(self, tokens: Tokens) -> str | None:
        """Return the kin that a hashtag of the post names: `#mybrother`, `#loveyoumom`."""
        for word in tokens.lowers:
            tag = word.lstrip("#")
            if word[0] == "#" and len(tag) > 4:
                start = max((len(lead) for lead in TAGS if tag.startswith(lead)), default=0)
                if tag[start:] in self.people.kin and start and tag[start:] not in NO_TAGS:
                    return tag[start:]
        return None

    def _spoken_to(self, tokens: Tokens, low: int, at: int) -> bool:
        """Say whether the kin is who the greeting is for: `to my lil bro`, not `for my sister's friend`."""
        owned = at + 1 < len(tokens) and tokens.lowers[at + 1] == "'s"
        told = {"to", "you", "of", "as", "be", "called", "call"} & set(tokens.lowers[max(low, at - 5) : at])
        loved = tokens.lowers[at - 2] == "love" and tokens.lowers[at - 1] in ("you", "u", "ya")
        return not owned and (loved or (bool(told) and self.people.is_mine(tokens, low, at)))

    def _name_end(self, tokens: Tokens, at: int) -> int:
        stop = at
        while (
            stop < len(tokens)
            and stop - at < 4
            and is_capital(tokens.words[stop])
            and tokens.words[stop][0].isalpha()
            and tokens.lowers[stop] not in self.people.not_names
        ):
            stop += 1
        return stop
