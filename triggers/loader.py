"""Loads rule packs: the rules that come with povod, and folders of the user's own beside or over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path

from triggers.faults import RuleFault, RuleFaults
from triggers.lemmas import lemmatiser
from triggers.lined import YamlFault, read_lined
from triggers.phrases import Compiler
from triggers.rule import Rule
from triggers.rule_reader import LANGUAGES, read_rule
from triggers.words import WordLists

__all__ = ["Pack", "RuleFault", "RuleFaults", "RuleSet", "builtin_folder", "load_rules", "read_pack"]


@dataclass(slots=True)
class Pack:
    """The rules of one folder, its word lists and what is wrong with it."""

    folder: Path
    rules: list[Rule] = field(default_factory=list)
    words: dict[str, WordLists] = field(default_factory=dict)
    faults: list[RuleFault] = field(default_factory=list)


@dataclass(slots=True)
class RuleSet:
    """The rules in force, and the word lists of each language for the engine's own use."""

    rules: list[Rule]
    words: dict[str, WordLists]
    packs: list[Pack]


def builtin_folder() -> Path:
    """Return the folder of the rules that come with povod."""
    return Path(str(resources.files("triggers").joinpath("rules")))


@lru_cache(1)
def builtin_words() -> dict[str, WordLists]:
    """Return the word lists that come with povod, by language."""
    faults: list[RuleFault] = []
    words = {lang: WordLists(_read_words(builtin_folder(), "", lang, faults)) for lang in LANGUAGES}
    if faults:
        raise RuleFaults(faults)
    return words


def load_rules(
    packs: Sequence[Path] = (),
    *,
    sensitive: bool = True,
    disabled: Iterable[str] = (),
    kinds: Iterable[str] | None = None,
    strict: bool = True,
) -> RuleSet:
    """Load the built-in rules and the packs over them.

    A pack's rule with the id of an earlier one takes its place. `disabled` names rules (by name
    or id) or whole kinds; `kinds`, when given, keeps only those. Sensitive rules are left out
    unless `sensitive`. Raises RuleFaults with every fault of every pack; when not `strict`, goes on
    with the rules that could be read, the faults being in the packs.
    """
    loaded = [read_pack(builtin_folder(), shown="rules"), *(read_pack(folder) for folder in packs)]
    faults = [fault for pack in loaded for fault in pack.faults]
    by_id: dict[str, Rule] = {}
    for pack in loaded:
        faults.extend(_doubles(pack))
        by_id.update({rule.id: rule for rule in pack.rules})
    if faults and strict:
        raise RuleFaults(faults)
    off, only = set(disabled), None if kinds is None else set(kinds)
    rules = [
        rule
        for rule in by_id.values()
        if not {rule.name, rule.id, rule.kind} & off
        and (sensitive or not rule.sensitive)
        and (only is None or rule.kind in only)
    ]
    words = dict(builtin_words())
    for pack in loaded:
        words.update(pack.words)
    return RuleSet(sorted(rules, key=lambda r: (r.language, r.kind, r.name)), words, loaded)


def read_pack(folder: Path, shown: str | None = None) -> Pack:
    """Read every rule of a folder; faults are collected in the result.

    `_words/<lang>.yml` in the folder adds word lists, or replaces those that come with povod.
    """
    shown = str(folder) if shown is None else shown
    pack = Pack(folder)
    if not folder.is_dir():
        pack.faults.append(RuleFault(shown, 1, "there is no such folder of rules; name an existing one"))
        return pack
    pack.words = {
        lang: words.with_more(_read_words(folder, shown, lang, pack.faults))
        for lang, words in builtin_words().items()
    }
    compilers = {lang: Compiler(words, lemmatiser(lang), lang) for lang, words in pack.words.items()}
    paths = [
        p
        for p in sorted(folder.rglob("*.yml"))
        if not any(part.startswith(("_", ".")) for part in p.relative_to(folder).parts)
    ]
    for path in paths:
        rule, faults = read_rule(
            path, f"{shown}/{path.relative_to(folder).as_posix()}", compilers.__getitem__
        )
        pack.faults.extend(faults)
        if rule is not None:
            pack.rules.append(rule)
    if not paths:
        pack.faults.append(RuleFault(shown, 1, "holds no rules; a rule is a file <kind>.<lang>.yml"))
    return pack


def _doubles(pack: Pack) -> list[RuleFault]:
    seen: dict[str, Rule] = {}
    faults = []
    for rule in pack.rules:
        other = seen.setdefault(rule.id, rule)
        if other is not rule:
            faults.append(RuleFault(rule.shown, 1, f"has the id of {other.shown}; give it one of its own"))
    return faults


def _read_words(folder: Path, shown: str, lang: str, faults: list[RuleFault]) -> dict[str, tuple[str, ...]]:
    path = folder / "_words" / f"{lang}.yml"
    name = f"{shown}/_words/{lang}.yml".lstrip("/")
    if not path.is_file():
        return {}
    try:
        lined = read_lined(path.read_text(encoding="utf-8"), words_only=True)
    except YamlFault as fault:
        faults.append(RuleFault(name, fault.line, fault.what))
        return {}
    except (OSError, UnicodeDecodeError) as error:
        faults.append(RuleFault(name, 1, f"cannot be read: {error}"))
        return {}
    found = {}
    for key, entries in (lined.data or {}).items():
        if isinstance(entries, list) and all(isinstance(entry, str) for entry in entries):
            found[str(key)] = tuple(entries)
        elif isinstance(entries, list) and all(isinstance(entry, str | dict) for entry in entries):
            # YAML reads {name} as a mapping: it is the notation for another list.
            found[str(key)] = tuple(e if isinstance(e, str) else f"{{{next(iter(e))}}}" for e in entries)
        else:
            faults.append(RuleFault(name, lined.line_of((key,)), f"`{key}` must be a list of words"))
    return found
