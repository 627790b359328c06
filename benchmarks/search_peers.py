"""What saved searches are measured beside: a loop of compiled queries, SQLite FTS5 and spaCy's PhraseMatcher.

All get the words of the posts lemmatised beforehand, at no charge, and give post numbers only. The loop comes in three
kinds: closures compiled from the parsed query, as any query of the language can be; closures written by hand for each
of the drawn shapes; and Python code generated for each search, where a word costs one look-up and no call.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from benchmarks.search_drawing import Drawer, Drawn
from triggers.search import words
from triggers.search.parser import parse
from triggers.search.posts import SearchPost
from triggers.search.syntax import And, Near, Node, Not, Or, Phrase, Word

# Each lemma, and each form after "=", with the places at which it stands.
Held: TypeAlias = dict[str, list[int]]
Asked: TypeAlias = Callable[[Held], bool]
# The words of a post: (lemma, form).
Prepared: TypeAlias = list[tuple[str, str]]


def prepared(post: SearchPost) -> Prepared:
    """Return the words of a post as the peers take them."""
    return [(words.lemma(word), word) for word in Drawer.plain(post.text)]


def fts5(searches: Sequence[Drawn], posts: Sequence[Prepared]) -> int:
    """Fill an FTS5 table with a batch of posts, ask it every search, and return the number of hits."""
    base = sqlite3.connect(":memory:")
    base.execute(
        "CREATE VIRTUAL TABLE p USING fts5(l, f, content='', tokenize='unicode61 remove_diacritics 0')"
    )
    base.executemany(
        "INSERT INTO p(rowid, l, f) VALUES (?, ?, ?)",
        (
            (
                number,
                " ".join(f"l{lemma}" for lemma, _ in post),
                " ".join(f"f{form}" for _, form in post),
            )
            for number, post in enumerate(posts)
        ),
    )
    hits = sum(
        len(base.execute("SELECT rowid FROM p WHERE p MATCH ?", (search.fts,)).fetchall())
        for search in searches
    )
    base.close()
    return hits


def loop(compiled: Iterable[Asked], posts: Sequence[Prepared]) -> int:
    """Ask each post all compiled queries one after the other, and return the number of hits."""
    hits = 0
    for post in posts:
        held: Held = {}
        for place, (lemma, form) in enumerate(post):
            held.setdefault(lemma, []).append(place)
            held.setdefault(f"={form}", []).append(place)
        for asked in compiled:
            if asked(held):
                hits += 1
    return hits


def compiled(search: Drawn) -> Asked:
    """Compile a search from its parsed query: a closure for each of its parts."""
    return _compiled(parse(search.query).node)


def _compiled(node: Node) -> Asked:
    match node:
        case Word(text):
            lemma = words.lemma(words.folded(text))
            return lambda held: lemma in held
        case Phrase(items):
            return _phrase([f"={item}" for item in items])
        case Near(Word(left), Word(right)):
            return _both_near(words.lemma(words.folded(left)), words.lemma(words.folded(right)))
        case And(nodes):
            return _all([_compiled(inner) for inner in nodes])
        case Or(nodes):
            return _any([_compiled(inner) for inner in nodes])
        case Not(inner):
            negated = _compiled(inner)
            return lambda held: not negated(held)
    raise TypeError(f"no search is drawn with {type(node).__name__}")


def _all(parts: Sequence[Asked]) -> Asked:
    def asked(held: Held) -> bool:
        # A plain loop: quicker than all() over a generator.
        for part in parts:
            if not part(held):
                break
        else:
            return True
        return False

    return asked


def _any(parts: Sequence[Asked]) -> Asked:
    def asked(held: Held) -> bool:
        for part in parts:
            if part(held):
                break
        else:
            return False
        return True

    return asked


def by_shape(search: Drawn) -> Asked:
    """Return the closure written by hand for a search's shape."""
    if search.shape == "phrase":
        return _phrase([f"={word}" for word in search.words])
    asked = [words.lemma(word) for word in search.words]
    if search.shape == "words":
        return lambda held: all(word in held for word in asked)
    if search.shape == "near":
        return _both_near(*asked)
    some, others, none = asked[:3], asked[3:6], asked[6:]
    return lambda held: (
        any(word in held for word in some)
        and any(word in held for word in others)
        and not any(word in held for word in none)
    )


def generated(search: Drawn) -> Asked:
    """Compile a search to Python code of its own."""
    mark = "=" if search.shape == "phrase" else ""
    asked = [repr(mark + (word if mark else words.lemma(word))) for word in search.words]
    has = [f"{word} in held" for word in asked]
    if search.shape in ("words", "phrase", "near"):
        code = " and ".join(has)
    else:
        code = f"({' or '.join(has[:3])}) and ({' or '.join(has[3:6])})"
        code += f" and not ({' or '.join(has[6:])})" if has[6:] else ""
    if search.shape == "phrase":
        first, second, third = asked
        code += f" and any(p + 1 in held[{second}] and p + 2 in held[{third}] for p in held[{first}])"
    if search.shape == "near":
        code += f" and near(held[{asked[0]}], held[{asked[1]}])"
    made: Asked = eval(f"lambda held: {code}", {"near": _near})
    return made


def _both_near(one: str, other: str) -> Asked:
    return lambda held: one in held and other in held and _near(held[one], held[other])


def _near(left: Sequence[int], right: Sequence[int]) -> bool:
    return any(0 < abs(one - other) <= 6 for one in left for other in right)


def _phrase(forms: Sequence[str]) -> Asked:
    return lambda held: (
        all(form in held for form in forms)
        and any(
            all(place + offset in held[form] for offset, form in enumerate(forms)) for place in held[forms[0]]
        )
    )


def phrase_matcher(phrases: Sequence[Drawn], posts: Sequence[SearchPost]) -> Callable[[], object]:
    """Return what matches posts against plain phrases with spaCy."""
    import spacy
    from spacy.matcher import PhraseMatcher

    language = spacy.blank("xx")
    matcher = PhraseMatcher(language.vocab, attr="LOWER")
    for number, phrase in enumerate(phrases):
        matcher.add(str(number), [language.make_doc(" ".join(phrase.words))])
    return lambda: [matcher(language.make_doc(post.text)) for post in posts]
