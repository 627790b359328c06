"""What stays of a name when it is declined or given a gender: Петров, Петрова, Петрову, Petrova are one root."""

from __future__ import annotations

import re
from functools import lru_cache

from leads.linking.fold import is_cyrillic, skeleton

# Endings of Russian names over all cases and both genders, longest first. The folded alphabet has no й and ё.
_ADJECTIVE = re.compile(
    r"(?<=..[скцнтхвжлр])(?:ого|ому|его|ему|ими|ыми|ии|ыи|ои|ая|яя|ую|юю|ым|им|ом|ем|ые|ие|ою|ею|еи)$"
)
_POSSESSIVE = re.compile(
    r"(?<=.[оеи][вн])(?:ыми|ым|ои|ою|ом|ем|а|у|ы|е)$|(?<=.ын)(?:ыми|ым|ои|ою|ом|а|у|ы|е)$"
)
_NOMINATIVE = re.compile(r".(?:ов|ев|ин|ын)$")
_NOUN = re.compile(r"(?:ою|ею|ои|еи|(?<=...)[ое]м|ы|и|а|я|у|ю|е|о|ь)$")
# They end like an instrumental and are none.
_WHOLE = frozenset(
    ("артем", "ефрем", "рем", "ефим", "максим", "вадим", "аким", "ибрагим", "хаким", "карим", "рахим")
)
# Vowels that come and go: Павел, Павла; Лев, Льва; Заяц, Зайца.
_FLEETING = {"павел": "павл", "лев": "льв", "любов": "любв", "pavel": "pavl", "lev": "lv", "liubov": "liubv"}
_FLEETING_END = re.compile(r"(?<=[^аеиоуыэюя])[ео](?=[кц]$)")
_LATIN_GENDER = re.compile(r"(?<=.(?:ov|ev|in))a$")
_LATIN_ADJECTIVE = re.compile(r"(?<=[stdn]k)(?:i|a|aia|aya|ia)$")
_VOWELS = "aeiou"


@lru_cache(maxsize=1 << 18)
def stem(word: str) -> str:
    """Return a folded Cyrillic word without its ending; other words as they are."""
    if len(word) < 4 or word.isascii() or not is_cyrillic(word) or word in _WHOLE or _NOMINATIVE.search(word):
        return _FLEETING.get(word, word)
    for endings in (_POSSESSIVE, _ADJECTIVE, _NOUN):
        found = endings.sub("", word)
        if found != word:
            break
    found = found.rstrip("ьи") if len(found) >= 2 else word
    found = _FLEETING_END.sub("", found) if len(found) > 4 else found
    return _FLEETING.get(found, found or word)


@lru_cache(maxsize=1 << 18)
def root(word: str) -> str:
    """Return what all spellings, cases and genders of one folded name share: the sounds of its stem.

    It is coarse on purpose (Anna and Anya meet): it finds what may agree; a comparison decides.
    """
    sounds = skeleton(stem(word))
    if word.isascii():
        if sounds.endswith(("a", "i")):
            sounds = _LATIN_GENDER.sub("", sounds)
            sounds = _LATIN_ADJECTIVE.sub("", sounds)
        sounds = _FLEETING.get(sounds, sounds)
    bare = sounds.rstrip(_VOWELS)
    return bare if len(bare) >= 2 else sounds
