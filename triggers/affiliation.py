"""Where a named person belongs: `Bob from Tidewater`, `Anna, head of sales at Lumo,`, `директор «Янтарь Пак» Иван`."""

from __future__ import annotations

from triggers.cases_ru import in_nominative
from triggers.lemmas import Russian, lemmatiser
from triggers.text import HANDLE, Tokens

QUOTES = {"«": "»", "“": "”", "„": "“", '"': '"'}
# What may stand between a name and its organisation.
_TIES = {
    "en": frozenset({"of", "from", "at", "for", "with", "run", "runs", "ran", "led", "leads", "heads", "headed", "owns", "owned",
                     "founded", "manages", "managed", "joined", "joins", "leaves", "leaving", "left"}),
    "ru": frozenset({"из", "в", "возглавляет", "возглавлявший", "возглавлявшая", "основал", "основала"}),
}  # fmt: skip
_NEAR = {"en": frozenset({"of", "from", "at"}), "ru": frozenset({"из"})}
_OF_WHICH = ("ого", "его", "ой", "ей", "ском")
_ARTICLES = frozenset({"the", "our", "компании", "фирмы", "компания", "завода", "группы", "банка"})
# How far an apposition goes, how long a name and a post's title are.
APPOSITION, NAME, TITLE = 20, 5, 4


def quoted(tokens: Tokens, at: int) -> tuple[int, int] | None:
    """Return the words between quotation marks that open at word `at`, if they are a short name's."""
    close = QUOTES.get(tokens.words[at])
    if close is None:
        return None
    for end in range(at + 1, min(len(tokens), at + NAME + 2)):
        if tokens.sentences[end] != tokens.sentences[at]:
            return None
        if tokens.words[end] == close:
            inside = tokens.words[at + 1 : end]
            return (at + 1, end) if inside and (inside[0][0].isupper() or inside[0][0].isdigit()) else None
    return None


def organisation_at(tokens: Tokens, at: int, high: int) -> tuple[int, int] | None:
    """Return the words of the name that begins at a word: in quotation marks, or in capitals."""
    while at < high and tokens.lowers[at] in _ARTICLES:
        at += 1
    if at >= high:
        return None
    inside = quoted(tokens, at)
    if inside:
        return inside
    end = at
    while (
        end < high
        and end - at < NAME
        and _capital(tokens, end)
        and (end == at or not tokens.clause_start[end])
    ):
        end += 1
    if end == at + 1 and tokens.lang == "ru" and end < high and tokens.lowers[at].endswith(_OF_WHICH):
        end += 1  # `Заречинского молокозавода`
    return (at, end) if end > at else None


def company_of(tokens: Tokens, place: tuple[int, int], roles: frozenset[str]) -> str | None:
    """Return the organisation that the person named in words `place` is said to belong to."""
    found = company_place(tokens, place, roles)
    return None if found is None else company_name(tokens, found)


def company_name(tokens: Tokens, place: tuple[int, int]) -> str:
    """Return the name in words `place`: a Russian one in the nominative, where its case is told."""
    lemmas = lemmatiser(tokens.lang)
    if isinstance(lemmas, Russian):
        return in_nominative(tokens, place, lemmas)
    return tokens.text[tokens.starts[place[0]] : tokens.ends[place[1] - 1]]


def company_place(tokens: Tokens, place: tuple[int, int], roles: frozenset[str]) -> tuple[int, int] | None:
    """Return the words of the organisation that the person named in words `place` is said to belong to."""
    _, high = tokens.sentence_span(place[0])
    return _after(tokens, place[1], high) or _before(tokens, place[0], roles)


def _after(tokens: Tokens, at: int, high: int) -> tuple[int, int] | None:
    if at >= high:
        return None
    word = tokens.lowers[at]
    if word in _NEAR[tokens.lang]:
        return organisation_at(tokens, at + 1, high)
    if word == "(":
        return organisation_at(tokens, at + 1, high)
    if word in {",", "who"}:
        return _in_apposition(tokens, at, min(high, at + APPOSITION))
    return None


def _in_apposition(tokens: Tokens, at: int, high: int) -> tuple[int, int] | None:
    """Read `, head of sales at Lumo,` or `, who has run Lumo since May,`: up to the comma that closes it."""
    at += 1
    end = next((i for i in range(at, high) if tokens.lowers[i] in (",", ")", "—")), None)
    if end is None:
        return None
    # The last tie counts: `head of Sales at Lumo`.
    found = None
    for place in range(at, end):
        if tokens.lang == "ru" and (quoted(tokens, place) or _named_works(tokens, place, end)):
            return organisation_at(tokens, place, end)
        if tokens.lowers[place] in _TIES[tokens.lang]:
            found = organisation_at(tokens, place + 1, end) or found
    return found


def _named_works(tokens: Tokens, at: int, end: int) -> bool:
    """Say whether `Заречинского молокозавода` begins here: a capital inside of an apposition."""
    return _capital(tokens, at) and not tokens.clause_start[at] and at < end


def _before(tokens: Tokens, start: int, roles: frozenset[str]) -> tuple[int, int] | None:
    """Read `Lumo CEO Jane Roe`, `Lumo's head of sales Jane Roe`, `директор «Лумо» Иван Петров`."""
    low, _ = tokens.sentence_span(start)
    if start > low and tokens.words[start - 1] in QUOTES.values():
        for opens in range(start - 2, max(low - 1, start - NAME - 3), -1):
            inside = quoted(tokens, opens)
            if inside and inside[1] == start - 1:
                return inside
    at = start
    while (
        at > low and start - at < TITLE and not _capital(tokens, at - 1) and tokens.words[at - 1][0].isalpha()
    ):
        at -= 1
    while at > low and tokens.lowers[at - 1] in roles:
        at -= 1
    if at == start or not any(word in roles for word in tokens.lowers[at:start]):
        return None
    if at > low and tokens.lowers[at - 1] == "'s":
        at -= 1
    end = at
    while at > low and _capital(tokens, at - 1) and end - at < NAME:
        at -= 1
    return (at, end) if end > at else None


def _capital(tokens: Tokens, at: int) -> bool:
    word = tokens.words[at]
    return (word[0].isupper() and word[0].isalpha() and word != HANDLE) or word == "&"
