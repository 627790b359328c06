"""Invents contacts and mentions of them, from a seed: whoever is right is known. No person in it is real."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from leads.linking.records import ContactRecord, Key, Mention
from leads.linking.tables import rows


def _words(text: str) -> list[str]:
    return [word.removeprefix("-") for word in text.split()]


# Shares of the ways in which a mention differs from the contact it means; they add up to 1.
SHARES = {
    "exact": 0.25,
    "one typo": 0.15,
    "two typos": 0.05,
    "swapped": 0.10,
    "transliterated": 0.20,
    "short name": 0.10,
    "oblique case": 0.10,
    "changed surname": 0.05,
}
RUSSIAN = 0.35
# The commonest hundredth of full names covers a fifth of the people.
COMMON_NAMES, COMMON_PEOPLE = 0.01, 0.20
NAMES_PER_PERSON = 0.6

_RU_STARTS = _words(
    "Бел Вор Гор Дроб Ел Жар Зим Кал Лос Мел Нос Ост Пет Руд Сал Тар Уст Фом Хар Цап Черн Шир Юд Яр Бер Вет Глад Дуб Ерм Кор"
)
_RU_MIDDLES = _words("ан ар ев ик ил он ор ош уб ук ыш яг ест ов ел ад ем ин ол ыл")
_RU_ENDS = ["ов", "ев", "ин", "ский", "енко", "чук"]
_EN_STARTS = _words(
    "Ash Bar Cald Dun East Fair Glen Hart Ing Kirk Lang Mor Nor Oak Pem Quin Ros Stan Thorn Under Wal Whit Yar Brad Crom Had Hol Lin Mar Pres"
)
_EN_MIDDLES = _words("er en ing ley bor wick ham ston dal fer mon ter vel gar lan win hol ric")
_EN_ENDS = _words("ton ford ley man son wood field worth bury well by stone shaw den sen")
_EN_GIVEN = _words(
    "James Robert Michael William David Richard Joseph Thomas Charles Christopher Daniel Matthew Anthony Steven Andrew Kenneth Joshua Kevin Edward Ronald Timothy Jeffrey Jacob Nicholas Jonathan Stephen Benjamin Samuel Gregory Alexander Patrick Raymond Mary Patricia Jennifer Elizabeth Barbara Susan Jessica Margaret Deborah Stephanie Rebecca Katherine Samantha Christine Catherine Victoria Abigail Madeline Theodora Frederick Leonard Lawrence Dominic Bernard Clara Harriet Josephine Penelope"
)
_PLACES = _words(
    "Москва Тула Тверь Казань Пермь Омск Томск Самара Саратов Рязань Riga London Leeds Bristol Boston Denver Dallas Austin Berlin Vienna Zurich Oslo Madrid Porto Dublin Cork Turin Lyon Ghent Prague"
)

# Letter by letter, as in passports, and as people write.
_PASSPORT = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        _words("a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch ie y - e iu ia"),
        strict=True,
    )
)
_COLLOQUIAL = _PASSPORT | {"й": "y", "х": "h", "ё": "yo", "ъ": "", "ю": "yu", "я": "ya", "щ": "sch", "ц": "c"}


@dataclass(frozen=True, slots=True)
class Told:
    """A mention, the contact it means, and in what it differs from it."""

    mention: Mention
    contact: int
    way: str


@dataclass(frozen=True, slots=True)
class _Name:
    given: str
    family: str
    female: bool
    russian: bool


class World:
    """So many invented contacts, and mentions of them."""

    def __init__(self, people: int, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._short = _short_forms()
        self._given_ru = {
            female: [f.split()[0] for f, g, _, _ in rows("russian_given.tsv") if (g == "f") is female]
            for female in (True, False)
        }
        self._families_ru = _families(self._random, _RU_STARTS, _RU_MIDDLES, _RU_ENDS, 20_000)
        self._families_en = _families(self._random, _EN_STARTS, _EN_MIDDLES, _EN_ENDS, 60_000)
        self._names = self._draw_names(people)
        self.companies = [
            f"{_title(self._random)} {self._random.choice(('Ltd', 'Inc', 'GmbH', 'LLC'))}"
            for _ in range(max(people // 20, 5))
        ]
        self.contacts = [self._contact(number) for number in range(people)]

    def _draw_names(self, people: int) -> list[_Name]:
        pool = [self._name() for _ in range(max(int(people * NAMES_PER_PERSON), 1))]
        common = max(int(len(pool) * COMMON_NAMES), 1)
        pick = self._random
        return [
            pool[pick.randrange(common)] if pick.random() < COMMON_PEOPLE else pool[pick.randrange(len(pool))]
            for _ in range(people)
        ]

    def _name(self) -> _Name:
        female = self._random.random() < 0.5
        if self._random.random() < RUSSIAN:
            family = self._random.choice(self._families_ru)
            return _Name(
                self._random.choice(self._given_ru[female]),
                _female(family) if female else family,
                female,
                True,
            )
        return _Name(self._random.choice(_EN_GIVEN), self._random.choice(self._families_en), female, False)

    def _contact(self, number: int) -> ContactRecord:
        name, pick = self._names[number], self._random
        keys = (
            (Key("email", f"p{number}@mail.example"),)
            if pick.random() < 0.5
            else (Key("handle", f"person_{number}", "x"),)
        )
        place = _PLACES[min(int(pick.expovariate(0.15)), len(_PLACES) - 1)]
        return ContactRecord(
            f"c{number}", f"{name.given} {name.family}", (), pick.choice(self.companies), "", place, keys
        )

    def mentions(self, count: int) -> Iterator[Told]:
        """Yield mentions in the fixed shares, each of a contact drawn among those whom it can be said of."""
        ways, shares = list(SHARES), list(SHARES.values())
        for _ in range(count):
            way = self._random.choices(ways, shares)[0]
            number = self._random.randrange(len(self.contacts))
            while not self._can(way, self._names[number]):
                number = self._random.randrange(len(self.contacts))
            yield Told(self._mention(number, way), number, way)

    def _can(self, way: str, name: _Name) -> bool:
        if way in ("transliterated", "oblique case"):
            return name.russian
        return way != "short name" or name.given in self._short

    def _mention(self, number: int, way: str) -> Mention:
        contact, pick = self.contacts[number], self._random
        told = Mention(
            name=self._say(self._names[number], way),
            company=contact.company if pick.random() < 0.6 else "",
            place=contact.place if pick.random() < 0.4 else "",
            schema="person",
        )
        if pick.random() < 0.1:
            told = _with_key(told, contact.keys[0])
        if way == "changed surname" and not (told.company or told.email or told.handle):
            # A new surname needs one other field that tells; a town is not enough.
            told = (
                replace(told, company=contact.company)
                if pick.random() < 0.8
                else _with_key(told, contact.keys[0])
            )
        return told

    def _say(self, name: _Name, way: str) -> str:
        given, family, pick = name.given, name.family, self._random
        if way == "swapped":
            return f"{family} {given}"
        if way == "short name":
            given = pick.choice(self._short[given])
        if way == "oblique case":
            case = pick.randrange(4)
            return f"{_decline(given, name.female, case)} {_decline_family(family, name.female, case)}"
        if way == "changed surname":
            other = self._name()
            while other.russian != name.russian or other.female != name.female:
                other = self._name()
            family = other.family
        text = f"{given} {family}"
        if way == "transliterated":
            return _transliterate(text, pick.choice((_PASSPORT, _COLLOQUIAL)))
        for _ in range({"one typo": 1, "two typos": 2}.get(way, 0)):
            text = _slip(text, pick, "абвгдежзиклмнопрстуфх" if name.russian else "abcdefghijklmnoprstuvw")
        return text

    def strangers(self, count: int) -> Iterator[Mention]:
        """Yield mentions of people who share a contact's full name and are somebody else."""
        for _ in range(count):
            number = self._random.randrange(len(self.contacts))
            other = self.contacts[self._random.randrange(len(self.contacts))]
            yield Mention(
                name=self.contacts[number].name,
                company=other.company if self._random.random() < 0.6 else "",
                place=other.place if self._random.random() < 0.4 else "",
                schema="person",
            )


def _short_forms() -> dict[str, list[str]]:
    found = {forms.split()[0]: short.split()[:5] for forms, _, short, _ in rows("russian_given.tsv") if short}
    english = {
        "James": "Jim Jimmy", "Robert": "Bob Rob Bobby", "Michael": "Mike Mick", "William": "Bill Will Billy", "David": "Dave",
        "Richard": "Rick Dick", "Joseph": "Joe", "Thomas": "Tom", "Charles": "Charlie", "Christopher": "Chris", "Daniel": "Dan",
        "Matthew": "Matt", "Anthony": "Tony", "Steven": "Steve", "Andrew": "Andy Drew", "Edward": "Ed Ted", "Timothy": "Tim",
        "Jeffrey": "Jeff", "Nicholas": "Nick", "Benjamin": "Ben", "Samuel": "Sam", "Gregory": "Greg", "Alexander": "Alex",
        "Patricia": "Pat Patty", "Jennifer": "Jen Jenny", "Elizabeth": "Liz Beth", "Margaret": "Maggie Peggy", "Deborah": "Debbie",
        "Rebecca": "Becky", "Katherine": "Kate Kathy", "Victoria": "Vicky", "Abigail": "Abby", "Lawrence": "Larry",
    }  # fmt: skip
    return found | {name: short.split() for name, short in english.items()}


def _families(
    pick: random.Random, starts: list[str], middles: list[str], ends: list[str], count: int
) -> list[str]:
    found: set[str] = set()
    while len(found) < count:
        inner = "".join(pick.choice(middles) for _ in range(pick.choice((0, 1, 1, 2, 2))))
        found.add(pick.choice(starts) + inner + pick.choice(ends))
    return sorted(found)


def _title(pick: random.Random) -> str:
    parts = (
        "Al",
        "Bri",
        "Cor",
        "Del",
        "Ene",
        "Fin",
        "Gra",
        "Hel",
        "Ino",
        "Jun",
        "Kel",
        "Lum",
        "Mar",
        "Nov",
        "Opt",
        "Pro",
    )
    return (
        pick.choice(parts)
        + "".join(pick.choice(("ta", "ri", "vo", "len", "mex", "sys", "gon", "dia", "quo")) for _ in range(3))
    ).capitalize()


def _female(family: str) -> str:
    if family.endswith("ский"):
        return family[:-2] + "ая"
    return family + "а" if family.endswith(("ов", "ев", "ин")) else family


def _decline(given: str, female: bool, case: int) -> str:
    """Genitive, dative, accusative, instrumental."""
    if given.endswith("ия"):
        return given[:-1] + ("и", "и", "ю", "ей")[case]
    if given.endswith("я"):
        return given[:-1] + ("и", "е", "ю", "ей")[case]
    if given.endswith("а"):
        soft = given[-2] in "гкхжшчщ"
        return given[:-1] + ("и" if soft else "ы", "е", "у", "ой")[case]
    if given.endswith("й"):
        return given[:-1] + ("я", "ю", "я", "ем")[case]
    if given.endswith("ь"):
        return given if female else given[:-1] + ("я", "ю", "я", "ем")[case]
    stem = {"Павел": "Павл", "Лев": "Льв", "Пётр": "Петр"}.get(given, given)
    return stem + ("а", "у", "а", "ом")[case]


def _decline_family(family: str, female: bool, case: int) -> str:
    if female:
        if family.endswith("ая"):
            return family[:-2] + ("ой", "ой", "ую", "ой")[case]
        return family[:-1] + ("ой", "ой", "у", "ой")[case] if family.endswith("а") else family
    if family.endswith("ский"):
        return family[:-2] + ("ого", "ому", "ого", "им")[case]
    if family.endswith(("ов", "ев", "ин")):
        return family + ("а", "у", "а", "ым")[case]
    return family if family.endswith("о") else family + ("а", "у", "а", "ом")[case]


def _transliterate(text: str, letters: dict[str, str]) -> str:
    return " ".join("".join(letters.get(c, c) for c in word.lower()).capitalize() for word in text.split())


def _slip(text: str, pick: random.Random, letters: str) -> str:
    at = pick.choice([i for i, c in enumerate(text) if c.isalpha()])
    kind = pick.randrange(4)
    if kind == 0:
        return text[:at] + pick.choice(letters) + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + pick.choice(letters) + text[at:]
    other = at + 1 if at + 1 < len(text) and text[at + 1].isalpha() else at - 1
    a, b = sorted((at, max(other, 0)))
    return text[:a] + text[b] + text[a + 1 : b] + text[a] + text[b + 1 :]


def _with_key(told: Mention, key: Key) -> Mention:
    if key.type == "email":
        return replace(told, email=key.value)
    return replace(told, handle=key.value, platform=key.platform)
