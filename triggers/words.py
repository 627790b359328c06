"""Word lists that rules share: `_words/<lang>.yml`, each a name and its words or short phrases.

A list may take in others: an entry `{kin}` stands for all of `kin`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from triggers.lemmas import folded


class UnknownList(ValueError):
    """A word list that nobody defined."""


@dataclass(slots=True, eq=False)
class WordLists:
    """The lists of one language: name to entries, in lower case with ё as е."""

    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _flat: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _words: dict[str, frozenset[str]] = field(default_factory=dict)

    def with_more(self, more: Mapping[str, tuple[str, ...]]) -> WordLists:
        """Return these lists with others beside or instead of them."""
        return WordLists({**self.lists, **more})

    def entries(self, name: str) -> tuple[str, ...]:
        """Return the words and phrases of a list, without doubles. Raises UnknownList."""
        if name not in self._flat:
            self._flat[name] = tuple(dict.fromkeys(self._walk(name, ())))
        return self._flat[name]

    def words(self, name: str) -> frozenset[str]:
        """Return the single words of a list. Raises UnknownList."""
        if name not in self._words:
            self._words[name] = frozenset(entry for entry in self.entries(name) if " " not in entry)
        return self._words[name]

    def _walk(self, name: str, above: tuple[str, ...]) -> list[str]:
        if name in above:
            raise UnknownList(f"the word list `{name}` holds itself")
        if name not in self.lists:
            known = ", ".join(sorted(self.lists))
            raise UnknownList(f"there is no word list `{name}`; there are: {known}")
        found: list[str] = []
        for entry in self.lists[name]:
            if entry.startswith("{") and entry.endswith("}"):
                found.extend(self._walk(entry[1:-1], (*above, name)))
            else:
                found.append(folded(entry))
        return found
